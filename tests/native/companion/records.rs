//! What the companion measures of each relayed request, and how the page gets it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::Method;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use oddiya_load::companion::RunningCompanion;
use oddiya_load::core::base::event_kind::EventKind;
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::http::relay::Envelope;
use oddiya_load::core::http::relay_record::{self, RECORDS_PREFIX, Reached, RecordBatch, RelayRecord};
use oddiya_load::core::http::request_id::RequestId;
use oddiya_load::core::scenario::Reading;

use crate::browser::{Browser, companion_at, companion_for, text_body};
use crate::command::{Running, serving};
use crate::fake_host::FakeHost;
use tokio::sync::Notify;

pub const RUN: u32 = 7;
/// More than the sockets between host, companion and browser hold, and less than the companion's own room.
const LARGE: usize = 12 * 1024 * 1024;
/// More than the companion's room and all sockets.
const TOO_LARGE: usize = 64 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

/// A run's records as they come. The connection has to stay open for them.
pub struct Records {
    body: Incoming,
    _browser: Browser,
    partial: Vec<u8>,
    records: Vec<RelayRecord>,
    /// How long the companion did not run, as its batches say.
    blocked: Micros,
}

impl Records {
    /// Subscribes, and returns once the companion has sent its first batch.
    pub async fn of(companion: &RunningCompanion, run: u32) -> Self {
        Self::at(companion.port, &companion.token, run).await
    }

    async fn at(port: u16, token: &str, run: u32) -> Self {
        let mut browser = Browser::at(port, token, "records.localhost").await;
        let path = format!("{RECORDS_PREFIX}{token}/{run}");
        let response = browser.send(Method::GET, &path, &[], text_body("")).await.unwrap();
        assert_eq!(response.status(), 200);
        let (partial, records, blocked) = Default::default();
        let mut this = Self { body: response.into_body(), _browser: browser, partial, records, blocked };
        this.batch().await;
        this
    }

    async fn batch(&mut self) {
        let piece = self.body.frame().await.unwrap().unwrap().into_data().unwrap();
        self.partial.extend_from_slice(&piece);
        while let Some(end) = self.partial.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.partial.drain(..=end).collect();
            let batch: RecordBatch = serde_json::from_slice(&line).unwrap();
            self.records.extend(batch.records);
            self.blocked += batch.blocked;
        }
    }

    pub async fn next(&mut self) -> RelayRecord {
        while self.records.is_empty() {
            self.batch().await;
        }
        self.records.remove(0)
    }
}

fn numbered(number: u32) -> Envelope {
    Envelope::default().with_id(RequestId::new(RUN, number).0)
}

#[tokio::test]
async fn a_record_has_the_time_from_the_first_byte_written_to_the_last_byte_read() {
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            tokio::time::sleep(Duration::from_millis(30)).await;
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            connection.write("cd").await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut records = Records::of(&companion, RUN).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    for number in [1, 2] {
        browser.relay(&numbered(number), "/", None).await;
    }
    let (first, second) = (records.next().await, records.next().await);
    assert_eq!([first.id, second.id], [RequestId::new(RUN, 1), RequestId::new(RUN, 2)]);
    for record in [&first, &second] {
        let (latency, ttfb) = (record.latency, record.ttfb.unwrap());
        assert!(ttfb >= Micros::from_millis(30), "{record:?}");
        // The first byte may be read late on a busy machine, the last one never before it was written.
        assert!(latency > ttfb && latency >= Micros::from_millis(50), "{record:?}");
        assert_eq!((record.received_bytes, record.reached, &record.outcome), (4, Reached::Host, &Ok(200)));
    }
    assert!(first.connect.is_some() && second.connect.is_none());
    assert!(first.waited >= first.connect.unwrap() && second.waited < second.ttfb.unwrap());
    assert_eq!(first.running, relay_record::Running::All);
    assert_eq!((first.connections.opened, second.connections.reused), (1, 1));
}

#[tokio::test]
async fn a_browser_that_does_not_read_is_not_in_the_latency() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write(&format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")).await;
        connection.write(&"x".repeat(LARGE)).await;
        connection.closed().await;
    })
    .await;
    let companion = companion_for(&host).await;
    let mut records = Records::of(&companion, RUN).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&numbered(1), "/");
    let response = browser.send(Method::GET, &path, &[], text_body("")).await.unwrap();
    // Nothing of the body was asked for, and the record comes all the same.
    let record = records.next().await;
    assert_eq!((record.received_bytes, &record.outcome), (LARGE as u64, &Ok(200)));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), LARGE);
}

