//! The users of a run, found or made on the host before it: which request is sent next, and what its answer says.
//!
//! The user-service finds a user by its provider's id, and makes one that it does not know. It does so well only one after the
//! other: of four requests at once, one fails.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::PREPARING;
use super::recognition::Target;
use super::reply::{Heard, Look, Reply};
use crate::core::base::failure::{FailureKind, Status};
use crate::core::base::units::Micros;
use crate::core::config::load::Load;
use crate::core::http::request::{Request, Wanted};
use crate::core::scenario::Method;
use crate::core::scenario::host_users::{HostUser, Tokens, write_minted_token};
use crate::core::scenario::model::request::Redirects;

/// How long finding or making users may take. Those that were found until then are shared by the run's users.
pub const TIME_LIMIT: Micros = Micros::from_secs(20);
/// The most users that are found or made; a run with more shares them.
const MOST: u32 = 10_000;
/// The most for a run by arrivals, whose most users are a limit and seldom reached.
const MOST_OF_ARRIVALS: u32 = 500;
/// How often a user is asked for whose request failed.
const ATTEMPTS: u32 = 3;

/// The users that a run wants, and how far they are there.
#[derive(Clone, Debug)]
pub struct Users {
    target: Target,
    wanted: u32,
    found: Vec<HostUser>,
    attempts: u32,
    trouble: Option<Trouble>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersFound {
    pub users: Vec<HostUser>,
    pub wanted: u32,
    /// Why they are fewer than wanted.
    pub trouble: Option<Trouble>,
}

/// Why a user could neither be found nor made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    /// The gateway answers in place of the user-service, with this status.
    UserServiceDown(Status),
    /// The host answers with this status.
    Refused(Status),
    /// The answer is no user.
    NoUser,
    NoAnswer(FailureKind),
    OutOfTime,
}

impl Target {
    /// Whether requests carry a token.
    pub const fn tokens(self) -> Tokens {
        match self {
            Self::Gateway => Tokens::Unsigned,
            Self::Locust | Self::Direct => Tokens::None,
        }
    }

    const fn users_path(self) -> &'static str {
        match self {
            Self::Locust | Self::Gateway => "/api/users/internal/users",
            Self::Direct => "/api/v1/users/internal/users",
        }
    }
}

/// How many users a load wants.
pub fn wanted(load: &Load) -> u32 {
    match load {
        Load::Closed { .. } => load.most_users(),
        Load::Open { .. } => load.most_users().min(MOST_OF_ARRIVALS),
    }
}

/// The name by which a user of a run is recognised next time: `oddiya-load-7`.
fn key(number: u32) -> String {
    format!("oddiya-load-{number}")
}

impl Users {
    pub fn new(target: Target, wanted: u32) -> Self {
        Self { target, wanted: wanted.min(MOST), found: Vec::new(), attempts: 0, trouble: None }
    }

    /// The request for the next user; `None` when there is none to send.
    pub fn next(&self) -> Option<Request> {
        let number = self.found.len() as u32 + 1;
        (self.trouble.is_none() && number <= self.wanted).then(|| find_or_make(self.target, number))
    }

    /// Notes what was heard of the last request.
    pub fn heard(&mut self, heard: &Heard) {
        let user = match heard {
            Ok(reply) => user_in(reply),
            Err(failure) => Err(Trouble::NoAnswer(failure.kind)),
        };
        match user {
            Ok(user) => {
                self.found.push(user);
                self.attempts = 0;
            }
            Err(trouble) => {
                self.attempts += 1;
                // Who does not answer in time is not waited for again.
                let may_pass = match trouble {
                    Trouble::NoAnswer(kind) => {
                        !matches!(kind, FailureKind::RequestTimeout | FailureKind::ConnectTimeout)
                    }
                    Trouble::Refused(status) => status >= 500,
                    Trouble::UserServiceDown(_) | Trouble::NoUser | Trouble::OutOfTime => false,
                };
                if !may_pass || self.attempts >= ATTEMPTS {
                    self.trouble = Some(trouble);
                }
            }
        }
    }

    /// What was found until now, where no more time is left.
    pub fn out_of_time(mut self) -> UsersFound {
        if (self.found.len() as u32) < self.wanted {
            self.trouble.get_or_insert(Trouble::OutOfTime);
        }
        self.end()
    }

    pub fn end(self) -> UsersFound {
        UsersFound { users: self.found, wanted: self.wanted, trouble: self.trouble }
    }
}

fn find_or_make(target: Target, number: u32) -> Request {
    let key = key(number);
    let body = json!({
        "email": format!("{key}@example.com"),
        "name": format!("Oddiya Load {number}"),
        "provider": "google",
        "providerId": key,
    });
    let mut headers = vec![("Content-Type", "application/json".to_owned())];
    if target.tokens() == Tokens::Unsigned {
        // Any token will do: these requests are for no user in particular.
        let mut token = "Bearer ".to_owned();
        write_minted_token("0", &mut token);
        headers.push(("Authorization", token));
    }
    headers.push((PREPARING.0, PREPARING.1.to_owned()));
    Request {
        method: Method::Post,
        path: target.users_path().to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: Some(body.to_string().into_bytes()),
        redirects: Redirects::Kept,
        wanted: Wanted { body: true, ..Wanted::default() },
        ..Request::default()
    }
}

