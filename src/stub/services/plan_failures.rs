//! The failures of the plan service, today and in the Locust era.
//!
//! Pure. Today one handler catches everything and answers `{errorCode, message, details, timestamp}`, often with 500
//! instead of 400. In the Locust era there was no handler, and Spring Boot answered.

use http::StatusCode;
use serde_json::json;

use super::java_body::BadBody;
use crate::stub::options::Profile;
use crate::stub::reply::Reply;
use crate::stub::wallclock;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFailure {
    /// `X-User-Id` is missing.
    NoUser,
    /// `X-User-Id` or the id in the path is not a whole number.
    NotANumber,
    Body(BadBody),
    Missing(i64),
    /// The plan is another user's.
    Foreign(i64),
    /// The llm-agent failed. Today also when its plan could not be stored.
    Llm,
    /// Creating took longer than Tomcat's limit for an asynchronous answer.
    TooSlow,
    /// No connection came free, or a statement failed.
    Database,
    /// The path is unknown, or exists only for other methods.
    NoEndpoint(StatusCode),
}

const UNEXPECTED: &str = "서버 오류가 발생했습니다. 관리자에게 문의하세요.";
const FAILED: &str = "요청 처리 중 오류가 발생했습니다.";

impl PlanFailure {
    pub fn reply(&self, profile: Profile, path: &str) -> Reply {
        match profile {
            Profile::Locust => Reply::boot_error(self.boot_status(), path),
            Profile::Gateway | Profile::Direct => self.handled(),
        }
    }

    fn boot_status(&self) -> StatusCode {
        match self {
            Self::NoUser | Self::NotANumber | Self::Body(BadBody::Unreadable | BadBody::Invalid { .. }) => {
                StatusCode::BAD_REQUEST
            }
            Self::Body(BadBody::MediaType) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoEndpoint(status) => *status,
            Self::Missing(_) | Self::Foreign(_) | Self::Llm | Self::Database => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn handled(&self) -> Reply {
        let internal = |message: &str, details: String| {
            body(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", message, Some(details))
        };
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
            Self::TooSlow => body(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", FAILED, None),
            Self::NotANumber => {
                internal(FAILED, "Failed to convert value to required type 'java.lang.Long'".to_owned())
            }
            Self::Body(BadBody::Unreadable) => internal(FAILED, "JSON parse error".to_owned()),
            Self::Database => internal(FAILED, "Could not open JPA EntityManager for transaction".to_owned()),
            Self::NoUser => {
                let details = "MissingRequestHeaderException: Required request header 'X-User-Id' for method parameter \
                               type Long is not present";
                internal(UNEXPECTED, details.to_owned())
            }
            Self::Body(BadBody::Invalid { field, message }) => internal(
                UNEXPECTED,
                format!("MethodArgumentNotValidException: Validation failed on field '{field}': {message}"),
            ),
            Self::Body(BadBody::MediaType) => internal(
                UNEXPECTED,
                "HttpMediaTypeNotSupportedException: Content-Type is not supported".to_owned(),
            ),
            Self::NoEndpoint(StatusCode::METHOD_NOT_ALLOWED) => internal(
                UNEXPECTED,
                "HttpRequestMethodNotSupportedException: Request method is not supported".to_owned(),
            ),
            Self::NoEndpoint(_) => {
                internal(UNEXPECTED, "NoResourceFoundException: No static resource.".to_owned())
            }
        }
    }
}

fn body(status: StatusCode, code: &str, message: &str, details: Option<String>) -> Reply {
    let timestamp = wallclock::local_date_time();
    let body = json!({"errorCode": code, "message": message, "details": details, "timestamp": timestamp});
    Reply::spring(status, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn todays_handler_hides_clients_mistakes_behind_500() {
        let invalid = BadBody::Invalid { field: "destination", message: "Destination is required" };
        for failure in [PlanFailure::NoUser, PlanFailure::NotANumber, PlanFailure::Body(invalid)] {
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
}
