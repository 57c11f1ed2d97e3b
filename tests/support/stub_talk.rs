//! Requests to a stub's own interface, and its counters in a form that can be compared with a report's.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use oddiya_load::core::report::Report;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// (method, name, status) → requests.
pub type Counts = BTreeMap<(String, String, u16), u64>;

pub fn counted_by_the_report(report: &Report) -> Counts {
    let entries = report.requests.iter().flat_map(|entry| {
        entry
            .statuses
            .iter()
            .flatten()
            .map(|(status, count)| ((entry.method.clone(), entry.name.clone(), *status), *count))
    });
    entries.collect()
}

pub fn counted_by_the_stub(stats: &Value) -> Counts {
    let mut counts = Counts::new();
    for route in stats["routes"].as_array().unwrap() {
        let (method, name) = (route["method"].as_str().unwrap(), route["name"].as_str().unwrap());
        for (status, count) in route["statuses"].as_object().unwrap() {
            counts.insert((method.into(), name.into(), status.parse().unwrap()), count.as_u64().unwrap());
        }
    }
    counts
}

/// Sends a request to the stub's own interface and returns the JSON of the answer.
pub async fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Value {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let json = body.find(['{', '[']).and_then(|from| body.get(from..=body.rfind(['}', ']'])?));
    json.map_or(Value::Null, |json| serde_json::from_str(json).unwrap())
}
