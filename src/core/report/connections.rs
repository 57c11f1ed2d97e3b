//! How the host was connected to: the policy, what was counted of it, and what a reader must be warned of.
//!
//! Data and words only; the connecting itself is the runner's.

use serde::{Deserialize, Serialize};

use crate::core::base::units::group_thousands;
use crate::core::base::words::words;
use crate::core::http::exchange::Connections;

/// Who keeps a connection for the next request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionReuse {
    /// Each user its own, as each phone does.
    #[default]
    PerUser,
    /// Nobody: every request opens a connection.
    None,
    /// A pool for all users of a shard, as a server that calls another does.
    Shared,
}

words!(ConnectionReuse { PerUser = "per_user", None = "none", Shared = "shared" });

/// Whether the host had to prove its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Certificates {
    /// By a certificate that the system's roots vouch for.
    #[default]
    Checked,
    /// Not at all (`--insecure`): whoever answered was believed.
    Unchecked,
}

words!(Certificates { Checked = "checked", Unchecked = "unchecked" });

/// How the host was connected to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectionSummary {
    /// Who kept connections.
    pub reuse: ConnectionReuse,
    /// Whether certificates were checked; without TLS there are none.
    pub certificates: Certificates,
    /// How long connecting could take, in seconds: name look-up, TCP and TLS together.
    pub connect_timeout_s: f64,
    /// How long a request could take, in seconds, from sent to its last byte.
    pub request_timeout_s: f64,
    /// How many redirects were followed at most.
    pub max_redirects: u32,
    /// What was counted.
    pub counted: Connections,
}

impl ConnectionSummary {
    /// The same with other counts.
    pub const fn with(mut self, counted: &Connections) -> Self {
        self.counted = *counted;
        self
    }

    /// One line for people: `50 opened (HTTP/1.1), 1 950 requests on kept ones, 2 reconnects`.
    pub fn line(&self) -> String {
        let Connections { opened, http2, tls_1_2, tls_1_3, reused, reconnects, resent } = self.counted;
        let mut kinds: Vec<&str> = Vec::new();
        let mut name = |count: u64, label| kinds.extend((count > 0).then_some(label));
        name(opened.saturating_sub(http2), "HTTP/1.1");
        name(http2, "HTTP/2");
        name(tls_1_2, "TLS 1.2");
        name(tls_1_3, "TLS 1.3");
        let kinds = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        let mut line = format!(
            "{} opened{kinds}, {} requests on kept ones, {} reconnects",
            group_thousands(opened),
            group_thousands(reused),
            group_thousands(reconnects)
        );
        if resent > 0 {
            line += &format!(", {} requests sent again", group_thousands(resent));
        }
        line
    }
}

/// What a reader must know when nobody checked certificates.
pub const UNCHECKED_NOTE: &str =
    "CERTIFICATES WERE NOT CHECKED (--insecure): anybody could have answered in the host's place.";

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(counted: Connections) -> ConnectionSummary {
        ConnectionSummary {
            reuse: ConnectionReuse::PerUser,
            certificates: Certificates::Checked,
            connect_timeout_s: 30.0,
            request_timeout_s: 30.0,
            max_redirects: 30,
            counted,
        }
    }

    #[test]
    fn one_line_says_what_was_opened_kept_and_lost() {
        let counted = Connections { opened: 1_050, reused: 20_000, reconnects: 2, ..Connections::default() };
        assert_eq!(
            summary(counted).line(),
            "1\u{202f}050 opened (HTTP/1.1), 20\u{202f}000 requests on kept ones, 2 reconnects"
        );
        let counted = Connections { http2: 1_050, tls_1_3: 1_050, resent: 1, ..counted };
        let line = summary(counted).line();
        assert!(
            line.contains("opened (HTTP/2, TLS 1.3), ") && line.ends_with(", 1 requests sent again"),
            "{line}"
        );
    }

    #[test]
    fn a_summary_reads_back_as_it_was_written() {
        let summary = summary(Connections { opened: 3, ..Connections::default() });
        let text = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<ConnectionSummary>(&text).unwrap(), summary);
    }
}
