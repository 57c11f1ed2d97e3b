//! Whether the generator could be trusted, as a report tells.

use std::cmp::Reverse;

use crate::core::report::{Report, SuspectReason};

/// The three answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The generator was watched, and no second is marked.
    Clean,
    /// Some seconds are marked.
    Suspect {
        seconds: u64,
        /// How many seconds for which reason, the most frequent first.
        reasons: Vec<(SuspectReason, u64)>,
    },
    /// Nobody watched the generator: the figures may be right, or its own.
    NotKnown,
}

/// Judges the generator by what a report says of it.
pub fn trust(report: &Report) -> Trust {
    match report.health.suspect_seconds {
        None => Trust::NotKnown,
        Some(0) => Trust::Clean,
        Some(seconds) => {
            let mut reasons: Vec<_> = report.health.reasons.iter().map(|(reason, n)| (*reason, *n)).collect();
            // Reasons of as many seconds stay in the order of the map.
            reasons.sort_by_key(|(_, n)| Reverse(*n));
            Trust::Suspect { seconds, reasons }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::{Health, read};

    #[test]
    fn a_report_without_health_data_is_not_praised() {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        assert_eq!(trust(&report), Trust::Clean);
        report.health.suspect_seconds = Some(3);
        report.health.reasons = [(SuspectReason::Late, 1), (SuspectReason::Hidden, 3)].into();
        let reasons = vec![(SuspectReason::Hidden, 3), (SuspectReason::Late, 1)];
        assert_eq!(trust(&report), Trust::Suspect { seconds: 3, reasons });
        report.health = Health::default();
        assert_eq!(trust(&report), Trust::NotKnown);
    }
}
