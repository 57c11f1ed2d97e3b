//! One relayed request: unpacks the envelope, sends the request to the host, passes the host's response on.
//!
//! Bodies stream both ways; nothing here waits for the end of one. The wire format is in `core::http::relay`, and
//! `lanes.rs` chooses the connection.

use std::fmt::Write as _;
use std::sync::Arc;

use http::uri::PathAndQuery;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use hyper::body::{Body as _, Incoming};

use crate::core::base::failure::{Failure, FailureKind};
use crate::core::http::relay::{
    CONNECT_METRIC, Envelope, Refusal, RelayTarget, STATUS_HEADER, UPSTREAM_METRIC,
};

use super::headers::{Delivery, retain_end_to_end};
use super::lanes::{Exchanged, Lanes};
use super::response::{self, BoxResponse};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
/// Sent unless the envelope names another, because some hosts refuse requests without one.
const USER_AGENT: HeaderValue = HeaderValue::from_static(concat!("oddiya-load/", env!("CARGO_PKG_VERSION")));

/// Relays a request to the host of `lanes` if it carries `token`.
pub async fn relay(lanes: &Arc<Lanes>, lane: &str, token: &str, request: Request<Incoming>) -> BoxResponse {
    let outgoing = match unpack(lanes, token, request) {
        Ok(outgoing) => outgoing,
        Err(refused) => return *refused,
    };
    match lanes.exchange(lane, outgoing).await {
        Ok(exchanged) if exchanged.response.status().is_informational() => {
            response::failure(&Failure::new(FailureKind::Malformed, "the host wants to switch protocols"))
        }
        Ok(exchanged) => deliver(exchanged),
        Err(failure) => response::failure(&failure),
    }
}

/// The request as the host gets it, or the refusal.
fn unpack(
    lanes: &Lanes,
    token: &str,
    request: Request<Incoming>,
) -> Result<Request<Incoming>, Box<BoxResponse>> {
    let path_and_query = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let target =
        RelayTarget::parse(path_and_query).ok_or_else(|| response::plain_refusal(Refusal::Envelope))?;
    if target.token != token {
        return Err(response::plain_refusal(Refusal::Token).into());
    }
    let bad_envelope = |why: String| response::refusal(Refusal::Envelope, why + "\n");
    let envelope = Envelope::decode(target.envelope).map_err(|error| bad_envelope(error.to_string()))?;
    let headers_to_send = envelope.header_map().map_err(|error| bad_envelope(error.to_string()))?;
    let host = lanes.upstream().host();
    let path = PathAndQuery::try_from(host.target(target.path_and_query))
        .map_err(|_| bad_envelope("the path after the envelope is not one that HTTP allows".to_owned()))?;

    let method = envelope.method.unwrap_or_else(|| request.method().clone());
    let mut outgoing = Request::new(request.into_body());
    let headers = outgoing.headers_mut();
    *headers = headers_to_send;
    headers.insert(header::HOST, lanes.upstream().host_header());
    headers.entry(header::USER_AGENT).or_insert(USER_AGENT);
    if outgoing.body().is_end_stream() && [Method::POST, Method::PUT, Method::PATCH].contains(&method) {
        // Without a length, some servers answer 411 to a method that normally has a body (RFC 9110 §8.6).
        outgoing.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    *outgoing.method_mut() = method;
    *outgoing.uri_mut() = Uri::from(path);
    Ok(outgoing)
}

fn deliver(Exchanged { mut response, upstream, connect }: Exchanged) -> BoxResponse {
    let status = response.status();
    if Delivery::of(status) == Delivery::Wrapped {
        *response.status_mut() = StatusCode::NON_AUTHORITATIVE_INFORMATION;
    }
    let has_no_body = response.body().is_end_stream();
    let headers = response.headers_mut();
    retain_end_to_end(headers);
    if has_no_body {
        // A response to HEAD and a 304 state the length of a body that does not follow, and the page sent a GET.
        headers.remove(header::CONTENT_LENGTH);
    }
    if Delivery::of(status) == Delivery::Wrapped {
        headers.insert(STATUS_HEADER, HeaderValue::from(status.as_u16()));
    }
    let mut timing = format!("{UPSTREAM_METRIC};dur={:.3}", upstream.as_secs_f64() * 1e3);
    if let Some(connect) = connect {
        // Cannot fail: the sink is memory.
        let _ = write!(timing, ", {CONNECT_METRIC};dur={:.3}", connect.as_secs_f64() * 1e3);
    }
    if let Ok(timing) = HeaderValue::from_str(&timing) {
        headers.insert(SERVER_TIMING, timing);
    }
    Response::map(response, response::boxed)
}
