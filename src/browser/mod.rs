//! The browser's half: the page's worker, and everything that touches the browser's APIs.
//!
//! | file | what lives there |
//! |---|---|
//! | `session.rs` | page side: one run from start to report, over the worker |
//! | `preflight.rs` | page side: by which way the host is reached, or why not |
//! | `page_worker.rs` | page side: the conversation with the worker |
//! | `message.rs` | what page and worker say to each other |
//! | `worker/` | worker side: one shard of the engine over `fetch` |
//! | `companion.rs` | page side: is a companion there, and does it reach the host |
//! | `direct.rs` | page side: can the host be loaded without one |
//! | `look.rs` | page side: one look at an address |
//! | `journal.rs` | page side: the run under way, kept for the case of a crash |
//! | `database.rs`, `lock.rs` | page side: what the browser keeps, and what one tab holds |
//! | `files.rs` | page side: reading dropped files, handing out downloads |
//! | `address.rs` | page side: the run in the address bar |
//! | `visibility.rs` | page side: whether anybody sees the page |
//! | `incoming.rs` | page side: the files in a picker's or a drop's event |
//! | `theme.rs` | page side: light or dark, remembered |
//! | `width.rs` | page side: how wide an element is |
//!
//! No components and no arithmetic.

pub mod address;
pub mod companion;
mod database;
mod direct;
pub mod files;
pub mod incoming;
pub mod journal;
mod lock;
mod look;
mod message;
mod page_worker;
mod preflight;
pub mod session;
pub mod theme;
mod visibility;
pub mod width;
pub mod worker;
