//! Recognises which Oddiya a host is, by a few harmless requests: which one is asked next, and what the answers say.
//!
//! A path that cannot be there comes first, because every part of Oddiya says no to it in its own way, and at once. None of
//! the requests names a user or changes anything.

use super::PREPARING;
use super::recognition::{NotSeen, Oddiya, Part, Recognition, Service};
use super::reply::{Heard, Look, Reply};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::http::request::{Request, Wanted};
use crate::core::scenario::Method;
use crate::core::scenario::model::request::Redirects;

/// How long recognising may take in all.
pub const TIME_LIMIT: Micros = Micros::from_secs(2);
/// How many requests it may take.
pub const MOST_REQUESTS: usize = 10;

/// A request without headers and body, by GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub host: Host,
    pub about: About,
}

/// What a request asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A path that cannot be there.
    UnknownPath,
    /// The profile of no user.
    Profile,
    /// The health of the llm-agent.
    Health,
    /// The gateway's overview of the project.
    Overview,
    /// Whether this service answers there.
    Part(Part),
}

impl About {
    pub const fn path(self) -> &'static str {
        match self {
            Self::UnknownPath => "/oddiya-load/which-oddiya",
            Self::Profile | Self::Part(Part::User) => "/api/v1/users/me",
            Self::Health => "/health",
            Self::Overview => "/api/overview",
            Self::Part(Part::Plan) => "/api/v1/plans",
            Self::Part(Part::Video) => "/api/v1/videos",
            Self::Part(Part::Auth) => "/.well-known/jwks.json",
        }
    }
}

impl Question {
    /// The request that asks it. A redirect is an answer.
    pub fn request(&self) -> Request {
        Request {
            method: Method::Get,
            path: self.about.path().to_owned(),
            headers: vec![(PREPARING.0.to_owned(), PREPARING.1.to_owned())],
            redirects: Redirects::Kept,
            wanted: Wanted { body: true, ..Wanted::default() },
            ..Request::default()
        }
    }
}

/// What follows from the answers so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    Ask(Question),
    Known(Recognition),
}

/// The questions that were asked of a host, with what was heard.
#[derive(Clone, Debug)]
pub struct Recognising {
    host: Host,
    heard: Vec<(Question, Heard)>,
}

impl Recognising {
    pub const fn new(host: Host) -> Self {
        Self { host, heard: Vec::new() }
    }

    /// Notes what was heard.
    pub fn heard(&mut self, question: Question, heard: Heard) {
        self.heard.push((question, heard));
    }

    /// What was found, where no more time is left.
    pub fn out_of_time(&self) -> Recognition {
        match self.next() {
            Next::Known(known) => known,
            Next::Ask(_) => self.parts_so_far().unwrap_or(Recognition::None(NotSeen::OutOfTime)),
        }
    }

    /// The next question, or what was found.
    pub fn next(&self) -> Next {
        if self.heard.len() >= MOST_REQUESTS {
            return Next::Known(self.parts_so_far().unwrap_or(Recognition::None(NotSeen::OutOfTime)));
        }
        let unknown = match self.answer_about(About::UnknownPath) {
            None => return self.ask(About::UnknownPath),
            Some(Err(failure)) => return none(NotSeen::NoAnswer(failure.kind)),
            Some(Ok(reply)) => reply,
        };
        match unknown.look() {
            Look::GatewayError(404) => self.after_gateway(),
            Look::FastApiNotFound => self.after_fast_api(unknown),
            Look::BootError(404) | Look::PlanError | Look::Empty(403) => self.after_service(unknown),
            _ => self.after_another(unknown),
        }
    }

    /// The gateway of today refuses who shows no token, and the earlier one lets the request through.
    fn after_gateway(&self) -> Next {
        match self.answer_about(About::Profile) {
            None => self.ask(About::Profile),
            Some(Err(failure)) => none(NotSeen::NoAnswer(failure.kind)),
            Some(Ok(reply)) => known(match reply.look() {
                Look::Empty(401) => Oddiya::Gateway,
                Look::GatewayError(status) => Oddiya::Locust { user_service: Service::Down(status) },
                _ => Oddiya::Locust { user_service: Service::Up },
            }),
        }
    }

