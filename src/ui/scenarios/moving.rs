//! Scenarios as files and as links: what goes out, and what comes in.

use leptos::prelude::*;
use leptos::web_sys::File;

use super::state::{News, Shelf};
use crate::browser::page::address;
use crate::browser::page::clipboard;
use crate::browser::page::files::{self, FileError, Format};
use crate::core::base::visible::cell;
use crate::core::scenario::file::LONGEST_TEXT;
use crate::core::shelf::id::ScenarioId;
use crate::core::shelf::link;
use crate::core::shelf::list::{Which, text_of};
use crate::core::shelf::names::{file_name, renamed, title};
use crate::core::shelf::record::Record;
use crate::ui::navigation::View;

/// The files that are scenarios, by the ends of their names.
const ENDINGS: [&str; 2] = [".yaml", ".yml"];

/// Whether a file is a scenario.
pub fn is_scenario(file: &File) -> bool {
    let name = file.name().to_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl Shelf {
    /// Offers a text as a file, and returns the sentence about it.
    pub fn export(self, text: &str) -> String {
        let name = file_name(&title(text));
        match files::download(&name, text, Format::Yaml) {
            Ok(()) => format!("Saved as the file {name}."),
            Err(_) => "The browser did not let the file be saved.".to_owned(),
        }
    }

    /// Keeps the scenario of a file, and gives its id. What is here already is not taken twice.
    pub async fn import(self, file: File) -> Option<ScenarioId> {
        let name = cell(&file.name());
        let text = match files::read(&file, LONGEST_TEXT as u64).await {
            Ok(bytes) => {
                String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text; save it as UTF-8".to_owned())
            }
            Err(FileError::TooLarge(_)) => {
                Err("a scenario has at most 1 MB; put rows into a file under `data`".to_owned())
            }
            Err(FileError::Unreadable) => {
                Err("the browser could not read the file; choose it again".to_owned())
            }
        };
        match text {
            Ok(text) => Some(self.take_over(&text, &name)),
            Err(problem) => {
                self.news.try_set(News::Said(format!("{name}: {problem}.")));
                None
            }
        }
    }

    /// Keeps a text that came from elsewhere, unless it is here already.
    pub fn take_over(self, text: &str, from: &str) -> ScenarioId {
        // The copy may have another name, given when it was first kept.
        let is_it = |(_, record): &(&ScenarioId, &Record)| {
            !record.is_deleted()
                && renamed(text, &title(&record.text)) == renamed(&record.text, &title(&record.text))
        };
        let known = self
            .kept
            .records
            .try_with_untracked(|records| records.iter().find(is_it).map(|(id, _)| *id))
            .flatten();
        let (id, said) = match known {
            Some(id) => (id, format!("{from} is here already.")),
            None => (self.keep_new(text), format!("{from} is kept in this browser.")),
        };
        self.news.try_set(News::Said(said));
        id
    }

    /// Copies a scenario, and gives the copy's id.
    pub fn copy(self, which: Which) -> Option<ScenarioId> {
        let text = self.kept.records.with_untracked(|records| text_of(which, records))?;
        let id = self.keep_new(&text);
        self.news.set(News::Said(format!("{} was copied.", title(&text))));
        Some(id)
    }
}

/// Puts a link with a text on the clipboard, and returns the sentence about it.
pub async fn copy_link(text: &str) -> String {
    let packed = match link::pack(text) {
        Ok(packed) => packed,
        Err(problem) => return format!("{}.", capital(&problem.to_string())),
    };
    let link = address::with_fragment(&format!("{}?text={packed}", View::SharedScenario.fragment()));
    match clipboard::copy(&link).await {
        Ok(()) => "The link is on the clipboard. It has the whole scenario in it.".to_owned(),
        // A page over plain HTTP from another machine has no clipboard.
        Err(_) => format!("The browser has no clipboard for this page. The link: {link}"),
    }
}

/// The text in the part of an address behind its `?`.
pub fn of_link(query: &str) -> Result<String, link::NotALink> {
    let packed = query.split('&').find_map(|part| part.strip_prefix("text="));
    packed.ok_or(link::NotALink::Damaged).and_then(link::unpack)
}

/// A sentence begins with a capital.
pub fn capital(sentence: &str) -> String {
    let mut rest = sentence.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}
