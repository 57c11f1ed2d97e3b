//! Spring Boot's actuator, which every service has: health, and what its parts say of a broken host.
//!
//! The gateway is UP as long as Redis is; what its routes lead to, it does not ask.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Call;
use crate::stub::accept::Accept;
use crate::stub::app::App;
use crate::stub::faults::Outage;
use crate::stub::finish::with_security;
use crate::stub::pool::PoolName;
use crate::stub::reply::{ErrorKind, Reply};
use crate::stub::routes::{Endpoint, Service};
use crate::stub::wallclock;

const ACTUATOR: HeaderValue = HeaderValue::from_static("application/vnd.spring-boot.actuator.v3+json");

/// How long the health of a service asks a dead Redis.
const AUTH_GIVES_UP: Duration = Duration::from_secs(2);
const GATEWAY_GIVES_UP: Duration = Duration::from_secs(60);

/// Answers the endpoints of the actuator; `None` for all others.
pub async fn answer(app: &App, service: Service, endpoint: Endpoint, call: &Call) -> Option<Reply> {
    let reply = match endpoint {
        Endpoint::Health => health(app, service, call).await,
        Endpoint::Info => actuator(service, StatusCode::OK, &json!({}), call),
        Endpoint::Actuator => actuator(service, StatusCode::OK, &links(call), call),
        Endpoint::HealthPart => Reply::empty(StatusCode::NOT_FOUND),
        _ => return None,
    };
    Some(if service == Service::Auth { with_security(reply) } else { reply })
}

async fn health(app: &App, service: Service, call: &Call) -> Reply {
    if service == Service::Gateway && !Accept::of(&call.headers).json && !names_actuator(call) {
        return super::gateway::error(app, StatusCode::NOT_ACCEPTABLE, &call.path, &call.headers);
    }
    let is_up = match (service, app.faults.outage()) {
        (Service::Gateway, Some(Outage::RedisDown)) => {
            sleep(GATEWAY_GIVES_UP).await;
            false
        }
        (Service::Auth, Some(Outage::RedisDown)) => {
            sleep(AUTH_GIVES_UP).await;
            false
        }
        (Service::User, _) => app.connect(PoolName::User).await.is_ok(),
        (Service::Plan, _) => app.connect(PoolName::Plan).await.is_ok(),
        (Service::Video, _) => app.connect(PoolName::Video).await.is_ok(),
        _ => true,
    };
    app.timing.spend_on_health(call.visit, service).await;
    let (status, word) =
        if is_up { (StatusCode::OK, "UP") } else { (StatusCode::SERVICE_UNAVAILABLE, "DOWN") };
    actuator(service, status, &json!({"status": word}), call)
}

fn names_actuator(call: &Call) -> bool {
    call.headers
        .get(http::header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("actuator"))
}

fn actuator(service: Service, status: StatusCode, body: &Value, call: &Call) -> Reply {
    let reply =
        if service == Service::Gateway { Reply::json(status, body) } else { Reply::spring(status, body) };
    let accept = call.headers.get(http::header::ACCEPT).and_then(|accept| accept.to_str().ok());
    match accept {
        Some(accept) if accept.trim().starts_with("application/json") => reply,
        _ => reply.with(CONTENT_TYPE, ACTUATOR),
    }
}

fn links(call: &Call) -> Value {
    let host = call.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let link = |path: &str, templated: bool| json!({"href": format!("http://{host}/actuator{path}"), "templated": templated});
    json!({"_links": {
        "self": link("", false), "health": link("/health", false), "health-path": link("/health/{*path}", true),
        "info": link("/info", false),
    }})
}

/// What Spring Boot's error page answers when it is requested without an error.
pub fn error_page() -> Reply {
    let body = json!({"timestamp": wallclock::error_timestamp(), "status": 999, "error": "None"});
    Reply { error: ErrorKind::Boot, ..Reply::spring(StatusCode::INTERNAL_SERVER_ERROR, &body) }
}