    fn after_fast_api(&self, unknown: &Reply) -> Next {
        match self.answer_about(About::Health) {
            None => self.ask(About::Health),
            Some(Ok(reply)) if reply.look() == Look::Agent => known(Oddiya::Agent),
            Some(_) => none(NotSeen::Another(unknown.status)),
        }
    }

    /// Asks the host for each service, then for those that it has not at their usual ports.
    fn after_service(&self, unknown: &Reply) -> Next {
        for part in Part::ALL {
            if self.answer_about(About::Part(part)).is_none() {
                return self.ask(About::Part(part));
            }
        }
        let Some(found) = self.parts_so_far() else { return none(NotSeen::Another(unknown.status)) };
        let missing = Part::ALL.into_iter().filter(|part| !self.is_at(&self.host, *part));
        for part in missing {
            let there = Host { port: part.usual_port(), ..self.host.clone() };
            let question = Question { host: there, about: About::Part(part) };
            let is_asked = self.heard.iter().any(|(asked, _)| *asked == question);
            if question.host != self.host && !is_asked {
                return Next::Ask(question);
            }
        }
        Next::Known(found)
    }

    /// A proxy in front of the gateway may have a page of its own for unknown paths.
    fn after_another(&self, unknown: &Reply) -> Next {
        match self.answer_about(About::Overview) {
            None => self.ask(About::Overview),
            Some(Ok(reply)) if reply.look() == Look::Overview => self.after_gateway(),
            Some(_) => none(match unknown.status {
                status @ 200..300 => NotSeen::AnswersEverything(status),
                status @ 300..400 => NotSeen::Redirects(status),
                status => NotSeen::Another(status),
            }),
        }
    }

    /// The services that were found; `None` while there is none.
    fn parts_so_far(&self) -> Option<Recognition> {
        let parts: Vec<_> = Part::ALL
            .into_iter()
            .filter_map(|part| {
                let has = |(question, _): &&(Question, Heard)| self.is_at(&question.host, part);
                self.heard.iter().find(has).map(|(question, _)| (part, question.host.clone()))
            })
            .collect();
        (!parts.is_empty()).then_some(Recognition::Oddiya(Oddiya::Direct { parts }))
    }

    /// Whether a service answers there.
    fn is_at(&self, host: &Host, part: Part) -> bool {
        self.heard.iter().any(|(question, heard)| {
            let is_it = question.host == *host && question.about == About::Part(part);
            is_it && heard.as_ref().is_ok_and(|reply| is_of(part, reply))
        })
    }

    fn answer_about(&self, about: About) -> Option<&Heard> {
        let own = self.heard.iter().find(|(asked, _)| asked.host == self.host && asked.about == about);
        own.map(|(_, heard)| heard)
    }

    fn ask(&self, about: About) -> Next {
        Next::Ask(Question { host: self.host.clone(), about })
    }
}

/// Whether an answer to the question about a service is that service's.
fn is_of(part: Part, reply: &Reply) -> bool {
    match part {
        // Their own paths want a user, and a path that is not theirs is a 404.
        Part::User | Part::Video => reply.look() == Look::BootError(400),
        Part::Plan => reply.look() == Look::PlanError,
        Part::Auth => reply.look() == Look::AuthKeys,
    }
}

const fn known(oddiya: Oddiya) -> Next {
    Next::Known(Recognition::Oddiya(oddiya))
}

