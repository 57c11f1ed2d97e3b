//! The connections to the host, described in one line.

use crate::core::base::connections::Connections;
use crate::core::base::units::group_thousands;
use crate::core::report::ConnectionSummary;

/// Describes the connections: `50 opened (HTTP/1.1), 1 950 requests on kept ones, 2 reconnects`.
pub fn connection_line(summary: &ConnectionSummary) -> String {
    let Connections { opened, http2, tls_1_2, tls_1_3, reused, reconnects, resent } = summary.counted;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::connections::{Certificates, ConnectionReuse};

    fn summary(counted: Connections) -> ConnectionSummary {
        ConnectionSummary {
            reuse: ConnectionReuse::PerUser,
            certificates: Certificates::Checked,
            connect_timeout_s: 30.0,
            request_timeout_s: 30.0,
            max_redirects: 30,
            cookies: None,
            counted,
        }
    }

    #[test]
    fn one_line_says_what_was_opened_kept_and_lost() {
        let counted = Connections { opened: 1_050, reused: 20_000, reconnects: 2, ..Connections::default() };
        assert_eq!(
            connection_line(&summary(counted)),
            "1\u{202f}050 opened (HTTP/1.1), 20\u{202f}000 requests on kept ones, 2 reconnects"
        );
        let counted = Connections { http2: 1_050, tls_1_3: 1_050, resent: 1, ..counted };
        let line = connection_line(&summary(counted));
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
