//! The llm-agent: FastAPI's answers, plan generation and the event stream.
//!
//! The modules below make plans, events and cache keys. This file spends the time of a generation and builds replies.

mod cache;
mod cors;
mod events;
mod itinerary;
mod json_errors;
mod pages;
mod pyjson;
mod python_dates;
mod request;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HOST, HeaderName, HeaderValue, LOCATION, SERVER,
};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

pub use cache::PlanCache;
pub use itinerary::{Day, Itinerary, Trip};

use super::app::App;
use super::faults::Outage;
use super::options::Cache;
use super::reply::{Framing, Piece, Reply};
use super::routes::{Endpoint, Front, NoEndpoint};
use super::services::Call;
use super::timing::sleep;
use super::wallclock;
use events::Event;
use request::{BadRequest, PlanRequest};

/// The route on which the plan service calls the agent. A fault that names it affects plan creation too.
pub const GENERATE: &str = "/api/v1/plans/generate";

/// What a stream waits for a Redis that is configured and down.
const REDIS_RETRIES: Duration = Duration::from_millis(3800);

/// Of the time of a generation a mocked stream takes this share after its first event: it waits for no graph. Less than
/// the measured 0.24, because its last pieces wait for whole milliseconds.
const STREAM_SHARE: f64 = 0.16;

/// Answers one of the agent's endpoints, or a path or method that it does not have.
pub async fn answer(app: &App, endpoint: &Result<Endpoint, NoEndpoint>, call: &Call) -> Reply {
    if cors::is_preflight(&call.method, &call.headers) {
        return cors::preflight(&call.headers);
    }
    match endpoint {
        Ok(endpoint) => endpoint_reply(app, *endpoint, call).await,
        Err(NoEndpoint::UnknownPath) => {
            redirect(app, call).unwrap_or_else(|| detail(StatusCode::NOT_FOUND, "Not Found"))
        }
        Err(NoEndpoint::OtherMethods(allowed)) => {
            let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
            let allowed = HeaderValue::from_str(&names.join(", ")).unwrap_or(HeaderValue::from_static(""));
            detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed").with(http::header::ALLOW, allowed)
        }
    }
}

async fn endpoint_reply(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    if !matches!(endpoint, Endpoint::Generate | Endpoint::Stream) {
        app.timing.spend(call.visit, endpoint, 0).await;
    }
    let ok = |body: Value| Reply::fastapi(StatusCode::OK, &body);
    match endpoint {
        Endpoint::Generate => generate(app, call).await,
        Endpoint::Stream => stream(app, call).await,
        Endpoint::LlmHealth => ok(json!({"status": "healthy", "service": "llm-agent"})),
        Endpoint::PlannerHealth => ok(json!({
            "status": "healthy", "service": "LangGraph Planner", "features": ["LangChain", "LangGraph", "LangSmith"],
        })),
        Endpoint::LlmDocument => pages::document(&call.path).with(SERVER, uvicorn()),
        _ => ok(json!({"message": "Oddiya LLM Agent API", "test_page": "/test"})),
    }
}

/// Starlette's redirect to a path that differs only in the slash at its end.
fn redirect(app: &App, call: &Call) -> Option<Reply> {
    if call.path == "/" {
        return None;
    }
    let other = match call.path.strip_suffix('/') {
        Some(path) => path.to_owned(),
        None => format!("{}/", call.path),
    };
    let is_known = app.routes(Front::Llm).find(&call.method, &other).endpoint != Err(NoEndpoint::UnknownPath);
    if !is_known && other != pages::STATIC {
        return None;
    }
    let host = call.headers.get(HOST)?.to_str().ok()?;
    let query = call.query.as_ref().map_or_else(String::new, |query| format!("?{query}"));
    let location = HeaderValue::from_str(&format!("http://{host}{other}{query}")).ok()?;
    Some(Reply::empty(StatusCode::TEMPORARY_REDIRECT).with(LOCATION, location).with(SERVER, uvicorn()))
}

/// An answer as uvicorn sends it, with CORS headers where a browser asked.
pub fn finished(reply: Reply, headers: &HeaderMap) -> Reply {
    cors::with_cors(reply, headers).with(http::header::DATE, wallclock::http_date())
}

