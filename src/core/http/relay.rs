//! The wire format between the page and the companion's relay: paths, header names, the envelope, failures.
//!
//! A page can send `PATCH` or `X-User-Id` to another origin only after an `OPTIONS` preflight, one per URL. So
//! it sends plain `GET` and `POST text/plain` (CORS-safelisted, never preflighted) and puts the real method and
//! headers into the path: `/relay/{token}/{envelope}{path-and-query}`. Both halves take the format from here.
//! No socket and no `fetch` here.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};

use crate::core::base::failure::{Failure, FailureKind};

/// Where relayed requests go: `/relay/{token}/{envelope}{path-and-query}`.
pub const RELAY_PREFIX: &str = "/relay/";
/// Who the companion is: [`CompanionInfo`] as JSON, for its own page only.
pub const INFO_PATH: &str = "/companion.json";
/// Can the host be reached: [`HostCheck`] as JSON. Opens a connection, sends no request.
pub const HOST_CHECK_PATH: &str = "/companion/host";
/// An answer at once, for calibration and for trying whether a lane's name resolves: `/companion/floor/{token}`.
pub const FLOOR_PREFIX: &str = "/companion/floor/";

/// On an answer of the companion itself rather than the host's: which [`Refusal`].
pub const REFUSAL_HEADER: &str = "x-oddiya-load-refusal";
/// On a 502 of the companion: why the host gave no response, a [`Failure`] as [`failure_header`] writes it.
pub const FAILURE_HEADER: &str = "x-oddiya-load-failure";
/// The status that stands for one on which a browser would act (3xx and a few more); 203 means "changed on the way"
/// (RFC 9110, §15.3.4), and browsers take it like 200. The host's own 203 comes like that too, so that the page has to
/// look for [`STATUS_HEADER`] on no other answer.
pub const WRAPPED_STATUS: u16 = 203;
/// The host's real status, on an answer of [`WRAPPED_STATUS`].
pub const STATUS_HEADER: &str = "x-oddiya-load-status";
/// In `Server-Timing`: milliseconds from handing the request to the upstream connection to the response's head.
pub const UPSTREAM_METRIC: &str = "upstream";
/// In `Server-Timing`: milliseconds to open the upstream connection; absent when a kept one was used.
pub const CONNECT_METRIC: &str = "connect";

/// Longest envelope in the path, in bytes.
pub const MAX_ENVELOPE_BYTES: usize = 8 * 1024;
/// Stands for an envelope that says nothing.
const EMPTY_ENVELOPE: &str = "-";

/// Headers that belong to one connection and not to the message (RFC 9110 §7.6.1, with the two that predate it).
/// Whatever `Connection` names belongs to them too.
pub const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
/// Headers that the relay sets by itself, or must not promise on the page's behalf.
const RELAY_OWNED: [&str; 3] = ["content-length", "expect", "host"];

/// What a request is to be when it reaches the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The method; `None` keeps the one it was sent with.
    pub method: Option<Method>,
    /// The host gets these headers and no others, apart from `Host` and the body's length. Names and values are what
    /// HTTP allows. Plain text, because the page has no other use for HTTP's own types, and they would be a good part of it.
    pub headers: Vec<(String, String)>,
    /// Never forwarded. A number of its own makes each URL unique, so that a Resource Timing entry, which
    /// carries nothing but its URL, can be matched to its request.
    pub id: Option<u64>,
}

/// What a page sends instead of an [`Envelope`]: the same as text, without HTTP's types, whose tables would be a
/// tenth of the page. [`Envelope::decode`] has the last word on it.
pub fn seal(method: &str, headers: &[(String, String)], id: u64) -> Result<String, EnvelopeError> {
    headers.iter().try_for_each(|(name, value)| checked(name, value).map(drop))?;
    let headers = headers.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect();
    pack(&Wire { method: Some(method.into()), headers, id: Some(id) })
}

/// The method to send a relayed request with, so that no preflight is needed: `GET` without a body, `POST` with
/// one (whose `Content-Type` must then be `text/plain`).
pub const fn carrier_method(body: Option<&[u8]>) -> &'static str {
    if body.is_some() { "POST" } else { "GET" }
}

fn pack(wire: &Wire<'_>) -> Result<String, EnvelopeError> {
    let json = serde_json::to_vec(wire).map_err(|_| EnvelopeError::NotJson)?;
    let segment = BASE64URL.encode(json);
    if segment.len() > MAX_ENVELOPE_BYTES { Err(EnvelopeError::TooLong) } else { Ok(segment) }
}

