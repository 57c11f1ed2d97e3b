//! Scenario files as their authors meet them: files that are right, files that are wrong and what is said of them, the
//! JSON Schema, and the pages of the documentation.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may panic")]

mod broken;
mod damaged;
mod good;
mod pages;
mod reference;
mod schema;

use std::path::{Path, PathBuf};

use oddiya_load::core::scenario::file::problem::Problems;
use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Surroundings};
use oddiya_load::core::scenario::model::scenario::Scenario;

/// A folder of fixtures, and an environment without variables.
struct Folder(PathBuf);

impl Surroundings for Folder {
    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(path)).map_err(|_| format!("the file {path} cannot be read: no such file"))
    }

    fn environment(&self, _: &str) -> Option<String> {
        None
    }
}

/// `good` or `broken` among the fixtures.
fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scenarios").join(name)
}

/// The scenario files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        all.filter(|path| path.extension().is_some_and(|ending| ending == "yaml")).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn read_file(path: &Path, choices: &Choices) -> Result<Scenario, Problems> {
    let text = std::fs::read_to_string(path).unwrap();
    read(name(path), &text, choices, &Folder(path.parent().unwrap().to_owned()))
}

/// A file that is right.
fn good(name: &str) -> Scenario {
    good_with(name, &Choices::default())
}

fn good_with(name: &str, choices: &Choices) -> Scenario {
    let path = folder("good").join(format!("{name}.yaml"));
    read_file(&path, choices).unwrap_or_else(|problems| panic!("{problems}"))
}
