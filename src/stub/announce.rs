//! The lines that `oddiya-load stub` prints once it listens.
//!
//! Scripts that asked for port 0 read the addresses from these lines. Nothing else in the stub prints.

#![expect(clippy::print_stdout, reason = "the startup lines are this command's output")]

use clap::ValueEnum as _;

use super::routes::Front;
use super::server::RunningStub;

/// Prints one line per listener, then one line about profile, speed and seed.
pub fn started(stub: &RunningStub) {
    for (front, address) in stub.listeners() {
        let name = match front {
            Front::Gateway => "gateway",
            Front::Llm => "llm-agent",
        };
        println!("{name:<9} http://{address}");
    }
    let options = stub.options();
    let typed = |value: Option<clap::builder::PossibleValue>| {
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    };
    println!(
        "profile {}, speed {}, seed {}; counts at /__stub/stats, faults at /__stub/faults; Ctrl-C stops",
        typed(options.profile.to_possible_value()),
        typed(options.speed.to_possible_value()),
        options.seed
    );
}
