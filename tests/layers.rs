//! Which folder may use which, read from the imports: the ladder that `src/lib.rs` draws.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each folder may name of the others, and what of the world it must not name.
const RULES: [(&str, &[&str], &[&str]); 8] = [
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
    ("native", &["core", "net", "native", "timer"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("companion", &["core", "net", "companion"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("stub", &["core", "stub", "timer"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("timer", &["timer"], &["web_sys", "js_sys", "wasm_bindgen", "leptos"]),
    ("browser", &["core", "browser"], &["leptos", "tokio", "hyper", "axum", "std::fs", "std::net"]),
    ("ui", &["core", "browser", "ui"], &["tokio", "hyper", "axum", "std::fs", "std::net", "fetch_with"]),
];
const FOLDERS: [&str; 8] = ["core", "net", "native", "companion", "stub", "timer", "browser", "ui"];
/// The rooms of the core, from the bottom of the ladder up, and the rooms that each may use beside itself.
const CORE_ROOMS: [(&str, &[&str]); 13] = [
    ("base", &[]),
    ("report", &["base"]),
    ("analyse", &["base", "report"]),
    ("compare", &["base", "report", "analyse"]),
    ("present", &["base", "report", "analyse", "compare"]),
    ("convert", &["base", "report", "analyse"]),
    ("library", &["base", "report", "analyse", "present"]),
    ("scenario", &["base"]),
    ("shelf", &["base", "library", "scenario"]),
    ("config", &["base", "scenario"]),
    ("http", &["base", "scenario"]),
    ("oddiya", &["base", "scenario", "config", "http"]),
    ("run", &["base", "report", "scenario", "config", "http"]),
];
/// Folders in which no two files use each other, directly or by way of others.
const WITHOUT_CIRCLES: [&str; 6] = ["core", "net", "native", "companion", "browser", "ui"];
/// All that page and worker share: what they tell each other.
const SHARED_BY_PAGE_AND_WORKER: &str = "browser::message::";
/// What the views of a report must not name: they take the report as a property.
const NOT_IN_REPORT_VIEWS: [&str; 6] =
    ["session", "page_state", "ui::run", "ui::app", "ui::files", "super::super::"];
/// Conditional compilation by feature or target has two places: the crate's root, and the timer that only Linux has.
const MAX_CFG_LINES: usize = 10;

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
fn no_files_of_a_folder_use_each_other_in_a_circle() {
    for folder in WITHOUT_CIRCLES {
        let files = sources(&source_folder().join(folder));
        let uses: BTreeMap<_, _> = files.iter().map(|file| (file, used_files(file))).collect();
        let in_circle: Vec<_> = files.iter().filter(|file| reachable(file, &uses).contains(*file)).collect();
        assert!(in_circle.is_empty(), "{in_circle:#?}");
    }
}

#[test]
fn a_circle_of_files_would_be_seen() {
    let (a, b, c) = (PathBuf::from("a"), PathBuf::from("b"), PathBuf::from("c"));
    let uses = BTreeMap::from([(&a, vec![b.clone()]), (&b, vec![a.clone(), c.clone()]), (&c, vec![])]);
    assert!(reachable(&a, &uses).contains(&a) && reachable(&b, &uses).contains(&b));
    assert!(!reachable(&c, &uses).contains(&c));
    let file = source_folder().join("net/http1/exchange.rs");
    let used = used_files(&file);
    for other in ["net/clock.rs", "net/http1/response.rs", "core/base/failure.rs"] {
        assert!(used.contains(&source_folder().join(other)), "{used:#?}");
    }
}

/// The files that a file uses, by its imports and by paths written out in its code.
fn used_files(file: &Path) -> Vec<PathBuf> {
    let code: String = code_lines(file).into_iter().map(|(_, line)| line + "\n").collect();
    let mut paths = Vec::new();
    for start in ["crate::", "super::", "use "] {
        for (at, _) in code.match_indices(start).filter(|(at, _)| !code[..*at].ends_with("::")) {
            let text = if start == "use " { &code[at + start.len()..] } else { &code[at..] };
            expand(Vec::new(), text, &mut paths);
        }
    }
    let mut files: Vec<_> = paths.iter().filter_map(|path| file_of(file, path)).collect();
    files.retain(|used| used != file);
    files
}

/// Adds every path that a text such as `super::{dial::Dialer, tls}` begins with, as lists of names.
fn expand(mut path: Vec<String>, mut text: &str, paths: &mut Vec<Vec<String>>) {
    loop {
        if let Some(group) = text.strip_prefix('{') {
            items(group).into_iter().for_each(|item| expand(path.clone(), item.trim(), paths));
            return;
        }
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        path.push(text[..end].to_owned());
        let Some(rest) = text[end..].strip_prefix("::") else { break };
        text = rest;
    }
    paths.push(path);
}

/// The parts of a group in braces, up to its closing one.
fn items(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
        if c == '}' && start == at + 1 {
            break;
        }
    }
    items
}

/// The file of the last module that a path names, seen from a file; `None` where it names none of ours.
fn file_of(file: &Path, path: &[String]) -> Option<PathBuf> {
    let is_mod = file.file_name()? == "mod.rs";
    let mut folder = if is_mod { file.parent()?.to_owned() } else { file.with_extension("") };
    let mut found = None;
    for name in path {
        match name.as_str() {
            "crate" => folder = source_folder(),
            "super" => {
                folder.pop();
                found = Some(folder.join("mod.rs"));
            }
            name => {
                let places = [folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")];
                let Some(place) = places.into_iter().find(|place| place.is_file()) else { break };
                folder.push(name);
                found = Some(place);
            }
        }
    }
    found
}

fn reachable(file: &PathBuf, uses: &BTreeMap<&PathBuf, Vec<PathBuf>>) -> BTreeSet<PathBuf> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![file]);
    while let Some(file) = next.pop() {
        for used in uses.get(file).into_iter().flatten() {
            if seen.insert(used.clone()) {
                next.push(used);
            }
        }
    }
    seen
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
fn rooms_of_the_core_use_only_rooms_below_them() {
    let core = source_folder().join("core");
    let found = violations(|file, line| {
        let room = file.strip_prefix(&core).ok()?.iter().next()?.to_str()?;
        let (_, allowed) = CORE_ROOMS.iter().find(|(name, _)| *name == room)?;
        let others =
            CORE_ROOMS.iter().map(|(name, _)| *name).filter(|name| *name != room && !allowed.contains(name));
        let named = |other: &&str| {
            line.contains(&format!("core::{other}::")) || line.contains(&format!("core::{other};"))
        };
        let other = others.clone().find(named)?;
        Some(format!("{room} must not use {other}"))
    });
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn conditional_compilation_stays_in_two_places() {
    let is_cfg =
        |line: &str| line.contains("cfg(feature") || line.contains("cfg(target") || line.contains("cfg(not(");
    let found = violations(|file, line| is_cfg(line).then(|| file.display().to_string()));
    assert!(found.len() <= MAX_CFG_LINES, "{found:#?}");
    let places = ["src/lib.rs", "src/timer/mod.rs"];
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
