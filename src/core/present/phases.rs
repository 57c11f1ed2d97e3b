//! The rows of the table of phases, which page and terminal share: how the time of a request is divided
//! into phases, over all names.
//!
//! This file alone decides which phases are shown and what they are called.

use crate::core::base::histogram::Figures;
use crate::core::report::{Distribution, Report};

/// One phase, such as name look-up, over all requests of the run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    pub label: &'static str,
    /// The name of its field in the report, below `total`.
    pub field: &'static str,
    /// The durations in milliseconds, over the requests that went through the phase.
    pub figures: Figures,
}

/// The phases that were measured, in the order in which a request goes through them.
pub fn phases(report: &Report) -> Vec<Phase> {
    let total = &report.total;
    let all: [(_, _, &Option<Distribution>); 5] = [
        ("name look-up", "dns_ms", &total.dns_ms),
        ("TCP connection", "connect_ms", &total.connect_ms),
        ("TLS handshake", "tls_ms", &total.tls_ms),
        ("sent to first byte", "ttfb_ms", &total.ttfb_ms),
        ("first to last byte", "download_ms", &total.download_ms),
    ];
    let measured = all
        .into_iter()
        .filter_map(|(label, field, family)| Some(Phase { label, field, figures: family.as_ref()?.figures }));
    measured.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::present::text;
    use crate::core::report::read;

    #[test]
    fn only_phases_that_were_measured_have_a_row_and_old_reports_have_fewer() {
        let report = include_str!("../../../tests/fixtures/reports/v1/sim.json");
        let fields = |text: &str| {
            let report = read::read(text.as_bytes()).unwrap();
            phases(&report).iter().map(|phase| phase.field).collect::<Vec<_>>()
        };
        assert_eq!(fields(report), ["ttfb_ms", "download_ms"]);
        assert_eq!(fields(&report.replace("download_ms", "unknown_ms")), ["ttfb_ms"]);
        assert!(text::summary(&read::read(report.as_bytes()).unwrap()).contains("first to last byte"));
    }
}
