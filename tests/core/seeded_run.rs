//! One seed, one sequence of requests, one report: the same bytes natively and in the browser.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use futures_channel::mpsc;
use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::report::{Detail, Report, StopReason, read};
use oddiya_load::core::run::coordinator::Run;
use oddiya_load::core::run::health::SuspectReason;
use oddiya_load::core::run::shard::{Assignment, Control};
use oddiya_load::core::run::sim::{self, Reply};
use oddiya_load::core::scenario::Request;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::generator;

const GOLDEN: &str = include_str!("../fixtures/reports/v1/sim.json");

fn plan(users: u32, run_time: &str) -> RunConfig {
    let text = RunConfigText {
        users: users.to_string(),
        spawn_rate: "2".to_owned(),
        run_time: run_time.to_owned(),
        ..RunConfigText::default()
    };
    text.check(2026).unwrap()
}

/// A host whose answers follow from the request alone.
fn answer(request: &Request) -> Reply {
    let after =
        Micros(1_000 + 37 * request.path.len() as u64 + request.body.as_ref().map_or(0, |b| b.len() as u64));
    let outcome = match request.path.as_str() {
        "/api/videos" => Ok(500),
        path if path.starts_with("/api/videos/") => Err(Failure::new(FailureKind::Reset, "")),
        _ => Ok(200),
    };
    Reply { after, outcome, bytes: 100 }
}

fn run(plan: &RunConfig) -> (Report, String) {
    let log = Rc::new(RefCell::new(String::new()));
    let written = Rc::clone(&log);
    let script = move |user: u32, now: Micros, request: &Request| {
        let body = request.body.as_deref().unwrap_or("");
        writeln!(
            written.borrow_mut(),
            "{} {user} {} {} {:?} {body}",
            now.0,
            request.method.as_str(),
            request.path,
            request.headers
        )
        .unwrap();
        answer(request)
    };
    let (_keep_open, controls) = mpsc::unbounded::<Control>();
    let (snapshots, stopped) =
        sim::run(Assignment::of(plan, Share { shard: 0, shards: 1 }), controls, script);
    let mut run = Run::new(plan, generator(1), "2026-01-01T00:00:00Z".to_owned());
    snapshots.into_iter().for_each(|snapshot| run.absorb(snapshot));
    run.finish(stopped, stopped, StopReason::RunTime);
    (run.report(Detail::Full), log.take())
}

#[test]
fn the_same_seed_gives_the_same_requests_and_the_same_report_on_every_target() {
    let (report, log) = run(&plan(6, "20s"));
    let json = report.to_json();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write("tests/fixtures/reports/v1/sim.json", &json).unwrap();
        return;
    }
    assert_eq!(
        json, GOLDEN,
        "the report differs; if that is meant, run with UPDATE_GOLDEN=1 and read the difference"
    );
    // FNV-1a of every request with its moment, user, headers and body.
    let hash =
        log.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(
        (log.lines().count() as u64, hash),
        (report.total.sent, 0xc9d8_bea0_1ce9_5cc1),
        "the sequence of requests differs"
    );
}

#[test]
fn reading_a_report_and_writing_it_again_gives_the_same_bytes() {
    let report = read::read(GOLDEN.as_bytes()).unwrap();
    assert_eq!(report.to_json(), GOLDEN);
}

#[test]
fn every_request_is_accounted_for() {
    let (report, log) = run(&plan(10, "60s"));
    let total = &report.total;
    assert_eq!(total.sent, log.lines().count() as u64);
    assert_eq!(total.sent, total.requests + total.in_flight_at_end);
    assert_eq!(total.in_flight_at_end, 0);
    assert_eq!(report.requests.iter().map(|entry| entry.requests).sum::<u64>(), total.requests);
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert_eq!(report.intervals.rows.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert_eq!(report.failures.iter().map(|row| row.count).sum::<u64>(), total.failures);
    let entry = |method: &str, name: &str| {
        report
            .requests
            .iter()
            .find(|entry| (entry.method.as_str(), entry.name.as_str()) == (method, name))
            .unwrap()
    };
    let logged = |text: &str| log.lines().filter(|line| line.contains(text)).count() as u64;
    assert_eq!(entry("POST", "/api/videos").statuses[&500], logged("POST /api/videos "));
    assert_eq!(entry("GET", "/api/videos/{id}").failures, logged("GET /api/videos/"));
}

#[test]
fn seconds_that_a_slow_shard_reports_late_are_marked_and_count() {
    let plan = plan(6, "20s");
    let mut run = Run::new(&plan, generator(2), "2026-01-01T00:00:00Z".to_owned());
    // The second shard's seconds come when those of the first are long written.
    for shard in [0, 1] {
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let assignment = Assignment::of(&plan, Share { shard, shards: 2 });
        let script = |_: u32, _: Micros, request: &Request| answer(request);
        let (snapshots, _) = sim::run(assignment, controls, script);
        snapshots.into_iter().for_each(|snapshot| run.absorb(snapshot));
    }
    let end = Micros::from_secs(20);
    run.finish(end, end, StopReason::RunTime);
    let report = run.report(Detail::Full);
    let total = &report.total;
    assert_eq!(report.timeline.iter().map(|row| row.sent).sum::<u64>(), total.sent);
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert_eq!(report.intervals.rows.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert!(report.timeline.windows(2).all(|pair| pair[0].second + 1 == pair[1].second));
    assert!(report.health.reasons[&SuspectReason::Asleep] >= 15, "{:?}", report.health.reasons);
}

#[test]
fn a_figure_is_the_latency_of_the_requests_it_counts() {
    let (report, _) = run(&plan(10, "60s"));
    let health = report.requests.iter().find(|entry| entry.name == "/actuator/health").unwrap();
    let latency = health.latency_ms.as_ref().unwrap().figures;
    // 1 ms and 37 µs for each of the path's 16 characters.
    assert_eq!((latency.min, latency.p50, latency.max), (1.592, 1.592, 1.592));
    assert_eq!(health.corrected_ms.as_ref().unwrap().figures, latency, "nothing was late in virtual time");
}

#[test]
fn ten_minutes_of_the_standard_mix_stay_under_two_megabytes() {
    let json = run(&plan(50, "10m")).0.to_json();
    assert!(json.len() < 2_000_000, "{} bytes", json.len());
}
