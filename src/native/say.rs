//! Writes a command's output, such as its tables, to standard output.

use std::io::{self, Write as _};

/// Writes a line. An error is ignored, because a reader that went away (`| head`) has seen enough. Control characters are
/// replaced, because the strings of a report may hold commands to the terminal.
pub fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", harmless(text));
}

fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_text_reaches_the_terminal() {
        assert_eq!(harmless("a\tb\n\u{1b}[2Jc\u{7f}\u{9b}"), "a\u{fffd}b\n\u{fffd}[2Jc\u{fffd}\u{fffd}");
        assert_eq!(harmless("1\u{202f}234 — 서울"), "1\u{202f}234 — 서울");
    }
}
