//! Report files: opening them, holding them open in this tab, closing them.
//!
//! | file | what lives there |
//! |---|---|
//! | `open_reports.rs` | the reports that are open in this tab |
//! | `open.rs` | file picker, drag and drop, and the message when a file cannot be opened |
//! | `banner.rs` | the line that names the source of an opened report |

pub mod banner;
pub mod open;
pub mod open_reports;
