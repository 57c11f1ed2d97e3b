//! Who may talk to the companion: rules on the `Host` and `Origin` headers. Pure.
//!
//! A foreign page can make a name of its own resolve to 127.0.0.1 (DNS rebinding) and then read every service that
//! listens there, unless the service checks the `Host` header. A foreign page that uses the companion's own name is
//! recognised by its `Origin`. Nothing else protects a service on loopback from the web.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, header};

use crate::core::http::relay::Refusal;

/// A request that passed the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The name by which it called the companion, in lower case and without port.
    pub lane: String,
    /// The page's origin, where the browser sent one. It is always that of the companion's own page.
    pub origin: Option<HeaderValue>,
}

impl Visitor {
    /// Admits or refuses a request that came in over the local address `local`.
    pub fn admit(headers: &HeaderMap, local: IpAddr) -> Result<Self, Refusal> {
        let host = text(headers, &header::HOST).and_then(split_port).ok_or(Refusal::HostName)?;
        let lane = host.name.to_ascii_lowercase();
        if !(is_page_name(&lane, local) || is_lane_name(&lane)) {
            return Err(Refusal::HostName);
        }
        let origin = headers.get(header::ORIGIN).cloned();
        if origin.is_some()
            && !text(headers, &header::ORIGIN).is_some_and(|o| is_own_page(o, host.port, local))
        {
            return Err(Refusal::Origin);
        }
        Ok(Self { lane, origin })
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[derive(Clone, Copy)]
struct HostAndPort<'a> {
    name: &'a str,
    port: u16,
}

/// Splits `name`, `name:8089` or `[::1]:8089`; `None` when the port is no number.
fn split_port(authority: &str) -> Option<HostAndPort<'_>> {
    const HTTP_PORT: u16 = 80;
    let name_end = if authority.starts_with('[') { authority.find(']')? + 1 } else { 0 };
    let colon = authority.get(name_end..)?.find(':').map(|at| name_end + at);
    match colon {
        None => Some(HostAndPort { name: authority, port: HTTP_PORT }),
        Some(at) => {
            let (name, port) = authority.split_at(at);
            let digits = port.strip_prefix(':')?;
            let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
            all_digits.then(|| digits.parse().ok().map(|port| HostAndPort { name, port }))?
        }
    }
}

/// Whether the page itself is opened under a name. The address that the request came in on is allowed, because
/// rebinding needs a name, and because with `--bind` people type that address on their phone.
fn is_page_name(name: &str, local: IpAddr) -> bool {
    if ["localhost", "127.0.0.1", "[::1]"].contains(&name) {
        return true;
    }
    let literal = name.strip_prefix('[').and_then(|n| n.strip_suffix(']')).unwrap_or(name);
    literal.parse().is_ok_and(|address: IpAddr| address == local.to_canonical())
}

/// Whether a name is one of a lane's. Names under `.localhost` always mean loopback (RFC 6761 §6.3), so no foreign server
/// can hold one.
fn is_lane_name(name: &str) -> bool {
    let is_plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    name.strip_suffix(".localhost").is_some_and(|labels| labels.split('.').all(is_plain))
}

/// Whether an origin is that of the companion's own page. Such an origin has the port that the request was sent to: the
/// companion's own, or the one that a container maps to it. No browser lets a page choose that port apart from the
/// address it connects to.
fn is_own_page(origin: &str, port: u16, local: IpAddr) -> bool {
    origin
        .strip_prefix("http://")
        .and_then(split_port)
        .is_some_and(|page| page.port == port && is_page_name(page.name, local))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOPBACK: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn admit(host: &str, origin: Option<&str>, local: IpAddr) -> Result<Visitor, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        Visitor::admit(&headers, local)
    }

    #[test]
    fn names_of_this_machine_are_admitted_and_name_the_lane() {
        for (host, lane) in [
            ("localhost:8089", "localhost"),
            ("LocalHost", "localhost"),
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::1]:8089", "[::1]"),
            ("u17.localhost:8089", "u17.localhost"),
            ("a.b-c.localhost", "a.b-c.localhost"),
        ] {
            assert_eq!(admit(host, None, LOOPBACK).unwrap().lane, lane, "{host}");
        }
    }

    #[test]
    fn every_other_name_is_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example:8089",
            "evillocalhost",
            ".localhost",
            "a..localhost",
            "127.0.0.1.evil.example",
            "127.0.0.2",
            "[::2]",
            "[::1",
            "localhost:80x",
            "localhost:99999",
            "localhost:+1",
            "localhost:",
            "",
            "192.168.1.5:8089",
        ] {
            assert_eq!(admit(host, None, LOOPBACK), Err(Refusal::HostName), "{host}");
        }
        assert_eq!(Visitor::admit(&HeaderMap::new(), LOOPBACK), Err(Refusal::HostName));
    }

    #[test]
    fn an_address_is_admitted_where_the_request_came_in_on_it() {
        let local = "192.168.1.5".parse().unwrap();
        let origin = Some("http://192.168.1.5:8089");
        assert!(admit("192.168.1.5:8089", origin, local).is_ok());
        assert_eq!(admit("192.168.1.6:8089", None, local), Err(Refusal::HostName));
        let mapped = "::ffff:192.168.1.5".parse().unwrap();
        assert!(admit("192.168.1.5:8089", origin, mapped).is_ok());
    }

    #[test]
    fn only_our_own_page_is_an_origin() {
        for origin in ["http://localhost:8089", "http://127.0.0.1:8089", "http://[::1]:8089"] {
            assert!(admit("u1.localhost:8089", Some(origin), LOOPBACK).is_ok(), "{origin}");
        }
        for origin in [
            "null",
            "https://localhost:8089",
            "http://localhost:3000",
            "http://localhost",
            "http://u1.localhost:8089",
            "http://evil.example:8089",
            "http://localhost:8089.evil.example",
        ] {
            assert_eq!(admit("u1.localhost:8089", Some(origin), LOOPBACK), Err(Refusal::Origin), "{origin}");
        }
    }
}
