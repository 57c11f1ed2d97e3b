//! How the runner connects to a host: the flags as typed, and the options they become once checked.
//!
//! Only the runner has these: a page connects as its browser does. Nothing is opened here.

use crate::core::base::connections::Connections;
use crate::core::base::units::{Micros, parse_duration, parse_number};
use crate::core::config::connections::{Certificates, ConnectionReuse};
use crate::core::report::ConnectionSummary;
use crate::core::scenario::Reading;

/// The flags of `oddiya-load run` about connections.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Connections")]
pub struct ConnectionArgs {
    /// Give up connecting after this long: name look-up, TCP and TLS together
    #[arg(
        long,
        value_name = "TIME",
        env = "ODDIYA_LOAD_CONNECT_TIMEOUT",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub connect_timeout: String,

    /// Give up a request after this long, from sent to its last byte; event streams have two minutes
    #[arg(
        long,
        value_name = "TIME",
        env = "ODDIYA_LOAD_REQUEST_TIMEOUT",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub request_timeout: String,

    /// Who keeps a connection for the next request: per-user (each its own, as phones do), none (a new one for every
    /// request), shared (a pool, as a server that calls another has)
    #[arg(
        long,
        value_name = "POLICY",
        env = "ODDIYA_LOAD_CONNECTION_REUSE",
        default_value = "per-user",
        allow_hyphen_values = true
    )]
    pub connection_reuse: String,

    /// Speak HTTP/2 only, in the clear too; without it, TLS hosts choose between HTTP/2 and HTTP/1.1
    #[arg(long, env = "ODDIYA_LOAD_HTTP2", conflicts_with = "http1")]
    pub http2: bool,

    /// Speak HTTP/1.1 only
    #[arg(long, env = "ODDIYA_LOAD_HTTP1")]
    pub http1: bool,

    /// Believe whoever answers, without checking TLS certificates; the report says so
    #[arg(long, env = "ODDIYA_LOAD_INSECURE")]
    pub insecure: bool,

    /// Follow at most this many redirects of a request, within the host only; 0 takes the redirect as the answer
    #[arg(
        long,
        value_name = "N",
        env = "ODDIYA_LOAD_MAX_REDIRECTS",
        default_value = "30",
        allow_hyphen_values = true
    )]
    pub max_redirects: String,

    /// Look into at most this much of a response's body, unpacked; the rest is read, counted and dropped
    #[arg(
        long,
        value_name = "SIZE",
        env = "ODDIYA_LOAD_MAX_BODY",
        default_value = "16MB",
        allow_hyphen_values = true
    )]
    pub max_body: String,
}

/// How to connect, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionOptions {
    /// For name look-up, TCP and TLS together.
    pub connect_timeout: Micros,
    /// From sent to the last byte, for answers that are no event stream.
    pub request_timeout: Micros,
    /// Who keeps connections.
    pub reuse: ConnectionReuse,
    /// Which versions of HTTP may be spoken.
    pub protocols: Protocols,
    /// Whether the host must prove its name.
    pub certificates: Certificates,
    /// Redirects that are followed per request.
    pub max_redirects: u32,
    /// How many bytes of a body are looked into.
    pub max_body: u64,
}

/// Which versions of HTTP may be spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protocols {
    /// By TLS, the one that the host prefers; in the clear, HTTP/1.1.
    #[default]
    Negotiated,
    /// HTTP/1.1 only.
    Http1,
    /// HTTP/2 only; in the clear with prior knowledge (RFC 9113, §3.3).
    Http2,
}

/// One wrong flag.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionError {
    /// As it is typed.
    pub flag: &'static str,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl ConnectionArgs {
    /// Checks every flag.
    ///
    /// # Errors
    /// One for each wrong flag.
    pub fn check(&self) -> Result<ConnectionOptions, Vec<OptionError>> {
        let mut errors = Vec::new();
        let connect_timeout = keep(&mut errors, "--connect-timeout", parse_limit(&self.connect_timeout));
        let request_timeout = keep(&mut errors, "--request-timeout", parse_limit(&self.request_timeout));
        let reuse = keep(&mut errors, "--connection-reuse", parse_reuse(&self.connection_reuse));
        let max_redirects = keep(&mut errors, "--max-redirects", parse_redirects(&self.max_redirects));
        let max_body = keep(&mut errors, "--max-body", parse_size(&self.max_body));
        let options = (|| {
            Some(ConnectionOptions {
                connect_timeout: connect_timeout?,
                request_timeout: request_timeout?,
                reuse: reuse?,
                protocols: self.protocols(),
                certificates: if self.insecure { Certificates::Unchecked } else { Certificates::Checked },
                max_redirects: max_redirects?,
                max_body: max_body?,
            })
        })();
        options.ok_or(errors)
    }

    const fn protocols(&self) -> Protocols {
        match (self.http1, self.http2) {
            (true, _) => Protocols::Http1,
            (false, true) => Protocols::Http2,
            (false, false) => Protocols::Negotiated,
        }
    }
}

