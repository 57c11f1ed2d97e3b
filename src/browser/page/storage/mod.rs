//! What the browser keeps for the page beyond the life of the tab.
//!
//! | file | what lives there |
//! |---|---|
//! | `database.rs` | texts under keys, in IndexedDB |
//! | `lock.rs` | names that one tab holds |
//! | `journal.rs` | the run under way, and runs that were cut off |
//! | `library.rs` | reports of finished runs and of opened files, until they are deleted |
//! | `scenarios.rs` | scenarios, until they are deleted |
//! | `changes.rs` | telling the other tabs that the library or the scenarios have changed |
//! | `estimate.rs` | how much room there is |

pub mod changes;
mod database;
pub mod estimate;
pub mod journal;
pub mod library;
mod lock;
pub mod scenarios;

pub use database::StorageError;
