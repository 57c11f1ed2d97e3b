//! Parts that any view may use. They must not use runs or whole reports.
//!
//! | file | what lives there |
//! |---|---|
//! | `copy_table.rs` | the button that copies a table |
//! | `figure_table.rs` | a table of distributions |
//! | `ids.rs` | ids that occur once on the page |
//! | `in_view.rs` | scrolling an element into view |
//! | `row_button.rs` | a small button in a row of a list |
//! | `row_window.rs` | which rows of a long table are shown |
//! | `sort_heading.rs` | a heading that sorts a table |
//! | `status_line.rs` | the line above a list: what happened last, and whether it is kept |
//! | `theme_button.rs` | the button that changes the colours |

pub mod copy_table;
pub mod figure_table;
pub mod ids;
pub mod in_view;
pub mod row_button;
pub mod row_window;
pub mod sort_heading;
pub mod status_line;
pub mod theme_button;