impl ConnectionOptions {
    /// How long a request may take from sent to its last byte.
    pub const fn time_limit(&self, reading: Reading) -> Micros {
        match reading {
            Reading::Whole => self.request_timeout,
            Reading::Events => reading.time_limit(),
        }
    }

    /// As the report says it, with nothing counted yet.
    pub fn summary(&self) -> ConnectionSummary {
        ConnectionSummary {
            reuse: self.reuse.into(),
            certificates: self.certificates.into(),
            connect_timeout_s: self.connect_timeout.as_secs_f64(),
            request_timeout_s: self.request_timeout.as_secs_f64(),
            max_redirects: self.max_redirects,
            counted: Connections::default(),
        }
    }
}

fn keep<T>(errors: &mut Vec<OptionError>, flag: &'static str, parsed: Result<T, String>) -> Option<T> {
    parsed.map_err(|problem| errors.push(OptionError { flag, problem })).ok()
}

fn parse_limit(text: &str) -> Result<Micros, String> {
    let limit = parse_duration(text).map_err(|error| error.to_string())?;
    if limit < Micros::from_millis(1) {
        Err(format!("`{text}` is too short; write 1ms or more"))
    } else {
        Ok(limit)
    }
}

fn parse_reuse(text: &str) -> Result<ConnectionReuse, String> {
    match text {
        "per-user" => Ok(ConnectionReuse::PerUser),
        "none" => Ok(ConnectionReuse::None),
        "shared" => Ok(ConnectionReuse::Shared),
        _ => Err(format!("`{text}` is no policy; write per-user, none or shared")),
    }
}

fn parse_redirects(text: &str) -> Result<u32, String> {
    let most = text.trim().parse().ok().filter(|most| *most <= 1_000);
    most.ok_or_else(|| format!("`{text}` is no number of redirects; write a whole number from 0 to 1000"))
}

/// Units of a thousand, as sizes on the wire are counted.
const UNITS: [(&str, f64); 5] = [("gb", 1e9), ("mb", 1e6), ("kb", 1e3), ("b", 1.0), ("", 1.0)];

fn parse_size(text: &str) -> Result<u64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, bytes)| Some((lower.strip_suffix(unit)?.trim_end(), *bytes)))
        .unwrap_or_default();
    let bytes = parse_number(number).map(|number| number * unit).filter(|bytes| *bytes <= 1e12);
    bytes
        .map(|bytes| bytes as u64)
        .ok_or_else(|| format!("`{text}` is no size; write bytes, or forms such as 64KB, 16MB"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        connections: ConnectionArgs,
    }

    fn check(arguments: &[&str]) -> Result<ConnectionOptions, Vec<OptionError>> {
        Typed::parse_from(std::iter::once(&"run").chain(arguments)).connections.check()
    }

    #[test]
    fn without_flags_a_user_connects_as_the_app_does() {
        let options = check(&[]).unwrap();
        let half_a_minute = Micros::from_secs(30);
        assert_eq!((options.connect_timeout, options.request_timeout), (half_a_minute, half_a_minute));
        assert_eq!((options.reuse, options.protocols), (ConnectionReuse::PerUser, Protocols::Negotiated));
        assert_eq!((options.certificates, options.max_redirects), (Certificates::Checked, 30));
        assert_eq!(options.max_body, 16_000_000);
    }

    #[test]
    fn the_request_timeout_is_not_that_of_event_streams() {
        let options = check(&["--request-timeout", "2s"]).unwrap();
        assert_eq!(options.time_limit(Reading::Whole), Micros::from_secs(2));
        assert_eq!(options.time_limit(Reading::Events), Micros::from_secs(120));
    }

    #[test]
    fn each_wrong_flag_is_named_with_what_would_be_right() {
        for (flag, typed, right) in [
            ("--connect-timeout", "0", "write 1ms or more"),
            ("--request-timeout", "x", "is not a duration"),
            ("--connection-reuse", "all", "write per-user, none or shared"),
            ("--max-redirects", "-1", "write a whole number from 0 to 1000"),
            ("--max-body", "many", "write bytes, or forms such as 64KB, 16MB"),
        ] {
            let errors = check(&[flag, typed]).unwrap_err();
            assert_eq!((errors.len(), errors[0].flag), (1, flag));
            assert!(errors[0].problem.contains(right), "{:?}", errors[0]);
        }
    }

    #[test]
    fn sizes_read_as_people_write_them() {
        for (text, bytes) in
            [("0", 0), ("100", 100), ("64KB", 64_000), ("1.5 mb", 1_500_000), ("2GB", 2_000_000_000)]
        {
            assert_eq!(parse_size(text), Ok(bytes));
        }
        assert!(parse_size("").is_err() && parse_size("-1").is_err() && parse_size("MB").is_err());
    }
}
