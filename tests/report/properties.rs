//! Merging, intervals and the upgrade hold for every run, so random ones are tried.

use std::collections::BTreeMap;

use oddiya_load::core::analyse::contradictions::contradictions;
use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::base::histogram::{Encoded, Histogram};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::convert::csv;
use oddiya_load::core::http::exchange::{Exchange, Timing};
use oddiya_load::core::present::text;
use oddiya_load::core::report::read::read;
use oddiya_load::core::report::{Generator, GeneratorKind, Recorded, Report};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::recorder::{Recorder, Snapshot};
use oddiya_load::core::scenario::EntryId;
use proptest::prelude::*;

use crate::{V1, V2, open};

/// One request: which entry, in which second it ended, how long it took, and how.
#[derive(Clone, Debug)]
struct Sent {
    entry: usize,
    second: u64,
    micros: u64,
    bytes: u64,
    fate: u8,
}

fn requests(seconds: u64) -> impl Strategy<Value = Vec<Sent>> {
    let one = (0..4_usize, 0..seconds, 1..5_000_000_u64, 0..10_000_u64, 0..6_u8)
        .prop_map(|(entry, second, micros, bytes, fate)| Sent { entry, second, micros, bytes, fate });
    prop::collection::vec(one, 1..60)
}

fn config() -> RunConfig {
    RunConfigText { run_time: "1h".into(), ..RunConfigText::default() }.check(1).unwrap()
}

fn exchange(sent: &Sent) -> Exchange {
    let timing = Timing {
        sent: Some(Micros(1)),
        first_byte: Some(Micros(1 + sent.micros / 2)),
        finished: Micros(1 + sent.micros),
        ..Timing::default()
    };
    let outcome = match sent.fate {
        0 => Ok(500),
        1 => Err(Failure::new(FailureKind::Reset, "")),
        _ => Ok(200),
    };
    Exchange::new(outcome, timing, sent.bytes)
}

/// The seconds that one shard posts of these requests.
fn snapshots(shard: u32, config: &RunConfig, requests: &[&Sent], seconds: u64) -> Vec<Snapshot> {
    let mut recorder = Recorder::new(shard, config.scenario.entries.len());
    let second = |second: u64| {
        let now = Micros::from_secs(second) + Micros(1);
        // A shard looks at the clock all the time, also when nothing is sent.
        recorder.note_alive(now);
        for sent in requests.iter().filter(|sent| sent.second == second) {
            recorder.sent(EntryId(sent.entry), now);
            recorder.ended(EntryId(sent.entry), Micros::ZERO, &exchange(sent), now);
        }
        recorder.note_alive(Micros::from_secs(second + 1));
        recorder.close(Micros::from_secs(second + 1), Default::default());
        recorder.take_closed(Micros::from_secs(second + 1))
    };
    (0..seconds).filter_map(second).collect()
}

/// The report of these requests, spread over so many shards.
fn report(requests: &[Sent], shards: usize, seconds: u64) -> Report {
    let config = config();
    let generator = Generator { shards: Some(shards as u32), ..Generator::own(GeneratorKind::Sim) };
    let mut run = Coordinator::new(&config, generator, "2026-01-01T00:00:00Z".to_owned());
    let mut posted: Vec<Snapshot> = (0..shards)
        .flat_map(|shard| {
            let own: Vec<&Sent> = requests.iter().skip(shard).step_by(shards).collect();
            snapshots(shard as u32, &config, &own, seconds)
        })
        .collect();
    posted.sort_by_key(|snapshot| snapshot.second);
    posted.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
    run.finish(Micros::from_secs(seconds), Micros::from_secs(seconds));
    run.final_report()
}

