//! A report for people: words, columns and plots, which page and terminal share. Nothing is drawn here.
//!
//! | file | what lives there |
//! |---|---|
//! | `words.rs` | sentences about trust and delays, a report's file name |
//! | `advice.rs` | what to check when a host cannot be reached |
//! | `command.rs` | commands to be copied |
//! | `comparison/` | a comparison in words, as a table and as JSON |
//! | `load.rs`, `notes.rs`, `connections.rs` | the load, the notes and the connections in words |
//! | `findings.rs` | what the host's answers say about the run, and what to do next |
//! | `table.rs`, `phases.rs`, `streams.rs` | columns and rows of the tables |
//! | `run_facts.rs` | what ran, name by name |
//! | `row_window.rs` | which rows of a long table are shown |
//! | `suite/` | the stages of a suite, summed up |
//! | `text.rs` | the terminal's summary |
//! | `plot/` | charts as geometry |

pub mod advice;
pub mod command;
pub mod comparison;
pub mod connections;
pub mod findings;
pub mod load;
pub mod notes;
pub mod phases;
pub mod plot;
pub mod row_window;
pub mod run_facts;
pub mod streams;
pub mod suite;
pub mod table;
pub mod text;
pub mod words;
