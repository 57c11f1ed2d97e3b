//! An example report: the shipped scenario in virtual time against a scripted host.
//!
//! It fills every view of the page, with a stall, failures and suspect seconds, when no host is available. Its figures
//! are measured as in a real run. Only the host is made up, and the report says so.

use futures_channel::mpsc;

use super::assignment::{Assignment, Control};
use super::coordinator::Coordinator;
use super::health::Visibility;
use super::record::Record;
use super::sim::{self, Reply};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::rng::Rng;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::config::load::Share;
use crate::core::config::run_config::{RunConfig, RunConfigText};
use crate::core::http::request::Request;
use crate::core::report::{Generator, GeneratorKind, Note, Report, Route};
use crate::core::scenario::Method;

/// The host answers nothing between `STALL_FROM` and `STALL_TO`.
const STALL_FROM: Micros = Micros::from_secs(70);
const STALL_TO: Micros = Micros::from_secs(79);
/// Seconds in which the page was hidden.
const HIDDEN: std::ops::Range<u64> = 124..131;

/// The report of 30 users in two and a half minutes. A test makes sure that it is never `None`.
pub fn report() -> Option<Report> {
    let text = RunConfigText {
        host: "http://oddiya.example".to_owned(),
        users: "30".to_owned(),
        spawn_rate: "1".to_owned(),
        run_time: "150s".to_owned(),
        seed: "2026".to_owned(),
        ..RunConfigText::default()
    };
    text.check(0).ok().map(|config| of(&config))
}

fn of(config: &RunConfig) -> Report {
    let assignment = Assignment::of(config, Share { shard: 0, shards: 1 });
    let (_keep_open, controls) = mpsc::unbounded::<Control>();
    let (snapshots, stopped) = sim::run(assignment, controls, answer);
    let generator = Generator {
        shards: Some(1),
        route: Some(Route::Direct),
        timing: Some(TimingSource::Wire),
        notes: vec![Note::Example],
        ..Generator::own(GeneratorKind::Sim)
    };
    let mut run = Coordinator::new(config, generator, "2026-01-01T00:00:00Z".to_owned());
    for mut snapshot in snapshots {
        if HIDDEN.contains(&snapshot.second) {
            snapshot.health.visibility = Visibility::Hidden;
        }
        run.on_record(Record::Second(Box::new(snapshot)));
    }
    run.finish(stopped, stopped);
    run.final_report()
}

/// The answers of the made-up host: it becomes slower in the first minute, has a few failures and one stall.
fn answer(user: u32, now: Micros, request: &Request) -> Reply {
    let mut rng = Rng::new(now.0 ^ (u64::from(user) << 40));
    let typical_ms = match (request.method, request.path.as_str()) {
        (_, "/actuator/health") => 3.0,
        (Method::Get, "/api/users/me") => 12.0,
        (Method::Get, "/api/plans") => 28.0,
        (Method::Post, "/api/plans") => 160.0,
        (Method::Post, _) => 55.0,
        _ => 18.0,
    };
    let crowding = 1.0 + now.as_secs_f64().min(60.0) / 90.0;
    let millis = typical_ms * crowding * (0.7 + tail(&mut rng));
    let mut after = Micros::from_millis_f64(millis);
    if (STALL_FROM..STALL_TO).contains(&now) {
        after += STALL_TO.saturating_sub(now);
    }
    let outcome = match rng.below(400) {
        0..4 if request.method == Method::Post => Ok(500),
        4..8 if now > STALL_TO && now < STALL_TO + Micros::from_secs(20) => Ok(503),
        8 => Err(Failure::new(FailureKind::Reset, "")),
        _ => Ok(200),
    };
    Reply { after, outcome, bytes: 180 + rng.below(900), ..Reply::default() }
}

/// An exponential draw with mean 0.4: most answers are quick, a few are not.
fn tail(rng: &mut Rng) -> f64 {
    let uniform = (rng.below(1_000_000) + 1) as f64 / 1_000_001.0;
    -0.4 * uniform.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    #[test]
    fn the_example_shows_every_view_and_is_a_report_like_any_other() {
        let report = report().unwrap();
        assert!(report.failures.len() >= 3, "{:?}", report.failures);
        assert_eq!(report.health.suspect_seconds, Some(7));
        let stalled =
            report.timeline.iter().filter(|row| row.oldest_ms.is_some_and(|oldest| oldest > 1_000.0)).count();
        assert!((6..=9).contains(&stalled), "{stalled} seconds of stall");
        assert!(report.timeline.iter().any(|row| row.requests == 0 && row.in_flight > Some(20)));
        let json = report.to_json();
        assert_eq!(read::read(json.as_bytes()).unwrap().to_json(), json);
    }
}
