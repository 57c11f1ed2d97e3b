//! `docs/comparison.schema.json` is generated from the types, as the report's is. `UPDATE_SCHEMA=1` writes it anew.

use oddiya_load::core::compare::assemble::{Options, compare};
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::input::Run;
use oddiya_load::core::present::comparison::file::ComparisonFile;
use oddiya_load::core::report::read::read;
use serde_json::Value;

use crate::V2;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/comparison.schema.json");

fn generated() -> String {
    serde_json::to_string_pretty(&schemars::schema_for!(ComparisonFile)).unwrap() + "\n"
}

#[test]
fn the_published_schema_of_a_comparison_is_the_types() {
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, generated()).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap();
    assert!(published == generated(), "the types changed: UPDATE_SCHEMA=1 cargo test --test report");
}

#[test]
fn a_comparison_is_valid_and_reads_back() {
    let run = || Run::of(&read(V2.as_bytes()).unwrap(), "a.json");
    let runs = Groups { base: vec![run(), run()], new: vec![run(), run()], like: Vec::new() };
    let file =
        ComparisonFile::of(&compare(&runs, &Options::default()), vec!["p95 +10%: GET /a (+12 %)".to_owned()]);
    let json: Value = serde_json::to_value(&file).unwrap();
    let schema: Value = serde_json::from_str(&generated()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&json).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(serde_json::from_value::<ComparisonFile>(json.clone()).unwrap(), file);
    assert_eq!(json["entries"][0]["p95"]["change"], 0.0, "figures stand in the entry itself");
}
