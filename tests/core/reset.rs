//! Tests of statistics that are set back in mid-run: what is counted from then on, and that all counts still add up.

use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::report::{Detail, Note, Report, read};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::journal::{Header, rebuild};
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::recorder::Snapshot;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::{generator, posted, steady};

const STARTED_AT: &str = "2026-01-01T00:00:00Z";

/// Ten users; the last one starts after 4.5 seconds.
fn text() -> RunConfigText {
    RunConfigText {
        users: "10".to_owned(),
        spawn_rate: "2".to_owned(),
        run_time: "20s".to_owned(),
        think_time: "100ms..400ms".to_owned(),
        seed: "7".to_owned(),
        ..RunConfigText::default()
    }
}

fn started(config: &RunConfig, shards: u32) -> (Coordinator, Vec<Snapshot>, Micros) {
    let (snapshots, stopped) = posted(config, shards, steady(Micros::from_millis(700)));
    (Coordinator::new(config, generator(shards), STARTED_AT.to_owned()), snapshots, stopped)
}

fn second(snapshot: &Snapshot) -> Record {
    Record::Second(Box::new(snapshot.clone()))
}

/// Requests that were sent and requests that ended, in the seconds that `counts`.
fn counted(snapshots: &[Snapshot], counts: impl Fn(u64) -> bool) -> (u64, u64) {
    let seconds = snapshots.iter().filter(|snapshot| counts(snapshot.second));
    seconds
        .flat_map(|snapshot| &snapshot.tallies)
        .fold((0, 0), |(sent, ended), (_, tally)| (sent + tally.sent, ended + tally.completed()))
}

/// The figures of the report's note about its reset.
fn reset_of(report: &Report) -> (f64, u64, u64) {
    let reset = report.generator.notes.iter().find_map(|note| match note {
        Note::StatisticsReset { at_s, requests_before, in_flight } => {
            Some((*at_s, *requests_before, *in_flight))
        }
        _ => None,
    });
    reset.unwrap()
}

#[test]
fn after_the_ramp_a_report_counts_what_ends_after_it_on_any_number_of_shards() {
    let config = text().check(0).unwrap();
    for shards in 1..=3 {
        let (mut run, snapshots, stopped) = started(&config, shards);
        run.reset_after(config.load.ramp_end());
        snapshots.iter().for_each(|snapshot| run.on_record(second(snapshot)));
        run.finish(stopped, stopped);
        let report = run.final_report();

        let (sent_before, ended_before) = counted(&snapshots, |second| second < 5);
        let (sent, ended) = counted(&snapshots, |second| second >= 5);
        assert_eq!(reset_of(&report), (5.0, ended_before, sent_before - ended_before), "{shards} shards");
        assert!(ended_before > 0 && sent_before > ended_before);
        assert_eq!((report.total.sent, report.total.requests), (Some(sent), ended));
        assert_eq!(report.total.in_flight_at_end, Some(0));
        let in_flight: u64 = report.requests.iter().map(|entry| entry.in_flight_at_end.unwrap()).sum();
        assert_eq!(in_flight, 0);
        check_time(&report, ended);
    }
}

fn check_time(report: &Report, ended: u64) {
    assert_eq!(report.run.duration_s, 15.0);
    assert!((report.total.rps - ended as f64 / 15.0).abs() < 1e-4, "{}", report.total.rps);
    let seconds: Vec<u64> = report.timeline.iter().map(|row| row.second).collect();
    assert_eq!(seconds.get(..15).unwrap(), (5..20).collect::<Vec<_>>());
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), ended);
    let intervals = &report.intervals.as_ref().unwrap().rows;
    assert_eq!(intervals.iter().map(|row| row.requests).sum::<u64>(), ended);
    assert_eq!(report.total.latency_ms.as_ref().unwrap().figures.count, ended);
    assert_eq!(report.health.suspect_seconds, Some(0), "the seconds before are no sleep");
    let json = report.to_json();
    assert_eq!(read::read(json.as_bytes()).unwrap().to_json(), json);
}

#[test]
fn seconds_before_the_reset_that_come_late_stay_left_out() {
    let config = text().check(0).unwrap();
    let (mut run, mut snapshots, stopped) = started(&config, 2);
    run.reset_after(config.load.ramp_end());
    // The second shard posts everything only when the first one has ended.
    snapshots.sort_by_key(|snapshot| snapshot.shard);
    snapshots.iter().for_each(|snapshot| run.on_record(second(snapshot)));
    run.finish(stopped, stopped);
    let report = run.final_report();
    let (sent, ended) = counted(&snapshots, |second| second >= 5);
    assert_eq!((report.total.sent, report.total.requests), (Some(sent), ended));
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), ended);
    assert_eq!((report.timeline.get(0).unwrap().second, report.total.in_flight_at_end), (5, Some(0)));
}

#[test]
fn a_reset_by_hand_begins_with_the_current_second_and_a_journal_repeats_it() {
    let text = text();
    let config = text.check(0).unwrap();
    let (mut run, snapshots, _) = started(&config, 1);
    let mut records: Vec<Record> = Vec::new();
    for snapshot in snapshots.iter().filter(|snapshot| snapshot.second < 12) {
        if [4, 8].contains(&snapshot.second) {
            records.push(run.reset_now());
            run.on_record(run.reset_now());
            let report = run.report(Detail::Figures).unwrap();
            assert_eq!((report.total.requests, report.timeline.len(), report.total.rps), (0, 0, 0.0));
        }
        records.push(second(snapshot));
        run.on_record(second(snapshot));
    }
    run.break_off(Micros::from_secs(12));
    let report = run.final_report();
    let (before, after) = (counted(&snapshots, |s| s < 8), counted(&snapshots, |s| (8..12).contains(&s)));
    assert_eq!(reset_of(&report), (8.0, before.1, before.0 - before.1), "the last reset counts");
    assert_eq!((report.total.requests, report.run.duration_s), (after.1, 4.0));
    let at_end = before.0 + after.0 - before.1 - after.1;
    assert_eq!(report.total.in_flight_at_end, Some(at_end));

    let header = Header { text, config: None, generator: generator(1), started_at: STARTED_AT.to_owned() };
    let written: Vec<String> = records.iter().map(|record| serde_json::to_string(record).unwrap()).collect();
    let rebuilt = rebuild(header, written.iter().map(String::as_str)).unwrap();
    assert_eq!(rebuilt.to_json(), report.to_json());
}
