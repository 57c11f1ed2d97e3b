//! Starlette's CORS rules: every origin, method and header is allowed. Pure.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, COOKIE, HeaderValue, ORIGIN, SERVER, VARY,
};
use http::{HeaderMap, Method, StatusCode};

use crate::stub::reply::Reply;

pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
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
        .with(SERVER, HeaderValue::from_static("uvicorn"))
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
