//! Tests of both load models in virtual time: how many requests start and when, which arrivals are dropped, and that
//! all counts add up.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc;
use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::{LoadChange, Share};
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::load::{ArrivalProcess, Level, Load, Stage};
use oddiya_load::core::report::{LoadModel, Report, SuspectReason, TimelineRow, read};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::health::{Delay, judge};
use oddiya_load::core::run::recorder::Snapshot;
use oddiya_load::core::run::sim;
use oddiya_load::core::run::tally::Tally;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::{run, steady};

const QUICK: Micros = Micros::from_millis(10);

fn open(rate: &str, run_time: &str) -> RunConfigText {
    RunConfigText { rate: rate.to_owned(), run_time: run_time.to_owned(), ..RunConfigText::default() }
}

fn in_stages(stages: &str) -> RunConfigText {
    RunConfigText { stages: stages.to_owned(), ..RunConfigText::default() }
}

fn reconciles(report: &Report) {
    let total = &report.total;
    assert_eq!(total.sent.unwrap(), total.requests + total.in_flight_at_end.unwrap());
    assert_eq!(report.timeline.iter().map(|row| row.sent.unwrap()).sum::<u64>(), total.sent.unwrap());
    assert_eq!(report.timeline.iter().map(|row| row.dropped.unwrap()).sum::<u64>(), total.dropped.unwrap());
    assert_eq!(report.health.dropped, total.dropped);
    let timed = total.latency_ms.as_ref().map_or(0, |latency| latency.figures.count);
    assert_eq!(timed + total.untimed.unwrap_or_default(), total.requests);
}

#[test]
fn ten_arrivals_per_second_for_a_minute_are_600_requests_on_any_number_of_shards() {
    for shards in 1..=3 {
        let (report, _) = run(&open("10", "1m"), shards, steady(QUICK));
        assert_eq!((report.total.sent, report.total.dropped), (Some(600), Some(0)), "{shards} shards");
        assert!(report.timeline.iter().all(|row| row.sent == Some(10) && row.target_rate == Some(10.0)));
        reconciles(&report);
    }
}

#[test]
fn a_slow_host_gets_as_many_requests_as_a_quick_one() {
    for after in [1, 900, 4_000] {
        let (report, _) = run(&open("20", "30s"), 1, steady(Micros::from_millis(after)));
        assert_eq!(
            (report.total.sent, report.total.requests, report.total.dropped),
            (Some(600), 600, Some(0)),
            "{after} ms"
        );
    }
}

#[test]
fn no_more_users_are_made_than_are_busy_at_a_time() {
    // 20 arrivals per second of 250 ms each keep five users busy (Little's law). Each of the three classes needs its
    // own users, so there may be more than five.
    let (report, _) = run(&open("20", "30s"), 1, steady(Micros::from_millis(250)));
    let users = report.timeline.iter().filter_map(|row| row.users).max().unwrap();
    assert!((5..=15).contains(&users), "{users} users");
}

#[test]
fn stages_of_arrivals_make_the_requests_of_their_integral() {
    let (report, _) = run(&in_stages("10/s,10s; 10..50/s,10s; 0/s,5s; 5/s,5s"), 2, steady(QUICK));
    let sent = |from: usize, to: usize| {
        report.timeline.iter().take(to).skip(from).map(|row| row.sent.unwrap()).sum::<u64>()
    };
    assert_eq!([sent(0, 10), sent(10, 20), sent(20, 25), sent(25, 30)], [100, 300, 0, 25]);
    assert_eq!(report.run.duration_s, 30.0, "the run is as long as its stages");
    reconciles(&report);
}

