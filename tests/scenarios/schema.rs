//! `docs/scenario.schema.json` is generated from the types. `UPDATE_SCHEMA=1 cargo test --test scenarios` writes it
//! anew.

use std::path::Path;

use oddiya_load::core::scenario::file::schema::schema;
use oddiya_load::core::scenario::shipped;

use super::{files, folder, name};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenario.schema.json");

fn problems(text: &str) -> Vec<String> {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let options = serde_saphyr::options! { strict_booleans: true };
    match serde_saphyr::from_str_with_options::<serde_json::Value>(text, options) {
        Ok(value) => validator.iter_errors(&value).map(|e| format!("{e} at {}", e.instance_path())).collect(),
        Err(_) => Vec::new(),
    }
}

fn of_file(path: &Path) -> Vec<String> {
    problems(&std::fs::read_to_string(path).unwrap())
}

#[test]
fn the_published_schema_is_the_types() {
    let generated = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, &generated).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(published == generated, "the types changed: UPDATE_SCHEMA=1 cargo test --test scenarios");
}

#[test]
fn the_schema_allows_every_file_that_is_right() {
    for path in files(&folder("good")) {
        assert_eq!(of_file(&path), Vec::<String>::new(), "{}", name(&path));
    }
    for shipped in shipped::ALL {
        assert_eq!(problems(shipped.text), Vec::<String>::new(), "{}", shipped.name);
    }
}

#[test]
fn the_schema_allows_statuses_as_a_list() {
    let of = |expect: &str| {
        let text = format!("scenario: s\nusers:\n U:\n  tasks:\n   - get: /\n     expect: {expect}\n");
        problems(&text)
    };
    assert_eq!(of("[200, 404]"), of("200"));
    assert_eq!(of("[200, \"500..503\"]"), [""; 0]);
    assert!(!of("[[200]]").is_empty());
}

/// The broken files whose mistake is one of form. What they mean is beyond a schema.
const REFUSED: [&str; 17] = [
    "a-list",
    "again-once",
    "condition-with-two-words",
    "data-order",
    "empty",
    "fields-in-place-of-a-list",
    "list-in-place-of-text",
    "no-statuses",
    "no-users",
    "retry-without-retry",
    "several-problems",
    "unknown-field-at-the-top",
    "unknown-field-of-a-step",
    "unknown-field",
    "weight-below-zero",
    "weight-of-zero",
    "weight-that-is-no-number",
];

#[test]
fn the_schema_refuses_the_broken_files_whose_form_is_wrong() {
    let refused: Vec<_> = files(&folder("broken"))
        .into_iter()
        .filter(|path| !of_file(path).is_empty())
        .map(|path| name(&path).trim_end_matches(".yaml").to_owned())
        .collect();
    assert_eq!(refused, REFUSED);
}
