//! Options as a file writes them, `users: 50`, and which of several sources of options decides.

use crate::core::scenario::file::node::{Key, Node, Value};
use crate::core::scenario::file::problem::{Place, Problem, Subject, instead};

/// The name of the option that no flag has: the user classes of a run.
pub const USER_CLASSES: &str = "user-classes";

/// A value for an option, by the long name of its flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOption {
    pub name: String,
    /// One value, or several for a flag that may be repeated. That of a flag without a value is `true` or `false`.
    pub values: Vec<String>,
}

impl SetOption {
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), values: vec![value.to_owned()] }
    }

    /// The value, where there is exactly one.
    pub fn value(&self) -> Option<&str> {
        match self.values.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

/// The name of an option in any of the ways that people write it: `run-time`, `run_time`, `LOCUST_RUN_TIME`.
pub fn option_name(written: &str) -> String {
    let name = written.trim().to_ascii_lowercase().replace('_', "-");
    let name =
        ["oddiya-load-", "locust-"].iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(&name);
    name.trim_start_matches("--").to_owned()
}

/// Reads options from fields. `known` are all options that there are.
pub fn read_options<'n>(
    fields: impl IntoIterator<Item = &'n (Key, Node)>,
    known: &[String],
    problems: &mut Vec<Problem>,
) -> Vec<SetOption> {
    let mut options: Vec<SetOption> = Vec::new();
    for (key, value) in fields {
        let name = option_name(&key.name);
        if !known.contains(&name) {
            let meant = instead(&name, known.iter().map(String::as_str));
            problems.push(about(key, format!("there is no option `{}`; {meant}", key.name)));
        } else if options.iter().any(|other| other.name == name) {
            problems.push(about(key, format!("the option `{name}` stands here twice; keep one of them")));
        } else {
            match values_of(&name, value) {
                Ok(values) => options.push(SetOption { name, values }),
                Err(message) => problems.push(about(key, message)),
            }
        }
    }
    options
}

/// A problem of a field.
pub fn about(key: &Key, message: String) -> Problem {
    problem_at(key.place, key.name.chars().count(), message)
}

/// A problem at a place.
pub fn problem_at(place: Place, width: usize, message: String) -> Problem {
    Problem { place, width: width.max(1), path: String::new(), subject: Subject::Field, message }
}

/// The values of an option. Fields stand for pairs: `set: { popular: 80 % }`.
fn values_of(name: &str, value: &Node) -> Result<Vec<String>, String> {
    let values = match &value.value {
        Value::List(items) => items.iter().map(scalar).collect::<Option<Vec<_>>>(),
        Value::Map(fields) => {
            let sign = if name == "header" { ": " } else { "=" };
            let pair = |(key, value): &(Key, Node)| Some(format!("{}{sign}{}", key.name, scalar(value)?));
            fields.iter().map(pair).collect()
        }
        _ => scalar(value).map(|value| vec![value]),
    };
    match values {
        Some(values) if values.iter().all(|value| !value.trim().is_empty()) && !values.is_empty() => {
            Ok(values)
        }
        Some(_) => Err("has an empty value; write one, or leave the option out".to_owned()),
        None => Err(format!("must be a value or a list of values, not {}", value.kind())),
    }
}

/// A single value as a text; `None` for anything else.
pub fn scalar(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(text) | Value::Text(text) => Some(text.clone()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// Whether a switch is on, in any of the ways that YAML and environments write it; `None` when it is none of them.
pub fn switch(value: &str) -> Option<bool> {
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// The options that one takes the place of, because they say the same thing in another way.
const fn replaced_by(name: &str) -> &'static [&'static str] {
    match name.as_bytes() {
        b"users" => &["rate", "arrivals", "max-users", "stages"],
        b"rate" => &["users", "spawn-rate", "stages", "think-time"],
        b"stages" => &["users", "spawn-rate", "rate", "arrivals", "max-users", "run-time"],
        b"bearer" => &["mint-user-token"],
        b"mint-user-token" => &["bearer"],
        _ => &[],
    }
}

/// The options that decide. An earlier source goes before a later one, and what a person typed before all: `typed` are the names
/// of those options.
pub fn deciding(typed: &[String], sources: &[Vec<SetOption>]) -> Vec<SetOption> {
    let mut settled: Vec<String> = Vec::new();
    let settle = |settled: &mut Vec<String>, name: &str| {
        settled.push(name.to_owned());
        settled.extend(replaced_by(name).iter().map(|name| (*name).to_owned()));
    };
    typed.iter().for_each(|name| settle(&mut settled, name));
    let mut deciding = Vec::new();
    for source in sources {
        let free: Vec<&SetOption> = source.iter().filter(|option| !settled.contains(&option.name)).collect();
        // Only now, so that a source that contradicts itself is found out.
        free.iter().for_each(|option| settle(&mut settled, &option.name));
        deciding.extend(free.into_iter().cloned());
    }
    deciding
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(pairs: &[(&str, &str)]) -> Vec<SetOption> {
        pairs.iter().map(|(name, value)| SetOption::new(name, value)).collect()
    }

    #[test]
    fn an_option_has_one_name_however_it_is_written() {
        for written in
            ["run-time", "run_time", "RUN_TIME", "LOCUST_RUN_TIME", "ODDIYA_LOAD_RUN_TIME", "--run-time"]
        {
            assert_eq!(option_name(written), "run-time", "{written}");
        }
    }

    #[test]
    fn what_a_person_typed_goes_before_all_and_takes_the_place_of_another_load() {
        let (preset, file) =
            (set(&[("users", "50"), ("run-time", "10m")]), set(&[("host", "http://h"), ("rate", "5")]));
        let typed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let by = |names: &[&str]| deciding(&typed(names), &[preset.clone(), file.clone()]);
        assert_eq!(by(&[]), set(&[("users", "50"), ("run-time", "10m"), ("host", "http://h")]));
        assert_eq!(by(&["users"]), set(&[("run-time", "10m"), ("host", "http://h")]));
        assert_eq!(by(&["stages"]), set(&[("host", "http://h")]));
        assert_eq!(by(&["run-time", "host"]), set(&[("users", "50")]));
    }

    #[test]
    fn a_source_that_contradicts_itself_keeps_both_so_that_it_is_refused() {
        let file = set(&[("users", "50"), ("rate", "5")]);
        assert_eq!(deciding(&[], std::slice::from_ref(&file)), file);
    }
}
