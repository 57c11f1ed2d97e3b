//! Tests of the command as a process: its output, files and exit code, in runs against the stub and other hosts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

#[allow(dead_code, reason = "shared with other tests, which use the rest")]
#[path = "../../support/fake_host.rs"]
mod fake_host;
#[path = "../../support/kills/mod.rs"]
mod kill_support;
#[path = "../../support/shipped_cases.rs"]
mod shipped_cases;
#[path = "../../support/stub_talk.rs"]
mod stub_talk;

mod arrivals;
mod bad_input;
mod command;
mod command_line;
mod comparing;
mod connections;
mod cookies;
mod counts;
mod failures;
mod files;
mod first_run;
mod hostile_files;
mod http2;
mod kills;
mod load;
mod outages;
mod outputs;
mod project_file;
mod reset;
mod said;
mod scenario;
mod secure_host;
mod sessions;
mod shards;
mod shipped;
mod streams;
mod suite;
mod tls;
