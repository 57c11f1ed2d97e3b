//! The Spring services, one file each: what each endpoint checks, does and answers.
//!
//! `routes` has already chosen the endpoint. `store` holds the SQL.

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

/// A request as a service receives it.
#[derive(Debug)]
pub struct Call {
    pub method: Method,
    /// The path after the gateway's rewriting.
    pub path: String,
    /// The headers, with `X-User-Id` as the gateway set it.
    pub headers: HeaderMap,
    /// The value of the path's parameter.
    pub param: Option<String>,
    pub body: Bytes,
}