/// Waits for the time of a generation and returns the plan. The plan service calls the agent this way.
///
/// When the model fails, the agent answers with a placeholder all the same.
pub async fn make_plan(app: &App, trip: &Trip) -> Itinerary {
    sleep(app.timing.draw_llm()).await;
    if app.faults.model_fails() { trip.placeholder() } else { trip.graph_plan(wallclock::python_now()) }
}

/// FastAPI's error body.
pub fn detail(status: StatusCode, detail: impl Into<Value>) -> Reply {
    Reply::fastapi(status, &json!({"detail": detail.into()}))
}

fn uvicorn() -> HeaderValue {
    HeaderValue::from_static("uvicorn")
}

fn parse(call: &Call) -> Result<PlanRequest, BadRequest> {
    let content_type = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    PlanRequest::parse(content_type, &call.body)
}

/// FastAPI's refusal of a body.
fn refused(bad: BadRequest) -> Reply {
    match bad {
        BadRequest::Problems(problems) => detail(StatusCode::UNPROCESSABLE_ENTITY, problems),
        BadRequest::NoText => detail(StatusCode::BAD_REQUEST, "There was an error parsing the body"),
    }
}

async fn generate(app: &App, call: &Call) -> Reply {
    let request = match parse(call) {
        Ok(request) => request,
        Err(bad) => return refused(bad),
    };
    match request.trip(app.options.model) {
        Ok(trip) => Reply::fastapi(StatusCode::OK, &make_plan(app, &trip).await),
        Err(reason) => {
            detail(StatusCode::INTERNAL_SERVER_ERROR, format!("Failed to generate plan: {reason}"))
        }
    }
}

async fn stream(app: &App, call: &Call) -> Reply {
    let request = match parse(call) {
        Ok(request) => request,
        Err(bad) => return refused(bad),
    };
    app.timing.spend(call.visit, Endpoint::Stream, 0).await;
    let trip = match request.trip(app.options.model) {
        Ok(trip) => trip,
        // When the request has a title, the agent reads the dates only after the stream has begun.
        Err(reason) if request.has_title() => {
            return events_reply(events::failed_to_start(&reason), Duration::ZERO, Duration::ZERO);
        }
        Err(reason) => {
            return detail(StatusCode::INTERNAL_SERVER_ERROR, format!("Failed to start streaming: {reason}"));
        }
    };
    if app.options.cache == Cache::Off {
        return fresh(app, &trip, None, Duration::ZERO);
    }
    if app.faults.outage() == Some(Outage::RedisDown) {
        return fresh(app, &trip, None, REDIS_RETRIES);
    }
    let key = request.cache_key();
    match app.cache.get(&key, Instant::now()) {
        Some(plan) => events_reply(events::cached(&plan), Duration::ZERO, Duration::ZERO),
        None => fresh(app, &trip, Some(key), Duration::ZERO),
    }
}

/// The stream of a new generation, whose first event comes after a delay. The plan is cached once the stream was sent to
/// the end.
fn fresh(app: &App, trip: &Trip, key: Option<String>, delay: Duration) -> Reply {
    let time = stream_time(app);
    if app.faults.model_fails() {
        return events_reply(events::model_failed(trip), delay, time);
    }
    let plan = trip.plan(wallclock::python_now());
    let mut reply = events_reply(events::generation(trip, &plan), delay, time);
    if let Some(key) = key {
        let cache = Arc::clone(&app.cache);
        reply.on_sent = Some(Box::new(move || {
            // Serialising cannot fail: the same plan is already in the stream as JSON.
            cache.put(key, serde_json::to_value(plan).unwrap_or_default(), Instant::now());
        }));
    }
    reply
}

fn stream_time(app: &App) -> Duration {
    let time = app.timing.draw_llm();
    let is_default = app.options.llm_latency.is_none() && app.options.model == super::options::Model::Mock;
    if is_default { time.mul_f64(STREAM_SHARE) } else { time }
}

fn events_reply(events: Vec<Event>, delay: Duration, time: Duration) -> Reply {
    let mut reply = Reply::empty(StatusCode::OK)
        .with(SERVER, uvicorn())
        .with(CACHE_CONTROL, HeaderValue::from_static("no-cache"))
        .with(CONNECTION, HeaderValue::from_static("keep-alive"))
        .with(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))
        .with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    let piece =
        |event: Event| Piece { due: delay + time.mul_f64(event.share), bytes: Bytes::from(event.text) };
    reply.pieces = events.into_iter().map(piece).collect();
    reply.framing = Framing::Chunked;
    reply
}
