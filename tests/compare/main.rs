//! Tests of the comparison through its public face: experiments whose truth is known, real runs, cases from other tools.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

mod experiments;
mod field_cases;
mod not_comparable;
mod real_runs;
mod sampling;

use std::collections::BTreeMap;

use oddiya_load::core::compare::assemble::{Options, compare};
use oddiya_load::core::compare::conditions::Conditions;
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::input::Run;
use oddiya_load::core::compare::outcome::{Comparison, Verdict};
use oddiya_load::core::compare::sample::RunSample;
use oddiya_load::core::present::comparison::words::endpoint_name;
use oddiya_load::core::report::read::read;

/// The conditions of an ordinary run.
fn ordinary() -> Conditions {
    let report = read(include_bytes!("../fixtures/reports/v2/sim.json")).unwrap();
    Conditions {
        frozen_seconds: 0,
        suspect_seconds: Some(0),
        failure_ratio: Some(0.0),
        ..Conditions::of(&report)
    }
}

/// Runs that differ in nothing but their samples.
fn runs(samples: &Groups<RunSample>) -> Groups<Run> {
    let conditions = ordinary();
    samples.map(|sample| Run {
        label: "run.json".to_owned(),
        sample: sample.clone(),
        conditions: conditions.clone(),
    })
}

fn compared(samples: &Groups<RunSample>) -> Comparison {
    compare(&runs(samples), &Options::default())
}

/// The overall verdict, and that of each endpoint by method and name.
fn verdicts(samples: &Groups<RunSample>) -> (Verdict, BTreeMap<String, Verdict>) {
    let comparison = compared(samples);
    let of_endpoints = comparison.entries.iter().map(|entry| (endpoint_name(entry), entry.verdict));
    (comparison.verdict, of_endpoints.collect())
}
