//! What can be asked of the benchmark.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::figures::cell::Cell;

/// Our page and a bare fetch loop in the same browser, against a server of known delay
#[derive(Debug, Parser)]
#[command(name = "make bench-browser", max_term_width = 110)]
pub struct Options {
    /// Only a few cells, for 3 seconds each, and a round less: does it work at all
    #[arg(long)]
    pub quick: bool,
    /// Only these cells: delay in ms or `lognormal`, x, users (200x50,lognormalx6)
    #[arg(long, value_name = "CELLS", value_delimiter = ',')]
    pub cells: Vec<Cell>,
    /// How long each cell is counted after its ramp [default: 8, quick: 3]
    #[arg(long, value_name = "SECONDS")]
    pub secs: Option<u64>,
    /// How often the ways that are compared take turns [default: 5, quick: 2]
    #[arg(long)]
    pub rounds: Option<usize>,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',')]
    pub parts: Vec<Part>,
    /// Write the section `Browser` of this file [default: tests/benches/RESULTS.md, unless something is left out]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Cargo says this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// The benchmark's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Every delay with every number of users
    Grid,
    /// Request rates on an instant server, by several ways
    Rates,
    /// What the live view costs
    Views,
    /// What the relay costs
    Relay,
    /// How soon the page can be used, from the companion and over a slow link
    Load,
    /// How quickly reports are opened, brushed and listed
    Reports,
    /// The preset `Peak` for a minute against the stub
    Peak,
    /// A hundred thousand requests in one run
    Long,
}

impl Options {
    pub fn has(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    pub fn cells(&self) -> Vec<Cell> {
        match (self.cells.is_empty(), self.quick) {
            (false, _) => self.cells.clone(),
            (true, true) => Cell::few(),
            (true, false) => Cell::grid(),
        }
    }

    pub fn secs(&self) -> u64 {
        self.secs.unwrap_or(if self.quick { 3 } else { 8 })
    }

    pub fn rounds(&self) -> usize {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 })
    }

    /// `None` when less than all was asked for and no file: that must not replace figures of a whole run.
    pub fn out(&self) -> Option<PathBuf> {
        let as_it_comes = self.secs.is_none() && self.rounds.is_none();
        let whole = as_it_comes && !self.quick && self.cells.is_empty() && self.parts.is_empty();
        let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/benches/RESULTS.md");
        self.out.clone().or_else(|| whole.then(default))
    }
}