/// Why an envelope is refused, naming the part at fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// Longer than [`MAX_ENVELOPE_BYTES`].
    #[error("the envelope is over {MAX_ENVELOPE_BYTES} bytes; send fewer or shorter headers")]
    TooLong,
    /// Not base64url without padding.
    #[error("the envelope is not base64url without padding")]
    NotBase64,
    /// Not the JSON object `{"method", "headers", "id"}`.
    #[error(
        "the envelope's JSON is not {{\"method\": text, \"headers\": [[name, value], …], \"id\": number}}"
    )]
    NotJson,
    /// No method, or one that browsers refuse or that must never reach the host.
    #[error("the envelope's method `{0}` cannot be relayed; use GET, HEAD, POST, PUT, PATCH or DELETE")]
    Method(String),
    /// No header name.
    #[error("the envelope's header name `{0}` is not one that HTTP allows")]
    HeaderName(String),
    /// A value with line breaks or other bytes that HTTP does not allow.
    #[error("the envelope's header `{0}` has a value that HTTP does not allow")]
    HeaderValue(String),
    /// Belongs to the connection, which is the relay's own.
    #[error("the envelope's header `{0}` is set by the relay itself; leave it out")]
    ForbiddenHeader(String),
}

/// The envelope as JSON, fields absent when they say nothing.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
}

impl Envelope {
    /// From what a scenario says; the same checks as [`Envelope::decode`], so that the sender learns of a mistake
    /// before anything is sent.
    pub fn new<'a>(
        method: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, EnvelopeError> {
        let headers =
            headers.into_iter().map(|(name, value)| checked(name, value)).collect::<Result<_, _>>()?;
        Ok(Self { method: Some(parse_method(method)?), headers, id: None })
    }

    /// The same envelope under a number of its own; see [`Envelope::id`].
    pub fn with_id(self, id: u64) -> Self {
        Self { id: Some(id), ..self }
    }

    /// As a path segment.
    pub fn encode(&self) -> Result<String, EnvelopeError> {
        if *self == Self::default() {
            return Ok(EMPTY_ENVELOPE.to_owned());
        }
        let headers = self.headers.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let method = self.method.as_ref().map(|method| method.as_str().into());
        pack(&Wire { method, headers, id: self.id })
    }

    /// From a path segment; refuses what must not be relayed.
    pub fn decode(segment: &str) -> Result<Self, EnvelopeError> {
        if segment == EMPTY_ENVELOPE {
            return Ok(Self::default());
        }
        if segment.len() > MAX_ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLong);
        }
        let json = BASE64URL.decode(segment).map_err(|_| EnvelopeError::NotBase64)?;
        let wire: Wire<'_> = serde_json::from_slice(&json).map_err(|_| EnvelopeError::NotJson)?;
        let method = wire.method.as_deref().map(parse_method).transpose()?;
        let headers =
            wire.headers.iter().map(|(name, value)| checked(name, value)).collect::<Result<_, _>>()?;
        Ok(Self { method, headers, id: wire.id })
    }

    /// The headers as the companion sends them.
    pub fn header_map(&self) -> Result<HeaderMap, EnvelopeError> {
        let mut map = HeaderMap::with_capacity(self.headers.len());
        for (name, value) in &self.headers {
            let parsed = HeaderName::from_str(name).map_err(|_| EnvelopeError::HeaderName(name.clone()))?;
            let value = HeaderValue::from_str(value).map_err(|_| EnvelopeError::HeaderValue(name.clone()))?;
            map.append(parsed, value);
        }
        Ok(map)
    }
}

/// `OPTIONS` is not relayed at all: then no preflight can reach the host by any way.
fn parse_method(method: &str) -> Result<Method, EnvelopeError> {
    let refused = || EnvelopeError::Method(method.to_owned());
    match Method::from_bytes(method.as_bytes()).map_err(|_| refused())? {
        Method::CONNECT | Method::OPTIONS | Method::TRACE => Err(refused()),
        method => Ok(method),
    }
}

/// A header as it came, if HTTP allows it (RFC 9110, §5.1 and §5.5) and the relay may send it.
fn checked(name: &str, value: &str) -> Result<(String, String), EnvelopeError> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token) {
        return Err(EnvelopeError::HeaderName(name.to_owned()));
    }
    if HOP_BY_HOP.iter().chain(&RELAY_OWNED).any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(EnvelopeError::ForbiddenHeader(name.to_owned()));
    }
    if !value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return Err(EnvelopeError::HeaderValue(name.to_owned()));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// The parts of a relayed request's path and query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayTarget<'a> {
    /// The token as sent, to be compared by the caller.
    pub token: &'a str,
    /// The envelope, still encoded.
    pub envelope: &'a str,
    /// What the host is asked for: begins with `/`, or is empty or begins with `?` where the root is meant.
    pub path_and_query: &'a str,
}