/// As JSON, each histogram as its buckets: an encoded one also tells how far it had grown, which is no figure.
fn without_encodings(part: &impl serde::Serialize) -> serde_json::Value {
    fn decode(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(fields) => {
                for (name, value) in fields {
                    match value.as_str() {
                        Some(text) if name == "histogram" => {
                            let histogram = Encoded::from_text(text.to_owned()).decode().unwrap();
                            let buckets: Vec<_> =
                                histogram.buckets().map(|(at, count)| (at.0, count)).collect();
                            *value = serde_json::json!(buckets);
                        }
                        _ => decode(value),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(decode),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(part).unwrap();
    decode(&mut value);
    value
}

/// All stretches of an entry, summed up again.
fn summed(report: &Report, entry: usize) -> (u64, u64, u64, u64, BTreeMap<FailureKind, u64>, Histogram) {
    let rows = report.intervals.as_ref().unwrap().rows.iter().filter(|row| row.entry == entry);
    let mut sum = (0, 0, 0, 0, BTreeMap::new(), Histogram::new());
    for row in rows {
        sum.0 += row.sent.unwrap();
        sum.1 += row.requests;
        sum.2 += row.failures;
        sum.3 += row.received_bytes.unwrap();
        row.failures_by_kind.iter().for_each(|(kind, n)| *sum.4.entry(*kind).or_default() += n);
        sum.5.merge(
            &row.latency.as_ref().map(Recorded::decode).unwrap_or_else(|| Ok(Histogram::new())).unwrap(),
        );
    }
    sum
}

/// What may stand in the place of a digit or a quotation mark.
const DAMAGES: [&str; 10] = ["", "0", "-1", "9999999999999", "1e300", "null", "{}", "[]", "\"\"", "\\u001b"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_number_of_shards_merges_to_the_same_report(requests in requests(20), shards in 2..5_usize) {
        let (one, many) = (report(&requests, 1, 20), report(&requests, shards, 20));
        prop_assert_eq!(without_encodings(&one.total), without_encodings(&many.total));
        prop_assert_eq!(without_encodings(&one.requests), without_encodings(&many.requests));
        prop_assert_eq!(without_encodings(&one.intervals), without_encodings(&many.intervals));
        let counts = |report: &Report| report.failures.iter().map(|row| (row.name.clone(), row.count)).collect::<Vec<_>>();
        prop_assert_eq!(counts(&one), counts(&many));
    }

    #[test]
    fn the_stretches_of_a_run_sum_up_to_its_entries_exactly(requests in requests(1_500)) {
        // Over 600 seconds stretches are merged on the way.
        let report = report(&requests, 1, 1_500);
        for (entry, whole) in report.requests.iter().enumerate() {
            let (sent, ended, failed, bytes, by_kind, latency) = summed(&report, entry);
            prop_assert_eq!(Some(sent), whole.sent);
            prop_assert_eq!((ended, failed, Some(bytes)), (whole.requests, whole.failures, whole.received_bytes));
            prop_assert_eq!(by_kind.values().sum::<u64>(), whole.failures);
            prop_assert_eq!(latency.figures(), whole.latency_ms.as_ref().map(|latency| latency.figures));
        }
    }

    #[test]
    fn a_report_of_ours_never_contradicts_itself(requests in requests(700), shards in 1..4_usize) {
        let report = report(&requests, shards, 700);
        prop_assert_eq!(contradictions(&report), []);
        prop_assert_eq!(contradictions(&open(&report.to_json())), []);
    }

    #[test]
    fn the_buckets_of_an_encoded_histogram_say_what_the_whole_one_says(values in prop::collection::vec(0..4_000_000_000_u64, 0..200)) {
        let mut histogram = Histogram::new();
        // Short and long ones alike, so that buckets of all widths are in use.
        values.iter().for_each(|value| histogram.record(Micros(value >> (value % 32))));
        let encoded = histogram.encode();
        let (decoded, buckets) = (encoded.decode().unwrap(), encoded.buckets().unwrap());
        prop_assert_eq!(buckets.count(), decoded.count());
        prop_assert_eq!(buckets.iter().collect::<Vec<_>>(), decoded.buckets().collect::<Vec<_>>());
        let rising = [0.0, 0.1, 0.5, 0.66, 0.99, 0.9999, 1.0];
        prop_assert_eq!(rising.map(|quantile| buckets.quantile(quantile)), rising.map(|quantile| decoded.quantile(quantile)));
        prop_assert_eq!(decoded.quantiles(rising), rising.map(|quantile| decoded.quantile(quantile)));
        if let (Some(min), Some(max)) = (decoded.min(), decoded.max()) {
            prop_assert_eq!(buckets.bounds(), (min, max, decoded.sum_micros()));
        }
        let mut sum = Histogram::new();
        sum.add(&buckets);
        prop_assert_eq!(sum.figures(), decoded.figures());
    }

    #[test]
    fn a_damaged_report_is_refused_or_shown_and_never_a_panic(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..DAMAGES.len()), 1..6), old in any::<bool>()) {
        let mut text = if old { V1 } else { V2 }.to_owned();
        for (place, damage) in cuts {
            // A number or word of the file, and what stands there instead.
            let words: Vec<_> = text.match_indices(|c: char| c.is_ascii_digit() || c == '"').map(|(at, _)| at).collect();
            let at = *place.get(&words);
            text.replace_range(at..=at, DAMAGES[damage]);
        }
        if let Ok(report) = read(text.as_bytes()) {
            prop_assert!(!text::summary(&report).is_empty());
            prop_assert_eq!(csv::files(&report).len(), 4);
            prop_assert!(read(report.to_json().as_bytes()).is_ok());
        }
    }

    #[test]
    fn what_is_written_reads_back_as_it_was(requests in requests(30)) {
        let report = report(&requests, 1, 30);
        prop_assert_eq!(open(&report.to_json()), report);
    }
}
