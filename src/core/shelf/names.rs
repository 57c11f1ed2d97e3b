//! The name within a scenario's text, which reports show; a free one for a copy; the name of its file.

use crate::core::base::visible::cell;

/// What a text without a readable name is called.
pub const UNNAMED: &str = "Unnamed";

/// The field of the name, at the start of its line.
const FIELD: &str = "scenario:";

/// The name that a text gives, right or not, in one line.
pub fn title(text: &str) -> String {
    let named = value_of(text).map(|value| cell(&unquoted(value)));
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| UNNAMED.to_owned())
}

/// The text with another name; the same text where it has no name in one line.
pub fn renamed(text: &str, name: &str) -> String {
    let Some(value) = value_of(text).filter(|value| !value.is_empty()) else { return text.to_owned() };
    // A part of the text, so its place is within the text.
    let start = value.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = text.split_at(start);
    format!("{before}{}{}", quoted(name), after.get(value.len()..).unwrap_or_default())
}

/// The name, or the name with the first number from 2 that none of the `taken` has.
pub fn free(name: &str, taken: &[String]) -> String {
    let is_free = |candidate: &String| !taken.contains(candidate);
    if is_free(&name.to_owned()) {
        return name.to_owned();
    }
    // A copy of a copy counts on.
    let stem = match name.rsplit_once(' ') {
        Some((stem, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => stem,
        _ => name,
    };
    (2_u64..).map(|number| format!("{stem} {number}")).find(is_free).unwrap_or_default()
}

/// The name of a file for a scenario: what every file system takes.
pub fn file_name(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() { c } else { '-' };
    let words: String = name.to_lowercase().chars().map(kept).collect();
    let words: Vec<&str> = words.split('-').filter(|word| !word.is_empty()).collect();
    let stem: String = words.join("-").chars().take(60).collect();
    if stem.is_empty() { "scenario.yaml".to_owned() } else { format!("{stem}.yaml") }
}

/// The value of the first line that begins with the field, without what surrounds it; `None` without such a line.
fn value_of(text: &str) -> Option<&str> {
    let value = text.lines().find_map(|line| line.strip_prefix(FIELD))?;
    let end = value.find(" #").unwrap_or(value.len());
    value.get(..end).map(str::trim)
}

fn unquoted(value: &str) -> String {
    let within = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    // A YAML string in double quotes is mostly a JSON string too.
    let within = within.map(str::to_owned).or_else(|| serde_json::from_str(value).ok());
    within.unwrap_or_else(|| value.to_owned())
}

/// A name as YAML: plain where that is surely the same text, otherwise in quotes.
fn quoted(name: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '(' | ')');
    let begins_plain = name.chars().next().is_some_and(char::is_alphabetic);
    let is_no_word_of_yaml = !matches!(name, "true" | "false" | "null" | "yes" | "no" | "on" | "off");
    if begins_plain && is_no_word_of_yaml && name.chars().all(is_word) {
        return name.to_owned();
    }
    // A JSON string is a YAML string.
    serde_json::Value::from(name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_right_texts_and_in_broken_ones() {
        assert_eq!(title("# mine\nscenario: checkout  # of the shop\nusers:\n"), "checkout");
        assert_eq!(title("scenario: \"여행 1\"\nusers: ["), "여행 1");
        assert_eq!(title("scenario: 'a'\r\n"), "a");
        for nameless in ["", "users:\n  scenario: x\n", "scenario:\n", "scenario: # none"] {
            assert_eq!(title(nameless), UNNAMED, "{nameless:?}");
        }
    }

    #[test]
    fn a_text_gets_another_name_and_keeps_the_rest() {
        let text = "# mine\nscenario: checkout  # of the shop\nabout: scenario: no\n";
        assert_eq!(renamed(text, "checkout 2"), text.replace("checkout ", "checkout 2 "));
        assert_eq!(renamed("scenario: a\r\nb: 1", "x: y"), "scenario: \"x: y\"\r\nb: 1");
        assert_eq!(renamed("scenario: a", "true"), "scenario: \"true\"");
        assert_eq!(renamed("scenario: a", "1"), "scenario: \"1\"");
        assert_eq!(renamed("users: {}", "b"), "users: {}", "there is no name to change");
        assert_eq!(title(&renamed("scenario: a", "say \"hi\"")), "say \"hi\"");
    }

    #[test]
    fn a_copy_has_the_first_free_number() {
        let taken = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(free("a", &taken(&["b"])), "a");
        assert_eq!(free("a", &taken(&["a", "a 3"])), "a 2");
        assert_eq!(free("a 2", &taken(&["a", "a 2"])), "a 3");
        assert_eq!(free("trip 2026x", &taken(&["trip 2026x"])), "trip 2026x 2");
    }

    #[test]
    fn a_file_has_a_name_that_every_system_takes() {
        assert_eq!(file_name("Check out: 2/3"), "check-out-2-3.yaml");
        assert_eq!(file_name("여행 계획"), "여행-계획.yaml");
        assert_eq!((file_name("../.."), file_name("")), ("scenario.yaml".into(), "scenario.yaml".into()));
    }
}
