//! Decides from a report whether the generator could be trusted. The words for it are in `core::present`.

use std::cmp::Reverse;

use crate::core::report::{Report, SuspectReason};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The generator was watched, and no second is suspect.
    Clean,
    /// Some seconds are suspect.
    Suspect {
        seconds: u64,
        /// The reasons with the number of seconds that each one marked, the most frequent first.
        reasons: Vec<(SuspectReason, u64)>,
    },
    /// The generator was not watched. The figures may show the host, or only how slow the generator was.
    NotKnown,
}

pub fn trust(report: &Report) -> Trust {
    match report.health.suspect_seconds {
        None => Trust::NotKnown,
        Some(0) => Trust::Clean,
        Some(seconds) => {
            let mut reasons: Vec<_> = report.health.reasons.iter().map(|(reason, n)| (*reason, *n)).collect();
            // The sort is stable: reasons with equal numbers of seconds stay in the order of the map.
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
    fn without_health_data_it_is_not_known_whether_a_generator_can_be_trusted() {
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
