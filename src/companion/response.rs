//! The companion's own responses, and the headers that let its page read a response across lanes.
//!
//! A refusal carries the header [`REFUSAL_HEADER`] and a failed relay [`FAILURE_HEADER`], so that the page never takes
//! either for a response of the host.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Body;

use crate::core::base::failure::Failure;
use crate::core::http::relay::{FAILURE_HEADER, REFUSAL_HEADER, Refusal, failure_header};

/// Why a body broke off: an error of the host's connection or of the page's file. hyper learns only that there was one.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// A response with a body of any source.
pub type BoxResponse = Response<UnsyncBoxBody<Bytes, BodyError>>;

/// Chromium's cap on how long a preflight's response counts. Only `curl` and old pages send preflights.
const PREFLIGHT_MAX_AGE_SECS: &str = "7200";
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

pub fn boxed<B>(body: B) -> UnsyncBoxBody<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    body.map_err(Into::into).boxed_unsync()
}

/// A short response that no cache keeps.
pub fn small(status: StatusCode, content_type: &'static str, text: impl Into<Bytes>) -> BoxResponse {
    let mut response = Response::new(boxed(Full::new(text.into())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

pub fn text(status: StatusCode, text: impl Into<Bytes>) -> BoxResponse {
    small(status, "text/plain; charset=utf-8", text)
}

/// Sends a visitor to another address of the companion. The caller sees to it that it is one of the companion.
pub fn see_other(address: &str) -> BoxResponse {
    let mut response = text(StatusCode::SEE_OTHER, "");
    // Cannot fail: every character that a request's address may have, a header may have.
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, address);
    response
}

/// JSON for the companion's own page. Other origins can neither read nor embed it.
pub fn json(value: &impl serde::Serialize) -> BoxResponse {
    // Cannot fail: the values are plain structs with text keys.
    json_bytes(serde_json::to_vec(value).unwrap_or_default())
}

/// The same for a text that is JSON already.
pub fn json_bytes(bytes: Vec<u8>) -> BoxResponse {
    let mut response = small(StatusCode::OK, "application/json", bytes);
    response.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Refuses a request, with a sentence that says what would be right.
pub fn refusal(refusal: Refusal, sentence: impl Into<Bytes>) -> BoxResponse {
    let status = match refusal {
        Refusal::HostName | Refusal::Origin | Refusal::Token => StatusCode::FORBIDDEN,
        Refusal::Envelope => StatusCode::BAD_REQUEST,
    };
    let mut response = text(status, sentence);
    response.headers_mut().insert(REFUSAL_HEADER, HeaderValue::from_static(refusal.as_str()));
    response
}

/// Refuses a request with the sentence that belongs to the kind of refusal.
pub fn plain_refusal(kind: Refusal) -> BoxResponse {
    refusal(
        kind,
        match kind {
            Refusal::HostName => {
                "this name is not one of the companion's, or a request names two; open http://localhost with its port \
                 (other names are refused against DNS rebinding)\n"
            }
            Refusal::Origin => "only the companion's own page may ask; open that page instead\n",
            Refusal::Token => "wrong token: the companion was started anew; reload the page\n",
            Refusal::Envelope => "a relayed path is /relay/{token}/{envelope}/{path}\n",
        },
    )
}

/// Says that the host gave no response, and why.
pub fn failure(failure: &Failure) -> BoxResponse {
    let Failure { kind, detail } = failure;
    let detail = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
    let mut response =
        text(StatusCode::BAD_GATEWAY, format!("no response from the host: {}{detail}\n", kind.label()));
    // Cannot fail: a failure's detail is plain text.
    if let Ok(failure) = HeaderValue::from_str(&failure_header(failure)) {
        response.headers_mut().insert(FAILURE_HEADER, failure);
    }
    response
}

/// The response to a preflight, which the host never sees. `requested` is `Access-Control-Request-Headers`.
pub fn preflight(requested: Option<&HeaderValue>) -> BoxResponse {
    let mut response = text(StatusCode::NO_CONTENT, "");
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(requested) = requested {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE_SECS));
    response
}

/// Lets the companion's own page read a response and its timing from another name of the companion. `origin` has passed
/// the rules of `access.rs`.
pub fn allow_page(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let Some(origin) = origin else { return };
    headers.insert(TIMING_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    // Without credentials `*` stands for every header: the host's own (`Retry-After`, `Location`) and ours.
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
}
