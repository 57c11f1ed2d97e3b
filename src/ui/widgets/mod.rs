//! Parts that any view may use. They know no report and no run.
//!
//! | file | what lives there |
//! |---|---|
//! | `figure_table.rs` | a table of distributions |
//! | `ids.rs` | ids that occur once on the page |
//! | `in_view.rs` | scrolling something into view |
//! | `theme_button.rs` | light or dark |

pub mod figure_table;
pub mod ids;
pub mod in_view;
pub mod theme_button;
