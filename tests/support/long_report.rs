//! Reports of long runs with many endpoints, for benchmarks: a run in virtual time whose endpoints are repeated under other
//! names.

use std::time::Duration;

use futures_channel::mpsc;
use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::report::{Generator, GeneratorKind, Report, Route};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::shard::{Assignment, Control};
use oddiya_load::core::run::sim::{self, Reply};
use oddiya_load::core::scenario::Request;

/// The report of 50 users, with so many endpoints.
pub fn long_report(lasts: Duration, endpoints: usize, seed: u64) -> Report {
    let text = RunConfigText {
        host: "http://oddiya.example".to_owned(),
        users: "50".to_owned(),
        spawn_rate: "5".to_owned(),
        run_time: format!("{}s", lasts.as_secs()),
        seed: seed.to_string(),
        ..RunConfigText::default()
    };
    let config = text.check(0).unwrap();
    let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
    let (_keep_open, controls) = mpsc::unbounded::<Control>();
    let answer = move |user: u32, now: Micros, _: &Request| {
        let mut rng = Rng::new(now.0 ^ (u64::from(user) << 40) ^ seed);
        let millis = 5.0 + rng.below(1_000) as f64 / 20.0;
        Reply { after: Micros::from_millis_f64(millis), outcome: Ok(200), bytes: 500 }
    };
    let (snapshots, stopped) = sim::run(assignment, controls, answer);
    let generator = Generator {
        shards: Some(1),
        route: Some(Route::Direct),
        timing: Some(TimingSource::Wire),
        ..Generator::own(GeneratorKind::Sim)
    };
    let mut run = Coordinator::new(&config, generator, "2026-11-23T14:05:00Z".to_owned());
    snapshots.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
    run.finish(stopped, stopped);
    widened(run.final_report(), endpoints)
}

fn widened(mut report: Report, endpoints: usize) -> Report {
    report.requests.retain(oddiya_load::core::report::Entry::is_used);
    let used = report.requests.len();
    let rows = report.intervals.as_ref().map(|intervals| intervals.rows.clone()).unwrap_or_default();
    let first = report.requests.clone();
    for place in used..endpoints {
        let mut entry = first[place % used].clone();
        entry.name = format!("{}/{}", entry.name, place / used);
        report.requests.push(entry);
    }
    if let Some(intervals) = &mut report.intervals {
        for copy in 1..endpoints.div_ceil(used) {
            let more = rows.iter().cloned().map(|mut row| {
                row.entry += copy * used;
                row
            });
            intervals.rows.extend(more.filter(|row| row.entry < endpoints));
        }
        intervals.rows.sort_by_key(|row| (row.index, row.entry));
    }
    report
}
