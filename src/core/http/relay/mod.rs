//! The wire format between the page and the companion's relay: paths, header names, the envelope, failures.
//!
//! A page can send `PATCH` or `X-User-Id` to another origin only after an `OPTIONS` preflight, one per URL. So the page
//! sends plain `GET` and `POST text/plain` (CORS-safelisted, never preflighted) and puts the real method and headers
//! into the path: `/relay/{token}/{envelope}{path-and-query}`. The page and the companion both use this file. It opens
//! no socket and calls no `fetch`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::header::{is_header_name, is_header_value, is_set_by_sender};
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::scenario::Reading;

/// The start of the path of relayed requests: `/relay/{token}/{envelope}{path-and-query}`.
pub const RELAY_PREFIX: &str = "/relay/";
/// The path that answers [`CompanionInfo`] as JSON, to the companion's own page only.
pub const INFO_PATH: &str = "/companion.json";
/// The start of the path that answers whether the host can be reached: `/companion/host/{token}` gives [`HostCheck`] as
/// JSON. The companion opens a connection to the host for it and sends no request. Without the token any web page could
/// have it open connections.
pub const HOST_CHECK_PREFIX: &str = "/companion/host/";
/// The start of a path that the companion answers at once: `/companion/floor/{token}`. The page uses it to calibrate
/// and to find out whether the name of a lane resolves.
pub const FLOOR_PREFIX: &str = "/companion/floor/";
/// The start of the paths of the companion's folder of reports: `/companion/reports/{token}` lists them, and with `/{name}`
/// behind it is one of them. `core::library::folder` has the list.
pub const REPORTS_PREFIX: &str = "/companion/reports/";
/// The start of the path at which the companion says which Oddiya its host is: `/companion/oddiya/{token}`.
pub const ODDIYA_PREFIX: &str = "/companion/oddiya/";
/// The start of the path at which the companion finds or makes users of its host, by POST:
/// `/companion/users/{token}/{profile}/{number}`.
pub const USERS_PREFIX: &str = "/companion/users/";

/// The header with the [`Refusal`], on an answer that is from the companion and not from the host.
pub const REFUSAL_HEADER: &str = "x-oddiya-load-refusal";
/// The header that says why the host gave no response, on a 502 of the companion. Its value is a [`Failure`] as
/// [`failure_header`] writes it.
pub const FAILURE_HEADER: &str = "x-oddiya-load-failure";
/// The status that replaces a status on which a browser would act (3xx and a few more). 203 means that a proxy changed
/// the answer (RFC 9110, §15.3.4), and browsers treat it like 200. A 203 of the host is wrapped too, so that the page
/// needs to read [`STATUS_HEADER`] only on an answer with this status.
pub const WRAPPED_STATUS: u16 = 203;
/// The header with the real status of the host, on an answer with [`WRAPPED_STATUS`].
pub const STATUS_HEADER: &str = "x-oddiya-load-status";
/// The header with the cookies that the host sets, as a JSON array of the values of `Set-Cookie`, on an answer to a request
/// whose envelope wants to see them. A browser shows a page no `Set-Cookie`.
pub const COOKIES_HEADER: &str = "x-oddiya-load-set-cookie";
/// How long the companion tries to connect to the host: long enough for a lost SYN to be sent three times more (after 1, 2
/// and 4 s), short enough to be noticed.
pub const CONNECT_LIMIT: Micros = Micros::from_secs(10);
/// The largest envelope in a path, in bytes.
pub const MAX_ENVELOPE_BYTES: usize = 8 * 1024;
/// The path segment of an empty envelope.
const EMPTY_ENVELOPE: &str = "-";

/// The method and headers that a relayed request has when it reaches the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The method; `None` keeps the method with which the page sent the request.
    pub method: Option<Method>,
    /// The names and values of the headers. The host gets only these, `Host` and the length of the body. HTTP allows
    /// all names and values here.
    pub headers: Vec<(String, String)>,
    /// A number that makes each URL unique. It is never forwarded to the host. The page needs it to match a Resource
    /// Timing entry to its request, because the entry identifies a request only by the URL, and to match the companion's
    /// record.
    pub id: Option<u64>,
    /// The user of the run that sends it, whose cookies it gets. Many users may share a lane's name.
    pub user: Option<u32>,
    /// Whether the companion times the response's events.
    pub reading: Reading,
    /// The name of the service that it goes to; `None` for the main one.
    pub service: Option<String>,
    /// Whether the page looks at the cookies that the answer sets.
    pub cookies: SeesCookies,
}

