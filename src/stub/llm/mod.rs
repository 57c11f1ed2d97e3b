//! The llm-agent: FastAPI's answers, plan generation and the event stream.
//!
//! The modules below make plans, events and cache keys. This file spends the time of a generation and builds replies.

mod cache;
mod events;
mod itinerary;
mod pyjson;
mod request;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS, CACHE_CONTROL,
    CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, ORIGIN, SERVER, VARY,
};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

pub use cache::PlanCache;
pub use itinerary::{Day, Itinerary, Trip};

use super::app::App;
use super::reply::{Framing, Piece, Reply};
use super::routes::Endpoint;
use super::services::Call;
use super::timing::sleep;
use super::wallclock;
use events::Event;
use request::PlanRequest;

/// The route on which the plan service calls the agent. A fault that names it affects plan creation too.
pub const GENERATE: &str = "/api/v1/plans/generate";

const PAGE: &str =
    "<!DOCTYPE html><title>Oddiya LLM Agent (stub)</title><p>POST /api/v1/plans/generate/stream</p>";

/// Answers one of the agent's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    if !matches!(endpoint, Endpoint::Generate | Endpoint::Stream) {
        app.timing.spend(endpoint, 0).await;
    }
    let ok = |body: Value| Reply::fastapi(StatusCode::OK, &body);
    match endpoint {
        Endpoint::Generate => generate(app, call).await,
        Endpoint::Stream => stream(app, call),
        Endpoint::LlmHealth => ok(json!({"status": "healthy", "service": "llm-agent"})),
        Endpoint::PlannerHealth => ok(json!({
            "status": "healthy", "service": "LangGraph Planner", "features": ["LangChain", "LangGraph", "LangSmith"],
        })),
        Endpoint::LlmDocument if call.path == "/openapi.json" => ok(json!({
            "openapi": "3.1.0", "info": {"title": "Oddiya LLM Agent", "version": "0.1.0"}, "paths": {},
        })),
        Endpoint::LlmDocument => {
            Reply::text(StatusCode::OK, "text/html; charset=utf-8", PAGE).with(SERVER, uvicorn())
        }
        _ => ok(json!({"message": "Oddiya LLM Agent API", "test_page": "/test"})),
    }
}

/// Waits for the time of a generation and returns the plan. The plan service calls the agent this way.
pub async fn make_plan(app: &App, trip: &Trip) -> Itinerary {
    sleep(app.timing.draw_llm()).await;
    trip.graph_plan(wallclock::local_date_time())
}

/// FastAPI's error body.
pub fn detail(status: StatusCode, detail: impl Into<Value>) -> Reply {
    Reply::fastapi(status, &json!({"detail": detail.into()}))
}

/// Starlette's CORS headers on an ordinary answer.
pub fn with_cors(reply: Reply, headers: &HeaderMap) -> Reply {
    let Some(origin) = headers.get(ORIGIN) else { return reply };
    if reply.headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) {
        return reply;
    }
    let reply = reply.with(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    if headers.contains_key(COOKIE) {
        let vary = HeaderValue::from_static("Origin");
        return reply.with(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()).with(VARY, vary);
    }
    reply.with(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))
}

/// Starlette's answer to a preflight: every method and header from every origin is allowed.
pub fn preflight(headers: &HeaderMap) -> Reply {
    let origin = headers.get(ORIGIN).cloned().unwrap_or(HeaderValue::from_static("*"));
    let mut reply = Reply::text(StatusCode::OK, "text/plain; charset=utf-8", "OK")
        .with(SERVER, uvicorn())
        .with(VARY, HeaderValue::from_static("Origin"))
        .with(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
        )
        .with(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"))
        .with(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"))
        .with(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if let Some(wanted) = headers.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        reply = reply.with(ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    reply
}

fn uvicorn() -> HeaderValue {
    HeaderValue::from_static("uvicorn")
}

/// `Err` is FastAPI's list of problems with the body.
fn parse(call: &Call) -> Result<PlanRequest, Value> {
    let content_type = call.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    PlanRequest::parse(content_type, &call.body)
}

async fn generate(app: &App, call: &Call) -> Reply {
    let request = match parse(call) {
        Ok(request) => request,
        Err(problems) => return detail(StatusCode::UNPROCESSABLE_ENTITY, problems),
    };
    match request.trip() {
        Ok(trip) => Reply::fastapi(StatusCode::OK, &make_plan(app, &trip).await),
        Err(reason) => {
            detail(StatusCode::INTERNAL_SERVER_ERROR, format!("Failed to generate plan: {reason}"))
        }
    }
}

fn stream(app: &App, call: &Call) -> Reply {
    let request = match parse(call) {
        Ok(request) => request,
        Err(problems) => return detail(StatusCode::UNPROCESSABLE_ENTITY, problems),
    };
    let trip = match request.trip() {
        Ok(trip) => trip,
        // When the request has a title, the agent reads the dates only after the stream has begun.
        Err(reason) if request.has_title() => {
            return events_reply(events::failed_to_start(&reason), Duration::ZERO);
        }
        Err(reason) => {
            return detail(StatusCode::INTERNAL_SERVER_ERROR, format!("Failed to start streaming: {reason}"));
        }
    };
    let key = request.cache_key();
    match app.cache.get(&key, Instant::now()) {
        Some(plan) => events_reply(events::cached(&plan), Duration::ZERO),
        None => fresh(app, &trip, key),
    }
}

/// The stream of a new generation. The plan is cached once the stream was sent to the end.
fn fresh(app: &App, trip: &Trip, key: String) -> Reply {
    let plan = trip.plan(wallclock::local_date_time());
    let mut reply = events_reply(events::generation(trip, &plan), app.timing.draw_llm());
    let cache = Arc::clone(&app.cache);
    reply.on_sent = Some(Box::new(move || {
        // Serialising cannot fail: the same plan is already in the stream as JSON.
        cache.put(key, serde_json::to_value(plan).unwrap_or_default(), Instant::now());
    }));
    reply
}

fn events_reply(events: Vec<Event>, time: Duration) -> Reply {
    let mut reply = Reply::empty(StatusCode::OK)
        .with(SERVER, uvicorn())
        .with(CACHE_CONTROL, HeaderValue::from_static("no-cache"))
        .with(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))
        .with(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    let piece = |event: Event| Piece { due: time.mul_f64(event.share), bytes: Bytes::from(event.text) };
    reply.pieces = events.into_iter().map(piece).collect();
    reply.framing = Framing::Chunked;
    reply
}
