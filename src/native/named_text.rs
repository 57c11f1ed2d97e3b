//! A text that a word of the command line names: a file on this machine. The word may have been meant for something inside the
//! program.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::core::base::visible::visible;
use crate::core::scenario::file::problem::instead;

/// The content of a file, at most one byte more than `most`, because a device has no end.
///
/// # Errors
/// When the system refuses the file.
pub fn read_at_most(path: &Path, most: usize) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// Why there is no text. A word without a folder or an ending may have been meant as a name: `inside` says of what, such as
/// `suite inside the program`.
pub fn unreadable<'k>(
    name: &str,
    error: &std::io::Error,
    inside: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
) -> String {
    let looks_like_name = !name.contains(['/', '\\', '.']);
    let names = if looks_like_name {
        format!(", and is no {inside}; {}", instead(name, known))
    } else {
        String::new()
    };
    format!("{} cannot be read: {error}{names}", visible(name))
}