/// Whether the page looks at the cookies that an answer sets; in JSON, a truth value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum SeesCookies {
    #[default]
    No,
    Yes,
}

impl From<bool> for SeesCookies {
    fn from(sees: bool) -> Self {
        if sees { Self::Yes } else { Self::No }
    }
}

impl From<SeesCookies> for bool {
    fn from(sees: SeesCookies) -> Self {
        sees == SeesCookies::Yes
    }
}

impl SeesCookies {
    fn is_no(&self) -> bool {
        *self == Self::No
    }
}

/// Who sends a request, and where it goes, as an envelope says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender<'a> {
    /// See [`Envelope::id`].
    pub id: u64,
    pub user: u32,
    /// The name of the service; `None` for the main one.
    pub service: Option<&'a str>,
    pub cookies: SeesCookies,
}

/// Encodes an envelope for the page without building an [`Envelope`], because the tables of the `http` crate's types
/// would be a tenth of the page. It checks the headers but not the method; [`Envelope::decode`] checks both.
pub fn seal(
    method: &str,
    headers: &[(String, String)],
    sender: Sender<'_>,
    reading: Reading,
) -> Result<String, EnvelopeError> {
    headers.iter().try_for_each(|(name, value)| checked(name, value).map(drop))?;
    let headers = headers.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect();
    encode_wire(&Wire {
        method: Some(method.into()),
        headers,
        id: Some(sender.id),
        user: Some(sender.user),
        events: reading.into(),
        service: sender.service.map(Cow::Borrowed),
        cookies: sender.cookies,
    })
}

/// The method with which the page sends a relayed request, so that no preflight is needed: `GET` without a body, `POST`
/// with a body. The `Content-Type` of the body must be `text/plain`.
pub const fn carrier_method(body: Option<&[u8]>) -> &'static str {
    if body.is_some() { "POST" } else { "GET" }
}

fn encode_wire(wire: &Wire<'_>) -> Result<String, EnvelopeError> {
    let json = serde_json::to_vec(wire).map_err(|_| EnvelopeError::NotJson)?;
    let segment = BASE64URL.encode(json);
    if segment.len() > MAX_ENVELOPE_BYTES { Err(EnvelopeError::TooLong) } else { Ok(segment) }
}

/// Why an envelope is refused. The message names the wrong part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The envelope is longer than [`MAX_ENVELOPE_BYTES`].
    #[error("the envelope is over {MAX_ENVELOPE_BYTES} bytes; send fewer or shorter headers")]
    TooLong,
    #[error("the envelope is not base64url without padding")]
    NotBase64,
    /// The content is not the JSON object `{"method", "headers", "id", "user"}`.
    #[error(
        "the envelope's JSON is not {{\"method\": text, \"headers\": [[name, value], …], \"id\": number, \"user\": number, \"events\": true, \"service\": text, \"cookies\": true}}"
    )]
    NotJson,
    /// The text is not a method, or it is a method that browsers refuse or that must never reach the host.
    #[error("the envelope's method `{0}` cannot be relayed; use GET, HEAD, POST, PUT, PATCH or DELETE")]
    Method(String),
    /// HTTP does not allow this text as a header name.
    #[error("the envelope's header name `{0}` is not one that HTTP allows")]
    HeaderName(String),
    /// The value has line breaks or other bytes that HTTP does not allow.
    #[error("the envelope's header `{0}` has a value that HTTP does not allow")]
    HeaderValue(String),
    /// The header belongs to the connection, and the relay controls its own connection.
    #[error("the envelope's header `{0}` is set by the relay itself; leave it out")]
    ForbiddenHeader(String),
}

/// The JSON form of an envelope. An empty field is left out.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    method: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", borrow)]
    headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<u32>,
    #[serde(default, skip_serializing_if = "Events::is_not_read")]
    events: Events,
    #[serde(default, skip_serializing_if = "Option::is_none", borrow)]
    service: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "SeesCookies::is_no")]
    cookies: SeesCookies,
}

/// Whether a response's events are read; in JSON, a truth value.
#[derive(Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Events(bool);

impl Events {
    const fn is_not_read(&self) -> bool {
        !self.0
    }
}

impl From<Reading> for Events {
    fn from(reading: Reading) -> Self {
        Self(reading == Reading::Events)
    }
}

