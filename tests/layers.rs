//! Which folder may use which, read from the imports: the ladder that `src/lib.rs` draws.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// What each folder may name of the others, and what of the world it must not name.
const RULES: [(&str, &[&str], &[&str]); 7] = [
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
    (
        "net",
        &["core", "net"],
        &["web_sys", "js_sys", "wasm_bindgen", "leptos", "clap", "axum", "TcpListener"],
    ),
    ("native", &["core", "net", "native"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("companion", &["core", "net", "companion"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("stub", &["core", "stub"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("browser", &["core", "browser"], &["leptos", "tokio", "hyper", "axum", "std::fs", "std::net"]),
    ("ui", &["core", "browser", "ui"], &["tokio", "hyper", "axum", "std::fs", "std::net", "fetch_with"]),
];
const FOLDERS: [&str; 7] = ["core", "net", "native", "companion", "stub", "browser", "ui"];
/// All that the worker's half has to do with the page's: what they say to each other.
const WORKER_MAY_USE: &str = "browser::message::";
/// Conditional compilation by feature or target has two places: the crate's root, and the timer that only Linux has.
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
fn the_worker_knows_of_the_page_only_what_they_say_to_each_other() {
    let worker = source_folder().join("browser/worker");
    let found = violations(|file, line| {
        let is_foreign = line.contains("browser::") && !line.contains(WORKER_MAY_USE);
        (file.starts_with(&worker) && is_foreign).then(|| format!("the worker may only use {WORKER_MAY_USE}"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn conditional_compilation_stays_in_two_places() {
    let is_cfg =
        |line: &str| line.contains("cfg(feature") || line.contains("cfg(target") || line.contains("cfg(not(");
    let found = violations(|file, line| is_cfg(line).then(|| file.display().to_string()));
    assert!(found.len() <= MAX_CFG_LINES, "{found:#?}");
    let places = ["src/lib.rs", "src/native/timer/mod.rs"];
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
