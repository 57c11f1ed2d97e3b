//! The life of one user: what it sends, what it makes of the answers, and what it does next.
//!
//! | file | what lives there |
//! |---|---|
//! | `draw.rs` | random draws: by weight, Zipf's law, durations |
//! | `rows.rs` | which row of a data file comes next |
//! | `backoff.rs` | waiting before a retry, and the budget of retries |
//! | `refresh.rs` | one refresh of a token at a time |

pub mod backoff;
pub mod draw;
pub mod refresh;
pub mod rows;
