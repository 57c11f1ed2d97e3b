//! Runs the built command and reads what it leaves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use oddiya_load::core::report::Report;
use oddiya_load::core::report::read::read;
use oddiya_load::stub::{self, RunningStub};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// Longer than any of these runs; a hanging command fails the test instead of hanging it.
const LIMIT: Duration = Duration::from_secs(90);

pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

pub async fn wait(child: Child) -> Ended {
    let output =
        tokio::time::timeout(LIMIT, child.wait_with_output()).await.expect("the command hangs").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub async fn run(arguments: &[&str]) -> Ended {
    wait(command(arguments).spawn().unwrap()).await
}

pub async fn start_stub() -> (RunningStub, String) {
    let stub = stub::start(stub::Options::default()).await.unwrap();
    let host = format!("http://127.0.0.1:{}", stub.gateway.port());
    (stub, host)
}

pub fn report_in(file: &Path) -> Report {
    read(&std::fs::read(file).unwrap()).unwrap()
}

/// (method, name, status) → requests.
pub type Counts = BTreeMap<(String, String, u16), u64>;

pub fn counted_by_the_report(report: &Report) -> Counts {
    let entries = report.requests.iter().flat_map(|entry| {
        entry
            .statuses
            .iter()
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

/// Sends a request to the stub's own interface and gives its JSON.
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