impl From<Events> for Reading {
    fn from(Events(are_read): Events) -> Self {
        if are_read { Self::Events } else { Self::Whole }
    }
}

impl Envelope {
    /// Makes an envelope for a request of a scenario. It makes the same checks as [`Envelope::decode`], so that the
    /// sender finds a mistake before anything is sent.
    pub fn new<'a>(
        method: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, EnvelopeError> {
        let headers =
            headers.into_iter().map(|(name, value)| checked(name, value)).collect::<Result<_, _>>()?;
        Ok(Self { method: Some(parse_method(method)?), headers, ..Self::default() })
    }

    /// Sets the number that makes the URL unique; see [`Envelope::id`].
    pub fn with_id(self, id: u64) -> Self {
        Self { id: Some(id), ..self }
    }

    /// Encodes the envelope as a path segment.
    pub fn encode(&self) -> Result<String, EnvelopeError> {
        if *self == Self::default() {
            return Ok(EMPTY_ENVELOPE.to_owned());
        }
        let headers = self.headers.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let method = self.method.as_ref().map(|method| method.as_str().into());
        encode_wire(&Wire {
            method,
            headers,
            id: self.id,
            user: self.user,
            events: self.reading.into(),
            service: self.service.as_deref().map(Cow::Borrowed),
            cookies: self.cookies,
        })
    }

    /// Decodes a path segment. It refuses methods and headers that must not be relayed.
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
        Ok(Self {
            method,
            headers,
            id: wire.id,
            user: wire.user,
            reading: wire.events.into(),
            service: wire.service.map(Cow::into_owned),
            cookies: wire.cookies,
        })
    }
}

/// Parses a method and refuses those that must not be relayed. `OPTIONS` is one of them, so that no preflight can reach
/// the host.
fn parse_method(method: &str) -> Result<Method, EnvelopeError> {
    let refused = || EnvelopeError::Method(method.to_owned());
    match Method::from_bytes(method.as_bytes()).map_err(|_| refused())? {
        Method::CONNECT | Method::OPTIONS | Method::TRACE => Err(refused()),
        method => Ok(method),
    }
}

/// Returns the header unchanged if HTTP allows it (RFC 9110, §5.1 and §5.5) and the relay may send it.
fn checked(name: &str, value: &str) -> Result<(String, String), EnvelopeError> {
    if !is_header_name(name) {
        return Err(EnvelopeError::HeaderName(name.to_owned()));
    }
    if is_set_by_sender(name) {
        return Err(EnvelopeError::ForbiddenHeader(name.to_owned()));
    }
    if !is_header_value(value) {
        return Err(EnvelopeError::HeaderValue(name.to_owned()));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// The parts of a relayed request's path and query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayTarget<'a> {
    /// The token in the path. The caller must compare it with the companion's token.
    pub token: &'a str,
    /// The envelope, still encoded.
    pub envelope: &'a str,
    /// The path and query for the host. It starts with `/`. For the root of the host it may be empty or start with `?`.
    pub path_and_query: &'a str,
}

impl<'a> RelayTarget<'a> {
    /// Splits a path into its parts. `None` when it does not start with [`RELAY_PREFIX`] and a token, or when the
    /// envelope is missing.
    pub fn parse(path_and_query: &'a str) -> Option<Self> {
        let (token, rest) = path_and_query.strip_prefix(RELAY_PREFIX)?.split_once('/')?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (envelope, path_and_query) = rest.split_at(end);
        (!envelope.is_empty()).then_some(Self { token, envelope, path_and_query })
    }
}

/// The URL of a relayed request. `authority` comes from [`lane_authority`], and `envelope` from [`seal`] or
/// [`Envelope::encode`]. The host gets `path_and_query`, with `/` before it if it does not start with `/`.
pub fn relay_url(authority: &str, token: &str, envelope: &str, path_and_query: &str) -> String {
    let slash = if path_and_query.starts_with('/') { "" } else { "/" };
    format!("http://{authority}{RELAY_PREFIX}{token}/{envelope}{slash}{path_and_query}")
}

/// The URL that the companion answers at once; see [`FLOOR_PREFIX`]. `authority` comes from [`lane_authority`].
pub fn floor_url(authority: &str, token: &str) -> String {
    format!("http://{authority}{FLOOR_PREFIX}{token}")
}

/// The path that answers whether the host can be reached; see [`HOST_CHECK_PREFIX`].
pub fn host_check_path(token: &str) -> String {
    format!("{HOST_CHECK_PREFIX}{token}")
}

/// The authority of a lane: `u17.localhost:8089`. Browsers resolve such names to the loopback address without DNS, and
/// they keep a separate pool of six connections for each name.
pub fn lane_authority(lane: u32, port: u16) -> String {
    format!("u{lane}.localhost:{port}")
}

/// The answer of [`INFO_PATH`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanionInfo {
    /// Always [`CompanionInfo::PRODUCT`]. With any other value the server is not a companion.
    pub product: String,
    pub version: String,
    /// The address of the main host that the companion relays to.
    pub host: String,
    /// The further hosts that it relays to, by the names of their services.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, String>,
    /// The token that every relayed request must have. It is new in each process of the companion.
    pub token: String,
}

