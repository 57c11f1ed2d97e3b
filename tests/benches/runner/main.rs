//! `make bench`: how fast the runner is beside wrk and oha, what it costs, and whether its figures are true.
//!
//! | file | what lives there |
//! |---|---|
//! | `hosts.rs`, `generators.rs` | nginx and the stub; one load by ours, wrk or oha |
//! | `speed.rs`, `memory.rs`, `cost.rs`, `truth.rs`, `compare.rs`, `scenarios.rs`, `stub/` | the parts, each with its targets |
//! | `figures.rs` | arithmetic and parsing, with tests |
//! | `found.rs`, `results.rs` | targets, tables, the file |
//!
//! Prints as it goes, and writes tests/benches/RESULTS.md. Talks to loopback only.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may stop at a surprise, and prints"
)]

mod compare;
mod cost;
mod figures;
mod found;
mod generators;
mod hosts;
#[path = "../../support/long_report.rs"]
mod long_report;
#[path = "../browser/machine.rs"]
mod machine;
mod memory;
mod options;
mod results;
mod scenarios;
#[path = "../browser/figures/mod.rs"]
mod shared;
#[path = "../../support/sim_report.rs"]
mod sim_report;
mod speed;
mod stub;
mod truth;

use std::path::PathBuf;

use clap::Parser as _;

use found::Found;
use options::{Options, Part};

fn main() {
    let options = Options::parse();
    assert!(generators::count() >= 2, "the host and the generator need a core each");
    // For nginx, which takes what it inherits.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    println!("{}\n{}\n", results::machine_and_tools(), machine::now());
    let mut found = Found::default();
    for part in options.parts() {
        println!("{part:?}");
        let new = measure(part, &options);
        if !new.targets.is_empty() {
            println!("{}\n", new.table());
        }
        if part == Part::Stub {
            new.details.iter().for_each(|table| println!("{table}\n"));
            write(options.stub_out(), &results::STUB, &new);
        } else {
            found.extend(new);
        }
    }
    if !found.targets.is_empty() {
        write(options.out(), &results::RUNNER, &found);
    }
}

fn write(file: Option<PathBuf>, section: &results::Section, found: &Found) {
    if let Some(file) = file {
        results::write(&file, section, found);
        println!("Written to {}", file.display());
    }
}

fn measure(part: Part, options: &Options) -> Found {
    match part {
        Part::Speed => speed::one_core(options.rounds, options.secs),
        Part::Shards => speed::both_cores(options.rounds, options.secs),
        Part::Requests => memory::by_requests(),
        Part::Users => memory::by_users(),
        Part::Cost => cost::by_users(),
        Part::Instructions => cost::by_instructions(),
        Part::Latency => truth::latency(),
        Part::Arrivals => truth::arrivals(options.rounds, options.secs),
        Part::Stall => truth::stall(),
        Part::Scenarios => scenarios::speed(options.rounds, options.secs),
        Part::ScenarioUsers => scenarios::memory(),
        Part::Compare => compare::two_reports(options.rounds),
        Part::Stub => stub::beside_the_real_host(options.secs),
    }
}
