//! The envelope of a relayed request: its real method and headers, as a segment of the path.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::core::base::header::{is_header_name, is_header_value, is_set_by_sender};
use crate::core::scenario::Reading;

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
}
