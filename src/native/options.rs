//! The flags of `oddiya-load run` about connections, and the options of the HTTP client that they become once checked.
//!
//! Only the runner has these flags, because a page connects as its browser does. Opens no connection.

use crate::core::base::connections::Connections;
use crate::core::base::host::Host;
use crate::core::base::typed::whole_number;
use crate::core::base::units::{Micros, parse_duration, parse_number};
use crate::core::config::connections::{Certificates, ConnectionReuse, Cookies};
use crate::core::report::ConnectionSummary;
use crate::net::dial::Dialer;
use crate::net::options::{ClientOptions, DialOptions, Protocols};
use crate::net::tls::TlsError;

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

    /// Accept any TLS certificate without checking it; the report says so
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

    /// Read the events of at most this much of an event stream, counted after unpacking; the rest is counted and dropped
    #[arg(
        long,
        value_name = "SIZE",
        env = "ODDIYA_LOAD_MAX_BODY",
        default_value = "16MB",
        allow_hyphen_values = true
    )]
    pub max_body: String,

    /// Send no cookie back; without it, each user keeps the cookies that the host sets, as the app does
    #[arg(long, env = "ODDIYA_LOAD_NO_COOKIES")]
    pub no_cookies: bool,
}

/// A wrong value of a flag.
#[derive(Debug, PartialEq, Eq)]
pub struct OptionError {
    /// The flag as it is typed.
    pub flag: &'static str,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl ConnectionArgs {
    /// Checks every flag, and names each one that is wrong.
    pub fn check(&self) -> Result<ClientOptions, Vec<OptionError>> {
        let mut errors = Vec::new();
        let connect_timeout = keep(&mut errors, "--connect-timeout", parse_limit(&self.connect_timeout));
        let request_timeout = keep(&mut errors, "--request-timeout", parse_limit(&self.request_timeout));
        let reuse = keep(&mut errors, "--connection-reuse", parse_reuse(&self.connection_reuse));
        let max_redirects = keep(&mut errors, "--max-redirects", parse_redirects(&self.max_redirects));
        let max_body = keep(&mut errors, "--max-body", parse_size(&self.max_body));
        let options = (|| {
            let dial = DialOptions {
                connect_timeout: connect_timeout?,
                protocols: self.protocols(),
                certificates: if self.insecure { Certificates::Unchecked } else { Certificates::Checked },
            };
            Some(ClientOptions {
                dial,
                request_timeout: request_timeout?,
                reuse: reuse?,
                max_redirects: max_redirects?,
                max_body: max_body?,
                cookies: if self.no_cookies { Cookies::Ignored } else { Cookies::Kept },
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

/// How the run connects, as the report says it, with nothing counted yet.
pub fn connection_summary(options: &ClientOptions) -> ConnectionSummary {
    ConnectionSummary {
        reuse: options.reuse.into(),
        certificates: options.dial.certificates.into(),
        connect_timeout_s: options.dial.connect_timeout.as_secs_f64(),
        request_timeout_s: options.request_timeout.as_secs_f64(),
        max_redirects: options.max_redirects,
        cookies: Some(options.cookies.into()),
        counted: Connections::default(),
    }
}

/// A dialer for the host. Its error names the flag that loads the host all the same.
pub fn dialer(host: Host, options: DialOptions) -> anyhow::Result<Dialer> {
    Dialer::new(host, options).map_err(|error| match error {
        TlsError::NoRoots => anyhow::anyhow!("{error}, or load the host unchecked: --insecure"),
        TlsError::Settings(_) => error.into(),
    })
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
    whole_number(text, "number of redirects", 0..=1_000)
}

/// Each unit is a thousand of the one below it, as sizes on the wire are counted.
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
        .ok_or_else(|| format!("`{text}` is no size; write bytes up to 1000GB, or forms such as 64KB, 16MB"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::core::scenario::Reading;

    #[derive(clap::Parser)]
    struct Typed {
        #[command(flatten)]
        connections: ConnectionArgs,
    }

    fn check(arguments: &[&str]) -> Result<ClientOptions, Vec<OptionError>> {
        Typed::parse_from(std::iter::once(&"run").chain(arguments)).connections.check()
    }

    #[test]
    fn without_flags_a_user_connects_as_the_app_does() {
        let options = check(&[]).unwrap();
        let half_a_minute = Micros::from_secs(30);
        assert_eq!((options.dial.connect_timeout, options.request_timeout), (half_a_minute, half_a_minute));
        assert_eq!(
            (options.reuse, options.dial.protocols),
            (ConnectionReuse::PerUser, Protocols::Negotiated)
        );
        assert_eq!((options.dial.certificates, options.max_redirects), (Certificates::Checked, 30));
        assert_eq!((options.max_body, options.cookies), (16_000_000, Cookies::Kept));
        assert_eq!(check(&["--no-cookies"]).unwrap().cookies, Cookies::Ignored);
    }

    #[test]
    fn event_streams_have_a_time_limit_of_their_own() {
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
            ("--max-body", "many", "write bytes up to 1000GB, or forms such as 64KB, 16MB"),
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