impl CompanionInfo {
    pub const PRODUCT: &'static str = "oddiya-load";

    /// Whether it relays to the main host of a run, and to each further service by its name.
    pub fn relays_to(&self, main: &Host, services: &[(String, Host)]) -> bool {
        let is = |address: &str, host: &Host| address.parse::<Host>().is_ok_and(|known| known == *host);
        let has = |(name, host): &(String, Host)| self.services.get(name).is_some_and(|own| is(own, host));
        is(&self.host, main) && services.iter().all(has)
    }

    /// All that it relays to, in words.
    pub fn relayed(&self) -> String {
        let services = self.services.iter().map(|(name, host)| format!(", {name} at {host}"));
        std::iter::once(self.host.clone()).chain(services).collect()
    }
}

/// The answer of [`HOST_CHECK_PREFIX`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCheck {
    /// Whether the companion could open a connection, with TLS for https.
    pub reachable: bool,
    /// Why the host cannot be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// The reason as a text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The value of [`FAILURE_HEADER`]: the failure as JSON.
pub fn failure_header(failure: &Failure) -> String {
    // Cannot fail: a failure has only a kind and a text, and JSON can hold both.
    serde_json::to_string(failure).unwrap_or_default()
}

/// The failure that a [`FAILURE_HEADER`] names; `None` when another version of the companion wrote it.
pub fn parse_failure_header(value: &str) -> Option<Failure> {
    serde_json::from_str(value).ok()
}

