//! What the browser keeps for the page beyond the life of the tab.
//!
//! | file | what lives there |
//! |---|---|
//! | `database.rs` | texts under keys, in IndexedDB |
//! | `lock.rs` | names that one tab holds |
//! | `journal.rs` | the run under way, and runs that were cut off |

mod database;
pub mod journal;
mod lock;

pub use database::StorageError;
