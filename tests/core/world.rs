//! Runs a whole configuration in virtual time: all shards against one scripted host, merged as the runner merges them.
//! The tests are in the other files.

use futures_channel::mpsc;
use oddiya_load::core::analyse::headline::{Headline, Window};
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Detail, Generator, GeneratorKind, Report, Route};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::recorder::Snapshot;
use oddiya_load::core::run::sim::{self, Reply};

pub fn generator(shards: u32) -> Generator {
    Generator {
        version: Some("0.1.0".to_owned()),
        shards: Some(shards),
        route: Some(Route::Direct),
        timing: Some(TimingSource::Wire),
        ..Generator::own(GeneratorKind::Sim)
    }
}

/// What the shards of a run posted, second by second, and when they stopped to start requests.
pub fn posted(
    config: &RunConfig,
    shards: u32,
    script: impl Fn(u32, Micros, &Request) -> Reply + Clone + 'static,
) -> (Vec<Snapshot>, Micros) {
    let mut stopped = Micros::ZERO;
    let mut snapshots: Vec<Snapshot> = Vec::new();
    for shard in 0..shards {
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let (posted, at) =
            sim::run(Assignment::of(config, Share { shard, shards }), controls, script.clone());
        snapshots.extend(posted);
        stopped = stopped.max(at);
    }
    snapshots.sort_by_key(|snapshot| snapshot.second);
    (snapshots, stopped)
}

/// Runs a configuration on `shards` shards. Returns the report, and the headline at the end of each second.
pub fn run(
    text: &RunConfigText,
    shards: u32,
    script: impl Fn(u32, Micros, &Request) -> Reply + Clone + 'static,
) -> (Report, Vec<Headline>) {
    let config = text.check(2026).unwrap();
    let (snapshots, stopped) = posted(&config, shards, script);
    let mut run = Coordinator::new(&config, generator(shards), "2026-01-01T00:00:00Z".to_owned());
    let mut seen = Vec::new();
    for snapshot in snapshots {
        run.on_record(Record::Second(Box::new(snapshot)));
        if run.has_news() {
            seen.extend(run.report(Detail::Figures).map(|report| Headline::of(&report, Window::Now)));
        }
    }
    run.finish(stopped, stopped);
    (run.final_report(), seen)
}

/// A host that answers every request with status 200 after the time `after`.
pub fn steady(after: Micros) -> impl Fn(u32, Micros, &Request) -> Reply + Clone {
    move |_: u32, _: Micros, _: &Request| Reply { after, outcome: Ok(200), bytes: 1, ..Reply::default() }
}

/// A host like [`steady`] that sends no answers from `from` to `to`. Requests that are unanswered in that time are
/// answered afterwards.
pub fn frozen(after: Micros, from: Micros, to: Micros) -> impl Fn(u32, Micros, &Request) -> Reply + Clone {
    move |_: u32, now: Micros, _: &Request| {
        let caught = now + after > from && now < to;
        let after = if caught { to.saturating_sub(now) + after } else { after };
        Reply { after, outcome: Ok(200), bytes: 1, ..Reply::default() }
    }
}
