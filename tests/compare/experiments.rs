//! How often the comparison is right, by experiments with fixed seeds whose truth is known.

use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::outcome::Verdict;
use oddiya_load::core::compare::sample::RunSample;

use crate::sampling::{Draws, Shape, run};
use crate::verdicts;

const PAIRS: u64 = 400;
/// Of so many pairs, a share of 5 % is known to about so many percentage points (two standard errors).
const CHANCE: f64 = 2.0;
/// The standard deviation of a run's factor: common to all endpoints, and each endpoint's own.
const COMMON: f64 = 0.06;
const OWN: f64 = 0.02;

/// What was concluded from pairs of groups.
#[derive(Default)]
struct Counts {
    /// Something was called different.
    different: u64,
    /// The first endpoint was called slower.
    found: u64,
    /// Another endpoint was called different.
    blamed_others: u64,
}

/// The endpoints of a pair: log-normal and bimodal, each with 200 to 20,000 requests in a run.
fn endpoints(draws: &mut Draws, count: usize) -> Vec<(Shape, u64)> {
    let requests = draws.between(200.0, 20_000.0);
    let shape = |number: usize| {
        let median = 2.0 * 2f64.powi(number as i32);
        match draws.0.below(4) {
            0 => Shape::bimodal(median, 0.3),
            1 => Shape::bimodal(median, 0.1),
            _ => Shape::log_normal(median, 0.5),
        }
    };
    (0..count).map(shape).map(|shape| (shape, requests)).collect()
}

fn group(draws: &mut Draws, endpoints: &[(Shape, u64)], runs: usize, first_slower: f64) -> Vec<RunSample> {
    let one = |draws: &mut Draws| {
        let common = (COMMON * draws.normal()).exp();
        let samples: Vec<_> = endpoints
            .iter()
            .enumerate()
            .map(|(number, (shape, requests))| {
                let own = (OWN * draws.normal()).exp();
                let slower = if number == 0 { 1.0 + first_slower } else { 1.0 };
                shape.sample(draws, *requests, common * own * slower)
            })
            .collect();
        run(samples.into_iter())
    };
    (0..runs).map(|_| one(draws)).collect()
}

fn experiment(runs: usize, first_slower: f64) -> Counts {
    let mut counts = Counts::default();
    for pair in 0..PAIRS {
        let mut draws = Draws(Rng::split(20, pair));
        let endpoints = endpoints(&mut draws, 5);
        let base = group(&mut draws, &endpoints, runs, 0.0);
        let new = group(&mut draws, &endpoints, runs, first_slower);
        let (overall, of_endpoints) = verdicts(&Groups { base, new, like: Vec::new() });
        counts.different += u64::from(overall != Verdict::NoEvidence);
        counts.found += u64::from(of_endpoints["GET /0"] == Verdict::Slower);
        let others = of_endpoints.iter().filter(|(name, _)| *name != "GET /0");
        counts.blamed_others +=
            u64::from(others.into_iter().any(|(_, verdict)| *verdict != Verdict::NoEvidence));
    }
    counts
}

fn percent(count: u64) -> f64 {
    100.0 * count as f64 / PAIRS as f64
}

#[test]
fn of_unchanged_groups_at_most_one_in_twenty_is_called_different() {
    for runs in [1, 3, 5] {
        let different = percent(experiment(runs, 0.0).different);
        assert!(different <= 5.0, "{different} % of groups of {runs}");
    }
}

#[test]
fn a_tenth_more_in_one_endpoint_is_found_and_blamed_on_it() {
    for (runs, wanted) in [(3, 70.0), (5, 90.0)] {
        let counts = experiment(runs, 0.1);
        let (found, blamed_others) = (percent(counts.found), percent(counts.blamed_others));
        assert!(
            found >= wanted && blamed_others <= 5.0 + CHANCE,
            "{runs} runs: {found} % found, others blamed in {blamed_others} %"
        );
    }
}
