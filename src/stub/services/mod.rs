//! The Spring services, one file each: what every endpoint checks, does and answers.
//!
//! Which endpoint a request is for was decided before (`routes`); what the data means to SQLite is decided below
//! (`store`).

pub mod auth;
pub mod gateway;
mod java_body;
mod keys;
mod plan_failures;
pub mod plans;
mod sessions;
mod trips;
pub mod users;
pub mod videos;

use bytes::Bytes;
use http::{HeaderMap, Method};

pub use keys::KeyLocks;
pub use sessions::Sessions;

/// A request as a service sees it.
#[derive(Debug)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path, rewritten by the gateway.
    pub path: String,
    /// The headers, `X-User-Id` as the gateway left it.
    pub headers: HeaderMap,
    /// The path's one parameter.
    pub param: Option<String>,
    /// The whole body.
    pub body: Bytes,
}
