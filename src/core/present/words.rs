//! Sentences about a report that page and terminal share, and the name of its file.

use crate::core::analyse::trust::{Trust, trust};
use crate::core::base::units::format_millis;
use crate::core::report::{Distribution, Report};

/// The text for a figure that is not known. Such a figure is never shown as zero.
pub const NO_DATA: &str = "–";

/// Formats milliseconds; a dash when there are none.
pub fn millis_or_dash(millis: Option<f64>) -> String {
    millis.map_or_else(|| NO_DATA.to_owned(), format_millis)
}

/// Says how many seconds are suspect and why: `3 of 20 seconds are suspect: the page was hidden (3 s).` `None` when no
/// second is suspect.
pub fn suspect_sentence(report: &Report) -> Option<String> {
    let Trust::Suspect { seconds, reasons } = trust(report) else { return None };
    let reasons: Vec<_> = reasons.iter().map(|(reason, n)| format!("{} ({n} s)", reason.label())).collect();
    let of = report.timeline.len();
    let noun = if of == 1 { "second is" } else { "seconds are" };
    Some(format!("{seconds} of {of} {noun} suspect: {}.", reasons.join(", ")))
}

/// Says how late users started and how long requests queued in the generator.
pub fn delays(report: &Report) -> String {
    let p99 = |family: Option<&Distribution>| {
        family.and_then(|family| Some(format!("{}\u{202f}ms", format_millis(family.figures.p99?))))
    };
    let late = match p99(report.health.lateness_ms.as_ref()) {
        Some(late) => format!("Users started late by {late} at p99"),
        None => "How late users started is not known".to_owned(),
    };
    match p99(report.total.queue_ms.as_ref()) {
        Some(queue) => format!("{late}; requests queued in the generator for {queue} at p99."),
        None => format!("{late}; how long requests queued in the generator is not known."),
    }
}

/// The name under which a report is saved: `oddiya-load-2026-11-23T14-05-00Z.json`.
pub fn file_name(report: &Report) -> String {
    format!("{}.json", file_stem(report))
}

/// The beginning of the name of every file that is made of a report: `oddiya-load-2026-11-23T14-05-00Z`.
pub fn file_stem(report: &Report) -> String {
    let started_at = report.run.started_at.as_deref().unwrap_or_default();
    let moment: String = started_at.split('.').next().unwrap_or_default().replace(':', "-");
    let safe: String = moment.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(24).collect();
    let zone = if safe.is_empty() || safe.ends_with('Z') { "" } else { "Z" };
    if safe.is_empty() { "oddiya-load".to_owned() } else { format!("oddiya-load-{safe}{zone}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::{SuspectReason, read};

    fn report() -> Report {
        read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap()
    }

    #[test]
    fn suspect_seconds_are_counted_with_their_reasons() {
        let mut report = report();
        assert_eq!(suspect_sentence(&report), None);
        report.health.suspect_seconds = Some(3);
        report.health.reasons = [(SuspectReason::Late, 1), (SuspectReason::Hidden, 3)].into();
        let words = "3 of 20 seconds are suspect: the page was hidden (3 s), users started late (1 s).";
        assert_eq!(suspect_sentence(&report).as_deref(), Some(words));
    }

    #[test]
    fn the_file_name_holds_the_start_and_nothing_else_from_the_report() {
        let mut report = report();
        let mut name = |started_at: &str| {
            report.run.started_at = Some(started_at.to_owned());
            file_name(&report)
        };
        assert_eq!(name("2026-11-23T14:05:00Z"), "oddiya-load-2026-11-23T14-05-00Z.json");
        assert_eq!(name("2026-11-23T14:05:00.123Z"), "oddiya-load-2026-11-23T14-05-00Z.json");
        assert_eq!(name("../../etc"), "oddiya-load.json");
        assert_eq!(name(""), "oddiya-load.json");
    }
}
