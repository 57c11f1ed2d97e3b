//! The rows of the table of phases, for page and terminal alike: where a request's time goes, all names together.
//!
//! Which phases there are and what they are called is decided here, once.

use super::{Distribution, Report};
use crate::core::histogram::Figures;

/// One phase of the run's requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phase {
    /// What it is called.
    pub label: &'static str,
    /// The report's field below `total`.
    pub field: &'static str,
    /// In milliseconds; of the requests that went through it.
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
