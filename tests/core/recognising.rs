//! Recognising hosts by the exchanges recorded from the real services, and by hosts that are none of Oddiya's.

use std::io::Read as _;

use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::base::host::Host;
use oddiya_load::core::oddiya::recognising::{About, MOST_REQUESTS, Next, Question, Recognising};
use oddiya_load::core::oddiya::recognition::Target;
use oddiya_load::core::oddiya::recognition::{NotSeen, Oddiya, Part, Recognition, Service};
use oddiya_load::core::oddiya::reply::{Heard, Reply};
use oddiya_load::core::oddiya::users::{Trouble, Users};
use serde_json::Value;

const RECORDING: &[u8] = include_bytes!("../fixtures/oddiya/exchanges.jsonl.gz");

/// The recorded exchanges of one service.
struct Recorded(Vec<Value>);

impl Recorded {
    fn of(service: &str) -> Self {
        let mut text = String::new();
        flate2::read::GzDecoder::new(RECORDING).read_to_string(&mut text).unwrap();
        let all = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        Self(all.filter(|exchange| exchange["service"] == service).collect())
    }

    /// The recorded answer to a GET that shows no user; that of another unknown path where this one was not asked for.
    fn answer(&self, path: &str) -> Heard {
        let found = self.find("GET", path).or_else(|| self.find("GET", "/nothing"));
        Ok(reply(found.or_else(|| self.find("GET", "/nothing/here")).unwrap()))
    }

    fn find(&self, method: &str, path: &str) -> Option<&Value> {
        let shows_user =
            |header: &Value| ["Authorization", "X-User-Id", "Accept"].contains(&header[0].as_str().unwrap());
        self.0.iter().find(|exchange| {
            let is_open = method != "GET" || !exchange["headers"].as_array().unwrap().iter().any(shows_user);
            exchange["method"] == method && exchange["path"] == path && is_open
        })
    }
}

/// The answer as it was sent: the recording has a placeholder for every time, also where the gateway wrote a number.
fn reply(exchange: &Value) -> Reply {
    let answer = &exchange["answer"];
    let status = u16::try_from(answer["status"].as_u64().unwrap()).unwrap();
    let mut body = answer["body"].clone();
    if body.get("requestId").is_some() {
        body["timestamp"] = 1_764_151_200_000_u64.into();
    }
    let bytes = match &body {
        Value::Null => Vec::new(),
        Value::String(text) => text.clone().into_bytes(),
        pages if pages.get("bytes").is_some() => b"<html>".to_vec(),
        json => json.to_string().into_bytes(),
    };
    Reply { status, body: bytes }
}

fn host(port: u16) -> Host {
    format!("http://localhost:{port}").parse().unwrap()
}

fn refused() -> Heard {
    Err(Failure::new(FailureKind::Refused, ""))
}

/// What the host at port 9000 is recognised as, with the number of requests that it took.
fn recognised(answer: impl Fn(&Question) -> Heard) -> (Recognition, usize) {
    let mut asked = Recognising::new(host(9000));
    let mut requests = 0;
    loop {
        match asked.next() {
            Next::Known(recognition) => return (recognition, requests),
            Next::Ask(question) => {
                requests += 1;
                assert!(requests <= MOST_REQUESTS, "{question:?}");
                let heard = answer(&question);
                asked.heard(question, heard);
            }
        }
    }
}

/// What a service alone is recognised as, by its recorded answers; nothing listens at other ports.
fn alone(service: &str) -> Recognition {
    let recorded = Recorded::of(service);
    let answer = |question: &Question| match question.host.port {
        9000 => recorded.answer(question.about.path()),
        _ => refused(),
    };
    recognised(answer).0
}

fn direct(parts: &[(Part, u16)]) -> Recognition {
    let parts = parts.iter().map(|(part, port)| (*part, host(*port))).collect();
    Recognition::Oddiya(Oddiya::Direct { parts })
}

#[test]
fn every_recorded_service_is_recognised_by_its_own_answers() {
    assert_eq!(alone("gw"), Recognition::Oddiya(Oddiya::Gateway));
    assert_eq!(alone("llm"), Recognition::Oddiya(Oddiya::Agent));
    assert_eq!(alone("user"), direct(&[(Part::User, 9000)]));
    assert_eq!(alone("plan"), direct(&[(Part::Plan, 9000)]));
    assert_eq!(alone("video"), direct(&[(Part::Video, 9000)]));
    assert_eq!(alone("auth"), direct(&[(Part::Auth, 9000)]));
}

