//! The formats of other tools, one file for each. They convert between bytes and a report, and open no files.

pub mod csv;
pub mod table;
