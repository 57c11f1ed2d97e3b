//! The library: many reports, each known by a short record, and what a person notes about them. Pure.
//!
//! A list of hundreds of reports reads only records; the reports themselves stay where they are until one is opened.
//! Where records and reports are kept is not known here.
//!
//! | file | what lives there |
//! |---|---|
//! | `id.rs` | the name of a report in addresses |
//! | `summary.rs` | the figures of a report that a list shows |
//! | `record.rs` | a summary with its origin, name, tags and note |
//! | `edit.rs` | changes of records: descriptions, the baseline of a scenario, deletion that can be undone |
//! | `list.rs` | search and order |
//! | `words.rs` | the cells of the list in words |
//! | `sides.rs` | the reports that a comparison is asked for, as an address |
//! | `archive.rs` | the file of all reports |
//! | `folder.rs` | the reports of the companion's folder |
//! | `older.rs` | records as an older version of the page wrote them |

pub mod archive;
pub mod edit;
pub mod folder;
pub mod id;
pub mod list;
pub mod older;
pub mod record;
pub mod sides;
pub mod summary;
pub mod words;

use std::collections::BTreeMap;

use id::ReportId;
use record::Record;

/// All records by their ids. Ids sort by the moment at which a report was kept.
pub type Records = BTreeMap<ReportId, Record>;
