//! Scenario files: reads a text in YAML, checks all of it, and makes a scenario of it, or says what is wrong and where.
//!
//! | file | what lives there |
//! |---|---|
//! | `problem` | what is wrong, with the line shown and a mark below |
//! | `node` | the text as a tree with places; limits against hostile texts |
//! | `limits` | the budget of a text: how much a scenario may take once it is read |
//! | `decode`, `at`, `wrong` | reads the wire types from the tree, with places; its errors |
//! | `wire/` | the form of a file, from which the JSON Schema is made |
//! | `settings` | values for the whole run, put in before anything else is read |
//! | `build/` | checks what was read and resolves all names |
//! | `surroundings` | what a text needs from outside: files, the environment, choices |
//! | `asks` | what a text asks from outside, also in a text with mistakes |
//! | `trouble` | where problems are gathered |
//!
//! Opening files and reading the environment is the caller's part.

pub mod asks;
mod at;
mod build;
mod decode;
mod limits;
pub mod node;
pub mod problem;
pub mod schema;
mod settings;
pub mod surroundings;
mod trouble;
mod wire;
mod wrong;

pub use node::LONGEST_TEXT;

use node::Node;
use problem::Problems;
use settings::Settings;
use surroundings::{Choices, Surroundings};
use trouble::Trouble;
use wire::WireScenario;

use super::model::scenario::Scenario;

/// Reads a scenario's text. `file` is the name by which problems call it.
///
/// # Errors
/// All that is wrong, as far as it could be read.
pub fn read(
    file: &str,
    text: &str,
    choices: &Choices,
    around: &impl Surroundings,
) -> Result<Scenario, Problems> {
    let mut tree = match Node::read(text) {
        Ok(tree) => tree,
        Err(problem) => return Err(Problems::new(file, text, vec![problem])),
    };
    let trouble = Trouble::new(text);
    let settings = Settings::find(&tree, choices, around, &trouble);
    settings.put_into(&mut tree, &trouble);
    let (wire, mut found) = decode::read::<WireScenario>(&tree);
    let scenario = wire.map(|wire| build::scenario(&wire, &settings, choices, around, &trouble));
    let (noted, further) = trouble.into_problems();
    found.extend(noted);
    match scenario {
        Some(scenario) if found.is_empty() => Ok(scenario),
        _ => {
            let mut problems = Problems::new(file, text, found).with_paths(|place| tree.path_to(place));
            problems.more += further;
            problems.list.iter_mut().for_each(|problem| problem.message = settings.hide(&problem.message));
            Err(problems)
        }
    }
}
