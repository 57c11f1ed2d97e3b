//! Streamed plans in the page: every milestone from inside the browser, through the companion.

use std::time::Duration;

use oddiya_load::core::base::event_kind::EventKind;
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::report::{Distribution, read};
use oddiya_load::stub::{self, LlmLatency};
use serde_json::Value;

use crate::fake_host::FakeHost;
use crate::load::World;

const STREAM: &str = "/api/v1/plans/generate/stream";
const QUERY: &str =
    "?classes=PlanStreamUser&users=2&spawn_rate=10&run_time=5s&think_time=0&seed=7&autostart=1";
const LLM_MS: u64 = 500;

#[tokio::test]
async fn a_streamed_plan_is_timed_event_by_event_from_inside_the_page() {
    let llm_latency = Some(LlmLatency::fixed(Duration::from_millis(LLM_MS).into()));
    let stub = stub::start(stub::Options { llm_latency, ..stub::Options::default() }).await.unwrap();
    let host = format!("http://localhost:{}", stub.llm.port());
    let world = World::of(stub, &host).await;
    world.browser.open(&world.url(QUERY)).await;
    world.browser.wait_for_run_state("done", Duration::from_secs(30)).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let [entry, cached] = report.requests.as_slice() else { panic!("{:?}", report.requests) };
    assert_eq!(cached.name, format!("{STREAM} (cached)"));
    assert_eq!(
        (entry.name.as_str(), entry.failures, entry.page_clock.unwrap_or_default()),
        (STREAM, 0, 0),
        "{:?}",
        report.failures
    );

    let streams = entry.stream_ms.as_ref().unwrap();
    let count_of = |kind| streams.by_type.get(&kind).map_or(0, |family| family.figures.count);
    // A generation sends 13 events. A plan from the cache sends 3, and none of them is `progress`.
    assert!(entry.requests >= 2, "{}", entry.requests);
    assert_eq!(entry.stream_events.unwrap(), 13 * entry.requests);
    assert_eq!(cached.stream_events.unwrap_or_default(), 3 * cached.requests);
    assert_eq!(count_of(EventKind::Progress), entry.requests);
    assert_eq!(count_of(EventKind::Complete), entry.requests);

    let max = |family: &Option<Distribution>| family.as_ref().unwrap().figures.max.unwrap();
    let (first, complete, done) = (max(&streams.first_event), max(&streams.complete), max(&streams.done));
    assert!(first < complete && complete <= done, "{first} {complete} {done}");
    assert!(complete >= LLM_MS as f64 * 0.98, "{complete}");
    assert!(
        done <= entry.latency_ms.as_ref().unwrap().figures.max.unwrap(),
        "an event came after the last byte"
    );
    assert!(max(&streams.largest_gap) >= LLM_MS as f64 / 4.0 && max(&streams.largest_gap) < done);

    let stats = world.stats().await;
    let routes = stats["routes"].as_array().unwrap();
    let counted = routes.iter().find(|route| route["name"] == STREAM).unwrap();
    assert_eq!(counted["statuses"]["200"], Value::from(entry.requests + cached.requests), "{counted}");

    let shown = world.browser.by_css("[data-testid=streams] [data-milestone=done] [data-field=count]").await;
    let digits = shown.text().await.unwrap().replace(|c: char| !c.is_ascii_digit(), "");
    assert_eq!(digits, entry.requests.to_string());
}

#[tokio::test]
async fn korean_events_cut_anywhere_are_read_and_an_error_among_them_is_a_failure() {
    // One byte per write: chunks end within characters, line ends and events.
    let host = FakeHost::start(|mut connection| async move {
        while connection.request().await.is_some() {
            let events = "data: {\"type\": \"status\", \"message\": \"서울의 날씨\"}\r\n\r\ndata: {\"type\": \"error\", \"message\": \"실패\"}\n\n";
            connection.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            for byte in events.as_bytes() {
                connection.write_bytes(&[b'1', b'\r', b'\n', *byte, b'\r', b'\n']).await;
            }
            connection.write("0\r\n\r\n").await;
        }
    })
    .await;
    let stub = stub::start(stub::Options::default()).await.unwrap();
    let world = World::of(stub, &host.url()).await;
    world.browser.open(&world.url(&QUERY.replace("think_time=0", "think_time=500ms"))).await;
    world.browser.wait_for_run_state("done", Duration::from_secs(30)).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    let kinds: Vec<_> = report.failures.iter().map(|row| (row.kind, row.detail.as_str())).collect();
    assert_eq!(kinds, [(FailureKind::StreamError, "an error event, and no done: 실패")]);
    let entry = &report.requests[0];
    assert_eq!((entry.stream_events.unwrap(), entry.failures), (2 * entry.requests, entry.requests));
    assert_eq!(entry.statuses.as_ref().unwrap()[&200], entry.requests);
}
