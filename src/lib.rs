//! Oddiya Load: load-tests an Oddiya host and explains the result.
//!
//! ```text
//!  bin/cli ──► native, companion ──► net ──► core ◄── browser ◄── ui ◄── bin/app, bin/viewer
//!          └─► stub ─────────────────────────► ▲         ▲
//!                                              └─────────┴── bin/worker (never ui)
//! ```
//!
//! | folder | what lives there |
//! |---|---|
//! | `core` | every decision and all arithmetic; pure, compiles with no feature on |
//! | `net` | the HTTP client, shared by runner and companion |
//! | `native` | the runner: its commands, threads, terminal and files |
//! | `companion` | `serve`: hosts the page and relays its requests to the host |
//! | `stub` | an embedded stand-in for an Oddiya host |
//! | `timer` | a timer finer than the runtime's, for `native` and `stub` |
//! | `browser` | the page's session and storage, and the load worker: the only code that touches the browser's APIs |
//! | `ui` | what the page shows |
//!
//! `tests/layers.rs` reads the imports and fails on one that points the wrong way.

pub mod core;

#[cfg(feature = "native")]
pub mod companion;
#[cfg(feature = "native")]
pub mod native;
#[cfg(feature = "native")]
pub mod net;
#[cfg(feature = "native")]
pub mod stub;
#[cfg(feature = "native")]
mod timer;

#[cfg(feature = "web")]
pub mod browser;
#[cfg(feature = "web")]
pub mod ui;
