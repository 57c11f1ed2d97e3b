//! The report of a run in virtual time against a scripted host.

use std::time::Duration;

use futures_channel::mpsc;
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Generator, GeneratorKind, Report, Route};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::sim::{self, Reply};

/// The report of so many users, who start five a second, with the shipped scenario.
pub fn sim_report(
    users: u32,
    lasts: Duration,
    seed: u64,
    answer: impl Fn(u32, Micros, &Request) -> Reply + 'static,
) -> Report {
    let text = RunConfigText {
        host: "http://oddiya.example".to_owned(),
        users: users.to_string(),
        spawn_rate: "5".to_owned(),
        run_time: format!("{}s", lasts.as_secs()),
        seed: seed.to_string(),
        ..RunConfigText::default()
    };
    let config = text.check(0).unwrap();
    let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
    let (_keep_open, controls) = mpsc::unbounded::<Control>();
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
    run.final_report()
}
