//! A small HTTP client: one connection for each request; each chunk is kept with its time of arrival.
//!
//! `send` panics when a connection breaks; `try_send` returns the error to tests that expect it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use oddiya_load::stub::{Options, Profile, RunningStub, start};
use serde_json::Value;
use tokio::net::TcpStream;

/// Limit of each wait, so that a hanging stub fails the test. A busy machine needs far less.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub chunks: Vec<(Instant, Bytes)>,
}

impl Answer {
    pub fn text(&self) -> String {
        self.chunks.iter().map(|(_, chunk)| std::str::from_utf8(chunk).unwrap()).collect()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap_or_else(|e| panic!("{e} in {:?}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub struct Ask {
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
    patience: Duration,
}

pub fn ask(method: &str, path: &str) -> Ask {
    let (method, path) = (method.parse().unwrap(), path.to_owned());
    Ask { method, path, headers: Vec::new(), body: String::new(), patience: PATIENCE }
}

pub fn get(path: &str) -> Ask {
    ask("GET", path)
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn user(self, id: i64) -> Self {
        self.header("X-User-Id", &id.to_string())
    }

    pub fn json(mut self, body: &str) -> Self {
        self.body = body.to_owned();
        self.header("Content-Type", "application/json")
    }

    /// Waits so long for the answer: for tests in virtual time.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Sends the request and reads the whole answer.
    pub async fn send(self, to: SocketAddr) -> Answer {
        self.try_send(to).await.unwrap()
    }

    /// Sends the request; a broken connection is an error.
    pub async fn try_send(self, to: SocketAddr) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        tokio::time::timeout(self.patience, self.exchange(to)).await?
    }

    async fn exchange(self, to: SocketAddr) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(to).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let driver = tokio::spawn(connection);
        let mut request =
            Request::builder().method(self.method).uri(self.path).header("Host", to.to_string());
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let response = sender.send_request(request.body(Full::new(Bytes::from(self.body)))?).await?;
        let (head, mut body) = response.into_parts();
        let mut chunks = Vec::new();
        while let Some(frame) = body.frame().await {
            if let Ok(chunk) = frame?.into_data() {
                chunks.push((Instant::now(), chunk));
            }
        }
        driver.abort();
        Ok(Answer { status: head.status, headers: head.headers, chunks })
    }
}

/// Starts a stub without added service time, with users 1 to 100.
pub async fn stub(profile: Profile) -> RunningStub {
    start(Options { profile, users: Some(100), ..Options::default() }).await.unwrap()
}

/// The counters of one route. Panics when the route was never requested.
pub async fn route(stub: &RunningStub, method: &str, name: &str) -> Value {
    let stats = get("/__stub/stats").send(stub.gateway).await.json();
    let routes = stats["routes"].as_array().unwrap();
    let found = routes.iter().find(|route| route["method"] == method && route["name"] == name);
    found.unwrap_or_else(|| panic!("{method} {name} is not in {stats}")).clone()
}

/// Requests the counters until they meet a condition.
pub async fn until(stub: &RunningStub, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let stats = get("/__stub/stats").send(stub.llm).await.json();
        if wanted(&stats) {
            return stats;
        }
        assert!(started.elapsed() < PATIENCE, "never came: {stats}");
        tokio::task::yield_now().await;
    }
}

pub const LOCUST_PLAN: &str = r#"{"title":"Test Plan 17","startDate":"2025-12-01","endDate":"2025-12-03"}"#;
pub const PLAN: &str = r#"{"destination":"Seoul","startDate":"2025-12-01","endDate":"2025-12-03","budget":300000,"interests":["food"]}"#;
