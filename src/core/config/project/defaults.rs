//! The file `oddiya-load.yaml` in the working folder: a project's defaults for the options of the command.

use super::options::{SetOption, problem_at, read_options};
use crate::core::scenario::file::node::{Node, Value};
use crate::core::scenario::file::problem::Problems;

/// Its name.
pub const FILE: &str = "oddiya-load.yaml";

/// Reads the text of the file. `known` are all options that there are.
///
/// # Errors
/// All that is wrong with it, each thing at its place.
pub fn read(text: &str, known: &[String]) -> Result<Vec<SetOption>, Problems> {
    let says_nothing = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text.lines().all(says_nothing) {
        return Ok(Vec::new());
    }
    let tree = Node::read(text).map_err(|problem| Problems::new(FILE, text, vec![problem]))?;
    let mut problems = Vec::new();
    let options = match &tree.value {
        Value::Map(fields) => read_options(fields, known, &mut problems),
        _ => {
            let message =
                format!("must have one option on each line, such as `users: 50`, and is {}", tree.kind());
            problems.push(problem_at(tree.place, 1, message));
            Vec::new()
        }
    };
    if problems.is_empty() { Ok(options) } else { Err(Problems::new(FILE, text, problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["host", "users", "run-time", "set", "header", "tags", "headless"].map(str::to_owned).to_vec()
    }

    #[test]
    fn options_are_read_in_the_ways_that_people_write_them() {
        let text = "host: http://localhost:8080\nLOCUST_USERS: 50\nrun_time: 1m\nheadless: true\ntags: [read, slow]\n\
                    set: { popular: 80 %, form: 0s }\nheader: { X-Tenant: seoul }\n";
        let read = read(text, &known()).unwrap();
        let read: Vec<_> =
            read.iter().map(|option| (option.name.as_str(), option.values.join("|"))).collect();
        let expected = [
            ("host", "http://localhost:8080"),
            ("users", "50"),
            ("run-time", "1m"),
            ("headless", "true"),
            ("tags", "read|slow"),
            ("set", "popular=80 %|form=0s"),
            ("header", "X-Tenant: seoul"),
        ];
        assert_eq!(read, expected.map(|(name, values)| (name, values.to_owned())));
    }

    #[test]
    fn a_file_that_says_nothing_sets_nothing() {
        for text in ["", "\n", "# host: http://localhost:8080\n\n"] {
            assert_eq!(read(text, &known()), Ok(Vec::new()), "{text:?}");
        }
    }

    #[test]
    fn each_mistake_is_named_at_its_place() {
        for (text, right) in [
            ("user: 5", "oddiya-load.yaml:1:1: there is no option `user`; did you mean `users`?"),
            ("users: 5\nLOCUST_USERS: 6", "oddiya-load.yaml:2:1: the option `users` stands here twice"),
            ("host:", "oddiya-load.yaml:1:1: must be a value or a list of values, not nothing"),
            ("host: ''", "oddiya-load.yaml:1:1: has an empty value; write one, or leave the option out"),
            (
                "host: { a: { b: 1 } }",
                "oddiya-load.yaml:1:1: must be a value or a list of values, not fields",
            ),
            ("- users: 5", "must have one option on each line, such as `users: 50`, and is a list"),
            ("users: [", "oddiya-load.yaml:"),
        ] {
            let said = read(text, &known()).unwrap_err().to_string();
            assert!(said.contains(right), "{text}: {said}");
        }
    }
}
