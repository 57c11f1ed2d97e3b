//! Where the problems of a text are gathered while it is checked.

use std::cell::{Cell, RefCell};

use super::decode::At;
use super::limits::{Budget, MOST_PROBLEMS, too_many_steps, too_much};
use super::problem::{Place, Problem, Subject, instead};

/// The problems found so far, and the text that they are in.
pub struct Trouble<'t> {
    lines: Vec<&'t str>,
    found: RefCell<Vec<Problem>>,
    /// How many more were found than are kept.
    further: Cell<usize>,
    budget: Budget,
    /// Whether it was noted that the budget of the text is used up.
    limit_noted: Cell<bool>,
}

/// How far below the start of a value a word in it is looked for.
const SEARCHED_LINES: usize = 200;

impl<'t> Trouble<'t> {
    pub fn new(text: &'t str) -> Self {
        let (found, further, budget, limit_noted) = Default::default();
        Self { lines: text.lines().collect(), found, further, budget, limit_noted }
    }

    /// Whether so many problems are known that further ones are only counted.
    pub fn is_full(&self) -> bool {
        self.found.borrow().len() >= MOST_PROBLEMS
    }

    /// What to write in place of an unknown word. Nothing is looked for where the problem is only counted.
    pub fn instead<'a>(&self, word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
        if self.is_full() { String::new() } else { instead(word, known) }
    }

    /// Notes a problem with what stands at a place.
    pub fn add(&self, place: Place, width: usize, message: impl Into<String>) {
        if self.is_full() {
            return self.further.set(self.further.get() + 1);
        }
        let (width, path, subject) = (width.max(1), String::new(), Subject::Field);
        let problem = Problem { place, width, path, subject, message: message.into() };
        self.found.borrow_mut().push(problem);
    }

    /// Notes a problem with a text or a name.
    pub fn about(&self, at: &At<String>, message: impl Into<String>) {
        self.within(at.place, &at.value, message);
    }

    /// Notes a problem with a word inside the value that begins at a place.
    pub fn within(&self, place: Place, word: &str, message: impl Into<String>) {
        let first_line = word.lines().next().unwrap_or_default();
        let found = self.find(place, first_line).unwrap_or(place);
        self.add(found, first_line.chars().count(), message);
    }

    fn find(&self, from: Place, word: &str) -> Option<Place> {
        if word.is_empty() || self.is_full() {
            return None;
        }
        let lines = self.lines.iter().enumerate().skip(from.line.checked_sub(1)?).take(SEARCHED_LINES);
        lines.into_iter().find_map(|(index, line)| {
            let skipped = if index + 1 == from.line { from.column.saturating_sub(1) } else { 0 };
            let start = line.char_indices().nth(skipped).map_or(line.len(), |(start, _)| start);
            let at = line.get(start..)?.find(word)?;
            let before = line.get(..start + at)?.chars().count();
            Some(Place { line: index + 1, column: before + 1 })
        })
    }

    /// Notes the problem of a result, and hands over what there is.
    pub fn keep<T>(&self, at: &At<String>, result: Result<T, impl ToString>) -> Option<T> {
        result.map_err(|problem| self.about(at, problem.to_string())).ok()
    }

    /// Takes a step from the budget of the text. Without room it notes a problem at the step's name and returns `false`.
    pub fn takes_step(&self, at: Option<&At<String>>) -> bool {
        !self.budget.is_spent() && (self.budget.takes_step() || self.note_limit(at, too_many_steps()))
    }

    /// Takes so many bytes from the budget of the text. Without room it notes a problem at a name and returns `false`.
    pub fn takes(&self, bytes: usize, at: Option<&At<String>>) -> bool {
        self.budget.takes(bytes) || self.note_limit(at, too_much())
    }

    /// Takes so many bytes from the budget of the text, for a blank or a pattern.
    ///
    /// # Errors
    /// The message when there is no room.
    pub fn take(&self, bytes: usize) -> Result<(), String> {
        if self.budget.takes(bytes) { Ok(()) } else { Err(too_much()) }
    }

    /// Whether another file of that size may be kept.
    pub fn takes_file(&self, bytes: usize) -> bool {
        self.budget.takes_file(bytes)
    }

    /// Notes once that the budget is used up, at the name that used it up.
    fn note_limit(&self, at: Option<&At<String>>, message: String) -> bool {
        if !self.limit_noted.replace(true) {
            match at {
                Some(at) => self.about(at, message),
                None => self.add(Place::default(), 1, message),
            }
        }
        false
    }

    /// The problems, and how many more there are.
    pub fn into_problems(self) -> (Vec<Problem>, usize) {
        (self.found.into_inner(), self.further.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_beyond_the_kept_ones_are_counted() {
        let trouble = Trouble::new("");
        (0..MOST_PROBLEMS + 7).for_each(|line| trouble.add(Place { line, column: 1 }, 1, "is wrong"));
        assert!(trouble.is_full() && trouble.instead("nmae", ["name"]).is_empty());
        let (kept, further) = trouble.into_problems();
        assert_eq!((kept.len(), further), (MOST_PROBLEMS, 7));
    }

    #[test]
    fn too_much_is_said_once() {
        let trouble = Trouble::new("");
        assert!(!trouble.takes(usize::MAX, None) && !trouble.takes(1, None) && !trouble.takes_step(None));
        assert_eq!(trouble.into_problems().0.len(), 1);
    }
}
