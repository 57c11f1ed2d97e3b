//! One relayed request: unpacks the envelope, sends the request to the host, passes the host's response on.
//!
//! The request's body is read before it is sent, so that the browser's pace is not in the latency. The wire format is in
//! `core::http::relay`, and `lanes.rs` chooses the connection.

use std::rc::Rc;
use std::time::Duration;

use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;

use crate::core::base::failure::Status;
use crate::core::http::relay::{COOKIES_HEADER, Envelope, Refusal, RelayTarget, STATUS_HEADER, SeesCookies};
use crate::core::http::request;
use crate::core::http::request_id::RequestId;
use crate::core::http::target::encoded;
use crate::core::scenario::Method;
use crate::net::tap::TappedHead;

use super::headers::{Delivery, retain_end_to_end};
use super::lanes::{Exchanged, Lanes, Sender};
use super::response::{self, BoxResponse};

/// The time limit for receiving a request's body. A page has all of it before it sends the first byte.
const BODY_LIMIT: Duration = Duration::from_secs(60);
/// The largest body of a request. No scenario's request comes near it.
const MAX_REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// A request as the host gets it.
struct Unpacked {
    request: request::Request,
    sender: Sender,
    cookies: SeesCookies,
}

/// Relays a request to one of the hosts of `lanes` if it carries `token`.
pub async fn relay(lanes: &Rc<Lanes>, lane: &str, token: &str, request: Request<Incoming>) -> BoxResponse {
    let Unpacked { request, sender, cookies } = match unpack(lanes, token, request).await {
        Ok(unpacked) => unpacked,
        Err(refused) => return *refused,
    };
    let method = request.method;
    match lanes.exchange(lane, request, sender).await {
        Ok(exchanged) => deliver(exchanged, method, cookies),
        Err(failure) => response::failure(&failure),
    }
}

/// The request as the host gets it, or the refusal.
async fn unpack(
    lanes: &Lanes,
    token: &str,
    request: Request<Incoming>,
) -> Result<Unpacked, Box<BoxResponse>> {
    let path_and_query = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let target =
        RelayTarget::parse(path_and_query).ok_or_else(|| response::plain_refusal(Refusal::Envelope))?;
    if target.token != token {
        return Err(response::plain_refusal(Refusal::Token).into());
    }
    let bad_envelope = |why: String| response::refusal(Refusal::Envelope, why + "\n");
    let Envelope { method, headers, id, user, reading, service, cookies } =
        Envelope::decode(target.envelope).map_err(|error| bad_envelope(error.to_string()))?;
    let (service, host) = lanes.service(service.as_deref()).ok_or_else(|| {
        let name = service.as_deref().unwrap_or_default();
        bad_envelope(format!(
            "the companion relays to no service `{name}`; start it with --service {name}=URL"
        ))
    })?;
    let slash = if target.path_and_query.starts_with('/') { "" } else { "/" };
    let path = format!("{slash}{}", target.path_and_query);
    PathAndQuery::try_from(encoded(&host.target(&path)).as_ref())
        .map_err(|_| bad_envelope("the path after the envelope is not one that HTTP allows".to_owned()))?;
    let method = method.as_ref().unwrap_or_else(|| request.method());
    let method = Method::from_name(method.as_str()).ok_or_else(|| {
        bad_envelope(format!("`{method}` cannot be relayed; use GET, HEAD, POST, PUT, PATCH or DELETE"))
    })?;
    let body = read_body(request).await.map_err(bad_envelope)?;
    let request =
        request::Request { service, method, path, headers, body, reading, ..request::Request::default() };
    Ok(Unpacked { request, sender: Sender { id: id.map(RequestId), user }, cookies })
}

/// The request's body; `None` when it has none.
async fn read_body(request: Request<Incoming>) -> Result<Option<Vec<u8>>, String> {
    let carried = request.headers().contains_key(header::CONTENT_LENGTH)
        || request.headers().contains_key(header::TRANSFER_ENCODING);
    if !carried {
        return Ok(None);
    }
    let body = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect();
    let body = tokio::time::timeout(BODY_LIMIT, body).await;
    let body = body.map_err(|_| format!("the request's body took longer than {} s", BODY_LIMIT.as_secs()))?;
    let body = body.map_err(|error| format!("the request's body cannot be relayed: {error}"))?;
    Ok(Some(body.to_bytes().to_vec()))
}

fn deliver(Exchanged { head, body }: Exchanged, method: Method, cookies: SeesCookies) -> BoxResponse {
    let TappedHead { status, mut headers } = head;
    fix_length(&mut headers, status, method);
    let set_cookies = (cookies == SeesCookies::Yes).then(|| set_cookies(&headers)).flatten();
    retain_end_to_end(&mut headers);
    let plain = StatusCode::from_u16(status).ok().filter(|status| Delivery::of(*status) == Delivery::Plain);
    // A number that is no status cannot be delivered as it is either.
    let delivered = plain.unwrap_or(StatusCode::NON_AUTHORITATIVE_INFORMATION);
    if plain.is_none() {
        headers.insert(STATUS_HEADER, HeaderValue::from(status));
    }
    set_cookies.into_iter().for_each(|cookies| drop(headers.insert(COOKIES_HEADER, cookies)));
    let mut response = Response::new(response::boxed(body));
    *response.status_mut() = delivered;
    *response.headers_mut() = headers;
    response
}

/// The cookies that a response sets, for a page that looks at them.
fn set_cookies(headers: &HeaderMap) -> Option<HeaderValue> {
    let lines = headers.get_all(header::SET_COOKIE).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    HeaderValue::try_from(serde_json::to_string(&lines).ok().filter(|_| !lines.is_empty())?).ok()
}

/// Leaves at most one length, and only where it is the body's.
fn fix_length(headers: &mut HeaderMap, status: Status, method: Method) {
    // A response to HEAD and a 304 state the length of a body that does not follow, and the page sent a GET. Beside
    // chunks a length means nothing (RFC 9112, §6.3).
    let has_no_body = method == Method::Head || matches!(status, 204 | 304);
    let length = headers.remove(header::CONTENT_LENGTH);
    if !has_no_body && !headers.contains_key(header::TRANSFER_ENCODING) {
        length.into_iter().for_each(|length| drop(headers.insert(header::CONTENT_LENGTH, length)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_passed_on_only_where_it_is_the_bodys() {
        let with = |coding: Option<&'static str>, status, method| {
            let mut headers = HeaderMap::new();
            headers.append(header::CONTENT_LENGTH, HeaderValue::from_static("5"));
            headers.append(header::CONTENT_LENGTH, HeaderValue::from_static("5"));
            coding.into_iter().for_each(|coding| {
                headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static(coding));
            });
            fix_length(&mut headers, status, method);
            headers.get_all(header::CONTENT_LENGTH).iter().count()
        };
        assert_eq!(with(None, 200, Method::Get), 1);
        assert_eq!(with(Some("chunked"), 200, Method::Get), 0);
        assert_eq!(with(None, 200, Method::Head), 0);
        assert_eq!(with(None, 304, Method::Get), 0);
    }
}
