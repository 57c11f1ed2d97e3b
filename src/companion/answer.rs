//! Answers that the companion gives by itself, and the headers that let its page read them across lanes.
//!
//! A refusal carries the header [`REFUSAL_HEADER`] and a failed relay [`FAILURE_HEADER`], so that the page never
//! takes either for an answer of the host.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Body;

use crate::core::http::relay::{FAILURE_HEADER, REFUSAL_HEADER, Refusal};

use super::failure::UpstreamError;

/// Why a body broke off: the upstream's or the file's error, of which hyper only learns that there was one.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;
/// An answer with a body from anywhere.
pub type Answer = Response<UnsyncBoxBody<Bytes, BodyError>>;

/// Chromium's cap on how long a preflight's answer counts; only `curl` and old pages send preflights at all.
const PREFLIGHT_MAX_AGE_SECS: &str = "7200";
const TIMING_ALLOW_ORIGIN: HeaderName = HeaderName::from_static("timing-allow-origin");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Boxes a body of any source.
pub fn boxed<B>(body: B) -> UnsyncBoxBody<Bytes, BodyError>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BodyError>,
{
    body.map_err(Into::into).boxed_unsync()
}

/// A short answer that no cache keeps.
pub fn small(status: StatusCode, content_type: &'static str, text: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(boxed(Full::new(text.into())));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// Plain text.
pub fn text(status: StatusCode, text: impl Into<Bytes>) -> Answer {
    small(status, "text/plain; charset=utf-8", text)
}

/// Sends a visitor to another address of ours.
pub fn elsewhere(address: &str) -> Answer {
    let mut answer = text(StatusCode::SEE_OTHER, "");
    // Cannot fail: what a request's address may hold, a header may.
    let address = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    answer.headers_mut().insert(header::LOCATION, address);
    answer
}

/// JSON for our own page; other origins can neither read nor embed it.
pub fn json(value: &impl serde::Serialize) -> Answer {
    // Cannot fail: the values are plain structs with text keys.
    let bytes = serde_json::to_vec(value).unwrap_or_default();
    let mut answer = small(StatusCode::OK, "application/json", bytes);
    answer.headers_mut().insert(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    answer
}

/// A request that is not served, and what would be right.
pub fn refusal(refusal: Refusal, sentence: impl Into<Bytes>) -> Answer {
    let status = match refusal {
        Refusal::HostName | Refusal::Origin | Refusal::Token => StatusCode::FORBIDDEN,
        Refusal::Envelope => StatusCode::BAD_REQUEST,
    };
    let mut answer = text(status, sentence);
    answer.headers_mut().insert(REFUSAL_HEADER, HeaderValue::from_static(refusal.as_str()));
    answer
}

/// A refusal that needs no more than its kind's own words.
pub fn plain_refusal(kind: Refusal) -> Answer {
    refusal(
        kind,
        match kind {
            Refusal::HostName => {
                "this name is not one of the companion's; open http://localhost with its port \
                 (other names are refused against DNS rebinding)\n"
            }
            Refusal::Origin => "only the companion's own page may ask; open that page instead\n",
            Refusal::Token => "wrong token: the companion was started anew; reload the page\n",
            Refusal::Envelope => "a relayed path is /relay/{token}/{envelope}/{path}\n",
        },
    )
}

/// The host gave no answer.
pub fn failure(error: &UpstreamError) -> Answer {
    let mut answer = text(StatusCode::BAD_GATEWAY, error.to_string());
    answer.headers_mut().insert(FAILURE_HEADER, HeaderValue::from_static(error.kind.as_str()));
    answer
}

/// The answer to a preflight, which the host never sees. `requested` is `Access-Control-Request-Headers`.
pub fn preflight(requested: Option<&HeaderValue>) -> Answer {
    let mut answer = text(StatusCode::NO_CONTENT, "");
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let methods = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    if let Some(requested) = requested {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_MAX_AGE_SECS));
    answer
}

/// Lets our own page read an answer and its timing from another name of ours; `origin` has passed the rules.
pub fn allow_page(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let Some(origin) = origin else { return };
    headers.insert(TIMING_ALLOW_ORIGIN, origin.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    // Without credentials `*` stands for every header: the host's own (`Retry-After`, `Location`) and ours.
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
}
