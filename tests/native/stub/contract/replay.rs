//! Replays one group at a stub of its own, in order.

use std::net::SocketAddr;
use std::time::Duration;

use oddiya_load::stub::{Front, Options, Profile, RunningStub, ServicePorts, start};
use serde_json::{Value, json};

use super::super::client::{Answer as Made, PLAN, ask};
use super::compare::differences;
use super::exchange::Exchange;
use super::tally::Outcome;
use super::variables::{Variables, email};
use super::wire::{self, Answer};

/// How long the recording waited to see whether the server closes a connection.
const CLOSING: Duration = Duration::from_millis(30);
/// How long a busy machine may take to close one that is to be closed. The agent closes idle ones after 5 s.
const CLOSING_AT_MOST: Duration = Duration::from_secs(4);

/// Where the services are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Each at its own.
    Own,
    /// All at the one that profile `direct` has.
    One,
}

/// Replays a group's exchanges and compares each.
pub async fn group(name: &str, exchanges: &[Exchange], ports: Ports) -> Vec<Outcome> {
    let profile =
        if name.starts_with("gw") || name == "gateway" { Profile::Gateway } else { Profile::Direct };
    let services = Some(ServicePorts::FREE);
    let stub = start(Options { profile, services, ..Options::default() }).await.unwrap();
    let mut variables = prepare(&stub, name, profile).await;
    let mut answered = Vec::new();
    let mut outcomes = Vec::new();
    for exchange in exchanges {
        let to = if ports == Ports::Own { address(&stub, &exchange.service) } else { stub.gateway };
        let answer = wire::exchange(to, exchange, &mut variables).await;
        if let (Some(save), Ok((answer, _))) = (&exchange.save, &answer) {
            keep(save, answer, &mut variables);
        }
        // Watched from the answer on: before the last exchange the server may close this connection for being idle.
        let answer = answer.map(|(answer, stream)| {
            let wait = if exchange.answer.closes { CLOSING_AT_MOST } else { CLOSING };
            (answer, tokio::spawn(wire::is_closed_within(wait, stream)))
        });
        answered.push((exchange, to, answer));
    }
    for (exchange, to, answer) in answered {
        let title = format!("[{}] {} {}", exchange.case, exchange.method, exchange.path);
        let found = match answer {
            Ok((answer, closing)) => {
                let closes = answer.ended || closing.await.unwrap();
                differences(&exchange.answer, &answer, closes, to, &mut variables)
            }
            Err(error) => {
                let broken = |aspect| (aspect, format!("no answer: {error}"));
                super::compare::ASPECTS.map(broken).to_vec()
            }
        };
        outcomes.push(Outcome { n: exchange.n, title, differences: found });
    }
    outcomes
}

fn address(stub: &RunningStub, service: &str) -> SocketAddr {
    let front = match service {
        "auth" => Front::Auth,
        "user" => Front::User,
        "plan" => Front::Plan,
        "video" => Front::Video,
        "llm" => Front::Llm,
        _ => Front::Gateway,
    };
    stub.address(front).unwrap()
}

fn keep(save: &str, answer: &Answer, variables: &mut Variables) {
    let (name, field) = save.split_once(':').unwrap_or((save, "id"));
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    match &body[field] {
        Value::String(text) => variables.save(name, text.clone()),
        Value::Number(number) => variables.save(name, number.to_string()),
        _ => {}
    }
}

/// Makes what the recorded host held: user 1 with 15 plans, three plans and videos of user -1, and three fresh users.
async fn prepare(stub: &RunningStub, group: &str, profile: Profile) -> Variables {
    let world = World { stub, profile };
    world.user("a1@x.io", "A One").await;
    for _ in 0..16 {
        world.plan(1, &PLAN.replace("2025", "2026")).await;
    }
    world.send("DELETE", "plans/7", 1, "").await;
    for place in 0..3 {
        world.plan(-1, PLAN).await;
        world.video(-1, place).await;
    }
    let mut users = [('A', 0), ('B', 0), ('C', 0)];
    for (letter, id) in &mut users {
        *id = world.user(&email(group, *letter), &format!("User {letter}")).await;
    }
    Variables::new(group, users)
}

struct World<'a> {
    stub: &'a RunningStub,
    profile: Profile,
}

impl World<'_> {
    async fn send(&self, method: &str, path: &str, user: i64, body: &str) -> Made {
        let base = if self.profile == Profile::Gateway { "/api" } else { "/api/v1" };
        let token = format!("Bearer e30.{}.x", base64_of(&format!(r#"{{"userId":{user}}}"#)));
        ask(method, &format!("{base}/{path}"))
            .user(user)
            .header("Authorization", &token)
            .header("Idempotency-Key", &format!("00000000-0000-4000-8000-{:012x}", body.len()))
            .json(body)
            .send(self.stub.gateway)
            .await
    }

    async fn user(&self, email: &str, name: &str) -> i64 {
        let body = json!({"email": email, "name": name, "provider": "google", "providerId": email});
        let made = self.send("POST", "users/internal/users", 0, &body.to_string()).await;
        made.json()["id"].as_i64().unwrap()
    }

    async fn plan(&self, user: i64, body: &str) {
        assert_eq!(self.send("POST", "plans", user, body).await.status.as_u16(), 200);
    }

    async fn video(&self, user: i64, place: usize) {
        // The key comes from the body's length, so each body has a length of its own.
        let spaces = " ".repeat(place);
        let body = format!(
            r#"{{"photoUrls":["https://e.com/1.jpg","https://e.com/2.jpg"],"template":"default"{spaces}}}"#
        );
        assert_eq!(self.send("POST", "videos", user, &body).await.status.as_u16(), 202);
    }
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}
