//! The agent's event streams: events and chunks, cache hits, failures with status 200, clients that go away.

use std::time::Duration;

use oddiya_load::stub::{Cache, LlmLatency, Model, Options, Profile, RunningStub, start};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::client::{Answer, ask, stub, until};

const PATH: &str = "/api/v1/plans/generate/stream";
const TRIP: &str = r#"{"location":"Seoul","startDate":"2025-11-10","endDate":"2025-11-12"}"#;

async fn stream(stub: &RunningStub, body: &str) -> Answer {
    ask("POST", PATH).json(body).send(stub.llm).await
}

fn events(answer: &Answer) -> Vec<Value> {
    let text = answer.text();
    let blocks = text.split_terminator("\n\n");
    blocks.map(|block| serde_json::from_str(block.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

fn kinds(answer: &Answer) -> Vec<String> {
    events(answer).iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_generation_is_thirteen_events_and_the_next_is_a_hit_of_three() {
    let stub = start(Options { cache: Cache::On, ..Options::default() }).await.unwrap();
    let first = stream(&stub, TRIP).await;
    assert_eq!(first.status.as_u16(), 200);
    assert_eq!(first.header("content-type"), Some("text/event-stream; charset=utf-8"));
    assert_eq!(first.header("cache-control"), Some("no-cache"));
    assert_eq!(first.header("x-accel-buffering"), Some("no"));
    assert_eq!(first.header("transfer-encoding"), Some("chunked"));
    assert_eq!(events(&first).len(), 13);
    let plan = events(&first)[11]["plan"].clone();
    assert_eq!(plan["days"].as_array().unwrap().len(), 3);

    let hit = stream(&stub, TRIP).await;
    assert_eq!(kinds(&hit), ["status", "complete", "done"]);
    assert_eq!(events(&hit)[1]["plan"], plan);
    assert_eq!(events(&hit)[0]["cached"], true);
    let other_case = stream(&stub, &TRIP.replace("Seoul", "seoul")).await;
    assert_eq!(events(&other_case).len(), 13);
}

#[tokio::test]
async fn a_stock_installation_keeps_no_plans() {
    let stub = stub(Profile::Locust).await;
    for _ in 0..2 {
        assert_eq!(events(&stream(&stub, TRIP).await).len(), 13);
    }
}

#[tokio::test]
async fn a_real_model_knows_places_and_a_mocked_one_does_not() {
    for (model, is_placeless) in [(Model::Mock, true), (Model::Real, false)] {
        let stub = start(Options { model, ..Options::default() }).await.unwrap();
        let plan = ask("POST", "/api/v1/plans/generate").json(TRIP).send(stub.llm).await;
        assert_eq!(plan.text().contains("City Center"), is_placeless, "{model:?}");
    }
}

#[tokio::test]
async fn events_are_spread_over_the_llms_time_each_in_its_own_chunk() {
    let time = Duration::from_millis(400);
    let llm_latency = Some(LlmLatency::fixed(time.into()));
    let stub = start(Options { llm_latency, ..Options::default() }).await.unwrap();
    let answer = stream(&stub, TRIP).await;
    assert_eq!(answer.chunks.len(), 13);
    let (first, last) = (answer.chunks[0].0, answer.chunks[12].0);
    // The events span the whole time, less the delay with which the first one was read.
    assert!(last - first >= time / 2, "{:?}", last - first);
    let gaps =
        answer.chunks.windows(2).filter(|pair| pair[1].0 - pair[0].0 > Duration::from_millis(5)).count();
    assert!(gaps >= 5, "only {gaps} gaps");
}

#[tokio::test]
async fn failures_come_inside_200_or_before_it() {
    let stub = stub(Profile::Locust).await;
    let bad_date = TRIP.replace("2025-11-10", "soon");
    let before = stream(&stub, &bad_date).await;
    assert_eq!(before.status.as_u16(), 500);
    assert!(before.json()["detail"].as_str().unwrap().starts_with("Failed to start streaming"));
    let inside = stream(&stub, &bad_date.replace('{', r#"{"title":"Trip","#)).await;
    assert_eq!((inside.status.as_u16(), kinds(&inside)), (200, vec!["error".to_owned()]));
    let missing = stream(&stub, "{}").await;
    assert_eq!((missing.status.as_u16(), missing.json()["detail"].as_array().unwrap().len()), (422, 3));
    let generate = ask("POST", "/api/v1/plans/generate").json(&bad_date).send(stub.llm).await;
    assert_eq!(generate.status.as_u16(), 500);
}

#[tokio::test]
async fn the_plain_generation_never_touches_the_cache() {
    let stub = start(Options { cache: Cache::On, ..Options::default() }).await.unwrap();
    let plan = ask("POST", "/api/v1/plans/generate").json(TRIP).send(stub.llm).await.json();
    assert_eq!(plan["metadata"]["iterations"], 3);
    assert_eq!(events(&stream(&stub, TRIP).await).len(), 13);
}

#[tokio::test]
async fn a_client_that_leaves_cancels_the_generation_and_nothing_is_cached() {
    let llm_latency = Some(LlmLatency::fixed(Duration::from_secs(600).into()));
    let stub = start(Options { llm_latency, ..Options::default() }).await.unwrap();
    let mut socket = TcpStream::connect(stub.llm).await.unwrap();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nHost: stub\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{TRIP}",
        TRIP.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut seen = [0; 2048];
    let mut text = String::new();
    while !text.contains("gather_context") {
        let length = socket.read(&mut seen).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&seen[..length]));
    }
    drop(socket);
    let stats = until(&stub, |stats| stats["routes"][0]["unanswered"] == 1).await;
    assert_eq!(stats["routes"][0]["name"], PATH);
}
