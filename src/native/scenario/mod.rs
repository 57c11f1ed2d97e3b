//! Scenarios on the command line.
//!
//! | file | what lives there |
//! |---|---|
//! | `source.rs` | finds a scenario by file or name, and reads what it needs from this machine |
//! | `options.rs` | the flags that choose and change a scenario |
//! | `once.rs` | one user once, with every request and answer shown |
//! | `command.rs` | the command `oddiya-load scenario` |

pub mod command;
pub mod once;
pub mod options;
pub mod source;
