//! Finds a scenario: a file on this machine, or one inside the program. Reads the files that it names, and the environment.

use std::path::{Component, Path, PathBuf};

use crate::core::base::visible::visible;
use crate::core::scenario::file::problem::Problems;
use crate::core::scenario::file::surroundings::{Choices, LARGEST_FILE, Surroundings};
use crate::core::scenario::file::{LONGEST_TEXT, read};
use crate::core::scenario::model::scenario::Scenario;
use crate::core::scenario::shipped;
use crate::native::named_text::{read_at_most, unreadable};

/// A scenario's text, and where it came from.
pub struct Source {
    /// The name of the file as it was typed, or of the scenario inside the program.
    name: String,
    pub text: String,
    /// The folder to which the text's files are relative.
    folder: PathBuf,
}

impl Source {
    /// Finds a scenario by the name of one inside the program, or by its file.
    pub fn find(name: &str) -> Result<Self, String> {
        if let Some(shipped) = shipped::named(name) {
            return Ok(Self {
                name: name.to_owned(),
                text: shipped.text.to_owned(),
                folder: PathBuf::from("."),
            });
        }
        let path = Path::new(name);
        let known = shipped::ALL.iter().map(|shipped| shipped.name);
        let bytes = read_at_most(path, LONGEST_TEXT)
            .map_err(|error| unreadable(name, &error, "name of one inside the program", known))?;
        if bytes.len() > LONGEST_TEXT {
            return Err(format!(
                "{} has over 1 MB, and a scenario has at most 1 MB; put rows into a file under `data`",
                visible(name)
            ));
        }
        let text = String::from_utf8(bytes).map_err(|_| format!("{} is no UTF-8 text", visible(name)))?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Ok(Self { name: name.to_owned(), text, folder })
    }

    /// Reads the scenario.
    pub fn read(&self, choices: &Choices) -> Result<Scenario, Problems> {
        read(&self.name, &self.text, choices, &Machine { folder: &self.folder })
    }
}

/// This machine, as a scenario sees it.
struct Machine<'m> {
    folder: &'m Path,
}

impl Surroundings for Machine<'_> {
    /// A scenario may come from somebody else, so it reads nothing but regular files of its own folder.
    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let outside = || {
            format!(
                "the file {path} is not in the scenario's folder; put it there and write its name, without `..`"
            )
        };
        let is_below = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(is_below) {
            return Err(outside());
        }
        let unreadable = |error: std::io::Error| format!("the file {path} cannot be read: {error}");
        let folder = if self.folder.as_os_str().is_empty() { Path::new(".") } else { self.folder };
        let folder = folder.canonicalize().map_err(unreadable)?;
        // A link may lead out of the folder.
        let file = folder.join(path).canonicalize().map_err(unreadable)?;
        if !file.starts_with(&folder) {
            return Err(outside());
        }
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(format!("{path} is a folder or a device; name a file"));
        }
        read_at_most(&file, LARGEST_FILE).map_err(unreadable)
    }

    fn environment(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str) -> Result<Vec<u8>, String> {
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("scenario");
        std::fs::create_dir_all(folder.join("data")).unwrap();
        std::fs::write(outer.path().join("secret"), "s3cret").unwrap();
        std::fs::write(folder.join("data/a.csv"), "a\n1\n").unwrap();
        std::os::unix::fs::symlink(outer.path().join("secret"), folder.join("link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", folder.join("zero")).unwrap();
        std::fs::create_dir(folder.join("empty")).unwrap();
        Machine { folder: &folder }.file(path)
    }

    #[test]
    fn a_scenario_reads_files_of_its_own_folder() {
        assert_eq!(read("data/a.csv").unwrap(), b"a\n1\n");
        assert_eq!(read("./data/a.csv").unwrap(), b"a\n1\n");
        assert!(read("no.csv").unwrap_err().starts_with("the file no.csv cannot be read: "));
    }

    #[test]
    fn a_scenario_reads_nothing_outside_of_its_folder_and_no_device() {
        for path in ["/proc/self/environ", "../secret", "data/../../secret", "link", "zero", "/dev/zero"] {
            let refused = read(path).unwrap_err();
            assert!(refused.contains("is not in the scenario's folder; put it there"), "{path}: {refused}");
        }
        assert_eq!(read("empty").unwrap_err(), "empty is a folder or a device; name a file");
    }

    #[test]
    fn a_file_without_end_is_read_to_the_limit() {
        let refused = Source::find("/dev/zero").err().unwrap();
        assert!(refused.starts_with("/dev/zero has over 1 MB, and a scenario has at most 1 MB"), "{refused}");
    }
}