#[test]
fn the_other_services_are_found_at_their_usual_ports() {
    let services = ["user", "plan", "video", "auth"].map(Recorded::of);
    let (found, requests) = recognised(|question| match question.host.port {
        9000 | 8083 => services[1].answer(question.about.path()),
        8081 => services[3].answer(question.about.path()),
        8082 => services[0].answer(question.about.path()),
        8084 => services[2].answer(question.about.path()),
        _ => refused(),
    });
    let parts = [(Part::User, 8082), (Part::Plan, 9000), (Part::Video, 8084), (Part::Auth, 8081)];
    assert_eq!(found, direct(&parts));
    assert!(requests <= MOST_REQUESTS, "{requests}");
}

#[test]
fn the_gateway_that_the_locustfile_knew_passes_the_request_for_the_profile_on() {
    let (gateway, user) = (Recorded::of("gw"), Recorded::of("user"));
    let (found, requests) = recognised(|question| match question.about {
        About::Profile => user.answer("/api/v1/users/me"),
        about => gateway.answer(about.path()),
    });
    let locust = Oddiya::Locust { user_service: Service::Up };
    assert_eq!((found, requests), (Recognition::Oddiya(locust), 2));
}

#[test]
fn the_recorded_answers_of_the_user_service_are_users_or_say_why_not() {
    let recorded = Recorded::of("gw");
    let answers = recorded
        .0
        .iter()
        .filter(|exchange| exchange["method"] == "POST" && exchange["path"] == "/api/users/internal/users");
    let mut seen = 0;
    for exchange in answers {
        let mut answer = reply(exchange);
        answer.body = String::from_utf8(answer.body).unwrap().replace("\"<int>\"", "41").into_bytes();
        let status = answer.status;
        let mut users = Users::new(Target::Gateway, 1);
        (0..3).for_each(|_| users.heard(&Ok(answer.clone())));
        let found = users.end();
        match status {
            200 => assert_eq!(found.users.first().map(|user| user.id), Some(41), "{exchange}"),
            status => assert_eq!(found.trouble, Some(Trouble::Refused(status)), "{exchange}"),
        }
        seen += 1;
    }
    assert!(seen >= 8, "{seen}");
}

#[test]
fn ten_hosts_that_are_no_oddiya_are_told_apart_from_it_and_soon_left_alone() {
    let boot =
        r#"{"timestamp":"2026-11-26T10:00:00.000+00:00","status":404,"error":"Not Found","path":"/x"}"#;
    let problem = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
    for (what, status, body, why) in [
        ("a development server", 200, "<!doctype html><div id=root>", NotSeen::AnswersEverything(200)),
        ("a login page", 200, "<form action=/login>", NotSeen::AnswersEverything(200)),
        ("a server that says yes to everything", 204, "", NotSeen::AnswersEverything(204)),
        ("a redirect to elsewhere", 302, "", NotSeen::Redirects(302)),
        ("nginx", 404, "<html><h1>404 Not Found</h1>nginx", NotSeen::Another(404)),
        ("Express", 404, "Cannot GET /", NotSeen::Another(404)),
        ("another Spring Boot", 404, boot, NotSeen::Another(404)),
        ("another FastAPI", 404, r#"{"detail":"Not Found"}"#, NotSeen::Another(404)),
        ("an API that wants a token", 401, problem, NotSeen::Another(401)),
        ("a server that is down behind its proxy", 502, "Bad Gateway", NotSeen::Another(502)),
        ("a host that forbids everything", 403, "", NotSeen::Another(403)),
    ] {
        let (found, requests) = recognised(|_| Ok(Reply { status, body: body.into() }));
        assert_eq!(found, Recognition::None(why), "{what}");
        assert!(requests <= 5, "{what}: {requests}");
    }
    let (found, requests) = recognised(|_| refused());
    assert_eq!((found, requests), (Recognition::None(NotSeen::NoAnswer(FailureKind::Refused)), 1));
}
