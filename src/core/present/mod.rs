//! A report for people: words, columns and plots, for page and terminal alike. Draws nothing itself.

pub mod phases;
pub mod plot;
pub mod streams;
pub mod table;
pub mod text;
