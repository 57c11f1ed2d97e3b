//! The scenarios that the page keeps: their records and how these change, drafts, names, links, and what the page says of
//! a text.
//!
//! | file | what lives there |
//! |---|---|
//! | `id.rs`, `record.rs`, `edit.rs` | a kept scenario; its name in addresses; changes of records |
//! | `draft.rs` | a text that is being changed, beside what is kept |
//! | `names.rs` | the name within a text, a free name for a copy, the name of a file |
//! | `check.rs` | whether a text is right, what is wrong with it, what must be given before a run |
//! | `ready/` | what reading the scenarios inside the program comes to, read beforehand |
//! | `caret.rs` | a place in a text as a text area counts it |
//! | `told.rs`, `steps.rs`, `conditions.rs` | what a right scenario says, in words |
//! | `list.rs` | what the list of scenarios shows |
//! | `link.rs` | a text in a link |
//!
//! Reading a text belongs to `core::scenario::file`, storing one to the page.

pub mod caret;
pub mod check;
mod conditions;
pub mod draft;
pub mod edit;
pub mod id;
pub mod link;
pub mod list;
pub mod names;
pub mod readable;
pub mod ready;
pub mod record;
pub mod steps;
pub mod told;

use std::collections::BTreeMap;

use id::ScenarioId;
use record::Record;

/// All records by their ids. Ids sort by the moment at which a scenario was first kept.
pub type Records = BTreeMap<ScenarioId, Record>;
