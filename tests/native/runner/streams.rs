//! Tests of streamed plans: the milestones of a real stream, failures inside it, and streams that end too early.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use oddiya_load::core::base::event_kind::EventKind;
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::convert::csv;
use oddiya_load::core::report::{Entry, Report, read};
use oddiya_load::stub::{self, LlmLatency, RunningStub};
use serde_json::json;

use crate::fake_host::FakeHost;

const STREAM: &str = "/api/v1/plans/generate/stream";
const LLM_MS: u64 = 500;

/// Runs two users of the class `PlanStreamUser` for two seconds. Returns the report and the standard output.
async fn run(port: u16) -> (Report, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let host = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    command
        .args([
            "run",
            "PlanStreamUser",
            "--users=2",
            "--spawn-rate=100",
            "--run-time=2s",
            "--think-time=20ms",
        ])
        .args(["--seed=7", "--exit-code-on-error=0", "-H", &host, "--json"])
        .arg(&file)
        .env("ODDIYA_LOAD_NO_SETUP", "true")
        .stdin(Stdio::null());
    // The hosts of these tests run on this thread, so waiting for the command must not block it.
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = read::read(&std::fs::read(&file).unwrap()).unwrap();
    (report, String::from_utf8(output.stdout).unwrap())
}

async fn stub() -> RunningStub {
    let llm_latency = Some(LlmLatency::fixed(Duration::from_millis(LLM_MS).into()));
    stub::start(stub::Options { llm_latency, ..stub::Options::default() }).await.unwrap()
}

fn only_entry(report: &Report) -> &Entry {
    assert_eq!(report.requests.len(), 2, "classes that stayed out have no rows");
    assert_eq!(report.requests[0].name, STREAM);
    &report.requests[0]
}

fn only_failure(report: &Report) -> (FailureKind, &str) {
    assert_eq!(report.failures.len(), 1, "{:?}", report.failures);
    (report.failures[0].kind, &report.failures[0].detail)
}

#[tokio::test]
async fn a_streamed_plan_is_timed_event_by_event() {
    let stub = stub().await;
    let (report, text) = run(stub.llm.port()).await;
    let entry = only_entry(&report);
    assert_eq!((entry.failures, entry.in_flight_at_end.unwrap()), (0, 0), "{:?}", report.failures);
    let streams = entry.stream_ms.as_ref().unwrap();
    let count_of = |kind| streams.by_type.get(&kind).map_or(0, |family| family.figures.count);

    // A generated plan sends 13 events. A plan from the cache sends only 3 of them, and no `progress`.
    let generated = count_of(EventKind::Progress);
    assert!(generated >= 2, "{generated}");
    assert_eq!(entry.stream_events.unwrap(), 13 * generated + 3 * (entry.requests - generated));
    for kind in [EventKind::Status, EventKind::Complete, EventKind::Done] {
        assert_eq!(count_of(kind), entry.requests);
    }

    let max = |family: &Option<oddiya_load::core::report::Distribution>| {
        family.as_ref().unwrap().figures.max.unwrap()
    };
    let (first, complete, done) = (max(&streams.first_event), max(&streams.complete), max(&streams.done));
    assert!(first < complete && complete <= done, "{first} {complete} {done}");
    assert!(complete >= LLM_MS as f64 * 0.98, "{complete}");
    assert!(
        done <= entry.latency_ms.as_ref().unwrap().figures.max.unwrap(),
        "an event came after the last byte"
    );
    // The longest gap of a generated plan is the time of the language model: from part 30 to part 60 of 90.
    let gap = max(&streams.largest_gap);
    assert!(gap >= LLM_MS as f64 / 4.0 && gap < done, "{gap}");
    assert!(text.contains("Streams") && text.contains("largest gap between events"), "{text}");
}

#[tokio::test]
async fn a_reset_within_a_stream_is_truncation() {
    let stub = stub().await;
    let fault = json!({"kind": "reset_mid_body", "share": 1.0, "route": STREAM}).to_string();
    post(stub.gateway.port(), "/__stub/faults", &fault).await;
    let (report, _) = run(stub.llm.port()).await;
    assert_eq!(only_failure(&report).0, FailureKind::Truncated);
}

#[tokio::test]
async fn an_error_event_inside_a_200_is_a_failure_with_the_hosts_reason_and_its_status_is_counted() {
    let sent = Arc::new(AtomicU64::new(0));
    let host = FakeHost::start(move |mut connection| {
        let sent = Arc::clone(&sent);
        async move {
            while connection.request().await.is_some() {
                // Each request has numbers and an id of its own.
                let number = 8_000 + 37 * sent.fetch_add(1, Ordering::Relaxed);
                let reason = format!("429 rate limit: retry in {number} ms (req_{number}a)");
                connection.write(&stream_of_error(&reason)).await;
            }
        }
    })
    .await;
    let (report, text) = run(host.port).await;
    let detail = "an error event, then done: 429 rate limit: retry in # ms (#)";
    assert_eq!(only_failure(&report), (FailureKind::StreamError, detail));
    assert!(report.total.requests > 1 && report.failures.len() == 1, "{:?}", report.failures);
    assert!(text.contains("429 rate limit"), "{text}");
    let [_, _, (_, failures), _] = csv::files(&report);
    assert!(failures.contains(detail), "{failures}");
    let entry = only_entry(&report);
    assert_eq!((entry.failures, entry.statuses.as_ref().unwrap()[&200]), (entry.requests, entry.requests));
    assert!(entry.stream_ms.as_ref().unwrap().by_type.contains_key(&EventKind::Error));
}

/// A whole answer: a status, an error and the end of the stream.
fn stream_of_error(reason: &str) -> String {
    let error = json!({"type": "error", "message": "실패", "error": reason});
    let events =
        format!("data: {{\"type\": \"status\"}}\n\ndata: {error}\n\ndata: {{\"type\": \"done\"}}\n\n");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ";
    format!("{head}{}\r\n\r\n{events}", events.len())
}

#[tokio::test]
async fn a_stream_with_complete_and_without_done_is_cut() {
    let (report, _) = run(answering("data: {\"type\": \"complete\", \"plan\": {}}\n\n").await.port).await;
    assert_eq!(only_failure(&report), (FailureKind::StreamCut, "after the plan, before done"));
}

#[tokio::test]
async fn an_answer_with_an_error_status_is_not_counted_as_a_stream() {
    let host = FakeHost::answering("HTTP/1.1 422 X\r\nContent-Length: 2\r\n\r\n{}").await;
    let (report, text) = run(host.port).await;
    assert_eq!(only_failure(&report), (FailureKind::Status, "HTTP 422"));
    assert_eq!(only_entry(&report).stream_ms, None);
    assert!(!text.contains("Streams"));
}

/// A host that answers with `events`, and with their length in the header.
async fn answering(events: &str) -> FakeHost {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: ";
    let answer = format!("{head}{}\r\n\r\n{events}", events.len());
    FakeHost::answering(Box::leak(answer.into_boxed_str())).await
}

async fn post(port: u16, path: &str, body: &str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut socket = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: stub\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all((head + body).as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
}
