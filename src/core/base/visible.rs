//! Text of unknown origin as text that can be shown: the single place where what a file or a host wrote becomes visible.
//!
//! A terminal obeys control characters, and a reader of any kind is misled by a line break in a name or by a mark that
//! turns the direction of writing. Each such character is written as its escape, `\u{1b}` or `\n`, so that nobody is
//! obeyed and everybody can see what was there.

use std::borrow::Cow;

/// The most characters of a name, a detail or an address that a row shows.
pub const CELL_CHARS: usize = 120;
/// The most characters of a sentence that comes from a file.
pub const SENTENCE_CHARS: usize = 400;

/// The text in one line, with escapes for what is not visible.
pub fn visible(text: &str) -> Cow<'_, str> {
    escaped(text, is_unseen)
}

/// The text with its line breaks, and with escapes for whatever else is not visible.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |c| c != '\n' && is_unseen(c))
}

/// The text as a cell of a table shows it: in one line, and shortened.
pub fn cell(text: &str) -> String {
    shortened(text, CELL_CHARS)
}

/// The text as part of a sentence: in one line, and shortened.
pub fn sentence(text: &str) -> String {
    shortened(text, SENTENCE_CHARS)
}

/// At most `most` characters of what is shown of a text; `…` is the last of them where there is more.
pub fn shortened(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(at, _)| at);
    let shown = visible(text.get(..end).unwrap_or_default());
    if end == text.len() && shown.chars().count() <= most {
        return shown.into_owned();
    }
    shown.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn escaped(text: &str, is_unseen: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// Whether a character commands instead of showing: control characters, line separators, marks of direction (UAX #9), and
/// characters without width. U+200C and U+200D stay, because scripts and emoji need them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{ad}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_shown_as_it_is() {
        for text in ["", "/api/plans/{id}", "서울 → 부산, 1\u{202f}234", "👩\u{200d}🚀", "naïve \\n \"x\""]
        {
            assert_eq!(visible(text), text);
            assert!(matches!(visible(text), Cow::Borrowed(_)));
        }
    }

    #[test]
    fn what_commands_a_terminal_or_a_reader_is_written_as_its_escape() {
        for (text, shown) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nGET /forged 0", "a\\nGET /forged 0"),
            ("a\r\tb", "a\\r\\tb"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
            ("a\u{2066}b\u{200f}c\u{61c}", "a\\u{2066}b\\u{200f}c\\u{61c}"),
            ("a\u{2028}b\u{feff}", "a\\u{2028}b\\u{feff}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }

    #[test]
    fn a_long_text_is_shortened_to_whole_characters() {
        assert_eq!(shortened("abcd", 4), "abcd");
        assert_eq!(shortened("abcde", 4), "abc…");
        assert_eq!(shortened("서울부산", 3), "서울…");
        assert_eq!(shortened("\n\n\n\n", 5), "\\n\\n…");
        assert_eq!(shortened("\n\n", 4), "\\n\\n");
        assert_eq!(cell(&"x".repeat(70_000)).chars().count(), CELL_CHARS);
    }
}
