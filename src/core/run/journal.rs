//! The journal of a run: what is written each second, so that a crash loses the last second and not the run.
//!
//! This file defines what is written and rebuilds a report from it; the platform stores it. A journal only grows, and
//! each record can be read alone, so everything written before a crash can be read after it.

use serde::{Deserialize, Serialize};

use super::coordinator::Coordinator;
use super::record::Record;
use crate::core::base::units::Micros;
use crate::core::config::run_config::{RunConfig, RunConfigText};
use crate::core::report::{Generator, Note, Report};

/// What is known when a run starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The run as typed, with its seed filled in.
    pub text: RunConfigText,
    /// The run as checked, without what its users send: a scenario of one's own may be gone when the report is rebuilt.
    /// `None` where an older program wrote the header, which knew only the scenario inside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<Box<RunConfig>>,
    pub generator: Generator,
    /// RFC 3339 in UTC.
    pub started_at: String,
}

impl Header {
    /// Reads a header; `None` when it is damaged, or has a scenario or options that this program does not know.
    pub fn read(text: &str) -> Option<Self> {
        let header: Self = serde_json::from_str(text).ok()?;
        header.checked()?;
        Some(header)
    }

    /// The run as checked; `None` when this program does not know its scenario or options.
    fn checked(&self) -> Option<RunConfig> {
        self.config.as_deref().cloned().or_else(|| self.text.check(0).ok())
    }
}

/// How far a journal goes, as far as one of its records tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The record tells of the run up to this moment.
    Until(Micros),
    /// The record tells of the start, before anything was measured.
    Start,
    /// The record cannot be read.
    Unreadable,
}

impl Extent {
    /// How far a record goes.
    pub fn of(record: &str) -> Self {
        match serde_json::from_str::<Record>(record).map(|record| record.reaches()) {
            Ok(Micros::ZERO) => Self::Start,
            Ok(moment) => Self::Until(moment),
            Err(_) => Self::Unreadable,
        }
    }
}

/// The report of a run that was cut off, from the texts of its records; `None` when this program does not know the
/// header's scenario or options. A record that cannot be read costs what is in it, and the report says how many did.
pub fn rebuild<'a>(header: Header, records: impl IntoIterator<Item = &'a str>) -> Option<Report> {
    let config = header.checked()?;
    let mut run = Coordinator::new(&config, header.generator, header.started_at);
    let records: Vec<_> = records.into_iter().map(|text| serde_json::from_str::<Record>(text).ok()).collect();
    let unreadable = records.iter().filter(|record| record.is_none()).count();
    if unreadable > 0 {
        // Noted first, because it explains the seconds that are missing.
        run.note(Note::RecordsUnreadable { records: unreadable as u64, of_records: records.len() as u64 });
    }
    let mut end = Micros::ZERO;
    for record in records.into_iter().flatten() {
        end = end.max(record.reaches());
        run.on_record(record);
    }
    run.break_off(end);
    Some(run.final_report())
}

#[cfg(test)]
mod tests {
    use futures_channel::mpsc;

    use super::*;
    use crate::core::config::load::{LoadChange, Share};
    use crate::core::http::request::Request;
    use crate::core::report::{Calibration, GeneratorKind, StopReason, read};
    use crate::core::run::assignment::{Assignment, Control};
    use crate::core::run::recorder::Snapshot;
    use crate::core::run::sim::{self, Reply};

    fn header() -> Header {
        let text = RunConfigText {
            users: "5".into(),
            run_time: "10s".into(),
            seed: "3".into(),
            ..RunConfigText::default()
        };
        let generator = Generator {
            shards: Some(1),
            notes: vec![Note::RecoveryOff],
            ..Generator::own(GeneratorKind::Sim)
        };
        Header { text, config: None, generator, started_at: "2026-01-01T00:00:00Z".to_owned() }
    }

    fn snapshots() -> Vec<Snapshot> {
        let config = header().text.check(0).unwrap();
        let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let answer =
            |_: u32, _: Micros, _: &Request| Reply { after: Micros(7_000), bytes: 1, ..Reply::default() };
        sim::run(assignment, controls, answer).0
    }

    fn written(record: &Record) -> String {
        serde_json::to_string(record).unwrap()
    }

