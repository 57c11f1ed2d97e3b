//! The library at `#/reports`: every report that the browser keeps, that this tab has, or that the companion's folder
//! holds.
//!
//! | file | what lives there |
//! |---|---|
//! | `state.rs` | the records, and what is chosen in the list |
//! | `moving.rs` | export and import of many reports as one file |
//! | `notice.rs` | the notice that a report is not kept |
//! | `view.rs` | the view: its bar, the table or what to do without one |
//! | `toolbar.rs` | search, and the buttons that concern many reports |
//! | `status.rs` | what happened last, and how much room there is |
//! | `table.rs`, `row.rs` | the table |
//! | `watch.rs` | looking into the companion's folder |
//! | `details.rs` | name, tags and note of one report, to be changed |
//!
//! What is found, in which order, and how records change is decided by `core::library`.

mod details;
pub mod moving;
pub mod notice;
mod row;
pub mod state;
mod status;
mod table;
mod toolbar;
pub mod view;
pub mod watch;
