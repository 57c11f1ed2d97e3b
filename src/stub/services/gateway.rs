//! The gateway's own endpoints: overview, interface texts, entry pages of the web clients, errors.
//!
//! They need no token and no database.

use http::header::HeaderValue;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::Call;
use crate::stub::accept::Accept;
use crate::stub::app::App;
use crate::stub::pages;
use crate::stub::reply::Reply;
use crate::stub::routes::{Endpoint, NoEndpoint};
use crate::stub::wallclock;

/// The interface's texts, as the real gateway sends them.
const MESSAGES: &str = include_str!("messages_ko.json");

/// Lengths of the real pages, in bytes. HEAD of `/` is answered by another page than GET.
const INDEX_BYTES: usize = 22_711;
const INDEX_HEAD_BYTES: usize = 5_450;
const APP_BYTES: usize = 45_561;

/// Answers one of the gateway's pages.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    app.timing.spend(call.visit, endpoint, 0).await;
    let takes_json = Accept::of(&call.headers).json;
    match endpoint {
        Endpoint::Overview | Endpoint::Messages if !takes_json => {
            error(app, StatusCode::NOT_ACCEPTABLE, &call.path, &call.headers)
        }
        Endpoint::Overview => Reply::json(StatusCode::OK, &overview()),
        Endpoint::Messages => {
            let messages: Value = serde_json::from_str(MESSAGES).unwrap_or_default();
            Reply::json(StatusCode::OK, &messages)
        }
        Endpoint::Page => page(call),
        // `/api/messages/ko/{key}`: the real gateway finds its parameter only in the query.
        _ => error(app, StatusCode::INTERNAL_SERVER_ERROR, &call.path, &call.headers),
    }
}

/// The answer to a path or method that the gateway does not have.
pub fn no_endpoint(app: &App, none: &NoEndpoint, call: &Call) -> Reply {
    let status = match none {
        NoEndpoint::UnknownPath => StatusCode::NOT_FOUND,
        NoEndpoint::OtherMethods(_) => StatusCode::METHOD_NOT_ALLOWED,
    };
    error(app, status, &call.path, &call.headers)
}

/// WebFlux's error body, whose time is a number; for browsers a page.
pub fn error(app: &App, status: StatusCode, path: &str, headers: &HeaderMap) -> Reply {
    let request_id = app.random(|rng| format!("{:08x}-{}", rng.next_u64() >> 32, 1 + rng.below(9_999)));
    if Accept::of(headers).html {
        let page = pages::gateway_error(status, &wallclock::java_date(), &request_id);
        return Reply::text(status, "text/html;charset=UTF-8", page);
    }
    let body = json!({
        "timestamp": wallclock::epoch_millis(),
        "path": path,
        "status": status.as_u16(),
        "error": status.canonical_reason().unwrap_or_default(),
        "requestId": request_id,
    });
    Reply::json(status, &body)
}

fn page(call: &Call) -> Reply {
    let is_index = call.path == "/" || call.path == "/index.html";
    let is_static = is_index && !(call.path == "/" && call.method == Method::HEAD);
    let bytes = match (is_index, is_static) {
        (true, true) => INDEX_BYTES,
        (true, false) => INDEX_HEAD_BYTES,
        (false, _) => APP_BYTES,
    };
    let kind = if is_static { "text/html" } else { "text/html;charset=UTF-8" };
    let reply = Reply::text(StatusCode::OK, kind, pages::stand_in("Oddiya", bytes));
    if is_static { reply.with(http::header::ACCEPT_RANGES, HeaderValue::from_static("bytes")) } else { reply }
}

/// The overview is hard-coded: it says "UP" for every service, even for one that is down.
fn overview() -> Value {
    json!({
        "project": "Oddiya",
        "version": "1.0.0",
        "description": "AI-Powered Mobile Travel Planner",
        "services": {
            "apiGateway": {"port": 8080, "status": "UP", "tech": "Spring Cloud Gateway"},
            "authService": {"port": 8081, "status": "UP", "tech": "Spring Boot", "features": "OAuth, JWT"},
            "userService": {"port": 8082, "status": "UP", "tech": "Spring Boot", "features": "User Profiles"},
            "planService": {"port": 8083, "status": "UP", "tech": "Spring Boot", "features": "AI Travel Plans"},
            "videoService": {"port": 8084, "status": "UP", "tech": "Spring Boot", "features": "Video Jobs, SQS"},
            "llmAgent": {"port": 8000, "status": "UP", "tech": "FastAPI", "features": "Bedrock, Kakao API"},
        },
        "infrastructure": {
            "database": {"type": "PostgreSQL", "version": "17.0", "port": 5432},
            "cache": {"type": "Redis", "version": "7.4", "port": 6379},
        },
        "totalServices": 7,
        "timestamp": wallclock::epoch_millis(),
    })
}
