//! The address of the host: what `--host` may say and what it means. Pure.
//!
//! An address is a scheme, an authority and, where a gateway lives below a path, a prefix that goes before every
//! relayed path. No name is resolved here.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};

/// The one host that a companion relays to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostUrl {
    transport: Transport,
    authority: Authority,
    host_header: HeaderValue,
    /// Without a slash at its end; empty for most hosts.
    prefix: String,
}

/// How the host is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// `http://`
    Plain,
    /// `https://`
    Tls,
}

/// Why a text is no host; shown by clap after the flag's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostUrlError {
    /// No scheme, or one that is not HTTP's.
    #[error("begin it with http:// or https://, such as http://localhost:8080")]
    Scheme,
    /// No address at all, or one with a name or port that cannot be.
    #[error("write scheme, name and port, such as http://localhost:8080 or https://oddiya.example.com")]
    Malformed,
    /// Credentials would end up in reports and error messages.
    #[error("leave the user name and password out; send an Authorization header instead")]
    Credentials,
    /// A query has no place before a path.
    #[error("leave out what follows `?` or `#`; a path such as http://localhost:8080/api is fine")]
    Query,
}

impl FromStr for HostUrl {
    type Err = HostUrlError;

    fn from_str(text: &str) -> Result<Self, HostUrlError> {
        let text = text.trim();
        if text.contains(['?', '#']) {
            return Err(HostUrlError::Query);
        }
        let scheme = text.split_once("://").ok_or(HostUrlError::Scheme)?.0;
        let transport = match scheme.to_ascii_lowercase().as_str() {
            "http" => Transport::Plain,
            "https" => Transport::Tls,
            _ => return Err(HostUrlError::Scheme),
        };
        let uri = Uri::from_str(text).map_err(|_| HostUrlError::Malformed)?;
        let authority = uri.authority().cloned().ok_or(HostUrlError::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(HostUrlError::Credentials);
        }
        let port_is_wrong =
            authority.as_str() != authority.host() && authority.port_u16().is_none_or(|p| p == 0);
        if authority.host().is_empty() || port_is_wrong {
            return Err(HostUrlError::Malformed);
        }
        let host_header = HeaderValue::from_str(authority.as_str()).map_err(|_| HostUrlError::Malformed)?;
        Ok(Self { transport, authority, host_header, prefix: uri.path().trim_end_matches('/').to_owned() })
    }
}

impl fmt::Display for HostUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            Transport::Plain => Scheme::HTTP,
            Transport::Tls => Scheme::HTTPS,
        };
        write!(f, "{scheme}://{}{}", self.authority, self.prefix)
    }
}

impl HostUrl {
    /// Plain or TLS.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// What the `Host` header says: name and port as typed.
    pub fn host_header(&self) -> HeaderValue {
        self.host_header.clone()
    }

    /// The name or address alone, without the brackets of an IPv6 address.
    pub fn name(&self) -> &str {
        self.authority.host().trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, the scheme's own where none was typed.
    pub fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(match self.transport {
            Transport::Plain => 80,
            Transport::Tls => 443,
        })
    }

    /// The request target for a relayed path: the prefix, then the path, which is `/` where it is empty.
    /// `None` when the result is no valid request target.
    pub fn target(&self, path_and_query: &str) -> Option<PathAndQuery> {
        let slash = if path_and_query.starts_with('/') { "" } else { "/" };
        PathAndQuery::try_from(format!("{}{slash}{path_and_query}", self.prefix)).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> HostUrl {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn reads_hosts_as_people_type_them() {
        for (text, shown, name, port) in [
            ("http://localhost:8080", "http://localhost:8080", "localhost", 8080),
            ("http://localhost:8080/", "http://localhost:8080", "localhost", 8080),
            (
                " HTTPS://oddiya.example.com/api/ ",
                "https://oddiya.example.com/api",
                "oddiya.example.com",
                443,
            ),
            ("http://[::1]:8080", "http://[::1]:8080", "::1", 8080),
            ("http://10.0.0.5", "http://10.0.0.5", "10.0.0.5", 80),
        ] {
            let host = host(text);
            assert_eq!((host.to_string().as_str(), host.name(), host.port()), (shown, name, port));
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_rest() {
        use HostUrlError as E;
        for (text, error) in [
            ("localhost:8080", E::Scheme),
            ("", E::Scheme),
            ("ftp://localhost", E::Scheme),
            ("http://", E::Malformed),
            ("http://:8080", E::Malformed),
            ("http://local host", E::Malformed),
            ("http://localhost:99999", E::Malformed),
            ("http://localhost:0", E::Malformed),
            ("http://localhost:", E::Malformed),
            ("http://me:secret@localhost", E::Credentials),
            ("http://localhost/?a=1", E::Query),
            ("http://localhost/#top", E::Query),
        ] {
            assert_eq!(text.parse::<HostUrl>(), Err(error), "{text}");
        }
    }

    #[test]
    fn the_prefix_goes_before_the_path() {
        let target = |text: &str, path: &str| host(text).target(path).unwrap().to_string();
        assert_eq!(target("http://h/api/", "/plans?page=1"), "/api/plans?page=1");
        assert_eq!(target("http://h", ""), "/");
        assert_eq!(target("http://h", "?a"), "/?a");
        assert_eq!(target("http://h/api", ""), "/api/");
    }
}
