//! Which file uses which, read from the `use` statements; and whether files use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Modules by their paths (`browser::page::session`), and the modules that each one's file uses.
pub type Uses = BTreeMap<String, BTreeSet<String>>;

/// What the files of one folder of `source` use of each other.
pub fn of_folder(source: &Path, folder: &str) -> Uses {
    let mut texts = BTreeMap::new();
    read_modules(&source.join(folder), folder, &mut texts);
    let modules: BTreeSet<String> = texts.keys().cloned().collect();
    texts.iter().map(|(module, text)| (module.clone(), used_by(module, text, &modules))).collect()
}

/// Every pair of modules that reach each other.
pub fn circles(uses: &Uses) -> Vec<String> {
    let reach: BTreeMap<&String, BTreeSet<&String>> =
        uses.keys().map(|module| (module, reachable(module, uses))).collect();
    let pairs = reach.iter().flat_map(|(one, others)| others.iter().map(move |other| (*one, *other)));
    pairs
        .filter(|(one, other)| one < other && reach[other].contains(one))
        .map(|(one, other)| format!("{one} <-> {other}"))
        .collect()
}

fn read_modules(folder: &Path, module: &str, texts: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            read_modules(&path, &format!("{module}::{name}"), texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let module = if name == "mod" { module.to_owned() } else { format!("{module}::{name}") };
            let text = fs::read_to_string(&path).unwrap();
            texts.insert(module, text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned());
        }
    }
}

fn used_by(module: &str, text: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let statements = text.split("\nuse ").skip(1).chain(text.split("\npub use ").skip(1));
    let paths = statements.flat_map(|statement| expand(statement.split(';').next().unwrap()));
    let used = paths.filter_map(|path| resolve(module, &path, modules));
    used.filter(|used| used != module).collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(tree: &str) -> Vec<String> {
    let tree: String = tree.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((prefix, rest)) = tree.split_once('{') else {
        return vec![tree.split(" as ").next().unwrap().to_owned()];
    };
    let inner = &rest[..rest.rfind('}').unwrap()];
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(expand).map(|path| format!("{prefix}{path}")).collect()
}

/// The module that a path leads into: the longest known one that it begins with.
fn resolve(module: &str, path: &str, modules: &BTreeSet<String>) -> Option<String> {
    let mut base: Vec<&str> = module.split("::").collect();
    let mut parts: Vec<&str> = path.split("::").map(str::trim).collect();
    match parts[0] {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            base.pop();
        }
        _ => parts.insert(0, ""),
    }
    parts.remove(0);
    while parts.first() == Some(&"super") {
        base.pop();
        parts.remove(0);
    }
    let full: Vec<&str> = base.iter().chain(&parts).copied().collect();
    let known = (1..=full.len()).rev().map(|length| full[..length].join("::"));
    let found = { known }.find(|path| modules.contains(path))?;
    // A path of another crate begins with no module's name: it leads nowhere but to the file itself.
    (found != module).then_some(found)
}

fn reachable<'a>(from: &String, uses: &'a Uses) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = uses[from].iter().collect();
    while let Some(module) = open.pop() {
        if found.insert(module) {
            open.extend(&uses[module]);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_resolved_through_braces_and_parents() {
        let modules = ["ui", "ui::run", "ui::run::state", "ui::report"].map(str::to_owned).into();
        let text = "//! x\nuse super::super::report::{A, B};\nuse crate::ui::run::{\n    state::C,\n    D,\n};\nuse std::fs;\n";
        let used = used_by("ui::run::form", text, &modules);
        assert_eq!(used, ["ui::report", "ui::run", "ui::run::state"].map(str::to_owned).into());
    }

    #[test]
    fn a_circle_is_found_over_several_files() {
        let uses = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")];
        let uses = uses.map(|(one, other)| (one.to_owned(), BTreeSet::from([other.to_owned()]))).into();
        assert_eq!(circles(&uses), ["a <-> b", "a <-> c", "b <-> c"]);
    }
}
