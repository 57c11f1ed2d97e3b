//! The gateway's own endpoints: health, overview, interface texts, entry pages of the web clients.
//!
//! They need no token and no database.

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};

use super::Call;
use crate::stub::app::App;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::wallclock;

const ACTUATOR: HeaderValue = HeaderValue::from_static("application/vnd.spring-boot.actuator.v3+json");

const PAGE: &str = "<!DOCTYPE html><meta charset=\"utf-8\"><title>Oddiya (stub)</title><h1>Oddiya</h1>
<p>This is <code>oddiya-load stub</code>, a stand-in for an Oddiya host.</p>";

/// Answers one of the gateway's pages.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    app.timing.spend(endpoint, 0).await;
    match endpoint {
        Endpoint::Health => {
            Reply::json(StatusCode::OK, &json!({"status": "UP"})).with(CONTENT_TYPE, ACTUATOR)
        }
        Endpoint::Info => Reply::json(StatusCode::OK, &json!({})).with(CONTENT_TYPE, ACTUATOR),
        Endpoint::Overview => Reply::json(StatusCode::OK, &overview()),
        Endpoint::Messages => Reply::json(StatusCode::OK, &messages()),
        Endpoint::Page => Reply::text(StatusCode::OK, "text/html", PAGE),
        // `/api/messages/ko/{key}`: the real gateway cannot bind its parameter.
        _ => error(app, StatusCode::INTERNAL_SERVER_ERROR, &call.path),
    }
}

/// WebFlux's error body.
pub fn error(app: &App, status: StatusCode, path: &str) -> Reply {
    let request_id = app.random(|rng| format!("{:08x}-{}", rng.next_u64() >> 32, rng.below(10_000)));
    let body = json!({
        "timestamp": wallclock::error_timestamp(),
        "path": path,
        "status": status.as_u16(),
        "error": status.canonical_reason().unwrap_or_default(),
        "requestId": request_id,
    });
    Reply::json(status, &body)
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

/// A few of the interface's texts. Clients depend only on the format, a flat map.
fn messages() -> Value {
    json!({
        "app.title": "Oddiya",
        "nav.plans": "여행 계획",
        "nav.videos": "동영상",
        "nav.profile": "프로필",
        "plans.empty": "아직 여행 계획이 없습니다",
        "error.network": "네트워크 오류가 발생했습니다",
    })
}
