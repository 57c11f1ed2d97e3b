//! The plans that a run made, as its answers show them, and the requests that delete them afterwards.
//!
//! A plan belongs to its user, so it is deleted with the headers of the request that made it.

use serde_json::Value;

use super::PREPARING;
use crate::core::http::exchange::Exchange;
use crate::core::http::request::{Request, Wanted};
use crate::core::scenario::model::request::Redirects;
use crate::core::scenario::{Method, ServiceId};

/// The paths under which plans are made.
const PLANS: [&str; 2] = ["/api/plans", "/api/v1/plans"];
/// The headers that show whose plan it is.
const OF_USER: [&str; 3] = ["Authorization", "X-User-Id", "Cookie"];

/// A plan that a run made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadePlan {
    service: ServiceId,
    /// The path under which it was made.
    path: String,
    id: u64,
    headers: Vec<(String, String)>,
}

impl MadePlan {
    /// The plan that a request made; `None` where it made none.
    pub fn of(request: &Request, exchange: &Exchange) -> Option<Self> {
        let path = request.path.split('?').next().unwrap_or_default();
        let is_made = exchange.outcome.as_ref().is_ok_and(|status| (200..300).contains(status));
        if request.method != Method::Post || !PLANS.contains(&path) || !is_made {
            return None;
        }
        let id = exchange.answer.as_ref()?.json()?.get("id").and_then(Value::as_u64)?;
        let is_of_user = |name: &str| OF_USER.iter().any(|known| known.eq_ignore_ascii_case(name));
        let headers = request.headers.iter().filter(|(name, _)| is_of_user(name)).cloned().collect();
        Some(Self { service: request.service, path: path.to_owned(), id, headers })
    }

    /// The request that deletes it.
    pub fn deletion(&self) -> Request {
        let mut headers = self.headers.clone();
        headers.push((PREPARING.0.to_owned(), PREPARING.1.to_owned()));
        Request {
            service: self.service,
            method: Method::Delete,
            path: format!("{}/{}", self.path, self.id),
            headers,
            redirects: Redirects::Kept,
            wanted: Wanted::default(),
            ..Request::default()
        }
    }

    /// Whether the plan is gone after this answer to its deletion; one that somebody deleted before is gone too.
    pub fn is_gone(exchange: &Exchange) -> bool {
        exchange.outcome.as_ref().is_ok_and(|status| matches!(status, 200..300 | 404))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::Status;
    use crate::core::http::answer::{Answer, HeaderLines};
    use crate::core::http::exchange::Timing;

    fn request(method: Method, path: &str) -> Request {
        let headers =
            [("Authorization", "Bearer a.b.c"), ("Content-Type", "application/json"), ("X-User-Id", "7")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Request { method, path: path.to_owned(), headers, service: ServiceId(2), ..Request::default() }
    }

    fn answer(status: Status, body: &str) -> Exchange {
        let answer = Answer::new(status, HeaderLines::default(), body.into());
        Exchange { answer: Some(Box::new(answer)), ..Exchange::new(Ok(status), Timing::default(), 0) }
    }

    #[test]
    fn a_plan_is_deleted_as_its_own_user_where_it_was_made() {
        let made = MadePlan::of(&request(Method::Post, "/api/plans"), &answer(200, r#"{"id":41}"#)).unwrap();
        let deletion = made.deletion();
        assert_eq!(
            (deletion.method, deletion.path.as_str(), deletion.service),
            (Method::Delete, "/api/plans/41", ServiceId(2))
        );
        let names: Vec<_> = deletion.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Authorization", "X-User-Id", "X-Oddiya-Load"]);
    }

    #[test]
    fn an_answer_that_made_no_plan_leaves_nothing_to_delete() {
        let post = request(Method::Post, "/api/plans");
        assert_eq!(MadePlan::of(&post, &answer(503, r#"{"id":41}"#)), None);
        assert_eq!(MadePlan::of(&post, &answer(200, "<html>")), None);
        assert_eq!(MadePlan::of(&request(Method::Get, "/api/plans"), &answer(200, r#"{"id":41}"#)), None);
        let video = request(Method::Post, "/api/videos");
        assert_eq!(MadePlan::of(&video, &answer(202, r#"{"id":41}"#)), None, "a video cannot be deleted");
    }

    #[test]
    fn a_plan_that_was_deleted_before_is_gone_too() {
        assert!(MadePlan::is_gone(&answer(200, "")) && MadePlan::is_gone(&answer(404, "")));
        assert!(!MadePlan::is_gone(&answer(500, "")));
    }
}
