//! What a project or a script says about runs beforehand, by the names of the flags of `oddiya-load run`.
//!
//! | file | what lives there |
//! |---|---|
//! | `options.rs` | options as a file writes them, and which of several sources decides |
//! | `defaults.rs` | the file `oddiya-load.yaml` |
//! | `presets.rs` | loads with a name |
//! | `suite.rs`, `suites/` | several loads in turn; those inside the program |
//!
//! Everything here is pure. Which flags there are is the caller's knowledge.

pub mod defaults;
pub mod options;
pub mod presets;
pub mod suite;
