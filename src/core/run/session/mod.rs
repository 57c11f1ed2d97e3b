//! The life of one user: what it sends, what it makes of the answers, and what it does next. It follows a scenario's
//! model, and knows no file format, no clock of its own and no network.
//!
//! | file | what lives there |
//! |---|---|
//! | `common.rs` | what all users of a shard share |
//! | `user.rs`, `presence.rs` | one user; whether it must end |
//! | `life.rs`, `tasks.rs`, `once.rs` | from task to task; which task is next; one user once |
//! | `steps.rs`, `loops.rs`, `poll.rs`, `held.rs`, `walk.rs` | the steps of a task; what belongs to one way through them |
//! | `send.rs`, `count.rs`, `attempt.rs`, `repeated.rs`, `renew.rs` | one request; the same one again; a new token |
//! | `prepare.rs`, `filler.rs`, `values.rs`, `escape.rs`, `generate.rs`, `rows.rs` | filling requests |
//! | `judge.rs`, `look.rs`, `must.rs`, `json.rs`, `seek.rs`, `compare.rs`, `condition.rs`, `patterns.rs` | looking at answers |
//! | `draw.rs`, `backoff.rs`, `refresh.rs` | random draws; waits between retries; one refresh at a time |

mod attempt;
mod backoff;
pub mod common;
mod compare;
mod condition;
mod count;
mod draw;
mod escape;
mod filler;
mod generate;
pub mod held;
mod json;
mod judge;
pub mod life;
mod look;
mod loops;
mod must;
pub mod once;
mod patterns;
mod poll;
mod prepare;
pub mod presence;
mod refresh;
mod renew;
mod repeated;
mod rows;
mod seek;
mod send;
mod steps;
pub mod tasks;
pub mod user;
mod values;
pub mod walk;
