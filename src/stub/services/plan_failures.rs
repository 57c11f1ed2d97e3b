//! The failures of the plan service, today and in the Locust era.
//!
//! Pure. Today one handler catches everything and answers `{errorCode, message, details, timestamp}`, often with 500
//! instead of 400. In the Locust era there was no handler, and Spring Boot answered.

use http::StatusCode;
use serde_json::json;

use super::java_body::BadBody;
use super::validation::{Constraint, FieldError};
use crate::stub::options::Profile;
use crate::stub::reply::{ErrorKind, Reply};
use crate::stub::wallclock;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFailure {
    /// `X-User-Id` is missing.
    NoUser,
    /// `X-User-Id` has no text in it.
    BlankUser,
    /// `X-User-Id` or the id in the path is not a whole number, but this text.
    NotANumber(String),
    Body(Method, BadBody),
    Missing(i64),
    /// The plan is another user's.
    Foreign(i64),
    /// The llm-agent failed. Today also when its plan could not be stored.
    Llm,
    /// Creating took longer than Tomcat's limit for an asynchronous answer.
    TooSlow,
    /// No connection came free within this many milliseconds.
    NoConnection(u64),
    /// A statement failed, with these words.
    Statement(String),
    UnknownPath,
    /// The path exists only for other methods.
    OtherMethod(String),
}

/// The controller's method that reads a body: its messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Create,
    Update,
}

pub const FORM: &str = "com.oddiya.plan.dto.CreatePlanRequest";

const UNEXPECTED: &str = "서버 오류가 발생했습니다. 관리자에게 문의하세요.";
const FAILED: &str = "요청 처리 중 오류가 발생했습니다.";

impl Method {
    /// The Java signature, and the body's place among the parameters.
    fn signature(self) -> (String, u8) {
        const ENTITY: &str = "org.springframework.http.ResponseEntity<com.oddiya.plan.dto.PlanResponse>";
        const CONTROLLER: &str = "com.oddiya.plan.controller.PlanController";
        match self {
            Self::Create => {
                let mono = "reactor.core.publisher.Mono";
                (format!("public {mono}<{ENTITY}> {CONTROLLER}.createPlan(java.lang.Long,{FORM})"), 1)
            }
            Self::Update => {
                (format!("public {ENTITY} {CONTROLLER}.updatePlan(java.lang.Long,java.lang.Long,{FORM})"), 2)
            }
        }
    }
}

impl PlanFailure {
    /// `path` is the one that the plan service saw.
    pub fn reply(&self, profile: Profile, path: &str) -> Reply {
        match profile {
            Profile::Locust => Reply::boot_error(self.boot_status(), path),
            Profile::Gateway | Profile::Direct => {
                Reply { error: ErrorKind::Handled(self.boot_status()), ..self.handled(path) }
            }
        }
    }

