//! The page in a real browser, served by the companion. Needs Chromium and chromedriver (`make setup`).
//!
//! `harness` proves the harness itself, with pages that a test writes; it needs no built page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

#[allow(dead_code, reason = "page objects to come use what these tests do not")]
#[path = "../support/chromium/mod.rs"]
mod chromium;
#[allow(dead_code, reason = "shared with the companion's tests, which use the rest")]
#[path = "../support/fake_host.rs"]
mod fake_host;
mod harness;
mod load;
mod looks;
mod recovery;
mod steering;
mod streams;
mod truth;

/// The JSON that an address answers.
async fn http_get(url: &str) -> serde_json::Value {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let rest = url.strip_prefix("http://").unwrap();
    let (authority, path) = rest.split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let json = body.get(body.find('{').unwrap()..=body.rfind('}').unwrap()).unwrap();
    serde_json::from_str(json).unwrap()
}
