//! Files of both versions, of another tool, and of a later version.

use oddiya_load::core::analyse::headline::{Headline, Window};
use oddiya_load::core::analyse::trust::{Trust, trust};
use oddiya_load::core::base::failure::FailureKind;
use oddiya_load::core::base::histogram::Encoded;
use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::convert::csv;
use oddiya_load::core::present::text;
use oddiya_load::core::report::load::{Level, Load};
use oddiya_load::core::report::{GeneratorKind, LoadModel, Note, Report, StopReason, SuspectReason};

use serde_json::Value;

use crate::{FUTURE, IMPORTED, V1, V2, open};

/// What both versions say of the same run.
fn without_what_only_version_2_knows(mut report: Report) -> Report {
    let intervals = report.intervals.as_mut().unwrap();
    for row in &mut intervals.rows {
        (row.sent, row.received_bytes, row.ttfb) = (None, None, None);
        row.failures_by_kind.clear();
        for recorded in [&mut row.latency, &mut row.corrected].into_iter().flatten() {
            recorded.exact = None;
        }
    }
    report
}

/// What is equal unpacked is then equal as text; files of other days were packed by another library.
fn with_histograms_packed_anew(text: &str) -> String {
    let mut file = serde_json::from_str(text).unwrap();
    pack_histograms_anew(&mut file);
    file.to_string()
}

fn pack_histograms_anew(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| match value {
            Value::String(text) if name == "histogram" => *text = packed_anew(text),
            _ => pack_histograms_anew(value),
        }),
        Value::Array(values) => values.iter_mut().for_each(pack_histograms_anew),
        _ => {}
    }
}

fn packed_anew(text: &str) -> String {
    let packed: Encoded = serde_json::from_value(Value::from(text)).unwrap();
    packed.decode().unwrap().encode().as_str().to_owned()
}

#[test]
fn version_1_says_the_same_as_version_2_of_the_same_run() {
    let [v1, v2] = [V1, V2].map(|text| open(&with_histograms_packed_anew(text)));
    assert_eq!(v1, without_what_only_version_2_knows(v2));
}

#[test]
fn what_version_1_wrote_as_zero_for_nothing_in_flight_is_absent() {
    let v1 = open(V1);
    assert!(v1.timeline.iter().all(|row| row.oldest_ms.is_none() == (row.in_flight == Some(0))));
    let closed = Load::Closed { users: Level::Held(6.0), spawn_rate: Some(2.0) };
    assert_eq!(v1.run.load, Some(closed));
}

#[test]
fn stages_and_notes_of_version_1_are_carried_over() {
    let staged = V1
        .replace(
            "\"spawn_rate\": 2.0,",
            "\"spawn_rate\": 0.0, \"arrivals\": \"poisson\", \"stages\": \"10/s,1m; 10..50/s,5m\",",
        )
        .replace("\"timing\": \"wire\"", "\"timing\": \"wire\", \"notes\": [\"a sentence\"]");
    let report = open(&staged);
    let Some(Load::Open { rate: Level::Stages(stages), max_users, .. }) = &report.run.load else {
        panic!("{:?}", report.run.load)
    };
    assert_eq!(
        stages.iter().map(|stage| (stage.from, stage.to)).collect::<Vec<_>>(),
        [(10.0, 10.0), (10.0, 50.0)]
    );
    assert_eq!((*max_users, report.run.model()), (Some(6), LoadModel::Open));
    assert_eq!(report.generator.notes, [Note::Text { text: "a sentence".to_owned() }]);
}

#[test]
fn another_tools_sums_fit_in_without_inventing_anything() {
    let report = open(IMPORTED);
    assert_eq!(report.generator.kind, GeneratorKind::Imported);
    assert_eq!(trust(&report), Trust::NotKnown, "nobody watched the generator");
    let headline = Headline::of(&report, Window::Whole);
    assert_eq!((headline.users, headline.in_flight, headline.oldest_ms), (None, None, None));
    assert_eq!((headline.requests, headline.rps), (1_000, Some(50.0)));
    assert_eq!(headline.latency_ms.unwrap().p99, None, "the tool did not write it");
    let written: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    let original: serde_json::Value = serde_json::from_str(IMPORTED).unwrap();
    assert_eq!(written, original, "nothing was added, nothing lost");
    assert!(csv::files(&report)[0].1.contains("Aggregated,1000,10"));
    let summary = text::summary(&report);
    assert!(summary.contains("NOT KNOWN") && !summary.contains("none of the"), "{summary}");
}

#[test]
fn words_of_a_later_version_are_other_and_the_rest_is_read() {
    let report = open(FUTURE);
    let generator = &report.generator;
    assert_eq!((generator.kind, generator.timing), (GeneratorKind::Other, Some(TimingSource::Other)));
    assert_eq!(
        (report.run.stopped_by, report.run.load.clone()),
        (Some(StopReason::Other), Some(Load::Other))
    );
    assert_eq!(generator.notes, [Note::Other, Note::CertificatesUnchecked]);
    assert_eq!(report.failures[0].kind, FailureKind::Other);
    assert_eq!(report.health.reasons[&SuspectReason::Other], 5, "two unknown reasons are added up");
    assert_eq!(report.timeline.last().unwrap().suspect, [SuspectReason::Other]);
    assert!(text::summary(&report).contains("CERTIFICATES WERE NOT CHECKED"));
}