    fn seconds(count: usize) -> Vec<String> {
        snapshots().into_iter().take(count).map(|s| written(&Record::Second(Box::new(s)))).collect()
    }

    fn rebuilt(records: &[String]) -> Report {
        rebuild(header(), records.iter().map(String::as_str)).unwrap()
    }

    #[test]
    fn the_report_of_a_run_that_was_cut_off_has_every_second_that_was_written() {
        let first: Vec<_> = snapshots().into_iter().take(6).collect();
        let ended: u64 = first.iter().flat_map(|s| &s.tallies).map(|(_, tally)| tally.completed()).sum();
        let mut records = seconds(6);
        records.push(written(&Record::Changed {
            at: Micros::from_millis(5_500),
            to: LoadChange::Users { users: 9, spawn_rate: 2.0 },
        }));
        let header = Header::read(&serde_json::to_string(&header()).unwrap()).unwrap();
        let report = rebuild(header, records.iter().map(String::as_str)).unwrap();
        assert_eq!(report.timeline.iter().map(|row| row.second).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        assert!(ended > 0);
        assert_eq!(report.total.requests, ended);
        assert_eq!((report.run.stopped_by, report.run.duration_s), (Some(StopReason::Unfinished), 6.0));
        assert_eq!((report.run.seed, report.run.changes.len()), (Some(3), 1));
        assert_eq!(report.generator.notes, [Note::RecoveryOff]);
        let json = report.to_json();
        assert_eq!(read::read(json.as_bytes()).unwrap().to_json(), json);
    }

    #[test]
    fn a_configuration_that_this_program_does_not_understand_gives_no_report() {
        let mut header = header();
        header.text.classes = "Gone".to_owned();
        assert!(Header::read(&serde_json::to_string(&header).unwrap()).is_none());
        assert!(Header::read("{").is_none());
        assert!(rebuild(header, []).is_none());
    }

    #[test]
    fn a_run_of_a_scenario_that_is_gone_is_rebuilt_from_its_header() {
        let mut config = header().text.check(0).unwrap();
        config.scenario.name = "my own".to_owned();
        config.scenario = config.scenario.bare();
        let text = RunConfigText { classes: "Unknown".into(), ..header().text };
        let header = Header { text, config: Some(Box::new(config)), ..header() };
        let written = serde_json::to_string(&header).unwrap();
        let records = seconds(3);
        let report = rebuild(Header::read(&written).unwrap(), records.iter().map(String::as_str)).unwrap();
        let known = rebuilt(&records);
        assert_eq!(report.run.scenario.as_deref(), Some("my own"));
        assert_eq!(
            (report.total.requests, report.requests.len()),
            (known.total.requests, known.requests.len())
        );
    }

    #[test]
    fn records_that_cannot_be_read_cost_their_seconds_and_are_counted() {
        let whole = seconds(6);
        let mut damaged = whole.clone();
        damaged[5].truncate(40);
        damaged[2] = "{}".to_owned();
        let (report, of_four) = (rebuilt(&damaged), [0, 1, 3, 4].map(|i| whole[i].clone()));
        assert_eq!(report.timeline.iter().map(|row| row.second).collect::<Vec<_>>(), [0, 1, 3, 4]);
        assert_eq!(report.total.requests, rebuilt(&of_four).total.requests);
        assert_eq!(report.run.duration_s, 5.0);
        assert_eq!(
            report.generator.notes.last(),
            Some(&Note::RecordsUnreadable { records: 2, of_records: 6 })
        );
        assert_eq!(report.health.suspect_seconds, Some(0), "nothing slept");
        assert_eq!(rebuilt(&whole).generator.notes, [Note::RecoveryOff]);
    }

    #[test]
    fn a_record_tells_how_far_the_journal_goes() {
        let calibration = Calibration { floor_p50_ms: 1.0, floor_p99_ms: 2.0, ceiling_rps: 500.0 };
        assert_eq!(Extent::of(&written(&Record::Calibrated(calibration))), Extent::Start);
        let records = seconds(3);
        assert_eq!(Extent::of(&records[2]), Extent::Until(Micros::from_secs(3)));
        assert_eq!(Extent::of(&records[2][..30]), Extent::Unreadable);
    }
}
