//! The regular expressions of a scenario, each compiled when it is first used.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use regex_lite::Regex;

use crate::core::scenario::model::request::Pattern;

/// Compiled patterns by their text.
#[derive(Debug, Default)]
pub struct Patterns {
    compiled: RefCell<BTreeMap<String, Rc<Regex>>>,
}

impl Patterns {
    /// The compiled pattern; `None` only for one that does not compile, which reading a scenario refuses.
    pub fn get(&self, pattern: &Pattern) -> Option<Rc<Regex>> {
        if let Some(known) = self.compiled.borrow().get(&pattern.0) {
            return Some(Rc::clone(known));
        }
        let regex = Rc::new(Regex::new(&pattern.0).ok()?);
        self.compiled.borrow_mut().insert(pattern.0.clone(), Rc::clone(&regex));
        Some(regex)
    }

    /// Whether a text matches.
    pub fn is_match(&self, pattern: &Pattern, text: &str) -> bool {
        self.get(pattern).is_some_and(|regex| regex.is_match(text))
    }
}
