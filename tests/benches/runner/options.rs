//! What can be asked of the benchmark.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

const ROUNDS: usize = 5;
const SECS: u64 = 5;

/// The runner beside wrk and oha on nginx, and what it costs and says, against the targets
#[derive(Debug, Parser)]
#[command(name = "make bench", max_term_width = 110)]
pub struct Options {
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    pub parts: Vec<Part>,
    /// How often those that are compared take turns
    #[arg(long, default_value_t = ROUNDS)]
    pub rounds: usize,
    /// How long each turn lasts
    #[arg(long, value_name = "SECONDS", default_value_t = SECS)]
    pub secs: u64,
    /// Write the sections `Runner` and `Stub` of this file [default: tests/benches/RESULTS.md, unless something of the
    /// section is left out]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Cargo says this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// The benchmark's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Requests per second on one core, beside wrk and oha
    Speed,
    /// One shard and two
    Shards,
    /// Memory by requests
    Requests,
    /// Memory by users
    Users,
    /// Processor time per request by users
    Cost,
    /// Instructions per request, by callgrind
    Instructions,
    /// Latency beside the host's own
    Latency,
    /// Arrivals on time
    Arrivals,
    /// A frozen host
    Stall,
    /// Requests per second of a scenario with variables, extraction and checks, beside the same requests without
    Scenarios,
    /// Memory of users with ten variables and a cookie jar
    ScenarioUsers,
    /// Comparing two reports of ten minutes
    Compare,
    /// The stub's times and its curve beside the real host's
    Stub,
}

impl Options {
    /// The parts to run, in this order.
    pub fn parts(&self) -> Vec<Part> {
        let asked = |part: &Part| self.parts.is_empty() || self.parts.contains(part);
        Part::value_variants().iter().copied().filter(asked).collect()
    }

    /// `None` when less than all was asked for and no file: that must not replace figures of a whole run.
    pub fn out(&self) -> Option<PathBuf> {
        let whole = self.parts.is_empty() && (self.rounds, self.secs) == (ROUNDS, SECS);
        self.out.clone().or_else(|| whole.then(results))
    }

    /// As `out`, for the section that is the part `stub` alone.
    pub fn stub_out(&self) -> Option<PathBuf> {
        self.out.clone().or_else(|| (self.secs == SECS).then(results))
    }
}

fn results() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/benches/RESULTS.md")
}
