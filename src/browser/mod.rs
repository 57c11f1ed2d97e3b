//! The browser's half: everything that touches the browser's APIs.
//!
//! | folder | what lives there |
//! |---|---|
//! | `page/` | the page's side: a run over a worker, the way to the host, what the browser keeps |
//! | `worker/` | the load worker: one shard of the engine over `fetch` |
//! | `message.rs` | what page and worker tell each other; all that they share |
//!
//! No components and no arithmetic.

mod message;
pub mod page;
pub mod worker;
