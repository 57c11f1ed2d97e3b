//! The companion over real sockets: a host whose bytes the test decides on one side, a client that speaks as a
//! browser does on the other. Every rule of the relay in `design.md` has its test here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "these are tests")]

mod both_ways;
mod browser;
mod command;
mod cookies;
mod embedded;
mod failures;
#[allow(dead_code, reason = "shared with other tests, which use the rest")]
#[path = "../../support/fake_host.rs"]
mod fake_host;
mod first_run;
#[path = "../../support/http2_frames.rs"]
mod http2_frames;
mod lanes;
mod odd_hosts;
mod odd_http2_hosts;
mod page;
mod records;
mod relaying;
mod reports;
mod rules;
mod services;
mod start;
mod strangers;
mod streaming;