    /// The status without a handler.
    fn boot_status(&self) -> StatusCode {
        match self {
            Self::NoUser | Self::BlankUser | Self::NotANumber(_) => StatusCode::BAD_REQUEST,
            Self::Body(_, BadBody::MediaType(_)) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Body(_, _) => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::UnknownPath => StatusCode::NOT_FOUND,
            Self::OtherMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Missing(_) | Self::Foreign(_) | Self::Llm | Self::NoConnection(_) | Self::Statement(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn handled(&self, path: &str) -> Reply {
        match self {
            Self::Missing(id) => {
                body(StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND", &format!("Plan not found: {id}"), None)
            }
            Self::Foreign(id) => {
                let details = format!("Unauthorized access to plan {id}");
                body(StatusCode::FORBIDDEN, "UNAUTHORIZED", "권한이 없습니다.", Some(details))
            }
            Self::Llm => {
                let message = "AI 여행 플래너가 일시적으로 응답하지 않습니다. 잠시 후 다시 시도해주세요.";
                let details = "Failed to generate plan via LLM Agent".to_owned();
                body(StatusCode::SERVICE_UNAVAILABLE, "LLM_UNAVAILABLE", message, Some(details))
            }
            Self::TooSlow => internal(FAILED, None),
            Self::NotANumber(text) => internal(
                FAILED,
                Some(format!(
                    "Failed to convert value of type 'java.lang.String' to required type 'java.lang.Long'; For input string: \"{text}\""
                )),
            ),
            Self::Body(_, BadBody::Unreadable(reason)) => {
                internal(FAILED, Some(format!("JSON parse error: {reason}")))
            }
            Self::Body(method, BadBody::Missing) => {
                internal(FAILED, Some(format!("Required request body is missing: {}", method.signature().0)))
            }
            Self::Body(method, BadBody::Invalid(errors)) => {
                internal(UNEXPECTED, Some(not_valid(*method, errors)))
            }
            Self::Body(_, BadBody::MediaType(kind)) => internal(
                UNEXPECTED,
                Some(format!("HttpMediaTypeNotSupportedException: Content-Type '{kind}' is not supported")),
            ),
            Self::NoConnection(millis) => internal(
                FAILED,
                Some(format!(
                    "Unable to acquire JDBC Connection [HikariPool-1 - Connection is not available, request timed out after \
                 {millis}ms.] [n/a]"
                )),
            ),
            Self::Statement(words) => internal(FAILED, Some(words.clone())),
            Self::NoUser => internal(UNEXPECTED, Some(no_user("is not present"))),
            Self::BlankUser => internal(UNEXPECTED, Some(no_user("is present but converted to null"))),
            Self::OtherMethod(method) => internal(
                UNEXPECTED,
                Some(format!(
                    "HttpRequestMethodNotSupportedException: Request method '{method}' is not supported"
                )),
            ),
            Self::UnknownPath => internal(
                UNEXPECTED,
                Some(format!("NoResourceFoundException: No static resource {}.", resource(path))),
            ),
        }
    }
}

fn no_user(how: &str) -> String {
    format!(
        "MissingRequestHeaderException: Required request header 'X-User-Id' for method parameter type Long {how}"
    )
}

/// A path as Spring's resource handler names it: without slashes at its ends, and one where there are several.
fn resource(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// The message of Spring's MethodArgumentNotValidException, which names everything that it knows.
fn not_valid(method: Method, errors: &[FieldError]) -> String {
    let (signature, place) = method.signature();
    let count = if errors.len() > 1 { format!(" with {} errors", errors.len()) } else { String::new() };
    let each: String = errors.iter().map(|error| format!("[{}] ", field_error(error))).collect();
    format!(
        "MethodArgumentNotValidException: Validation failed for argument [{place}] in {signature}{count}: {each}"
    )
}

fn field_error(error: &FieldError) -> String {
    let (constraint, class) = match error.constraint {
        Constraint::NotNull => ("NotNull", "java.time.LocalDate"),
        Constraint::NotBlank => ("NotBlank", "java.lang.String"),
        Constraint::Size => ("Size", "java.lang.String"),
        Constraint::Email => ("Email", "java.lang.String"),
    };
    let (field, message) = (error.field, error.message);
    let rejected = error.rejected.as_deref().unwrap_or("null");
    format!(
        "Field error in object 'createPlanRequest' on field '{field}': rejected value [{rejected}]; codes \
         [{constraint}.createPlanRequest.{field},{constraint}.{field},{constraint}.{class},{constraint}]; arguments \
         [org.springframework.context.support.DefaultMessageSourceResolvable: codes [createPlanRequest.{field},{field}]; \
         arguments []; default message [{field}]]; default message [{message}]"
    )
}

fn internal(message: &str, details: Option<String>) -> Reply {
    body(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message, details)
}

fn body(status: StatusCode, code: &str, message: &str, details: Option<String>) -> Reply {
    let timestamp = wallclock::java_now();
    let body = json!({"errorCode": code, "message": message, "details": details, "timestamp": timestamp});
    Reply::spring(status, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invalid() -> BadBody {
        BadBody::Invalid(vec![FieldError {
            field: "destination",
            constraint: Constraint::NotBlank,
            message: "Destination is required",
            rejected: None,
        }])
    }

    #[test]
    fn todays_handler_hides_clients_mistakes_behind_500() {
        let body = PlanFailure::Body(Method::Create, invalid());
        for failure in [PlanFailure::NoUser, PlanFailure::NotANumber("x".to_owned()), body] {
            assert_eq!(failure.reply(Profile::Gateway, "/").status, StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(failure.reply(Profile::Locust, "/").status, StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn missing_foreign_and_llm_failures_are_told_apart_today() {
        let status = |failure: PlanFailure| failure.reply(Profile::Direct, "/").status.as_u16();
        assert_eq!(status(PlanFailure::Missing(1)), 404);
        assert_eq!(status(PlanFailure::Foreign(1)), 403);
        assert_eq!(status(PlanFailure::Llm), 503);
        assert_eq!(status(PlanFailure::TooSlow), 500);
    }

    #[test]
    fn a_validation_message_is_as_long_as_the_real_one() {
        let BadBody::Invalid(errors) = invalid() else { panic!("it is invalid") };
        assert_eq!(not_valid(Method::Create, &errors).len(), 702);
        assert_eq!(not_valid(Method::Update, &errors).len(), 688);
    }

    #[test]
    fn a_path_is_named_without_extra_slashes() {
        assert_eq!(resource("/api/v1/plans//7/"), "api/v1/plans/7");
        assert_eq!(resource("/"), "");
    }
}