impl<'a> RelayTarget<'a> {
    /// Takes a path apart; `None` when it does not begin as a relayed one or lacks the envelope.
    pub fn parse(path_and_query: &'a str) -> Option<Self> {
        let (token, rest) = path_and_query.strip_prefix(RELAY_PREFIX)?.split_once('/')?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (envelope, path_and_query) = rest.split_at(end);
        (!envelope.is_empty()).then_some(Self { token, envelope, path_and_query })
    }
}

/// The address of a relayed request. `authority` is a lane's (see [`lane_authority`]), `envelope` a segment of
/// [`seal`] or [`Envelope::encode`]; `path_and_query` begins with `/`, as it is to reach the host.
pub fn relay_url(authority: &str, token: &str, envelope: &str, path_and_query: &str) -> String {
    let slash = if path_and_query.starts_with('/') { "" } else { "/" };
    format!("http://{authority}{RELAY_PREFIX}{token}/{envelope}{slash}{path_and_query}")
}

/// The address that answers at once; `authority` as in [`relay_url`].
pub fn floor_url(authority: &str, token: &str) -> String {
    format!("http://{authority}{FLOOR_PREFIX}{token}")
}

/// The authority of a lane: `u17.localhost:8089`. Such names resolve to loopback in browsers, with no DNS, and
/// each has a pool of six connections of its own.
pub fn lane_authority(lane: u32, port: u16) -> String {
    format!("u{lane}.localhost:{port}")
}

/// What [`INFO_PATH`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanionInfo {
    /// Always [`CompanionInfo::PRODUCT`]; anything else is not a companion.
    pub product: String,
    /// The companion's version.
    pub version: String,
    /// The one host it relays to.
    pub host: String,
    /// What every relayed request must carry; new in each process.
    pub token: String,
}

impl CompanionInfo {
    /// The product's name.
    pub const PRODUCT: &'static str = "oddiya-load";
}

/// What [`HOST_CHECK_PATH`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCheck {
    /// Whether a connection (with TLS, for https) could be opened.
    pub reachable: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// The same for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The value of [`FAILURE_HEADER`]: the failure as JSON.
pub fn failure_header(failure: &Failure) -> String {
    // Cannot fail: a failure is a word and a text.
    serde_json::to_string(failure).unwrap_or_default()
}

/// The failure that a [`FAILURE_HEADER`] names; `None` when another version of the companion wrote it.
pub fn parse_failure_header(value: &str) -> Option<Failure> {
    serde_json::from_str(value).ok()
}

