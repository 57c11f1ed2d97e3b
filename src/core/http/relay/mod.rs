//! The wire format between the page and the companion's relay: paths, header names, the envelope, failures.
//!
//! A page can send `PATCH` or `X-User-Id` to another origin only after an `OPTIONS` preflight, one per URL. So the page
//! sends plain `GET` and `POST text/plain` (CORS-safelisted, never preflighted) and puts the real method and headers
//! into the path: `/relay/{token}/{envelope}{path-and-query}`. The page and the companion both use this format. No
//! socket is opened here, and no `fetch` called. This file has the paths.

mod answer_headers;
mod companion_info;
mod envelope;

pub use answer_headers::{
    COOKIES_HEADER, FAILURE_HEADER, REFUSAL_HEADER, Refusal, STATUS_HEADER, WRAPPED_STATUS, failure_header,
    parse_failure_header,
};
pub use companion_info::{CompanionInfo, HostCheck};
pub use envelope::{Envelope, EnvelopeError, MAX_ENVELOPE_BYTES, SeesCookies, Sender, seal};

use crate::core::base::units::Micros;

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
/// How long the companion tries to connect to the host: long enough for a lost SYN to be sent three times more (after 1, 2
/// and 4 s), short enough to be noticed.
pub const CONNECT_LIMIT: Micros = Micros::from_secs(10);

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

/// The method with which the page sends a relayed request, so that no preflight is needed: `GET` without a body, `POST`
/// with a body. The `Content-Type` of the body must be `text/plain`.
pub const fn carrier_method(body: Option<&[u8]>) -> &'static str {
    if body.is_some() { "POST" } else { "GET" }
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
