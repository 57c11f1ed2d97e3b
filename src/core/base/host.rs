//! The address of a host: which texts `--host` accepts and what they mean.
//!
//! An address has a scheme, a name, a port and a path prefix. The prefix goes before the path of every request, for a
//! gateway that is served below a path. This file resolves no names.

use std::fmt;
use std::str::FromStr;

use ::core::net::Ipv6Addr;
use http::Uri;

/// The base address of a host. Two texts for the same address give equal values.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Host {
    pub scheme: Scheme,
    /// The name or IP address in lower case; an IPv6 address has no brackets here.
    pub name: String,
    /// The port. It is the scheme's default port when the text names none.
    pub port: u16,
    /// The text before every request path. It is empty or starts with `/`, and it never ends with `/`.
    pub prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Scheme {
    Http,
    Https,
}

/// Why a text is not the address of a host. The message continues the name of the field or flag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    #[error("is missing; {RIGHT}")]
    Missing,
    /// The scheme is missing or is neither `http` nor `https`.
    #[error("`{0}` has no http:// or https:// in front; {RIGHT}")]
    Scheme(String),
    /// The name is missing or not valid.
    #[error("`{0}` is no address; {RIGHT}")]
    Malformed(String),
    /// The port is not a number from 1 to 65535.
    #[error("`{0}` has no port between 1 and 65535; {RIGHT}")]
    Port(String),
    /// The address has a user name or a password, which would appear in reports and error messages.
    #[error("must not carry a user name or password; they would end up in reports")]
    Credentials,
    /// The address has a query or a fragment. The request's path comes after the address, where neither may stand.
    #[error("must not have a query or a fragment, but may have a path, such as http://localhost:8080/api")]
    Query,
}

const RIGHT: &str = "write it like http://localhost:8080";

impl Scheme {
    /// The port of an address that names none.
    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

impl FromStr for Host {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(HostError::Missing);
        }
        if text.contains(['?', '#']) {
            return Err(HostError::Query);
        }
        let named = |error: fn(String) -> HostError| error(text.to_owned());
        let scheme = match text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https,
            _ => return Err(named(HostError::Scheme)),
        };
        let uri: Uri = text.parse().map_err(|_| named(HostError::Malformed))?;
        let authority = uri.authority().filter(|authority| !authority.host().is_empty());
        let authority = authority.ok_or_else(|| named(HostError::Malformed))?;
        if authority.as_str().contains('@') {
            return Err(HostError::Credentials);
        }
        let (name, after_name) = split_name(authority.as_str()).ok_or_else(|| named(HostError::Malformed))?;
        let port = match after_name.strip_prefix(':') {
            Some(port) => read_port(port).ok_or_else(|| named(HostError::Port))?,
            None if after_name.is_empty() => scheme.port(),
            None => return Err(named(HostError::Malformed)),
        };
        let name = name.to_ascii_lowercase();
        Ok(Self { scheme, name, port, prefix: uri.path().trim_end_matches('/').to_owned() })
    }
}

/// Splits the name from what follows it. Brackets hold an IPv6 address and nothing else, and are not part of the name.
fn split_name(authority: &str) -> Option<(&str, &str)> {
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split_once(']').filter(|(name, _)| name.parse::<Ipv6Addr>().is_ok()),
        None => {
            let name_end = authority.find(':').unwrap_or(authority.len());
            authority
                .split_at_checked(name_end)
                .filter(|(name, _)| !name.is_empty() && !name.contains(['[', ']']))
        }
    }
}

fn read_port(text: &str) -> Option<u16> {
    // The standard library reads a sign too.
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| is_digits && *port > 0)
}

impl Host {
    /// The value of the `Host` header: the name, and the port when it is not the scheme's default.
    pub fn authority(&self) -> String {
        let name = if self.name.contains(':') { format!("[{}]", self.name) } else { self.name.clone() };
        if self.port == self.scheme.port() { name } else { format!("{name}:{}", self.port) }
    }

    /// The target in a request line: the prefix and then the path. An empty path becomes `/`.
    pub fn target(&self, path_and_query: &str) -> String {
        let slash = if path_and_query.starts_with('/') { "" } else { "/" };
        format!("{}{slash}{path_and_query}", self.prefix)
    }

    /// The path and the query of an address below this one, without the prefix; `None` for any other text.
    pub fn path_of(&self, address: &str) -> Option<String> {
        let (_, after_scheme) = address.split_once("://")?;
        let rest =
            after_scheme.find(['/', '?', '#']).map_or("", |at| after_scheme.get(at..).unwrap_or_default());
        let origin: Self = address.strip_suffix(rest)?.parse().ok()?;
        if origin != (Self { prefix: String::new(), ..self.clone() }) {
            return None;
        }
        let path = rest.strip_prefix(self.prefix.as_str())?;
        match path.chars().next() {
            Some('/') => Some(path.to_owned()),
            None | Some('?' | '#') => Some(format!("/{path}")),
            Some(_) => None,
        }
    }

