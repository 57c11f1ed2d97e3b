//! What the command says: its results, such as tables, on standard output, and its messages on standard error.
//!
//! Nothing that is said may end a load. The terminal may have been closed, a reader may be gone, a disk may be full; so
//! `print!` and its kin, which panic then, are not used. Control characters are made visible, because names from a report
//! or a host may hold commands to the terminal.

use std::borrow::Cow;
use std::io::{self, Write as _};

use crate::core::base::visible::visible_lines;

/// Writes a message as a line to standard error. An error is ignored: there is no place left to say it.
pub fn tell(message: &str) {
    let _ = io::stderr().lock().write_all(line(message).as_bytes());
}

/// Writes results as lines to standard output. A reader that went away (`| head`) has seen enough, which is no error.
///
/// # Errors
/// When the results cannot be written, for want of room for instance.
pub fn say(results: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    or_seen_enough(output.write_all(line(results).as_bytes()).and_then(|()| output.flush()))
}

/// Takes a reader that went away for one that has seen enough.
pub fn or_seen_enough(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn line(text: &str) -> String {
    harmless(text).into_owned() + "\n"
}

/// Text without commands to the terminal. Line breaks stay, so the caller makes the line breaks of a quoted file name or
/// host visible before.
pub fn harmless(text: &str) -> Cow<'_, str> {
    visible_lines(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_text_reaches_the_terminal() {
        assert_eq!(harmless("a\tb\n\u{1b}[2Jc\u{7f}\u{9b}"), "a\\tb\n\\u{1b}[2Jc\\u{7f}\\u{9b}");
        assert_eq!(harmless("1\u{202f}234 — 서울"), "1\u{202f}234 — 서울");
    }

    #[test]
    fn a_reader_that_is_gone_is_no_error_and_a_full_disk_is_one() {
        let written = |kind: io::ErrorKind| or_seen_enough(Err(kind.into())).map_err(|error| error.kind());
        assert_eq!(written(io::ErrorKind::BrokenPipe), Ok(()));
        assert_eq!(written(io::ErrorKind::StorageFull), Err(io::ErrorKind::StorageFull));
    }
}
