//! A suite in the page: its stages are runs of the form, one after the other, and one view sums them up.
//!
//! | file | what lives there |
//! |---|---|
//! | `progress.rs` | how far the suite has come |
//! | `running.rs` | filling the form, starting stage after stage |
//! | `view.rs` | `#/suite` |

pub mod progress;
mod running;
pub mod view;
