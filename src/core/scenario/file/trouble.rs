//! Where the problems of a text are gathered while it is checked.

use std::cell::{Cell, RefCell};

use super::decode::At;
use super::problem::{Place, Problem, Subject};

/// The problems found so far, and the text that they are in.
pub struct Trouble<'t> {
    lines: Vec<&'t str>,
    found: RefCell<Vec<Problem>>,
    /// How many more steps may be made. Blocks that do blocks could make a short text long.
    steps_left: Cell<usize>,
    most_steps: usize,
    /// Whether it was noted that there are too many steps.
    limit_noted: Cell<bool>,
}

/// How far below the start of a value a word in it is looked for.
const SEARCHED_LINES: usize = 200;

impl<'t> Trouble<'t> {
    pub fn new(text: &'t str, most_steps: usize) -> Self {
        Self {
            lines: text.lines().collect(),
            found: RefCell::default(),
            steps_left: Cell::new(most_steps),
            most_steps,
            limit_noted: Cell::new(false),
        }
    }

    /// Notes a problem with what stands at a place.
    pub fn add(&self, place: Place, width: usize, message: impl Into<String>) {
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
        if word.is_empty() {
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

    /// Whether another step may be made.
    pub fn takes_step(&self) -> bool {
        let left = self.steps_left.get();
        self.steps_left.set(left.saturating_sub(1));
        left > 0
    }

    /// Notes that there are too many steps, once, at the name that made them too many.
    pub fn add_step_limit(&self, at: Option<&At<String>>) {
        if self.limit_noted.replace(true) {
            return;
        }
        let most = self.most_steps;
        let message = format!("the scenario has over {most} steps once its blocks are put in; use fewer");
        match at {
            Some(at) => self.about(at, message),
            None => self.add(Place::default(), 1, message),
        }
    }

    pub fn into_problems(self) -> Vec<Problem> {
        self.found.into_inner()
    }
}
