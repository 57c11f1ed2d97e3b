//! The result of saving a file that was made of a report.

/// The result of saving a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// The browser has taken the file.
    Done,
    /// The browser refused the file, which has this name.
    Refused(String),
}
