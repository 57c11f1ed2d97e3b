//! Micro-benchmarks of what happens for every request: recording, merging, quantiles, the run loop.
//!
//! Pure core, no network: `cargo bench --bench micro`. criterion keeps the figures of the last run and says what changed.

#![allow(clippy::unwrap_used, reason = "a benchmark may stop at a surprise")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures_channel::mpsc;
use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::exchange::{Exchange, Timing};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Detail, Generator, GeneratorKind};
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::sim::{self, Reply};
use oddiya_load::core::run::tally::Tally;
use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Surroundings};

/// Latencies from 1 to 100 ms, spread over the buckets as a run spreads them.
fn latencies() -> Vec<Micros> {
    let mut rng = Rng::new(7);
    (0..4_096).map(|_| Micros(1_000 + rng.below(99_000))).collect()
}

fn filled() -> Histogram {
    let mut histogram = Histogram::new();
    latencies().into_iter().for_each(|latency| histogram.record(latency));
    histogram
}

fn histogram(criterion: &mut Criterion) {
    let mut values = latencies().into_iter().cycle();
    let (mut target, other) = (filled(), filled());
    criterion.bench_function("histogram: record", |bencher| {
        bencher.iter(|| target.record(values.next().unwrap()));
    });
    criterion.bench_function("histogram: merge", |bencher| bencher.iter(|| target.merge(black_box(&other))));
    criterion.bench_function("histogram: quantile 0.99", |bencher| {
        bencher.iter(|| black_box(&other).quantile(0.99));
    });
}

fn tally(criterion: &mut Criterion) {
    let mut tally = Tally::default();
    let mut ends = latencies().into_iter().cycle();
    criterion.bench_function("tally: record an exchange", |bencher| {
        bencher.iter(|| {
            let finished = ends.next().unwrap();
            let (sent, first_byte) = (Some(Micros(50)), Some(Micros(900)));
            let timing = Timing { sent, first_byte, finished, ..Timing::default() };
            tally.record(Micros::ZERO, &Exchange::new(Ok(200), timing, 73));
        });
    });
}

/// 50 users whose answers take 10 ms of virtual time, for 20 s of it: the time per element is what the run loop, the
/// virtual clock included, takes for a request.
fn engine(criterion: &mut Criterion) {
    const REQUESTS: u64 = 50 * 100 * 20;
    let text = RunConfigText {
        users: "50".to_owned(),
        spawn_rate: "1000000".to_owned(),
        run_time: "20s".to_owned(),
        think_time: "0".to_owned(),
        classes: "StressTestUser".to_owned(),
        ..RunConfigText::default()
    };
    let config = text.check(7).unwrap();
    let answer = |_: u32, _: Micros, _: &Request| Reply {
        after: Micros::from_millis(10),
        outcome: Ok(200),
        bytes: 73,
        ..Reply::default()
    };
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(10).throughput(Throughput::Elements(REQUESTS));
    group.bench_function("100 000 requests in virtual time", |bencher| {
        bencher.iter(|| {
            let (_keep_open, controls) = mpsc::unbounded::<Control>();
            let (snapshots, _) =
                sim::run(Assignment::of(&config, Share { shard: 0, shards: 1 }), controls, answer);
            let sent: u64 =
                snapshots.iter().flat_map(|second| &second.tallies).map(|(_, tally)| tally.sent).sum();
            assert_eq!(sent, REQUESTS);
        });
    });
    group.finish();
}

/// The same engine with a user who takes a value from each answer, checks it, and sends it with the next request. The
/// difference to the group `engine` is what a scenario takes for a request.
fn session(criterion: &mut Criterion) {
    const REQUESTS: u64 = 50 * 100 * 20;
    const TEXT: &str = "scenario: bench\nusers:\n  U:\n    variables: { id: '0', name: '${uuid}' }\n    headers: \
                        { X-User-Id: '${user}', X-Name: '${name}' }\n    tasks:\n      - get: /plans/${id}\n        \
                        name: /plans/{id}\n        extract: { id: $.plan.id }\n        checks:\n          - $.plan.id \
                        exists\n";
    const BODY: &str =
        r#"{"plan": {"id": 17, "title": "Seoul", "details": [{"id": 1, "day": 1, "location": "Seoul"}]}}"#;
    struct NoMachine;
    impl Surroundings for NoMachine {
        fn file(&self, _: &str) -> Result<Vec<u8>, String> {
            Err("there is no file".to_owned())
        }
        fn environment(&self, _: &str) -> Option<String> {
            None
        }
    }
    let text = RunConfigText {
        users: "50".to_owned(),
        spawn_rate: "1000000".to_owned(),
        run_time: "20s".to_owned(),
        ..RunConfigText::default()
    };
    let scenario = read("bench.yaml", TEXT, &Choices::default(), &NoMachine).unwrap();
    let config = RunConfig { scenario, ..text.check(7).unwrap() };
    let answer = |_: u32, _: Micros, _: &Request| Reply {
        after: Micros::from_millis(10),
        body: BODY.to_owned(),
        ..Reply::default()
    };
    let mut group = criterion.benchmark_group("session");
    group.sample_size(10).throughput(Throughput::Elements(REQUESTS));
    group.bench_function("100 000 requests with a value, a check and three blanks", |bencher| {
        bencher.iter(|| {
            let (_keep_open, controls) = mpsc::unbounded::<Control>();
            let (snapshots, _) =
                sim::run(Assignment::of(&config, Share { shard: 0, shards: 1 }), controls, answer);
            let all = snapshots.iter().flat_map(|second| &second.tallies);
            let (sent, failed) =
                all.fold((0, 0), |(sent, failed), (_, tally)| (sent + tally.sent, failed + tally.failed));
            assert_eq!((sent, failed), (REQUESTS, 0));
        });
    });
    group.finish();
}

/// What a live view costs each second: it must not grow with the run. The second figure is after an hour.
fn live_report(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("live report");
    for (name, run_time) in [("after a minute", "60s"), ("after an hour", "1h")] {
        let text = RunConfigText {
            users: "20".to_owned(),
            spawn_rate: "20".to_owned(),
            run_time: run_time.to_owned(),
            ..RunConfigText::default()
        };
        let config = text.check(7).unwrap();
        let answer = |_: u32, _: Micros, _: &Request| Reply {
            after: Micros(3_000),
            outcome: Ok(200),
            bytes: 73,
            ..Reply::default()
        };
        let (_keep_open, controls) = mpsc::unbounded::<Control>();
        let (snapshots, _) =
            sim::run(Assignment::of(&config, Share { shard: 0, shards: 1 }), controls, answer);
        let generator = Generator { shards: Some(1), ..Generator::own(GeneratorKind::Sim) };
        let mut run = Coordinator::new(&config, generator, "2026-01-01T00:00:00Z".to_owned());
        snapshots.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
        group.bench_function(name, |bencher| {
            bencher.iter(|| run.report(Detail::Figures).map(|report| report.timeline.len()));
        });
    }
    group.finish();
}

criterion_group!(benches, histogram, tally, engine, session, live_report);
criterion_main!(benches);
