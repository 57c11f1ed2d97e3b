//! Other tools' formats.

pub mod csv;
