//! Opens a report file. What is in it is read in `core::report::read`.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

use crate::core::base::visible::visible;
use crate::core::report::Report;
use crate::core::report::read::{MAX_BYTES, ReadError, read};

/// # Errors
/// When the file cannot be read, or is no report; the error names it.
pub fn open(path: &Path) -> anyhow::Result<Report> {
    // The name of a file is text of unknown origin too.
    let named = || format!("cannot open {}", visible(&path.to_string_lossy()));
    let file = File::open(path).with_context(named)?;
    let size = file.metadata().with_context(named)?.len();
    if size > MAX_BYTES {
        return Err(ReadError::TooLarge(size)).with_context(named);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(named)?;
    read(&bytes).with_context(named)
}
