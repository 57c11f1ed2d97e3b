//! Finds a scenario: a file on this machine, or one inside the program. Reads the files that it names, and the environment.

use std::path::{Path, PathBuf};

use crate::core::base::visible::visible;
use crate::core::scenario::file::problem::{Problems, instead};
use crate::core::scenario::file::read;
use crate::core::scenario::file::surroundings::{Choices, Surroundings};
use crate::core::scenario::model::scenario::Scenario;
use crate::core::scenario::shipped;

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
        let bytes = std::fs::read(path).map_err(|error| unreadable(name, &error))?;
        let text = String::from_utf8(bytes).map_err(|_| format!("{} is no UTF-8 text", visible(name)))?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
        Ok(Self { name: name.to_owned(), text, folder })
    }

    /// Reads the scenario.
    pub fn read(&self, choices: &Choices) -> Result<Scenario, Problems> {
        read(&self.name, &self.text, choices, &Machine { folder: &self.folder })
    }
}

/// Why there is no text. A word without a folder or an ending may have been meant as a name.
fn unreadable(name: &str, error: &std::io::Error) -> String {
    let known = shipped::ALL.iter().map(|shipped| shipped.name);
    let looks_like_name = !name.contains(['/', '\\', '.']);
    let names = if looks_like_name {
        format!(", and is no name of one inside the program; {}", instead(name, known))
    } else {
        String::new()
    };
    format!("{} cannot be read: {error}{names}", visible(name))
}

/// This machine, as a scenario sees it.
struct Machine<'m> {
    folder: &'m Path,
}

impl Surroundings for Machine<'_> {
    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.folder.join(path))
            .map_err(|error| format!("the file {path} cannot be read: {error}"))
    }

    fn environment(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}
