//! One request from the page, with a time limit.

use gloo_net::http::{Request, Response};
use web_sys::{AbortSignal, RequestCache, RequestCredentials, RequestMode};

/// For the first request to an address. With the second one and the start of the worker it makes three seconds, within
/// which a person learns that a host is down.
pub const FIRST_LIMIT_MS: u32 = 2_000;
/// For a second request to a machine that has just answered, by another name: it answers at once or not at all.
pub const SECOND_LIMIT_MS: u32 = 800;

/// `GET`s an address.
///
/// # Errors
/// When nothing answers in time, or the browser forbids the page to ask.
pub async fn get(url: &str, mode: RequestMode, limit_ms: u32) -> Result<Response, gloo_net::Error> {
    Request::get(url)
        .mode(mode)
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(limit_ms)))
        .send()
        .await
}

/// Sends a `POST` without a body to the page's own server.
///
/// # Errors
/// When nothing answers in time.
pub async fn post(url: &str, limit_ms: u32) -> Result<Response, gloo_net::Error> {
    Request::post(url)
        .mode(RequestMode::SameOrigin)
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(limit_ms)))
        .send()
        .await
}
