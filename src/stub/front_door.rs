//! What the gateway answers itself before any service hears of a request.
//!
//! The order is the real one's: size, query, preflight, token.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, HeaderValue, ORIGIN};
use http::{HeaderMap, Method, StatusCode, Uri};

use super::finish::with_vary;
use super::identity::{USER_HEADER, is_public, user_of_token};
use super::options::Profile;
use super::reply::Reply;
use super::routes::{RouteMatch, Service};

/// Netty's limit for a request's head, in bytes.
const MOST_HEAD_BYTES: usize = 8 * 1024;

/// The gateway's refusal; `None` lets the request pass. The token's user replaces the `X-User-Id` that the client sent.
pub fn refusal(
    profile: Profile,
    method: &Method,
    uri: &Uri,
    headers: &mut HeaderMap,
    route_match: &RouteMatch,
) -> Option<Reply> {
    if head_bytes(uri, headers) > MOST_HEAD_BYTES {
        let close = HeaderValue::from_static("close");
        return Some(
            Reply::empty(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE).with(http::header::CONNECTION, close),
        );
    }
    if uri.query().is_some_and(is_badly_encoded) {
        return Some(Reply::empty(StatusCode::BAD_REQUEST));
    }
    if let Some(preflight) = Preflight::of(method, headers) {
        return Some(with_vary(Reply::empty(preflight.status())));
    }
    let is_routed = !matches!(route_match.service, Service::Gateway | Service::Llm);
    if profile != Profile::Gateway || !is_routed || is_public(uri.path()) {
        return None;
    }
    let Some(user) = user_of_token(headers) else { return Some(Reply::empty(StatusCode::UNAUTHORIZED)) };
    headers.insert(HeaderName::from_static(USER_HEADER), HeaderValue::from(user));
    None
}

fn head_bytes(uri: &Uri, headers: &HeaderMap) -> usize {
    let line = uri.path_and_query().map_or(0, |text| text.as_str().len());
    line + headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum::<usize>()
}

/// Whether a `%` is not followed by two hexadecimal digits.
fn is_badly_encoded(text: &str) -> bool {
    text.split('%').skip(1).any(|rest| !rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count().eq(&2))
}

/// A browser's question whether a page of another origin may send a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// No Spring service has CORS rules, so this is refused.
    Foreign,
    /// The origin is the host itself, so it is no question at all.
    Own,
}

impl Preflight {
    pub fn of(method: &Method, headers: &HeaderMap) -> Option<Self> {
        let origin = headers.get(ORIGIN)?.to_str().ok()?;
        if method != Method::OPTIONS || !headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let is_own = origin.split_once("://").is_some_and(|(_, name)| name == host);
        Some(if is_own { Self::Own } else { Self::Foreign })
    }

    pub fn status(self) -> StatusCode {
        match self {
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Own => StatusCode::OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_needs_two_digits() {
        assert!(is_badly_encoded("x=%zz") && is_badly_encoded("x=%2"));
        assert!(!is_badly_encoded("x=%20%EA") && !is_badly_encoded("x=1"));
    }

    #[test]
    fn an_origin_equal_to_the_host_is_not_foreign() {
        let asked = |origin: &'static str| {
            let headers = HeaderMap::from_iter([
                (ORIGIN, HeaderValue::from_static(origin)),
                (HOST, HeaderValue::from_static("localhost:8080")),
                (ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("GET")),
            ]);
            Preflight::of(&Method::OPTIONS, &headers)
        };
        assert_eq!(asked("http://localhost:3000"), Some(Preflight::Foreign));
        assert_eq!(asked("http://localhost:8080"), Some(Preflight::Own));
        assert_eq!(Preflight::of(&Method::OPTIONS, &HeaderMap::new()), None);
    }
}
