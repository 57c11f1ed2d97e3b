//! What is wrong with a scenario's text, where, and what to write instead.

use std::fmt::Write as _;

/// A place in a text. Lines and columns count characters from 1; 0 stands for the text as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub line: usize,
    pub column: usize,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// The number of characters that it concerns, 1 or more.
    pub width: usize,
    /// The fields that lead there, such as `users.Reader.tasks[0]`; empty for the text as a whole.
    pub path: String,
    pub subject: Subject,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// What a problem is about. A group of fields begins where its first field begins, so the place does not say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// The field or the value at the place.
    #[default]
    Field,
    /// The group whose first field is at the place.
    Group,
}

/// All that is wrong with a text; at least one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The name of the file.
    pub file: String,
    /// In the order of the text.
    pub list: Vec<Problem>,
    /// How many more there are.
    pub more: usize,
    /// The lines of the text that have a problem, by number.
    lines: Vec<(usize, String)>,
}

/// How many problems are kept. One mistake at the top of a long file can spoil everything below it.
const KEPT: usize = 10;
/// How many known words are listed where none is near.
const LISTED: usize = 12;
/// The longest word that is compared, in letters, and the most known ones.
const LONGEST_COMPARED: usize = 200;
const MOST_COMPARED: usize = 1_000;
/// How much of a long line is shown.
const SHOWN_WIDTH: usize = 100;

impl Problems {
    pub fn new(file: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| problem.place);
        list.dedup();
        let more = list.len().saturating_sub(KEPT);
        list.truncate(KEPT);
        let has_problem = |number: &usize| list.iter().any(|problem| problem.place.line == *number);
        let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
        let lines = numbered.filter(|(number, _)| has_problem(number)).map(|(n, line)| (n, line.to_owned()));
        Self { file: file.to_owned(), lines: lines.collect(), list, more }
    }

    /// Fills in the fields that lead to each problem.
    pub fn with_paths(mut self, path_to: impl Fn(Place) -> String) -> Self {
        for problem in &mut self.list {
            problem.path = path_to(problem.place);
            if problem.subject == Subject::Group {
                problem.path.truncate(problem.path.rfind('.').unwrap_or_default());
            }
        }
        self
    }

    /// One problem with its line and a mark below it.
    pub fn render(&self, problem: &Problem) -> String {
        let Problem { place, path, message, .. } = problem;
        let mut out = self.file.clone();
        if place.line > 0 {
            let _ = write!(out, ":{}:{}", place.line, place.column);
        }
        let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
        let _ = write!(out, ": {path}{message}");
        let line = self.lines.iter().find(|(number, _)| *number == place.line);
        if let Some((number, line)) = line {
            let _ = write!(out, "\n{}", marked(*number, line, problem));
        }
        out
    }
}

impl std::fmt::Display for Problems {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: Vec<_> = self.list.iter().map(|problem| self.render(problem)).collect();
        f.write_str(&shown.join("\n\n"))?;
        match self.more {
            0 => Ok(()),
            more => write!(f, "\n\n{more} more problems; fix these first"),
        }
    }
}

impl std::error::Error for Problems {}

/// The line with its number, and carets below what the problem concerns.
fn marked(number: usize, line: &str, problem: &Problem) -> String {
    let start = problem.place.column.saturating_sub(1);
    // The start of a line longer than the screen is left out, so that the mark can be seen.
    let skipped = if start + problem.width > SHOWN_WIDTH { start.saturating_sub(20) } else { 0 };
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let part: String = line.chars().skip(skipped).take(SHOWN_WIDTH).map(shown).collect();
    let length = part.chars().count();
    let indent = (start - skipped).min(length);
    let carets = "^".repeat(problem.width.min(length.saturating_sub(indent)).max(1));
    let gutter = " ".repeat(number.to_string().len());
    format!(" {number} | {part}\n {gutter} | {}{carets}", " ".repeat(indent))
}

/// The known word that was probably meant: at most a third of its letters differ. Words that are long take long to compare
/// and are no slips, so that none is meant by them, and only the first known words are compared.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    if length > LONGEST_COMPARED {
        return None;
    }
    let word = word.to_lowercase();
    let near = known.into_iter().take(MOST_COMPARED).filter_map(|other| {
        let other_length = other.chars().count();
        let allowed = length.max(other_length) / 3;
        if other_length.abs_diff(length) > allowed {
            return None;
        }
        let distance = strsim::damerau_levenshtein(&word, &other.to_lowercase());
        Some((distance, allowed, other))
    });
    near.min_by_key(|(distance, ..)| *distance)
        .filter(|(distance, allowed, _)| distance <= allowed)
        .map(|(.., nearest)| nearest)
}

/// What to write in place of an unknown word: the nearest one, or all that there are.
pub fn instead<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(meant) = nearest(word, known.clone()) {
        return format!("did you mean `{meant}`?");
    }
    let all: Vec<&str> = known.into_iter().collect();
    match all.as_slice() {
        [] => "there is none".to_owned(),
        [only] => format!("there is only `{only}`"),
        _ if all.len() > LISTED => {
            let first: Vec<&str> = all.iter().take(LISTED).copied().collect();
            format!("there are {} and {} more", first.join(", "), all.len() - LISTED)
        }
        _ => format!("there are {}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, column: usize, width: usize) -> Problem {
        Problem {
            place: Place { line, column },
            width,
            path: "users.A".into(),
            subject: Subject::Field,
            message: "is wrong".into(),
        }
    }

    #[test]
    fn a_problem_shows_its_line_with_a_mark_below() {
        let problems = Problems::new("a.yaml", "one: 1\n두: two\n", vec![problem(2, 4, 3)]);
        assert_eq!(problems.to_string(), "a.yaml:2:4: users.A: is wrong\n 2 | 두: two\n   |    ^^^");
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        let text = format!("{}wrong{}", "x".repeat(500), "y".repeat(500));
        let shown = Problems::new("a.yaml", &text, vec![problem(1, 501, 5)]).to_string();
        let lines: Vec<&str> = shown.lines().collect();
        let mark = lines[2].find('^').unwrap();
        assert_eq!(&lines[1][mark..mark + 5], "wrong");
        assert!(lines[1].len() < 120, "{shown}");
    }

    #[test]
    fn a_place_beyond_its_line_is_marked_at_the_end() {
        let shown = Problems::new("a.yaml", "ab", vec![problem(1, 9, 2)]).to_string();
        assert!(shown.ends_with("\n   |   ^"), "{shown}");
    }

    #[test]
    fn only_the_first_problems_are_shown_and_the_others_counted() {
        let list: Vec<_> = (1..=13).map(|line| problem(line, 1, 1)).collect();
        let shown = Problems::new("a.yaml", "", list).to_string();
        assert_eq!(shown.matches("is wrong").count(), 10);
        assert!(shown.ends_with("3 more problems; fix these first"), "{shown}");
    }

    #[test]
    fn the_nearest_word_is_offered_only_where_it_is_near() {
        assert_eq!(nearest("wieght", ["name", "weight"]), Some("weight"));
        assert_eq!(nearest("Weight", ["weight"]), Some("weight"));
        assert_eq!(nearest("colour", ["name", "weight"]), None);
        assert_eq!(instead("x", ["name", "weight"]), "there are name, weight");
        assert_eq!(instead("x", ["name"]), "there is only `name`");
        let long = "x".repeat(1 << 20);
        assert_eq!(nearest(&long, [long.as_str(), "x"]), None);
    }
}
