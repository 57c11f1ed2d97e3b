//! Which folder may use which, read from the imports: the ladder that `src/lib.rs` draws.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

#[path = "support/imports.rs"]
mod imports;

use std::fs;
use std::path::{Path, PathBuf};

/// What each folder may name of the others, and what of the world it must not name.
const RULES: [(&str, &[&str], &[&str]); 6] = [
    (
        "core",
        &["core"],
        &[
            "std::fs",
            "std::net",
            "std::thread",
            "std::process",
            "std::env::",
            "time::Instant",
            "time::SystemTime",
            "tokio",
            "hyper",
            "axum",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "leptos",
            "now_utc",
        ],
    ),
    ("native", &["core", "native"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("companion", &["core", "companion"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("stub", &["core", "stub"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("browser", &["core", "browser"], &["leptos", "tokio", "hyper", "axum", "std::fs", "std::net"]),
    ("ui", &["core", "browser", "ui"], &["tokio", "hyper", "axum", "std::fs", "std::net", "fetch_with"]),
];
const FOLDERS: [&str; 6] = ["core", "native", "companion", "stub", "browser", "ui"];
/// All that page and worker share: what they tell each other.
const SHARED_BY_PAGE_AND_WORKER: &str = "browser::message::";
/// What the views of a report must not name: they take the report as a property.
const NOT_IN_REPORT_VIEWS: [&str; 6] =
    ["session", "page_state", "ui::run", "ui::app", "ui::files", "super::super::"];
/// Folders in which no file uses another one in a circle.
const WITHOUT_CIRCLES: [&str; 2] = ["browser", "ui"];
/// Conditional compilation by feature or target has two places: the crate's root, and the alarm that only Linux has.
const MAX_CFG_LINES: usize = 8;

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Lines of code: neither comments nor the tests at a file's end, which may use what they like.
fn code_lines(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    let lines =
        code.lines().enumerate().map(|(i, line)| (i + 1, line.split("//").next().unwrap().to_owned()));
    lines.collect()
}

fn violations(find: impl Fn(&Path, &str) -> Option<String>) -> Vec<String> {
    let mut found = Vec::new();
    for file in sources(&source_folder()) {
        for (number, line) in code_lines(&file) {
            found.extend(find(&file, &line).map(|what| format!("{}:{number}: {what}", file.display())));
        }
    }
    found
}

#[test]
fn no_folder_uses_one_that_it_may_not() {
    let found = violations(|file, line| {
        let (folder, allowed, _) =
            RULES.iter().find(|(folder, ..)| file.starts_with(source_folder().join(folder)))?;
        let named = |other: &&&str| {
            line.contains(&format!("crate::{other}::")) || line.contains(&format!("crate::{other};"))
        };
        let other = FOLDERS.iter().filter(|other| !allowed.contains(*other)).find(named)?;
        Some(format!("{folder} must not use {other}"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_folder_names_a_part_of_the_world_that_it_must_not_know() {
    let found = violations(|file, line| {
        let (folder, _, forbidden) =
            RULES.iter().find(|(folder, ..)| file.starts_with(source_folder().join(folder)))?;
        let word = forbidden.iter().find(|word| line.contains(*word))?;
        Some(format!("{folder} must not name {word}"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn page_and_worker_share_only_what_they_tell_each_other() {
    let found = violations(|file, line| {
        let of = |side: &str| file.starts_with(source_folder().join("browser").join(side));
        let foreign = match (of("worker"), of("page")) {
            (true, _) => line.contains("browser::") && !line.contains(SHARED_BY_PAGE_AND_WORKER),
            (_, true) => line.contains("browser::worker"),
            _ => false,
        };
        foreign.then(|| format!("may only use {SHARED_BY_PAGE_AND_WORKER} of the other side"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn views_of_a_report_know_no_run_and_no_session() {
    let views = source_folder().join("ui/report");
    let found = violations(|file, line| {
        let named = NOT_IN_REPORT_VIEWS.iter().find(|name| line.contains(**name))?;
        file.starts_with(&views).then(|| format!("a view of a report must not name {named}"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    for folder in WITHOUT_CIRCLES {
        let uses = imports::of_folder(&source_folder(), folder);
        assert!(uses.len() > 10, "{folder} was not read");
        let circles = imports::circles(&uses);
        assert!(circles.is_empty(), "{circles:#?}");
    }
}

#[test]
fn conditional_compilation_stays_in_two_places() {
    let is_cfg =
        |line: &str| line.contains("cfg(feature") || line.contains("cfg(target") || line.contains("cfg(not(");
    let found = violations(|file, line| is_cfg(line).then(|| file.display().to_string()));
    assert!(found.len() <= MAX_CFG_LINES, "{found:#?}");
    let places = ["src/lib.rs", "src/native/alarm/mod.rs"];
    assert!(found.iter().all(|line| places.iter().any(|place| line.contains(place))), "{found:#?}");
}

#[test]
fn every_file_says_what_lives_there() {
    let silent: Vec<_> = sources(&source_folder())
        .into_iter()
        .filter(|file| !fs::read_to_string(file).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "{silent:#?}");
}
