//! `docs/scenario-fields.md` is the schema as a page for people. `UPDATE_SCHEMA=1 cargo test --test scenarios` writes it
//! anew.

use std::fmt::Write as _;

use oddiya_load::core::scenario::file::schema::schema;
use serde_json::{Map, Value};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/scenario-fields.md");

const HEAD: &str = "# The fields of a scenario

Every field of a [scenario file](scenarios.md), with its default. The examples are on [that page](scenarios.md).
This page and [the schema](scenario.schema.json) are generated from the types.
";

/// The groups of fields, in the order of a file, with their names for people.
const GROUPS: [(&str, &str); 13] = [
    ("Service", "A service"),
    ("Profile", "A profile"),
    ("Setting", "A setting"),
    ("Data", "Data"),
    ("UserClass", "A class of users"),
    ("Auth", "`auth` of a class"),
    ("Refresh", "`refresh` of `auth`"),
    ("State", "A state of `states`"),
    ("Step", "A step"),
    ("Part", "A part of `multipart`"),
    ("Extract", "A value of `extract`"),
    ("Retry", "`retry`"),
    ("Again", "`again`"),
];

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn described(schema: &Value) -> String {
    one_line(schema["description"].as_str().unwrap_or_default())
}

/// The words that a field allows, each with what it means where the schema says so.
fn words(of: &Value) -> Vec<String> {
    let code = |word: &Value| format!("`{}`", word.as_str().map_or_else(|| word.to_string(), str::to_owned));
    let listed =
        |schema: &Value| schema["enum"].as_array().into_iter().flatten().map(code).collect::<Vec<_>>();
    let one = |choice: &Value| match choice.get("const") {
        Some(word) => vec![format!("{}: {}", code(word), described(choice).trim_end_matches('.'))],
        None => listed(choice),
    };
    let choices = of["oneOf"].as_array().into_iter().flatten();
    listed(of).into_iter().chain(choices.flat_map(one)).collect()
}

/// The type that a field refers to.
fn referred<'s>(field: &'s Value, types: &'s Map<String, Value>) -> Option<&'s Value> {
    let choices = field["anyOf"].as_array().into_iter().flatten();
    let path = std::iter::once(field).chain(choices).find_map(|schema| schema["$ref"].as_str())?;
    types.get(path.rsplit('/').next()?)
}

fn row(name: &str, field: &Value, types: &Map<String, Value>) -> String {
    let words = referred(field, types).map(words).unwrap_or_default();
    let told = described(field);
    let (words, end) = match words.is_empty() {
        true => (String::new(), ""),
        false => (words.join("; "), "."),
    };
    let all = [told.as_str(), &format!("{words}{end}")].join(" ").replace('|', "\\|");
    format!("| `{name}` | {} |\n", all.trim())
}

fn table(of: &Value, types: &Map<String, Value>) -> String {
    let fields = of["properties"].as_object().into_iter().flatten();
    let rows: String = fields.map(|(name, field)| row(name, field, types)).collect();
    if rows.is_empty() { String::new() } else { format!("\n| field | what it says |\n|---|---|\n{rows}") }
}

fn page() -> String {
    let schema = schema();
    let types = schema["$defs"].as_object().unwrap();
    let mut page = format!("{HEAD}{}", table(&schema, types));
    for (name, title) in GROUPS {
        let of = &types[name];
        let told = described(of);
        write!(page, "\n## {title}\n").unwrap();
        if !told.is_empty() {
            write!(page, "\n{told}\n").unwrap();
        }
        page.push_str(&table(of, types));
    }
    page
}

#[test]
fn the_published_page_of_fields_is_the_schema() {
    let generated = page();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(FILE, &generated).unwrap();
    }
    let published = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(published == generated, "the types changed: UPDATE_SCHEMA=1 cargo test --test scenarios");
}

#[test]
fn the_page_of_fields_has_every_group_that_the_schema_has() {
    let schema = schema();
    let types = schema["$defs"].as_object().unwrap();
    let with_fields =
        types.iter().filter(|(_, of)| of["properties"].is_object()).map(|(name, _)| name.as_str());
    let missing: Vec<_> = with_fields.filter(|name| GROUPS.iter().all(|(known, _)| known != name)).collect();
    assert_eq!(missing, [""; 0]);
}
