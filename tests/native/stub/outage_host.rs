//! A host whose parts break, and requests that are timed in virtual time: for the tests of outages.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oddiya_load::stub::{Front, Model, Options, Profile, RunningStub, ServicePorts, start};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::client::{Answer, Ask, PLAN, ask, get};

/// Longer than anything that answers at all.
pub const HOUR: Duration = Duration::from_secs(3600);
const VIDEO: &str = r#"{"photoUrls":["https://e.com/1.jpg"]}"#;

pub struct Host {
    pub stub: RunningStub,
}

/// An answer with the seconds that it took; no status is a broken or refused connection.
pub struct Timed {
    pub status: Option<u16>,
    pub secs: f64,
    pub body: String,
}

impl Timed {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {:?}", self.body))
    }

    /// Asserts the status, and the seconds to within a tenth.
    pub fn is(&self, status: u16, least: f64, most: f64) {
        assert_eq!(self.status, Some(status), "{}", self.body);
        assert!(
            (least - 0.01..=most + 0.1).contains(&self.secs),
            "{} s instead of {least} to {most}",
            self.secs
        );
    }
}

impl Host {
    pub async fn new(model: Model) -> Self {
        let services = Some(ServicePorts::FREE);
        let options =
            Options { profile: Profile::Gateway, services, users: Some(3), model, ..Options::default() };
        Self { stub: start(options).await.unwrap() }
    }

    pub async fn broken(fault: &str) -> Self {
        let host = Self::new(Model::Mock).await;
        assert_eq!(host.breaks(fault).await.status.as_u16(), 200);
        host
    }

    pub async fn breaks(&self, fault: &str) -> Answer {
        ask("POST", "/__stub/faults").json(fault).send(self.stub.gateway).await
    }

    /// Ends every fault, asked at a port that no fault closes.
    pub async fn mend(&self) {
        let port = self.stub.address(Front::Auth).unwrap();
        assert_eq!(ask("DELETE", "/__stub/faults").send(port).await.status.as_u16(), 204);
    }

    pub async fn time(&self, front: Front, request: Ask) -> Timed {
        let began = Instant::now();
        let token = format!("Bearer e30.{}.x", URL_SAFE_NO_PAD.encode(r#"{"userId":1}"#));
        let request = request.header("Authorization", &token).user(1).patience(HOUR);
        let answer = request.try_send(self.stub.address(front).unwrap()).await;
        let secs = began.elapsed().as_secs_f64();
        match answer {
            Ok(answer) => Timed { status: Some(answer.status.as_u16()), secs, body: answer.text() },
            Err(error) => Timed { status: None, secs, body: error.to_string() },
        }
    }

    pub async fn get(&self, path: &str) -> Timed {
        self.time(Front::Gateway, get(path)).await
    }

    pub async fn create(&self) -> Timed {
        self.time(Front::Gateway, ask("POST", "/api/plans").json(PLAN)).await
    }

    pub async fn video(&self) -> Timed {
        let key = "123e4567-e89b-12d3-a456-426614174000";
        self.time(Front::Gateway, ask("POST", "/api/videos").header("Idempotency-Key", key).json(VIDEO)).await
    }

    pub async fn sign(&self, how: &str) -> Timed {
        let person = json!({"name": "Lee", "email": "lee@example.com", "password": "Secret123"});
        self.time(Front::Auth, ask("POST", &format!("/api/auth/{how}")).json(&person.to_string())).await
    }

    pub async fn health(&self, front: Front) -> Timed {
        self.time(front, get("/actuator/health")).await
    }

    pub async fn is_up(&self, fronts: &[Front]) {
        for front in fronts {
            let health = self.health(*front).await;
            health.is(200, 0.0, 0.0);
            assert_eq!(health.json(), json!({"status": "UP"}));
        }
    }

    /// Asserts that a port's health is DOWN, after so many seconds.
    pub async fn is_down(&self, front: Front, secs: f64) {
        let health = self.health(front).await;
        health.is(503, secs, secs + 0.1);
        assert_eq!(health.json(), json!({"status": "DOWN"}));
    }
}
