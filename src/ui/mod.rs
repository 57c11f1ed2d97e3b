//! What the page shows.
//!
//! | folder or file | what lives there |
//! |---|---|
//! | `app/` | the app: its head, and the view that the address names |
//! | `viewer.rs` | the viewer: reports only |
//! | `navigation.rs` | the views and their addresses |
//! | `run/` | the view of a run: form, progress, the report as it grows |
//! | `report/` | a report on the page, which it takes as a property |
//! | `files/` | report files: opened, held open, closed |
//! | `widgets/` | parts that any view may use |
//!
//! Components take values and signals. `browser` sends requests and reads files, `core` does the arithmetic.

pub mod app;
pub mod files;
pub mod navigation;
pub mod report;
pub mod run;
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
