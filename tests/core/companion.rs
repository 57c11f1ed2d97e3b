//! A companion that goes and comes back, and the figures that it sends, in virtual time.

use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::{LoadChange, Share};
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Generator, GeneratorKind, Note, Report, SuspectReason};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::sim::{self, Reply};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const fn at(seconds: u64) -> Micros {
    Micros::from_secs(seconds)
}

/// Runs against a host that answers after 50 ms, with these controls at these moments.
fn run(text: &RunConfigText, steering: Vec<(Micros, Control)>) -> Report {
    let config = text.check(1).unwrap();
    let host = |_: u32, _: Micros, _: &Request| Reply {
        after: Micros(50_000),
        outcome: Ok(200),
        bytes: 1,
        ..Reply::default()
    };
    let (snapshots, stopped) =
        sim::run_steered(Assignment::of(&config, Share { shard: 0, shards: 1 }), steering, host);
    let generator = Generator {
        shards: Some(1),
        timing: Some(TimingSource::Companion),
        ..Generator::own(GeneratorKind::Browser)
    };
    let mut run = Coordinator::new(&config, generator, "2026-01-01T00:00:00Z".to_owned());
    snapshots.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
    run.finish(stopped, stopped);
    run.final_report()
}

/// Five users who send ten requests a second each.
fn users(run_time: &str) -> RunConfigText {
    RunConfigText {
        users: "5".into(),
        spawn_rate: "100".into(),
        think_time: "50ms".into(),
        run_time: run_time.into(),
        ..RunConfigText::default()
    }
}

fn gone(from_s: u64, to_s: u64) -> Vec<(Micros, Control)> {
    vec![(at(from_s), Control::CompanionGone), (at(to_s), Control::CompanionBack)]
}

fn sent_by_second(report: &Report) -> Vec<u64> {
    report.timeline.iter().map(|row| row.sent.unwrap()).collect()
}

#[test]
fn users_start_nothing_while_the_companion_is_gone_and_go_on_when_it_is_back() {
    let report = run(&users("10s"), gone(3, 6));
    let sent = sent_by_second(&report);
    assert_eq!(sent[3..6], [0, 0, 0], "{sent:?}");
    assert!(sent[2] >= 45 && sent[6] >= 45, "{sent:?}");
    assert_eq!(report.health.reasons[&SuspectReason::CompanionGone], 4, "the second of its return too");
    let marked: Vec<u64> =
        report.timeline.iter().filter(|row| !row.suspect.is_empty()).map(|row| row.second).collect();
    assert_eq!(marked, [3, 4, 5, 6]);
    let note = Note::RequestsLost { requests: 0, gone_seconds: 4 };
    assert!(report.generator.notes.contains(&note), "{:?}", report.generator.notes);
    let corrected = report.total.corrected_ms.as_ref().unwrap().figures.max.unwrap();
    assert!(corrected < 60.0, "{corrected} ms: who is held back is not late");
}

#[test]
fn arrivals_that_are_due_while_the_companion_is_gone_are_dropped_and_counted() {
    let text = RunConfigText { rate: "20".into(), run_time: "10s".into(), ..RunConfigText::default() };
    let report = run(&text, gone(3, 6));
    let (sent, dropped) = (report.total.sent.unwrap(), report.total.dropped.unwrap());
    assert_eq!(sent + dropped, 200);
    assert!((58..=62).contains(&dropped), "{dropped} dropped");
}

#[test]
fn a_run_ends_at_its_time_and_when_it_is_told_to_although_the_companion_is_gone() {
    let report = run(&users("10s"), vec![(at(3), Control::CompanionGone)]);
    assert_eq!((report.run.duration_s, report.total.in_flight_at_end), (10.0, Some(0)));
    let stopped = run(&users("60s"), vec![(at(3), Control::CompanionGone), (at(5), Control::Stop)]);
    assert_eq!((stopped.run.duration_s, stopped.total.in_flight_at_end), (5.0, Some(0)));
}

#[test]
fn a_change_of_the_load_while_the_companion_is_gone_holds_when_it_is_back() {
    let mut steering = gone(3, 6);
    let to = LoadChange::Users { users: 10, spawn_rate: 100.0 };
    steering.insert(1, (at(4), Control::ChangeLoad { at: at(4), to }));
    let sent = sent_by_second(&run(&users("10s"), steering));
    assert_eq!(sent[3..6], [0, 0, 0], "{sent:?}");
    assert!(sent[7] >= 90, "{sent:?}");
}
