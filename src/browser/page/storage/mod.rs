//! What the browser keeps for the page beyond the life of the tab.
//!
//! | file | what lives there |
//! |---|---|
//! | `database.rs` | texts under keys, in IndexedDB |
//! | `lock.rs` | names that one tab holds |
//! | `journal.rs` | the run under way, and runs that were cut off |
//! | `reports.rs` | reports of finished runs and of opened files, until they are dismissed |

mod database;
pub mod journal;
mod lock;
pub mod reports;

pub use database::StorageError;