#[test]
fn the_same_seed_sends_the_same_requests_and_poisson_arrivals_are_as_many_as_their_rate() {
    let requests = |seed: &str| {
        let log = Rc::new(RefCell::new(Vec::new()));
        let written = Rc::clone(&log);
        let text = RunConfigText { arrivals: "poisson".into(), seed: seed.into(), ..open("50", "40s") };
        let script = move |user: u32, now: Micros, request: &Request| {
            written.borrow_mut().push((now, request.method, request.path.clone()));
            steady(QUICK)(user, now, request)
        };
        let (report, _) = run(&text, 2, script);
        // The limit is five standard deviations of a Poisson count of 2,000.
        let sent = report.total.sent.unwrap();
        assert!(sent.abs_diff(2_000) < 224, "{sent}");
        reconciles(&report);
        log.take()
    };
    assert_eq!(requests("1"), requests("1"));
    assert_ne!(requests("1"), requests("2"));
}

#[test]
fn an_arrival_that_finds_every_user_busy_is_dropped_and_counted() {
    // Five users with tasks of one second make five of the twenty requests that are due in each second.
    let text = RunConfigText { max_users: "5".into(), ..open("20", "10s") };
    let (report, seen) = run(&text, 1, steady(Micros::SECOND));
    assert_eq!((report.total.sent, report.total.dropped), (Some(50), Some(150)));
    reconciles(&report);
    let busy = |row: &TimelineRow| (row.users, row.sent, row.dropped) == (Some(5), Some(5), Some(15));
    assert!(report.timeline.iter().take(10).skip(1).all(busy));
    assert_eq!(report.health.reasons[&SuspectReason::Dropped], 10);
    assert_eq!(seen[4].dropped, Some(75));
}

#[test]
fn with_a_limit_of_one_user_all_classes_are_still_served() {
    let text = RunConfigText { max_users: "1".into(), ..open("10", "30s") };
    let (report, _) = run(&text, 1, steady(QUICK));
    assert_eq!((report.total.sent, report.total.dropped), (Some(300), Some(0)));
    assert!(report.requests.iter().filter(|entry| entry.sent > Some(0)).count() >= 4, "classes stayed out");
}

#[test]
fn requests_without_an_answer_at_the_end_are_reported_as_in_flight() {
    let text = RunConfigText { stop_timeout: "2s".into(), ..open("10", "5s") };
    let (report, _) = run(&text, 2, steady(Micros::from_secs(4)));
    // Requests are due from 0 s to 5 s. Those that are due from 3 s on have no answer at 7 s.
    assert_eq!(
        (report.total.sent, report.total.requests, report.total.in_flight_at_end),
        (Some(50), 30, Some(20))
    );
    reconciles(&report);
}

#[test]
fn coarse_timers_delay_arrivals_and_lose_none_not_even_at_the_end() {
    let config = open("1000", "3s").check(1).unwrap();
    let (_keep_open, controls) = mpsc::unbounded();
    // The service is so quick that nothing is in flight when the timer fires.
    let service = Micros(100);
    let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
    // 3 s is not a multiple of 7 ms, so the last arrivals are due before the end and the timer fires after it.
    let (snapshots, _) = sim::run_coarsely(assignment, controls, steady(service), Micros::from_millis(7));
    let (mut total, mut lateness) = (Tally::default(), Histogram::new());
    for snapshot in snapshots {
        snapshot.tallies.iter().for_each(|(_, tally)| total.merge(tally));
        lateness.merge(&snapshot.health.lateness);
    }
    assert_eq!((total.sent, total.completed()), (3_000, 3_000));
    assert_eq!((lateness.count(), lateness.max()), (3_000, Some(Micros(6_500))));
    assert_eq!(total.latency.max(), Some(service));
    assert_eq!(total.corrected.max(), Some(service + Micros(6_500)), "being late is what users waited");
}

#[test]
fn the_last_arrivals_are_counted_even_if_their_answers_are_not_awaited() {
    let text = RunConfigText { stop_timeout: "0".into(), ..open("1000", "3s") };
    let (_keep_open, controls) = mpsc::unbounded();
    let assignment = Assignment::of(&text.check(1).unwrap(), Share { shard: 0, shards: 1 });
    let (snapshots, _) = sim::run_coarsely(assignment, controls, steady(Micros(100)), Micros::from_millis(7));
    let sent = snapshots.iter().flat_map(|snapshot| &snapshot.tallies).map(|(_, tally)| tally.sent);
    assert_eq!(sent.sum::<u64>(), 3_000);
    assert!(snapshots.last().unwrap().gauges.in_flight > 0);
}

