//! A seed determines the sequence of requests and the report, byte for byte, natively and in the browser.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;

use futures_channel::mpsc;
use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Report, SuspectReason, read};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::recorder::Snapshot;
use oddiya_load::core::run::sim::{self, Reply};
use oddiya_load::core::scenario::file;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::world::generator;

/// A scenario that stays as it is, so that only the engine can change what is drawn. It is the one that the program had inside
/// when this test was written.
const SCENARIO: &str = include_str!("../fixtures/scenarios/seeded.yaml");
const GOLDEN: &str = include_str!("../fixtures/reports/v2/sim.json");

fn config(users: u32, run_time: &str) -> RunConfig {
    let text = RunConfigText {
        users: users.to_string(),
        spawn_rate: "2".to_owned(),
        run_time: run_time.to_owned(),
        ..RunConfigText::default()
    };
    let scenario = file::read("seeded.yaml", SCENARIO, &Choices::default(), &Nothing);
    text.check_for(scenario.map_err(|problems| problems.to_string()).unwrap(), 2026).unwrap()
}

/// The answers of a host. They depend only on the request.
fn answer(request: &Request) -> Reply {
    let after =
        Micros(1_000 + 37 * request.path.len() as u64 + request.body.as_ref().map_or(0, |b| b.len() as u64));
    let outcome = match request.path.as_str() {
        "/api/videos" => Ok(500),
        path if path.starts_with("/api/videos/") => Err(Failure::new(FailureKind::Reset, "")),
        _ => Ok(200),
    };
    Reply { after, outcome, bytes: 100, ..Reply::default() }
}

fn absorb(run: &mut Coordinator, snapshots: Vec<Snapshot>) {
    snapshots.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
}

fn run(config: &RunConfig) -> (Report, String) {
    let log = Rc::new(RefCell::new(String::new()));
    let written = Rc::clone(&log);
    let script = move |user: u32, now: Micros, request: &Request| {
        let body = request.body_text().unwrap_or_default();
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
        sim::run(Assignment::of(config, Share { shard: 0, shards: 1 }), controls, script);
    let mut run = Coordinator::new(config, generator(1), "2026-01-01T00:00:00Z".to_owned());
    absorb(&mut run, snapshots);
    run.finish(stopped, stopped);
    (run.final_report(), log.take())
}

#[test]
fn the_same_seed_gives_the_same_requests_and_the_same_report_on_every_target() {
    let (report, log) = run(&config(6, "20s"));
    let json = report.to_json();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write("tests/fixtures/reports/v2/sim.json", &json).unwrap();
        return;
    }
    assert_eq!(
        json, GOLDEN,
        "the report differs; if that is meant, run with UPDATE_GOLDEN=1 and read the difference"
    );
    // The FNV-1a hash of all requests with their time, user, headers and body.
    let hash =
        log.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    assert_eq!(
        (log.lines().count() as u64, hash),
        (report.total.sent.unwrap(), 0x2433_e552_bbe4_ed65),
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
    let (report, log) = run(&config(10, "60s"));
    let total = &report.total;
    assert_eq!(total.sent.unwrap(), log.lines().count() as u64);
    assert_eq!(total.sent, Some(total.requests));
    assert_eq!(total.in_flight_at_end, Some(0));
    assert_eq!(report.requests.iter().map(|entry| entry.requests).sum::<u64>(), total.requests);
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert_eq!(
        report.intervals.as_ref().unwrap().rows.iter().map(|row| row.requests).sum::<u64>(),
        total.requests
    );
    assert_eq!(report.failures.iter().map(|row| row.count).sum::<u64>(), total.failures);
    let entry = |method: &str, name: &str| {
        report
            .requests
            .iter()
            .find(|entry| (entry.method.as_str(), entry.name.as_str()) == (method, name))
            .unwrap()
    };
    let logged = |text: &str| log.lines().filter(|line| line.contains(text)).count() as u64;
    assert_eq!(entry("POST", "/api/videos").statuses.as_ref().unwrap()[&500], logged("POST /api/videos "));
    assert_eq!(entry("GET", "/api/videos/{id}").failures, logged("GET /api/videos/"));
}

#[test]
fn seconds_that_a_slow_shard_reports_late_are_marked_and_count() {
    let config = config(6, "20s");
    let mut run = Coordinator::new(&config, generator(2), "2026-01-01T00:00:00Z".to_owned());
    // All seconds of the second shard come after all seconds of the first shard, which were closed without them.
    for shard in [0, 1] {
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let assignment = Assignment::of(&config, Share { shard, shards: 2 });
        let script = |_: u32, _: Micros, request: &Request| answer(request);
        let (snapshots, _) = sim::run(assignment, controls, script);
        absorb(&mut run, snapshots);
    }
    let end = Micros::from_secs(20);
    run.finish(end, end);
    let report = run.final_report();
    let total = &report.total;
    assert_eq!(report.timeline.iter().map(|row| row.sent.unwrap()).sum::<u64>(), total.sent.unwrap());
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), total.requests);
    assert_eq!(
        report.intervals.as_ref().unwrap().rows.iter().map(|row| row.requests).sum::<u64>(),
        total.requests
    );
    assert!(report.timeline.iter().zip(0..).all(|(row, second)| row.second == second));
    assert!(report.health.reasons[&SuspectReason::Asleep] >= 15, "{:?}", report.health.reasons);
}

#[test]
fn a_figure_is_the_latency_of_the_requests_it_counts() {
    let (report, _) = run(&config(10, "60s"));
    let health = report.requests.iter().find(|entry| entry.name == "/actuator/health").unwrap();
    let latency = health.latency_ms.as_ref().unwrap().figures;
    // 1 ms and 37 µs for each of the path's 16 characters.
    assert_eq!((latency.min, latency.p50, latency.max), (Some(1.592), Some(1.592), Some(1.592)));
    assert_eq!(health.corrected_ms.as_ref().unwrap().figures, latency, "nothing was late in virtual time");
}

#[test]
fn ten_minutes_of_the_standard_mix_stay_under_three_megabytes() {
    let json = run(&config(50, "10m")).0.to_json();
    assert!(json.len() < 3_000_000, "{} bytes", json.len());
}
