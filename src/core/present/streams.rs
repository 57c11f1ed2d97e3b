//! The rows of the table of event streams, which page and terminal share: one for each milestone that was reached.
//!
//! This file alone decides which milestones are shown and what they are called.

use crate::core::base::event_kind::EventKind;
use crate::core::base::histogram::Figures;
use crate::core::report::{Distribution, Report};

/// One milestone, such as the first event, over all streams of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Milestone<'a> {
    pub method: &'a str,
    pub name: &'a str,
    /// The milestone's own name, for people.
    pub label: &'static str,
    /// The name of its field in the report, below `stream_ms`.
    pub field: &'static str,
    /// The times in milliseconds, counted from request sent. The largest gap is counted from the event before it.
    pub figures: Figures,
}

/// All milestones of a report, in the order in which a stream reaches them. The largest gap comes last.
pub fn milestones(report: &Report) -> Vec<Milestone<'_>> {
    let mut rows = Vec::new();
    for entry in &report.requests {
        let Some(streams) = &entry.stream_ms else { continue };
        let mut add = |field, label, distribution: Option<&Distribution>| {
            let figures = distribution.map(|distribution| distribution.figures);
            let row = |figures| Milestone { method: &entry.method, name: &entry.name, label, field, figures };
            rows.extend(figures.map(row));
        };
        add("first_event", "first event", streams.first_event.as_ref());
        for kind in STEPS {
            add(kind.label(), label_of(kind), streams.by_type.get(&kind));
        }
        add("complete", "complete, with a plan", streams.complete.as_ref());
        add("done", "done", streams.done.as_ref());
        add("largest_gap", "largest gap between events", streams.largest_gap.as_ref());
    }
    rows
}

/// The event types that get a row each, after the milestones that every stream should reach.
const STEPS: [EventKind; 5] =
    [EventKind::Status, EventKind::Progress, EventKind::Chunk, EventKind::Error, EventKind::Other];

const fn label_of(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Status => "first status",
        EventKind::Progress => "first progress",
        EventKind::Chunk => "first chunk",
        EventKind::Error => "error",
        EventKind::Other => "first of another type",
        EventKind::Complete => "complete",
        EventKind::Done => "done",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::histogram::Histogram;
    use crate::core::base::units::Micros;
    use crate::core::present::text;
    use crate::core::report::{Detail, Report, StreamFigures, read};

    fn report() -> Report {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        let at = |millis| {
            let mut histogram = Histogram::new();
            histogram.record(Micros::from_millis(millis));
            Distribution::of(&histogram, Detail::Full)
        };
        let by_type = [(EventKind::Status, at(30)), (EventKind::Error, at(800))];
        let by_type = by_type.into_iter().filter_map(|(kind, figures)| Some((kind, figures?)));
        let entry = report.requests.first_mut().unwrap();
        entry.stream_events = Some(3);
        entry.stream_ms = Some(StreamFigures {
            first_event: at(30),
            largest_gap: at(400),
            complete: None,
            done: at(900),
            by_type: by_type.collect(),
        });
        report
    }

    #[test]
    fn only_milestones_that_were_reached_have_a_row() {
        let report = report();
        let rows: Vec<_> =
            milestones(&report).iter().map(|row| (row.field, row.figures.p50.unwrap())).collect();
        assert_eq!(
            rows,
            [
                ("first_event", 30.0),
                ("status", 30.0),
                ("error", 800.0),
                ("done", 900.0),
                ("largest_gap", 400.0)
            ]
        );
    }

    #[test]
    fn a_report_with_streams_reads_back_and_prints_a_table() {
        let report = report();
        let json = report.to_json();
        assert_eq!(read::read(json.as_bytes()).unwrap().to_json(), json);
        assert!(json.contains("\"stream_ms\"") && json.contains("\"largest_gap\""));
        let text = text::summary(&report);
        let (_, table) = text.split_once("Streams").unwrap();
        assert!(table.contains("largest gap between events"), "{table}");
        let without = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        assert!(!text::summary(&without).contains("Streams"));
    }
}