#[test]
fn a_shard_that_seldom_runs_is_suspect_even_without_think_time() {
    let text = RunConfigText {
        users: "10".into(),
        spawn_rate: "100".into(),
        think_time: "0".into(),
        run_time: "5s".into(),
        ..RunConfigText::default()
    };
    let reasons_by_second = |grain| {
        let (_keep_open, controls) = mpsc::unbounded();
        let assignment = Assignment::of(&text.check(1).unwrap(), Share { shard: 0, shards: 1 });
        let (snapshots, _) = sim::run_coarsely(assignment, controls, steady(QUICK), grain);
        let of =
            |snapshot: &Snapshot| judge(&snapshot.health, &Tally::default(), Delay::SpoilsFigures).suspect;
        snapshots.iter().take(5).map(of).collect::<Vec<_>>()
    };
    assert_eq!(reasons_by_second(Micros::from_millis(4)), vec![vec![]; 5], "a page's timers are that coarse");
    let starved = reasons_by_second(Micros::from_millis(40));
    assert!(starved.iter().all(|second| second.contains(&SuspectReason::Blocked)), "{starved:?}");
}

#[test]
fn a_live_change_of_the_rate_takes_effect_at_its_time() {
    let config = open("10", "20s").check(1).unwrap();
    let (sender, controls) = mpsc::unbounded();
    let is_sent = Cell::new(false);
    let script = move |user: u32, now: Micros, request: &Request| {
        if now > Micros::from_secs(10) && !is_sent.replace(true) {
            let at = Micros::from_secs(10);
            sender
                .unbounded_send(Control::ChangeLoad { at, to: LoadChange::Rate { per_second: 50.0 } })
                .unwrap();
        }
        steady(QUICK)(user, now, request)
    };
    let (snapshots, _) = sim::run(Assignment::of(&config, Share { shard: 0, shards: 1 }), controls, script);
    let sent = |snapshot: &Snapshot| snapshot.tallies.iter().map(|(_, tally)| tally.sent).sum::<u64>();
    let by_second: Vec<u64> = snapshots.iter().map(sent).collect();
    // The arrival that sent the change, at 10.05 s, follows the old rate.
    assert_eq!((by_second[9], by_second[10], by_second[11], by_second[19]), (10, 51, 50, 50));
}

#[test]
fn users_follow_their_stages_second_by_second() {
    let text = RunConfigText { spawn_rate: "10".into(), ..in_stages("10,5s; 40,5s; 0..20,10s; ..0,5s") };
    for shards in 1..=3 {
        let (report, _) = run(&text, shards, steady(QUICK));
        let users: Vec<_> = report.timeline.iter().map(|row| row.users.unwrap()).collect();
        let target: Vec<_> = report.timeline.iter().map(|row| row.target_users.unwrap()).collect();
        assert_eq!(users, target, "{shards} shards");
        assert_eq!(users[4..10], [10, 20, 30, 40, 40, 40], "the jump goes at the spawn rate");
        assert_eq!((users[14], users[24]), (4, 0), "down to nobody, up again, down");
        reconciles(&report);
    }
}

#[test]
fn a_report_contains_its_load_and_can_be_read_back() {
    let text = RunConfigText { arrivals: "poisson".into(), ..in_stages("10/s,5s; ..50/s,5s") };
    let (report, _) = run(&text, 1, steady(QUICK));
    assert_eq!(report.run.model(), LoadModel::Open);
    let stage = |from, to| Stage { from, to, duration_s: 5.0 };
    let expected = Load::Open {
        rate: Level::Stages(vec![stage(10.0, 10.0), stage(10.0, 50.0)]),
        process: Some(ArrivalProcess::Poisson),
        max_users: Some(1_500),
    };
    assert_eq!(report.run.load, Some(expected));
    let json = report.to_json();
    assert_eq!(read::read(json.as_bytes()).unwrap().to_json(), json);
}
