//! `oddiya-load run` as a process, against hosts in this one: what its report says of what they did.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

#[allow(dead_code, reason = "shared with other tests, which use the rest")]
#[path = "../../support/fake_host.rs"]
mod fake_host;
mod streams;