fn user_in(reply: &Reply) -> Result<HostUser, Trouble> {
    match (reply.status, reply.look()) {
        (200..300, _) => {}
        (500.., Look::GatewayError(status)) => return Err(Trouble::UserServiceDown(status)),
        (status, _) => return Err(Trouble::Refused(status)),
    }
    let json: Value = serde_json::from_slice(&reply.body).map_err(|_| Trouble::NoUser)?;
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = json.get("id").and_then(Value::as_u64).ok_or(Trouble::NoUser)?;
    Ok(HostUser { id, email: text("email"), name: text("name") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::Failure;
    use crate::core::config::run_config::RunConfigText;

    fn reply(status: Status, body: &str) -> Heard {
        Ok(Reply { status, body: body.into() })
    }

    fn user(id: u64) -> Heard {
        reply(200, &format!(r#"{{"id":{id},"email":"e@example.com","name":"N","passwordHash":null}}"#))
    }

    const BOOT_500: &str =
        r#"{"timestamp":"2026-11-26T10:00:00Z","status":500,"error":"Internal Server Error","path":"/x"}"#;

    #[test]
    fn users_are_asked_for_one_after_the_other_under_names_that_are_found_again() {
        let mut users = Users::new(Target::Gateway, 2);
        let first = users.next().unwrap();
        assert_eq!((first.method, first.path.as_str()), (Method::Post, "/api/users/internal/users"));
        let body: Value = serde_json::from_slice(first.body.as_ref().unwrap()).unwrap();
        assert_eq!(body["providerId"], "oddiya-load-1");
        assert_eq!(body["email"], "oddiya-load-1@example.com");
        users.heard(&user(7));
        assert!(users.next().unwrap().body_text().unwrap().contains("oddiya-load-2"));
        users.heard(&user(9));
        assert_eq!(users.next(), None);
        let found = users.end();
        assert_eq!(found.users.iter().map(|user| user.id).collect::<Vec<_>>(), [7, 9]);
        assert_eq!(found.trouble, None);
    }

    #[test]
    fn only_the_gateway_gets_a_token() {
        let has_token = |target| {
            let request = Users::new(target, 1).next().unwrap();
            request.headers.iter().any(|(name, _)| name == "Authorization")
        };
        assert_eq!(Target::ALL.map(has_token), [false, true, false]);
    }

    #[test]
    fn a_user_whose_request_failed_is_asked_for_again_and_then_given_up() {
        let mut users = Users::new(Target::Direct, 5);
        users.heard(&reply(500, BOOT_500));
        users.heard(&user(7));
        for _ in 0..2 {
            users.heard(&Err(Failure::new(FailureKind::Reset, "")));
            assert!(users.next().unwrap().body_text().unwrap().contains("oddiya-load-2"));
        }
        users.heard(&reply(500, BOOT_500));
        assert_eq!(users.next(), None);
        let found = users.end();
        assert_eq!((found.users.len(), found.trouble), (1, Some(Trouble::Refused(500))));
    }

    #[test]
    fn a_user_service_that_is_down_and_a_refusal_are_told_apart_and_not_asked_again() {
        let gateway =
            r#"{"timestamp":1,"path":"/x","status":500,"error":"Internal Server Error","requestId":"a"}"#;
        for (heard, trouble) in [
            (reply(500, gateway), Trouble::UserServiceDown(500)),
            (reply(403, ""), Trouble::Refused(403)),
            (reply(200, "<html>"), Trouble::NoUser),
            (reply(200, "{}"), Trouble::NoUser),
        ] {
            let mut users = Users::new(Target::Gateway, 5);
            users.heard(&heard);
            assert_eq!((users.next(), users.end().trouble), (None, Some(trouble)));
        }
    }

    #[test]
    fn a_host_that_does_not_answer_in_time_is_asked_once() {
        let mut users = Users::new(Target::Gateway, 5);
        users.heard(&Err(Failure::new(FailureKind::RequestTimeout, "")));
        let trouble = Trouble::NoAnswer(FailureKind::RequestTimeout);
        assert_eq!((users.next(), users.end().trouble), (None, Some(trouble)));
    }

    #[test]
    fn a_run_by_arrivals_gets_fewer_users_than_it_may_have_at_most() {
        let load = |text: RunConfigText| text.check(1).unwrap().load;
        let users = RunConfigText { users: "800".into(), ..RunConfigText::default() };
        let rate = RunConfigText { rate: "100".into(), max_users: "800".into(), ..RunConfigText::default() };
        assert_eq!((wanted(&load(users)), wanted(&load(rate))), (800, 500));
    }

    #[test]
    fn what_was_found_when_the_time_is_over_is_kept() {
        let mut users = Users::new(Target::Direct, 2);
        users.heard(&user(7));
        let found = users.clone().out_of_time();
        assert_eq!((found.users.len(), found.trouble), (1, Some(Trouble::OutOfTime)));
        users.heard(&user(8));
        assert_eq!(users.out_of_time().trouble, None, "all were there in time");
    }
}
