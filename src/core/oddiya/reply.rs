//! An answer of a host, and whose answer it looks like. Each part of Oddiya shows itself by how it says no.

use serde_json::Value;

use crate::core::base::failure::{Failure, Status};

/// An answer, as far as it is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub status: Status,
    pub body: Vec<u8>,
}

/// An answer, or why there is none.
pub type Heard = Result<Reply, Failure>;

/// Whose answer it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// An error of Oddiya's gateway itself: JSON with a `requestId`, and the time as a number.
    GatewayError(Status),
    /// An error of Spring Boot, as user- and video-service give it: JSON with the path, and the time as text.
    BootError(Status),
    /// An error of plan-service: JSON with an `errorCode`.
    PlanError,
    /// The error of a FastAPI application for a path that is not there.
    FastApiNotFound,
    /// The health of the llm-agent.
    Agent,
    /// The keys of Oddiya's auth-service.
    AuthKeys,
    /// The gateway's overview of the project Oddiya.
    Overview,
    /// A status without a body.
    Empty(Status),
    Other(Status),
}

impl Reply {
    /// Whose answer it looks like.
    pub fn look(&self) -> Look {
        let status = self.status;
        if self.body.is_empty() {
            return Look::Empty(status);
        }
        let Ok(json) = serde_json::from_slice::<Value>(&self.body) else { return Look::Other(status) };
        let text = |name: &str| json.get(name).and_then(Value::as_str);
        let is_error = status >= 400 && json.get("error").is_some_and(Value::is_string);
        let has_path = text("path").is_some();
        match () {
            () if is_error
                && has_path
                && text("requestId").is_some()
                && json.get("timestamp").is_some_and(Value::is_number) =>
            {
                Look::GatewayError(status)
            }
            () if is_error && has_path && text("timestamp").is_some() && json.get("requestId").is_none() => {
                Look::BootError(status)
            }
            () if status >= 400 && text("errorCode").is_some() && json.get("details").is_some() => {
                Look::PlanError
            }
            () if status == 404 && text("detail") == Some("Not Found") => Look::FastApiNotFound,
            () if status == 200 && text("service") == Some("llm-agent") => Look::Agent,
            () if status == 200 && text("kid").is_some_and(|id| id.starts_with("oddiya")) => Look::AuthKeys,
            () if status == 200 && text("project") == Some("Oddiya") => Look::Overview,
            () => Look::Other(status),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(status: Status, body: &str) -> Look {
        Reply { status, body: body.into() }.look()
    }

    #[test]
    fn each_part_of_oddiya_says_no_in_its_own_way() {
        let boot = r#"{"timestamp":"2026-11-26T10:00:00Z","status":404,"error":"Not Found","path":"/x"}"#;
        assert_eq!(look(404, boot), Look::BootError(404));
        let gateway =
            r#"{"timestamp":1764151200000,"path":"/x","status":404,"error":"Not Found","requestId":"a-1"}"#;
        assert_eq!(look(404, gateway), Look::GatewayError(404));
        assert_eq!(look(500, r#"{"errorCode":"INTERNAL_ERROR","message":"","details":""}"#), Look::PlanError);
        assert_eq!(look(404, r#"{"detail":"Not Found"}"#), Look::FastApiNotFound);
        assert_eq!(look(401, ""), Look::Empty(401));
    }

    #[test]
    fn what_is_no_error_or_no_json_looks_like_nothing_of_oddiyas() {
        for (status, body) in [(200, "<html>"), (404, "<html>Not Found"), (404, "null"), (200, "[]")] {
            assert_eq!(look(status, body), Look::Other(status), "{body}");
        }
        let healthy = r#"{"status":"healthy","service":"payments"}"#;
        assert_eq!(look(200, healthy), Look::Other(200), "another service's health");
    }
}
