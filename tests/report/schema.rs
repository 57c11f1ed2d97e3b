//! `docs/report.schema.json` is generated from the types. `UPDATE_SCHEMA=1 cargo test --test report` writes it anew.

use oddiya_load::core::report::Report;
use serde_json::Value;

use crate::{FUTURE, IMPORTED, V2};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/report.schema.json");

fn generated() -> String {
    let schema = schemars::schema_for!(Report);
    serde_json::to_string_pretty(&schema).unwrap() + "\n"
}

fn problems(report: &str) -> Vec<String> {
    let schema: Value = serde_json::from_str(&generated()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report: Value = serde_json::from_str(report).unwrap();
    validator.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect()
}

#[test]
fn the_published_schema_is_the_types() {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, generated()).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap();
    assert!(published == generated(), "the types changed: UPDATE_SCHEMA=1 cargo test --test report");
}

#[test]
fn every_report_of_version_2_is_valid() {
    for report in [V2, IMPORTED] {
        assert_eq!(problems(report), Vec::<String>::new());
    }
    let example = oddiya_load::core::run::example::report().unwrap();
    assert_eq!(problems(&example.to_json()), Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_is_no_report_and_names_the_place() {
    let damaged = V2.replacen("\"requests\": 194", "\"requests\": \"many\"", 1);
    assert!(
        problems(&damaged).iter().any(|problem| problem.contains("/total/requests")),
        "{:?}",
        problems(&damaged)
    );
    let unknown_words = problems(FUTURE);
    assert!(!unknown_words.is_empty(), "a validator of this version does not know the words of a later one");
}
