//! Scenarios at `#/scenarios` and `#/scenario/…`: those inside the program, and one's own, which the browser keeps.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the kept scenarios, and texts that are being changed |
//! | `moving.rs` | scenarios as files and as links |
//! | `list.rs`, `row.rs` | the list |
//! | `status.rs` | what happened last, and whether the browser keeps scenarios |
//! | `editor/` | one scenario: its text, what is wrong with it, what it says |
//! | `start.rs` | the text of a new scenario |
//!
//! What is right and what is said about it is decided by `core::shelf` and `core::scenario::file`.

pub mod editor;
pub mod list;
pub mod moving;
mod row;
mod start;
pub mod state;
mod status;
