//! A place in a text as a text area counts it: in units of UTF-16 from the start, line breaks as one.

use std::ops::Range;

use crate::core::scenario::file::problem::{Place, Problem};

/// The units that a problem concerns. A place beyond its line is the end of the line; the text as a whole is its start.
pub fn range_of(problem: &Problem, text: &str) -> Range<u32> {
    let start = offset(text, problem.place);
    let end = Place { column: problem.place.column + problem.width, ..problem.place };
    let end = if problem.place.line == 0 { 0 } else { offset(text, end) };
    start..end.max(start)
}

/// The units before a place.
fn offset(text: &str, place: Place) -> u32 {
    let Some(lines_before) = place.line.checked_sub(1) else { return 0 };
    let mut units = 0;
    for (index, line) in text.lines().enumerate() {
        if index == lines_before {
            let before = line.chars().take(place.column.saturating_sub(1));
            return units + before.map(|c| c.len_utf16() as u32).sum::<u32>();
        }
        // A text area has one unit for a line break, also where the text has `\r\n`.
        units += line.encode_utf16().count() as u32 + 1;
    }
    units.saturating_sub(1)
}

/// A line cut into what is before the mark of a problem, and what is marked.
pub fn marked<'t>(line: &'t str, problem: &Problem) -> (&'t str, &'t str) {
    let cut = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let start = cut(problem.place.column.saturating_sub(1));
    let end = cut(problem.place.column.saturating_sub(1) + problem.width);
    (line.get(..start).unwrap_or_default(), line.get(start..end).unwrap_or_default())
}

/// What a new line begins with after a line up to the caret: the blanks of that line, and two more within a field without a
/// value or beside the dash of an entry with fields.
pub fn indentation(before_caret: &str) -> String {
    let line = before_caret.rsplit('\n').next().unwrap_or_default();
    let content = line.trim_start_matches(' ');
    let blanks = line.len() - content.len();
    let entry = content.strip_prefix("- ");
    let fields = entry.unwrap_or(content).trim_end();
    let has_fields = fields.ends_with(':') || fields.contains(": ");
    let beside_dash = if entry.is_some() && has_fields { 2 } else { 0 };
    let within = if fields.ends_with(':') { 2 } else { 0 };
    " ".repeat(blanks + beside_dash + within)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: usize, column: usize, width: usize) -> Problem {
        Problem {
            place: Place { line, column },
            width,
            path: String::new(),
            subject: Default::default(),
            message: String::new(),
        }
    }

    #[test]
    fn a_place_is_counted_as_text_areas_count() {
        let text = "one: 1\r\n여행: 🚲 two\nlast";
        assert_eq!(range_of(&problem(1, 1, 3), text), 0..3);
        assert_eq!(range_of(&problem(2, 5, 1), text), 11..13, "a bicycle has two units");
        assert_eq!(range_of(&problem(2, 7, 3), text), 14..17);
        assert_eq!(range_of(&problem(3, 1, 99), text), 18..22);
        assert_eq!(range_of(&problem(9, 1, 1), text), 22..22);
        assert_eq!(range_of(&problem(0, 0, 1), text), 0..0);
    }

    #[test]
    fn a_new_line_begins_where_yaml_goes_on() {
        for (before, blanks) in [
            ("users:", 2),
            ("a: 1\n  Reader:", 4),
            ("    think_time: 1s", 4),
            ("    tasks:", 6),
            ("      - get: /api/plans", 8),
            ("        checks:", 10),
            ("          - $.id exists", 10),
            ("      - parallel:", 10),
            ("", 0),
            ("a:\n", 0),
        ] {
            assert_eq!(indentation(before).len(), blanks, "{before:?}");
        }
    }

    #[test]
    fn the_marked_part_of_a_line_is_cut_at_characters() {
        assert_eq!(marked("여행: two", &problem(1, 5, 3)), ("여행: ", "two"));
        assert_eq!(marked("ab", &problem(1, 9, 2)), ("ab", ""));
    }
}