/// An enum whose variants have one text form each: in headers, in JSON, for people.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As it stands in headers and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// From a header's value; `None` for one that a newer companion may know.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// Why the companion refused a request by itself.
    Refusal {
        /// The `Host` header is no name of this machine's: DNS rebinding.
        HostName = "host-name",
        /// The `Origin` is another site's.
        Origin = "origin",
        /// Not this process's token; the page is from before a restart.
        Token = "token",
        /// See [`EnvelopeError`].
        Envelope = "envelope",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(json: &str) -> String {
        BASE64URL.encode(json)
    }

    #[test]
    fn an_envelope_survives_its_way() {
        let envelope = Envelope::new("PATCH", [("X-User-Id", "7"), ("Content-Type", "application/json")]);
        let envelope = envelope.unwrap().with_id(u64::MAX);
        assert_eq!(Envelope::decode(&envelope.encode().unwrap()), Ok(envelope));
    }

    #[test]
    fn what_a_page_seals_is_what_an_envelope_says() {
        let headers = [
            ("X-User-Id".to_owned(), "7".to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ];
        let sealed = seal("PATCH", &headers, 5).unwrap();
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        assert_eq!(Envelope::decode(&sealed), Ok(Envelope::new("PATCH", pairs).unwrap().with_id(5)));
        let refused =
            |name: &str, value: &str| seal("GET", &[(name.to_owned(), value.to_owned())], 0).unwrap_err();
        assert_eq!(refused("a b", "1"), EnvelopeError::HeaderName("a b".into()));
        assert_eq!(refused("X-A", "1\r\nX-B: 2"), EnvelopeError::HeaderValue("X-A".into()));
        assert_eq!(refused("host", "x"), EnvelopeError::ForbiddenHeader("host".into()));
    }

    #[test]
    fn reads_the_documented_form() {
        let envelope =
            Envelope::decode(&segment(r#"{"method":"PATCH","headers":[["X-User-Id","7"]]}"#)).unwrap();
        assert_eq!(envelope.method, Some(Method::PATCH));
        assert_eq!(envelope.header_map().unwrap().get("x-user-id").unwrap(), "7");
        assert_eq!(envelope.id, None);
    }

    #[test]
    fn an_envelope_that_says_nothing_is_a_dash() {
        assert_eq!(Envelope::default().encode().unwrap(), "-");
        assert_eq!(Envelope::decode("-"), Ok(Envelope::default()));
    }

    #[test]
    fn repeated_headers_keep_their_order() {
        let envelope = Envelope::new("GET", [("Accept", "a"), ("Accept", "b")]).unwrap();
        let decoded = Envelope::decode(&envelope.encode().unwrap()).unwrap();
        let headers = decoded.header_map().unwrap();
        assert_eq!(headers.get_all("accept").iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn says_which_part_is_at_fault() {
        use EnvelopeError as E;
        let headers = |name: &str, value: &str| segment(&format!(r#"{{"headers":[["{name}","{value}"]]}}"#));
        let cases = [
            ("".to_owned(), E::NotJson),
            ("=".to_owned(), E::NotBase64),
            (segment("7"), E::NotJson),
            (segment(r#"{"metod":"GET"}"#), E::NotJson),
            (segment(r#"{"method":"G T"}"#), E::Method("G T".into())),
            (segment(r#"{"method":"OPTIONS"}"#), E::Method("OPTIONS".into())),
            (headers("a b", "1"), E::HeaderName("a b".into())),
            (headers("X-A", r"1\r\nX-B: 2"), E::HeaderValue("X-A".into())),
            ("A".repeat(MAX_ENVELOPE_BYTES + 1), E::TooLong),
        ];
        for (text, error) in cases {
            assert_eq!(Envelope::decode(&text), Err(error), "{text:.60}");
        }
    }

    #[test]
    fn what_an_envelope_takes_http_takes_too() {
        for byte in 0..=0x7f_u8 {
            let text = String::from(char::from(byte));
            for (name, value) in [(text.as_str(), "1"), ("X-A", text.as_str())] {
                let taken = Envelope::new("GET", [(name, value)]).is_ok();
                let by_http = HeaderName::from_str(name).is_ok() && HeaderValue::from_str(value).is_ok();
                assert_eq!(taken, by_http, "{name:?}: {value:?}");
            }
        }
        assert!(Envelope::new("GET", [("", "1")]).is_err() && Envelope::new("GET", [("X-A", "é")]).is_err());
    }

    #[test]
    fn headers_of_the_connection_are_refused_by_name() {
        for name in ["Host", "Content-Length", "Transfer-Encoding", "Connection", "TE", "Upgrade", "Expect"] {
            assert_eq!(Envelope::new("GET", [(name, "1")]), Err(EnvelopeError::ForbiddenHeader(name.into())));
        }
    }

    #[test]
    fn an_address_comes_apart_as_it_was_put_together() {
        let envelope = Envelope::new("DELETE", [("X-User-Id", "7")]).unwrap();
        let segment = envelope.encode().unwrap();
        let url = relay_url(&lane_authority(17, 8089), "f00d", &segment, "/api/plans?page=1&q=a/b");
        let path = url.strip_prefix("http://u17.localhost:8089").unwrap();
        let target = RelayTarget::parse(path).unwrap();
        assert_eq!((target.token, target.path_and_query), ("f00d", "/api/plans?page=1&q=a/b"));
        assert_eq!(Envelope::decode(target.envelope), Ok(envelope));
    }

    #[test]
    fn a_missing_path_means_the_root_and_a_missing_envelope_nothing() {
        assert_eq!(RelayTarget::parse("/relay/t/-").unwrap().path_and_query, "");
        assert_eq!(RelayTarget::parse("/relay/t/-?a=1").unwrap().path_and_query, "?a=1");
        assert_eq!(RelayTarget::parse("/relay/t/-//x").unwrap().path_and_query, "//x");
        for path in ["/relay/", "/relay/t", "/relay/t/", "/relay/t/?a", "/relays/t/-/", "/"] {
            assert_eq!(RelayTarget::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_failure_survives_its_way() {
        let failure = Failure::new(FailureKind::Reset, "closed by the host");
        let header = failure_header(&failure);
        assert_eq!(header, r#"{"kind":"reset","detail":"closed by the host"}"#);
        assert_eq!(parse_failure_header(&header), Some(failure));
        assert_eq!(parse_failure_header("reset"), None);
    }

    #[test]
    fn names_read_back() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_name(refusal.as_str()), Some(*refusal));
            assert_eq!(serde_json::to_string(refusal).unwrap(), format!("\"{refusal}\""));
        }
        assert_eq!(Refusal::from_name("tokens"), None);
    }
}