#[tokio::test]
async fn a_body_that_had_to_wait_for_the_browser_has_no_record() {
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let host = FakeHost::start(move |mut connection| {
        let count = Arc::clone(&count);
        async move {
            while let Some(seen) = connection.request().await {
                let pieces = if seen.target == "/large" { TOO_LARGE / PIECE } else { 1 };
                let length = pieces * PIECE;
                connection.write(&format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n")).await;
                for _ in 0..pieces {
                    connection.write(&"x".repeat(PIECE)).await;
                    count.fetch_add(usize::from(pieces > 1), Ordering::Relaxed);
                }
            }
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut records = Records::of(&companion, RUN).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    let path = browser.relayed(&numbered(1), "/large");
    let response = browser.send(Method::GET, &path, &[], text_body("")).await.unwrap();
    let mut other = Browser::new(&companion, "u2.localhost").await;
    loop {
        // A companion with room would read more of the large body while it relays these.
        let before = written.load(Ordering::Relaxed);
        for _ in 0..20 {
            other.relay(&Envelope::default(), "/small", None).await;
        }
        if before > 0 && written.load(Ordering::Relaxed) == before {
            break;
        }
    }
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len(), TOO_LARGE, "it is whole");
    other.relay(&numbered(2), "/small", None).await;
    assert_eq!(records.next().await.id, RequestId::new(RUN, 2));
}

#[tokio::test]
async fn the_events_of_a_stream_are_timed_from_the_first_byte_written() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n").await;
        for data in [r#"{"type":"status"}"#, r#"{"type":"complete","plan":{}}"#, r#"{"type":"done"}"#] {
            tokio::time::sleep(Duration::from_millis(20)).await;
            connection.write(&format!("data: {data}\n\n")).await;
        }
    })
    .await;
    let companion = companion_for(&host).await;
    let mut records = Records::of(&companion, RUN).await;
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    browser.relay(&Envelope { reading: Reading::Events, ..numbered(1) }, "/", None).await;
    let record = records.next().await;
    let streamed = record.streamed.unwrap();
    let of = |kind| *streamed.first_of.get(kind).unwrap();
    assert_eq!((streamed.events, streamed.failure), (3, None));
    assert!(of(EventKind::Status) >= Micros::from_millis(20));
    assert!(streamed.done.unwrap() >= Micros::from_millis(60));
    assert!(streamed.done.unwrap() <= record.latency);
}

#[tokio::test]
async fn a_request_across_a_stop_of_the_companion_is_marked_and_later_ones_are_not() {
    let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell_asked, may_answer) = (Arc::clone(&asked), Arc::clone(&answer));
    let host = FakeHost::start(move |mut connection| {
        let (tell_asked, may_answer) = (Arc::clone(&tell_asked), Arc::clone(&may_answer));
        async move {
            while connection.request().await.is_some() {
                tell_asked.notify_one();
                may_answer.notified().await;
                connection.write("HTTP/1.1 204 No Content\r\n\r\n").await;
            }
        }
    })
    .await;
    let companion = Running::start(&mut serving(&host.url()));
    let (port, token) = (companion.port(), companion.token().await);
    let mut records = Records::at(port, &token, RUN).await;
    let mut browser = Browser::at(port, &token, "u1.localhost").await;
    let path = browser.relayed(&numbered(1), "/");
    let sending = browser.send(Method::GET, &path, &[], text_body(""));
    let stopping = async {
        asked.notified().await;
        companion.stop();
        answer.notify_one();
        // What is measured is this very time, so it has to pass.
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        companion.signal("-CONT");
    };
    let (response, ()) = tokio::join!(sending, stopping);
    drop(response.unwrap().into_body().collect().await.unwrap());
    assert_eq!(records.next().await.running, relay_record::Running::Part);
    assert!(records.blocked >= Micros::from_millis(1_000), "{:?}", records.blocked);
    answer.notify_one();
    browser.relay(&numbered(2), "/", None).await;
    assert_eq!(records.next().await.running, relay_record::Running::All);
}

#[tokio::test]
async fn a_failure_has_a_record_too() {
    // Bound and not listening: nobody else is given the port meanwhile.
    let silent = tokio::net::TcpSocket::new_v4().unwrap();
    silent.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let companion = companion_at(&format!("http://{}", silent.local_addr().unwrap())).await;
    let mut records = Records::of(&companion, RUN).await;
    Browser::new(&companion, "u1.localhost").await.relay(&numbered(1), "/", None).await;
    let record = records.next().await;
    assert_eq!(record.outcome.unwrap_err().kind, FailureKind::Refused);
    assert_eq!((record.reached, record.ttfb), (Reached::Companion, None));
}

#[tokio::test]
async fn a_run_gets_its_own_records_only_and_nobody_without_the_token_gets_any() {
    let host = FakeHost::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let companion = companion_for(&host).await;
    let (mut ours, mut theirs) = (Records::of(&companion, RUN).await, Records::of(&companion, RUN + 1).await);
    let mut browser = Browser::new(&companion, "u1.localhost").await;
    browser.relay(&Envelope::default().with_id(RequestId::new(RUN + 1, 1).0), "/", None).await;
    browser.relay(&numbered(2), "/", None).await;
    assert_eq!(ours.next().await.id, RequestId::new(RUN, 2));
    assert_eq!(theirs.next().await.id, RequestId::new(RUN + 1, 1));
    let answer = browser.get(&format!("{RECORDS_PREFIX}wrong/{RUN}")).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-oddiya-load-refusal")), (403, Some("token")));
    let answer = browser.get(&format!("{RECORDS_PREFIX}{}/x", companion.token)).await;
    assert_eq!(answer.status.as_u16(), 400);
}

#[tokio::test]
async fn batches_come_also_while_nothing_is_measured() {
    let host = FakeHost::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let companion = companion_for(&host).await;
    let mut records = Records::of(&companion, RUN).await;
    for _ in 0..3 {
        records.batch().await;
    }
    assert_eq!(records.records, []);
}
