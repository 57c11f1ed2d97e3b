//! A comparison for people and scripts.
//!
//! | file | what lives there |
//! |---|---|
//! | `words.rs`, `reasons.rs` | its sentences: verdict, common shift, what it rests on; why runs are not comparable |
//! | `table.rs` | its rows and columns |
//! | `text.rs` | all of that for a terminal, and as Markdown |
//! | `file.rs` | the JSON that scripts read |

pub mod file;
pub mod reasons;
pub mod table;
pub mod text;
pub mod words;