/// Declares an enum whose variants each have one text, which is used in headers, in JSON and for people.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text in headers and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the value of a header; `None` for an unknown value, which a newer companion may have sent.
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
        /// The request does not name this machine, as in a DNS rebinding attack, or names two.
        HostName = "host-name",
        /// The `Origin` header names another site.
        Origin = "origin",
        /// The token is not from this process: the page was loaded before the companion restarted.
        Token = "token",
        /// The envelope is not valid; see [`EnvelopeError`].
        Envelope = "envelope",
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use http::{HeaderName, HeaderValue};

    use super::*;

    fn segment(json: &str) -> String {
        BASE64URL.encode(json)
    }

    #[test]
    fn encoding_and_decoding_an_envelope_keeps_it() {
        let envelope = Envelope::new("PATCH", [("X-User-Id", "7"), ("Content-Type", "application/json")]);
        let envelope = envelope.unwrap().with_id(u64::MAX);
        assert_eq!(Envelope::decode(&envelope.encode().unwrap()), Ok(envelope));
    }

    #[test]
    fn a_sealed_envelope_decodes_to_the_same_envelope() {
        let headers = [
            ("X-User-Id".to_owned(), "7".to_owned()),
            ("Content-Type".to_owned(), "application/json".to_owned()),
        ];
        let sender = Sender { id: 5, user: 3, service: Some("llm"), cookies: SeesCookies::Yes };
        let sealed = seal("PATCH", &headers, sender, Reading::Events).unwrap();
        let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let plain = Envelope::new("PATCH", pairs).unwrap().with_id(5);
        let expected = Envelope {
            reading: Reading::Events,
            user: Some(3),
            service: Some("llm".to_owned()),
            cookies: SeesCookies::Yes,
            ..plain
        };
        assert_eq!(Envelope::decode(&sealed), Ok(expected));
        let refused = |name: &str, value: &str| {
            seal("GET", &[(name.to_owned(), value.to_owned())], sender, Reading::Whole).unwrap_err()
        };
        assert_eq!(refused("a b", "1"), EnvelopeError::HeaderName("a b".into()));
        assert_eq!(refused("X-A", "1\r\nX-B: 2"), EnvelopeError::HeaderValue("X-A".into()));
        assert_eq!(refused("host", "x"), EnvelopeError::ForbiddenHeader("host".into()));
    }

    #[test]
    fn reads_the_documented_form() {
        let envelope =
            Envelope::decode(&segment(r#"{"method":"PATCH","headers":[["X-User-Id","7"]]}"#)).unwrap();
        assert_eq!(envelope.method, Some(Method::PATCH));
        assert_eq!(envelope.headers, [("X-User-Id".to_owned(), "7".to_owned())]);
        assert_eq!(envelope.id, None);
    }

    #[test]
    fn an_empty_envelope_is_a_dash() {
        assert_eq!(Envelope::default().encode().unwrap(), "-");
        assert_eq!(Envelope::decode("-"), Ok(Envelope::default()));
    }

    #[test]
    fn repeated_headers_keep_their_order() {
        let envelope = Envelope::new("GET", [("Accept", "a"), ("Accept", "b")]).unwrap();
        let decoded = Envelope::decode(&envelope.encode().unwrap()).unwrap();
        assert_eq!(decoded.headers.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn an_error_names_the_wrong_part() {
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
    fn an_envelope_accepts_exactly_the_header_bytes_that_the_http_crate_accepts() {
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
    fn a_relay_url_splits_into_the_parts_it_was_made_of() {
        let envelope = Envelope::new("DELETE", [("X-User-Id", "7")]).unwrap();
        let segment = envelope.encode().unwrap();
        let url = relay_url(&lane_authority(17, 8089), "f00d", &segment, "/api/plans?page=1&q=a/b");
        let path = url.strip_prefix("http://u17.localhost:8089").unwrap();
        let target = RelayTarget::parse(path).unwrap();
        assert_eq!((target.token, target.path_and_query), ("f00d", "/api/plans?page=1&q=a/b"));
        assert_eq!(Envelope::decode(target.envelope), Ok(envelope));
    }

    #[test]
    fn a_missing_path_means_the_root_and_a_missing_envelope_is_refused() {
        assert_eq!(RelayTarget::parse("/relay/t/-").unwrap().path_and_query, "");
        assert_eq!(RelayTarget::parse("/relay/t/-?a=1").unwrap().path_and_query, "?a=1");
        assert_eq!(RelayTarget::parse("/relay/t/-//x").unwrap().path_and_query, "//x");
        for path in ["/relay/", "/relay/t", "/relay/t/", "/relay/t/?a", "/relays/t/-/", "/"] {
            assert_eq!(RelayTarget::parse(path), None, "{path}");
        }
    }

    #[test]
    fn a_companion_serves_a_run_only_with_its_main_host_and_all_its_services() {
        let host = |address: &str| address.parse::<Host>().unwrap();
        let services = [("auth", "http://localhost:8081"), ("llm", "http://localhost:8000/")];
        let info = CompanionInfo {
            product: CompanionInfo::PRODUCT.to_owned(),
            version: "1".to_owned(),
            host: "http://localhost:8080".to_owned(),
            services: services.map(|(name, address)| (name.to_owned(), address.to_owned())).into(),
            token: "f00d".to_owned(),
        };
        let main = host("http://localhost:8080");
        let service = |name: &str, address| [(name.to_owned(), host(address))];
        assert!(info.relays_to(&main, &[]), "a run may need fewer services");
        assert!(info.relays_to(&main, &service("llm", "http://LOCALHOST:8000")), "the same address");
        assert!(!info.relays_to(&host("http://localhost:80"), &[]));
        assert!(!info.relays_to(&main, &service("llm", "http://localhost:8001")), "another address");
        assert!(!info.relays_to(&main, &service("video", "http://localhost:8000")), "another name");
        let all = "http://localhost:8080, auth at http://localhost:8081, llm at http://localhost:8000/";
        assert_eq!(info.relayed(), all);
    }

    #[test]
    fn a_failure_header_reads_back() {
        let failure = Failure::new(FailureKind::Reset, "closed by the host");
        let header = failure_header(&failure);
        assert_eq!(header, r#"{"kind":"reset","detail":"closed by the host"}"#);
        assert_eq!(parse_failure_header(&header), Some(failure));
        assert_eq!(parse_failure_header("reset"), None);
    }

    #[test]
    fn the_names_of_refusals_read_back() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_name(refusal.as_str()), Some(*refusal));
            assert_eq!(serde_json::to_string(refusal).unwrap(), format!("\"{refusal}\""));
        }
        assert_eq!(Refusal::from_name("tokens"), None);
    }
}