    /// Whether the name is exactly `localhost`. Only this name of the machine has names below it (`u1.localhost`).
    pub fn is_localhost(&self) -> bool {
        self.name == "localhost"
    }

    /// This address with the name of another one.
    pub fn named_as(self, other: &Self) -> Self {
        Self { name: other.name.clone(), ..self }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme.as_str(), self.authority(), self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Host {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_hosts_as_people_type_them() {
        for (text, shown, name, port) in [
            ("http://localhost:8080", "http://localhost:8080", "localhost", 8080),
            (" http://LocalHost:8080/ ", "http://localhost:8080", "localhost", 8080),
            ("HTTPS://oddiya.example.com/Api/", "https://oddiya.example.com/Api", "oddiya.example.com", 443),
            ("http://[::1]:8080", "http://[::1]:8080", "::1", 8080),
            ("http://10.0.0.5:80", "http://10.0.0.5", "10.0.0.5", 80),
        ] {
            let host = host(text);
            assert_eq!((host.to_string().as_str(), host.name.as_str(), host.port), (shown, name, port));
        }
    }

    #[test]
    fn two_texts_for_the_same_address_are_equal() {
        assert_eq!(host("http://LOCALHOST/"), host("http://localhost:80"));
        assert_eq!(host("https://h"), host("https://h:443/"));
        for other in ["http://h", "https://h:444", "https://h/x"] {
            assert_ne!(host("https://h"), host(other));
        }
    }

    #[test]
    fn refuses_other_texts_with_the_reason() {
        use HostError as E;
        let named = |text: &str, error: fn(String) -> E| (text.to_owned(), error(text.to_owned()));
        let alone = |text: &str, error: E| (text.to_owned(), error);
        for (text, error) in [
            alone("", E::Missing),
            named("localhost:8080", E::Scheme),
            named("ftp://localhost", E::Scheme),
            named("http://", E::Malformed),
            named("http://:8080", E::Malformed),
            named("http://local host", E::Malformed),
            named("http://localhost:99999", E::Port),
            named("http://localhost:0", E::Port),
            named("http://localhost:", E::Port),
            named("http://localhost:+80", E::Port),
            named("http://[::1]:", E::Port),
            named("http://[::1]x:80", E::Malformed),
            named("http://[::1]80", E::Malformed),
            named("http://[::1]x", E::Malformed),
            named("http://[zz]", E::Malformed),
            named("http://[zz]:80", E::Malformed),
            named("http://[]", E::Malformed),
            named("http://[1.2.3.4]", E::Malformed),
            named("http://[::1", E::Malformed),
            named("http://::1", E::Malformed),
            named("http://::1]", E::Malformed),
            named("http://a[::1]", E::Malformed),
            alone("http://me:secret@localhost", E::Credentials),
            alone("http://localhost/?a=1", E::Query),
            alone("http://localhost/#top", E::Query),
        ] {
            assert_eq!(text.parse::<Host>(), Err(error), "{text}");
        }
    }

    #[test]
    fn an_address_of_the_host_itself_is_a_path_and_no_other_text_is() {
        let of = |text: &str| host("https://api.example.com/v1").path_of(text);
        assert_eq!(of("https://api.example.com/v1/items?page=2").as_deref(), Some("/items?page=2"));
        assert_eq!(of("HTTPS://API.example.com:443/v1").as_deref(), Some("/"));
        assert_eq!(of("https://api.example.com/v1?page=2").as_deref(), Some("/?page=2"));
        for other in [
            "",
            ".attacker.net/x",
            ":8443/v1/x",
            "items",
            "//api.example.com/v1/x",
            "http://api.example.com/v1/x",
            "https://api.example.com.attacker.net/v1/x",
            "https://api.example.com:8443/v1/x",
            "https://api.example.com@attacker.net/v1/x",
            "https://api.example.com/v10/x",
            "https://api.example.com/v2/x",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn the_prefix_goes_before_the_path() {
        let target = |text: &str, path: &str| host(text).target(path);
        assert_eq!(target("http://h/api/", "/plans?page=1"), "/api/plans?page=1");
        assert_eq!(target("http://h", ""), "/");
        assert_eq!(target("http://h", "?a"), "/?a");
        assert_eq!(target("http://h/api", ""), "/api/");
    }
}
