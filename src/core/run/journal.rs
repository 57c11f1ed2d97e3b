//! The journal of a run: what is written each second, so that a crash loses the last second and not the run.
//!
//! This file defines what is written and rebuilds a report from it; the platform stores it. A journal only grows, and
//! each record can be read alone, so everything written before a crash can be read after it.

use serde::{Deserialize, Serialize};

use super::coordinator::Coordinator;
use super::record::Record;
use crate::core::base::units::Micros;
use crate::core::config::run_config::RunConfigText;
use crate::core::report::{Generator, Report};

/// What is known when a run starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Header {
    /// The run as typed, with its seed filled in.
    pub text: RunConfigText,
    pub generator: Generator,
    /// RFC 3339 in UTC.
    pub started_at: String,
}

/// The report of a run that was cut off; `None` when this program does not know the header's scenario or options.
pub fn rebuild(header: Header, records: impl IntoIterator<Item = Record>) -> Option<Report> {
    let config = header.text.check(0).ok()?;
    let mut run = Coordinator::new(&config, header.generator, header.started_at);
    let mut end = Micros::ZERO;
    for record in records {
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
    use crate::core::report::{GeneratorKind, Note, StopReason, read};
    use crate::core::run::recorder::Snapshot;
    use crate::core::run::shard::{Assignment, Control};
    use crate::core::run::sim::{self, Reply};
    use crate::core::scenario::Request;

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
        Header { text, generator, started_at: "2026-01-01T00:00:00Z".to_owned() }
    }

    fn snapshots() -> Vec<Snapshot> {
        let config = header().text.check(0).unwrap();
        let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let answer =
            |_: u32, _: Micros, _: &Request| Reply { after: Micros(7_000), outcome: Ok(200), bytes: 1 };
        sim::run(assignment, controls, answer).0
    }

    /// A record after it was written and read again.
    fn written_and_read(record: &Record) -> Record {
        serde_json::from_str(&serde_json::to_string(record).unwrap()).unwrap()
    }

    #[test]
    fn the_report_of_a_run_that_was_cut_off_has_every_second_that_was_written() {
        let first: Vec<_> = snapshots().into_iter().take(6).collect();
        let ended: u64 = first.iter().flat_map(|s| &s.tallies).map(|(_, tally)| tally.completed()).sum();
        let mut records: Vec<_> =
            first.into_iter().map(|s| written_and_read(&Record::Second(Box::new(s)))).collect();
        records.push(written_and_read(&Record::Changed {
            at: Micros::from_millis(5_500),
            to: LoadChange::Users { users: 9, spawn_rate: 2.0 },
        }));
        let header: Header = serde_json::from_str(&serde_json::to_string(&header()).unwrap()).unwrap();
        let report = rebuild(header, records).unwrap();
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
        assert!(rebuild(header, []).is_none());
    }
}
