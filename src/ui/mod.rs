//! The components of the page.
//!
//! | folder or file | what lives there |
//! |---|---|
//! | `app/` | the app: the head of the page, and the view that the address names |
//! | `viewer.rs` | the viewer: reports only |
//! | `navigation.rs` | the views and their addresses |
//! | `run/` | the view of a run: form, progress, the report as it grows |
//! | `report/` | the views of a report, which take it as a property |
//! | `library/` | the list of all reports |
//! | `scenarios/` | scenarios: the list, and the editor of one |
//! | `suite/` | several loads in turn, summed up |
//! | `compare/` | two groups of reports, and what changed between them |
//! | `files/` | report files: opening them, holding them open, closing them |
//! | `keeping.rs` | what the browser keeps for a list, and what to say where it does not |
//! | `widgets/` | parts that any view may use |
//!
//! Components take values and signals. Requests and files belong to `browser`, arithmetic to `core`.

pub mod app;
pub mod compare;
pub mod files;
pub mod keeping;
pub mod library;
pub mod navigation;
pub mod report;
pub mod run;
pub mod scenarios;
pub mod suite;
pub mod viewer;
mod widgets;

use leptos::mount::mount_to_body;

/// Puts the app into the page.
pub fn mount_app() {
    mount_to_body(app::App);
}

/// Puts the viewer into the page.
pub fn mount_viewer() {
    mount_to_body(viewer::Viewer);
}
