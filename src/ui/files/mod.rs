//! Report files: opened, held open in this tab, closed.
//!
//! | file | what lives there |
//! |---|---|
//! | `open_reports.rs` | the reports that are open |
//! | `open.rs` | file picker, drag and drop, and why a file cannot be opened |
//! | `banner.rs` | where an opened report is from |

pub mod banner;
pub mod open;
pub mod open_reports;
