//! How each value of a command was given, so that a message names what its reader can change: the flag, or the
//! environment variable.

use std::collections::BTreeMap;

/// The environment variables that gave a value, by the flag that they stand for. Every other value was given by its flag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    variables: BTreeMap<String, String>,
}

impl Given {
    /// The name under which a flag's value was given.
    pub fn name<'a>(&'a self, flag: &'a str) -> &'a str {
        self.variables.get(flag).map_or(flag, String::as_str)
    }
}

/// Pairs of a flag and its variable.
impl FromIterator<(String, String)> for Given {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self { variables: pairs.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_named_by_its_variable_where_one_gave_it() {
        let given: Given = [("--host".to_owned(), "ODDIYA_LOAD_HOST".to_owned())].into_iter().collect();
        assert_eq!((given.name("--host"), given.name("--port")), ("ODDIYA_LOAD_HOST", "--port"));
    }
}
