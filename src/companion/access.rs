//! Who may talk to the companion: rules on the name it is called by and on the `Origin` header. Pure.
//!
//! A foreign page can make a name of its own resolve to 127.0.0.1 (DNS rebinding) and then read every service that
//! listens there, unless the service checks the `Host` header. A foreign page that uses the companion's own name is
//! recognised by its `Origin`. Nothing else protects a service on loopback from the web.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Request, Uri, header};

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
    pub fn admit<B>(request: &Request<B>, local: IpAddr) -> Result<Self, Refusal> {
        let headers = request.headers();
        let called = only(headers, &header::HOST).ok_or(Refusal::HostName)?;
        if !is_called_so(request.uri(), called) {
            return Err(Refusal::HostName);
        }
        let host = split_port(called).ok_or(Refusal::HostName)?;
        let lane = host.name.to_ascii_lowercase();
        if !(is_page_name(&lane, local) || is_lane_name(&lane)) {
            return Err(Refusal::HostName);
        }
        let origin = headers.get(header::ORIGIN).cloned();
        if origin.is_some()
            && !only(headers, &header::ORIGIN).is_some_and(|o| is_own_page(o, host.port, local))
        {
            return Err(Refusal::Origin);
        }
        Ok(Self { lane, origin })
    }
}

/// The text of a header; `None` when the request has it twice, because a server on the way may have read the other one.
fn only<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() { None } else { first.to_str().ok() }
}

/// Whether a target that names a host itself (`GET http://localhost:8089/ HTTP/1.1`) names the one in the `Host` header.
/// Such a target counts before the header (RFC 9112 §3.2.2).
fn is_called_so(target: &Uri, host: &str) -> bool {
    let is_http = target.scheme().is_none_or(|scheme| *scheme == http::uri::Scheme::HTTP);
    is_http && target.authority().is_none_or(|authority| authority.as_str().eq_ignore_ascii_case(host))
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
        let mut headers = vec![(header::HOST, host)];
        headers.extend(origin.map(|origin| (header::ORIGIN, origin)));
        admit_at("/", &headers, local)
    }

    fn admit_at(
        target: &str,
        headers: &[(header::HeaderName, &str)],
        local: IpAddr,
    ) -> Result<Visitor, Refusal> {
        let mut request = Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        Visitor::admit(&request.body(()).unwrap(), local)
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
        assert_eq!(admit_at("/", &[], LOOPBACK), Err(Refusal::HostName));
    }

    #[test]
    fn two_hosts_or_origins_are_refused_even_where_each_is_right() {
        let own = (header::HOST, "localhost:8089");
        for other in ["localhost:8089", "evil.example"] {
            let two = [own.clone(), (header::HOST, other)];
            assert_eq!(admit_at("/", &two, LOOPBACK), Err(Refusal::HostName), "{other}");
        }
        let page = (header::ORIGIN, "http://localhost:8089");
        assert_eq!(admit_at("/", &[own, page.clone(), page], LOOPBACK), Err(Refusal::Origin));
    }

    #[test]
    fn a_target_with_a_host_of_its_own_must_name_the_one_that_the_header_names() {
        let own = [(header::HOST, "localhost:8089")];
        for target in ["http://localhost:8089/", "http://LOCALHOST:8089/x?y"] {
            assert!(admit_at(target, &own, LOOPBACK).is_ok(), "{target}");
        }
        for target in [
            "http://evil.example/",
            "http://localhost/",
            "http://u1.localhost:8089/",
            "http://me@localhost:8089/",
            "https://localhost:8089/",
            "evil.example:443",
        ] {
            assert_eq!(admit_at(target, &own, LOOPBACK), Err(Refusal::HostName), "{target}");
        }
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