const fn none(why: NotSeen) -> Next {
    Next::Known(Recognition::None(why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::{Failure, FailureKind, Status};

    fn host(port: u16) -> Host {
        format!("http://localhost:{port}").parse().unwrap()
    }

    fn reply(status: Status, body: &str) -> Heard {
        Ok(Reply { status, body: body.into() })
    }

    /// Asks until something is known, and returns it with the number of requests.
    fn recognised(answer: impl Fn(&Question) -> Heard) -> (Recognition, usize) {
        let mut asked = Recognising::new(host(8080));
        for count in 0.. {
            match asked.next() {
                Next::Known(recognition) => return (recognition, count),
                Next::Ask(question) => {
                    let heard = answer(&question);
                    asked.heard(question, heard);
                }
            }
        }
        unreachable!()
    }

    fn boot(status: Status) -> Heard {
        let body =
            format!(r#"{{"timestamp":"2026-11-26T10:00:00Z","status":{status},"error":"E","path":"/x"}}"#);
        reply(status, &body)
    }

    fn gateway(status: Status) -> Heard {
        let body =
            format!(r#"{{"timestamp":1,"path":"/x","status":{status},"error":"E","requestId":"a-1"}}"#);
        reply(status, &body)
    }

    fn refused() -> Heard {
        Err(Failure::new(FailureKind::Refused, ""))
    }

    #[test]
    fn the_gateway_of_today_refuses_who_shows_no_token_and_the_earlier_one_does_not() {
        let of = |profile: fn() -> Heard| {
            recognised(move |question| match question.about {
                About::UnknownPath => gateway(404),
                _ => profile(),
            })
        };
        let locust = |user_service| Recognition::Oddiya(Oddiya::Locust { user_service });
        assert_eq!(of(|| reply(401, "")), (Recognition::Oddiya(Oddiya::Gateway), 2));
        assert_eq!(of(|| boot(400)).0, locust(Service::Up));
        assert_eq!(of(|| gateway(500)).0, locust(Service::Down(500)));
    }

    #[test]
    fn a_service_alone_is_recognised_and_the_others_are_sought_at_their_usual_ports() {
        let (found, requests) = recognised(|question| match (question.host.port, question.about) {
            (8080, About::Part(Part::User)) => boot(400),
            (8080, _) => boot(404),
            (8083, About::Part(Part::Plan)) => {
                reply(500, r#"{"errorCode":"INTERNAL_ERROR","message":"","details":""}"#)
            }
            _ => refused(),
        });
        let parts = vec![(Part::User, host(8080)), (Part::Plan, host(8083))];
        assert_eq!(found, Recognition::Oddiya(Oddiya::Direct { parts }));
        assert!(requests <= MOST_REQUESTS, "{requests}");
    }

    #[test]
    fn a_proxy_with_its_own_page_for_unknown_paths_does_not_hide_the_gateway() {
        let (found, requests) = recognised(|question| match question.about {
            About::UnknownPath => reply(404, "<html>nginx"),
            About::Overview => reply(200, r#"{"project":"Oddiya"}"#),
            _ => reply(401, ""),
        });
        assert_eq!((found, requests), (Recognition::Oddiya(Oddiya::Gateway), 3));
    }

    #[test]
    fn when_the_time_is_over_the_services_found_so_far_count() {
        let mut asked = Recognising::new(host(8080));
        assert_eq!(asked.out_of_time(), Recognition::None(NotSeen::OutOfTime));
        let question = |about| Question { host: host(8080), about };
        asked.heard(question(About::UnknownPath), boot(404));
        asked.heard(question(About::Part(Part::User)), boot(400));
        let parts = vec![(Part::User, host(8080))];
        assert_eq!(asked.out_of_time(), Recognition::Oddiya(Oddiya::Direct { parts }));
    }

    #[test]
    fn no_question_names_a_user_or_changes_anything() {
        let parts = Part::ALL.map(About::Part);
        let others = [About::UnknownPath, About::Profile, About::Health, About::Overview];
        for about in parts.into_iter().chain(others) {
            let request = Question { host: host(1), about }.request();
            assert_eq!((request.method, request.body), (Method::Get, None));
            assert_eq!(request.headers, [("X-Oddiya-Load".to_owned(), "preparing".to_owned())]);
        }
    }
}
