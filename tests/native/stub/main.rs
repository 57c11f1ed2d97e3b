//! The stub over real sockets: started in this process on free ports, asked with hyper's client.
//!
//! Each file asks about one thing. Nothing here sleeps for luck: tests wait for what the stub says of itself.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod client;
mod faults;
mod life;
mod plans;
mod pools;
mod profiles;
mod stats;
mod streams;
mod users;
mod videos;
