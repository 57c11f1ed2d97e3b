//! The page's side of the browser: one run over a worker, the way to the host, what the browser keeps, and the APIs
//! that the views need.
//!
//! | file | what lives there |
//! |---|---|
//! | `session.rs` | one run from start to report |
//! | `companion_state.rs` | whether the companion that carries a run is there |
//! | `run_state.rs`, `trouble.rs` | where a run stands; what went wrong and what to do next |
//! | `worker_handle.rs` | the conversation with the load worker |
//! | `probe/` | which way requests take to the host |
//! | `generator.rs` | what a report says of the page that made it |
//! | `storage/` | what the browser keeps beyond the life of the tab |
//! | `address.rs` | the run and the view in the address bar |
//! | `files.rs`, `incoming.rs` | files that are read and offered; files that are picked and dropped |
//! | `clipboard.rs`, `pictures.rs` | tables and drawings for other programs |
//! | `text_area.rs` | the lines and the selection of a text area |
//! | `visibility.rs`, `theme.rs`, `size.rs` | whether anybody sees the page; its colours; how large an element is |
//! | `pause.rs` | waiting |
//! | `clock.rs`, `columns.rs`, `local_storage.rs` | the reader's clock and columns; small choices that are remembered |
//!
//! No components and no arithmetic.

pub mod address;
pub mod clipboard;
pub mod clock;
pub mod columns;
pub mod companion_state;
pub mod files;
mod generator;
pub mod incoming;
mod local_storage;
pub mod pause;
pub mod pictures;
pub mod probe;
pub mod run_state;
pub mod session;
pub mod size;
pub mod storage;
pub mod text_area;
pub mod theme;
pub mod trouble;
mod visibility;
mod worker_handle;
