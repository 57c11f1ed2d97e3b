//! The stub over real sockets: started in this process on free ports, requested with hyper's client.
//!
//! One file for each subject. Tests do not sleep for luck: they wait until the stub's own counters show an event.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod client;
mod connections;
mod contract;
mod faults;
mod life;
mod outage_host;
mod outages;
mod plans;
mod pools;
mod profiles;
mod stats;
mod streams;
mod users;
mod videos;
