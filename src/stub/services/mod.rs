//! The Spring services, one file each: what each endpoint checks, does and answers.
//!
//! `routes` has already chosen the endpoint. `store` holds the SQL. What all services answer alike is here.

pub mod auth;
mod creations;
pub mod gateway;
pub mod health;
mod jackson_errors;
mod jackson_syntax;
mod java_body;
pub mod java_numbers;
mod keys;
mod photos;
mod plan_failures;
mod plan_form;
pub mod plans;
mod sessions;
mod trips;
pub mod users;
mod validation;
pub mod videos;

use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, HeaderName, HeaderValue};
use http::{HeaderMap, Method, StatusCode};

use super::app::App;
use super::finish::{invalid_cors, with_security, with_vary};
use super::front_door::Preflight;
use super::reply::Reply;
use super::routes::{NoEndpoint, Service};
use super::timing::Visit;

pub use creations::Creations;
pub use keys::KeyLocks;
pub use sessions::Sessions;

const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");
const JSON_TYPES: HeaderValue = HeaderValue::from_static("application/json, application/*+json");

/// A request as a service receives it.
#[derive(Debug)]
pub struct Call {
    pub method: Method,
    /// The path after the gateway's rewriting.
    pub path: String,
    pub query: Option<String>,
    /// The headers, with `X-User-Id` as the gateway set it.
    pub headers: HeaderMap,
    /// The value of the path's parameter.
    pub param: Option<String>,
    pub body: Bytes,
    pub visit: Visit,
}

/// The answer of a service that has no such path, or only for other methods.
pub fn no_endpoint(app: &App, service: Service, none: &NoEndpoint, call: &Call) -> Reply {
    match none {
        NoEndpoint::OtherMethods(allowed) if call.method == Method::OPTIONS => options(service, allowed),
        NoEndpoint::UnknownPath
            if call.path == "/error" && matches!(service, Service::User | Service::Plan | Service::Video) =>
        {
            health::error_page()
        }
        none => match service {
            Service::Auth => auth::no_endpoint(call),
            Service::Plan => plans::no_endpoint(app, none, call),
            Service::User | Service::Video => boot_no_endpoint(none, &call.path),
            Service::Gateway | Service::Llm => gateway::no_endpoint(app, none, call),
        },
    }
}

/// Spring Boot's answer where a service has no handler of its own.
fn boot_no_endpoint(none: &NoEndpoint, path: &str) -> Reply {
    match none {
        NoEndpoint::UnknownPath => with_vary(Reply::boot_error(StatusCode::NOT_FOUND, path)),
        NoEndpoint::OtherMethods(allowed) => {
            let names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
            Reply::boot_error(StatusCode::METHOD_NOT_ALLOWED, path).with(ALLOW, header(&names.join(", ")))
        }
    }
}

/// Spring's own answer to OPTIONS.
fn options(service: Service, allowed: &[Method]) -> Reply {
    let mut names = Vec::new();
    for method in allowed {
        names.push(method.as_str());
        if method == Method::GET {
            names.push("HEAD");
        }
    }
    names.push("OPTIONS");
    let reply = Reply::empty(StatusCode::OK)
        .with(ALLOW, header(&names.join(",")))
        .with(ACCEPT_PATCH, HeaderValue::from_static(""));
    if service == Service::Auth { with_security(reply) } else { reply }
}

/// A service's answer to a browser's preflight.
pub fn preflight(service: Service, preflight: Preflight) -> Reply {
    let reply = match preflight {
        Preflight::Foreign => invalid_cors(),
        Preflight::Own => Reply::empty(preflight.status()),
    };
    if service == Service::Auth { with_security(reply) } else { with_vary(reply) }
}

/// Tomcat's answer to TRACE.
pub fn trace() -> Reply {
    let allowed = HeaderValue::from_static("HEAD, DELETE, POST, GET, OPTIONS, PUT");
    Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with(ALLOW, allowed)
}

/// Spring Boot's answer to a request that cannot be served. A wrong media type comes with the right ones.
fn refused(status: StatusCode, call: &Call) -> Reply {
    let reply = Reply::boot_error(status, &call.path);
    match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE if call.method == Method::PATCH => {
            reply.with(ACCEPT, JSON_TYPES).with(ACCEPT_PATCH, JSON_TYPES)
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => reply.with(ACCEPT, JSON_TYPES),
        _ => reply,
    }
}

fn header(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}
