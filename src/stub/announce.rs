//! The lines that `oddiya-load stub` prints once it listens.
//!
//! Scripts that asked for port 0 read the addresses from these lines. Nothing else in the stub prints. A stub whose output
//! went away still serves.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use clap::ValueEnum as _;

use super::routes::Front;
use super::server::RunningStub;

/// Prints one line per listener, then one line about profile, speed and seed.
pub fn started(stub: &RunningStub) {
    // An error is ignored: a stub whose output is no longer read still serves.
    let _ = io::stdout().lock().write_all(lines(stub).as_bytes());
}

fn lines(stub: &RunningStub) -> String {
    let mut lines = String::new();
    for (front, address) in stub.listeners() {
        let name = match front {
            Front::Gateway => "gateway",
            Front::Llm => "llm-agent",
            Front::Auth => "auth",
            Front::User => "user",
            Front::Plan => "plan",
            Front::Video => "video",
        };
        let _ = writeln!(lines, "{name:<9} http://{address}");
    }
    let options = stub.options();
    let typed = |value: Option<clap::builder::PossibleValue>| {
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    };
    let _ = writeln!(
        lines,
        "profile {}, speed {}, seed {}; counts at /__stub/stats, faults at /__stub/faults; Ctrl-C stops",
        typed(options.profile.to_possible_value()),
        typed(options.speed.to_possible_value()),
        options.seed
    );
    lines
}
