//! What virtual users do: classes of users with their tasks, think times and requests, as data.
//!
//! | file | what lives there |
//! |---|---|
//! | `model/` | a checked scenario as data |
//! | `file/` | from the text of a scenario file to the model, or to what is wrong with it |
//! | `shipped/` | the scenarios inside the program |
//! | `choose.rs` | which classes take part, and which class a user is of |
//! | `connections.rs` | how many connections a user may keep |
//! | `adjust.rs` | what a command line changes: tags, headers, tokens |
//! | `host_users.rs` | rows of users that the host has |
//! | `bare.rs` | a scenario without what its users send |
//! | `outline.rs` | a scenario in a few lines |
//! | `method.rs`, `reading.rs` | HTTP methods; how an answer is read |
//!
//! A text becomes a checked [`Scenario`] here. Nothing is sent and no clock is read.

pub mod adjust;
mod bare;
pub mod choose;
mod connections;
pub mod file;
pub mod host_users;
pub mod method;
pub mod model;
pub mod outline;
pub mod reading;
pub mod shipped;

pub use choose::WrongClasses;
pub use method::Method;
pub use model::class::{Presence, UserClass};
pub use model::scenario::{EntryId, EntryKey, EntryKind, Scenario, ServiceId};
pub use model::think_time::{NotAThinkTime, ThinkTime};
pub use reading::Reading;
