//! How each value of a command was given, so that a message names what its reader can change: the flag, the environment
//! variable, or the place of a default of the project.

use std::collections::BTreeMap;

/// The environment variables and other sources that gave a value, by the flag that they stand for. Every other value was
/// given by its flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    variables: BTreeMap<String, String>,
    defaults: BTreeMap<String, String>,
}

impl Given {
    /// The name under which a flag's value was given.
    pub fn name<'a>(&'a self, flag: &'a str) -> &'a str {
        self.variables.get(flag).or_else(|| self.defaults.get(flag)).map_or(flag, String::as_str)
    }

    /// Notes where values came from that nobody typed: pairs of a flag and its source, such as `oddiya-load.yaml: users`.
    pub fn with_defaults(self, defaults: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { defaults: defaults.into_iter().collect(), ..self }
    }

    /// Which values came from where without being typed: `oddiya-load.yaml says host, users`. `None` when there are none.
    pub fn defaults_in_words(&self) -> Option<String> {
        let mut by_source: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (source, name) in self.defaults.values().filter_map(|place| place.split_once(": ")) {
            by_source.entry(source).or_default().push(name);
        }
        let words =
            by_source.into_iter().map(|(source, names)| format!("{source} says {}", names.join(", ")));
        Some(words.collect::<Vec<_>>().join("; ")).filter(|words| !words.is_empty())
    }
}

/// Pairs of a flag and its variable.
impl FromIterator<(String, String)> for Given {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self { variables: pairs.into_iter().collect(), defaults: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_by_its_variable_where_one_gave_it() {
        let given: Given = [("--host".to_owned(), "ODDIYA_LOAD_HOST".to_owned())].into_iter().collect();
        assert_eq!((given.name("--host"), given.name("--port")), ("ODDIYA_LOAD_HOST", "--port"));
        let given = given.with_defaults([("--users".to_owned(), "oddiya-load.yaml: users".to_owned())]);
        assert_eq!(
            (given.name("--host"), given.name("--users")),
            ("ODDIYA_LOAD_HOST", "oddiya-load.yaml: users")
        );
        assert_eq!(given.defaults_in_words().as_deref(), Some("oddiya-load.yaml says users"));
        assert_eq!(Given::default().defaults_in_words(), None);
    }
}
