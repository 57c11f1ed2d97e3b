//! The comparison on repeated runs against the real Oddiya (`tests/fixtures/real-pairs`), in every way to divide them.

use std::collections::BTreeMap;

use oddiya_load::core::base::histogram::Encoded;
use oddiya_load::core::compare::buckets::Buckets;
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::outcome::{Comparison, Verdict};
use oddiya_load::core::compare::sample::{Endpoint, EndpointSample, Latencies, RunSample};
use oddiya_load::core::present::comparison::text::{markdown, text};
use serde::Deserialize;

use crate::{compared, verdicts};

const RUNS: &str = include_str!("../fixtures/real-pairs/runs.json");
const PLAN_LIST: &str = "GET /api/plans";
const CREATE: &str = "POST /api/plans";

#[derive(Deserialize)]
struct KeptRun {
    group: String,
    seconds: f64,
    endpoints: Vec<KeptEndpoint>,
}

#[derive(Deserialize)]
struct KeptEndpoint {
    method: String,
    name: String,
    requests: u64,
    failures: u64,
    mean_ms: f64,
    latency: Encoded,
}

impl KeptEndpoint {
    fn sample(&self, seconds: f64) -> (Endpoint, EndpointSample) {
        let buckets = Buckets::of(&self.latency.decode().unwrap()).unwrap().with_mean(Some(self.mean_ms));
        let latencies = Latencies::Counted(buckets);
        let sample = EndpointSample { requests: self.requests, failures: self.failures, seconds, latencies };
        (Endpoint { method: self.method.clone(), name: self.name.clone() }, sample)
    }
}

fn runs() -> BTreeMap<String, Vec<RunSample>> {
    let kept: Vec<KeptRun> = serde_json::from_str(RUNS).unwrap();
    let mut groups: BTreeMap<String, Vec<RunSample>> = BTreeMap::new();
    for run in kept {
        let endpoints = run.endpoints.iter().map(|endpoint| endpoint.sample(run.seconds)).collect();
        groups.entry(run.group).or_default().push(RunSample { endpoints, total: EndpointSample::default() });
    }
    groups
}

/// Every way to choose so many of these.
fn choices(from: &[usize], count: usize) -> Vec<Vec<usize>> {
    match (count, from) {
        (0, _) => vec![Vec::new()],
        (_, []) => Vec::new(),
        (_, [first, rest @ ..]) => {
            let with = choices(rest, count - 1).into_iter().map(|chosen| [vec![*first], chosen].concat());
            with.chain(choices(rest, count)).collect()
        }
    }
}

fn pick(runs: &[RunSample], places: &[usize]) -> Vec<RunSample> {
    places.iter().map(|place| runs[*place].clone()).collect()
}

/// Every pair of groups of these sizes, the new one from other runs or from the same.
fn pairs(base: &[RunSample], new: Option<&[RunSample]>, sizes: (usize, usize)) -> Vec<Groups<RunSample>> {
    let all: Vec<usize> = (0..base.len()).collect();
    let mut pairs = Vec::new();
    for chosen in choices(&all, sizes.0) {
        let rest: Vec<usize> = all.iter().copied().filter(|place| !chosen.contains(place)).collect();
        let (pool, places) = new.map_or_else(|| (base, rest), |new| (new, (0..new.len()).collect()));
        // Base and new of one size can be exchanged: one of the two ways is enough.
        let is_mirrored = |other: &Vec<usize>| new.is_none() && sizes.0 == sizes.1 && other < &chosen;
        for other in choices(&places, sizes.1).into_iter().filter(|other| !is_mirrored(other)) {
            pairs.push(Groups { base: pick(base, &chosen), new: pick(pool, &other), like: Vec::new() });
        }
    }
    pairs
}

#[test]
fn in_at_most_one_of_twenty_ways_to_divide_unchanged_runs_they_are_called_different() {
    let runs = runs();
    for sizes in [(1, 1), (1, 3), (2, 2), (3, 3), (4, 4)] {
        let pairs = pairs(&runs["same"], None, sizes);
        let different = pairs.iter().filter(|pair| verdicts(pair).0 != Verdict::NoEvidence).count();
        assert!(different * 20 <= pairs.len(), "{sizes:?}: {different} of {}", pairs.len());
    }
}

/// How often exactly this endpoint was called slower, and how often anything else was called different.
fn found_and_wrong(group: &str, target: &str, sizes: (usize, usize)) -> (usize, usize, usize) {
    let runs = runs();
    let pairs = pairs(&runs["same"], Some(&runs[group]), sizes);
    let (mut found, mut wrong) = (0, 0);
    for pair in &pairs {
        let (_, of_endpoints) = verdicts(pair);
        found += usize::from(of_endpoints[target] == Verdict::Slower);
        let others = of_endpoints.iter().filter(|(name, _)| *name != target);
        wrong += usize::from(others.into_iter().any(|(_, verdict)| *verdict != Verdict::NoEvidence));
    }
    (found, wrong, pairs.len())
}

#[test]
fn without_its_index_the_plan_list_is_slower_and_nothing_else() {
    for sizes in [(3, 3), (4, 4), (8, 4)] {
        let (found, wrong, of) = found_and_wrong("no-index", PLAN_LIST, sizes);
        assert!(found == of && wrong * 20 <= of, "{sizes:?}: {found} found, {wrong} wrong, of {of}");
    }
}

#[test]
fn with_a_slower_model_creates_are_slower_and_nothing_else() {
    for sizes in [(3, 3), (4, 4), (8, 4)] {
        let (found, wrong, of) = found_and_wrong("slower-model", CREATE, sizes);
        assert!(found == of && wrong * 20 <= of, "{sizes:?}: {found} found, {wrong} wrong, of {of}");
    }
}

fn change_of(comparison: &Comparison, name: &str) -> (f64, f64, f64) {
    let entry = comparison
        .entries
        .iter()
        .find(|entry| format!("{} {}", entry.endpoint.method, entry.endpoint.name) == name)
        .unwrap();
    let mean = entry.get(oddiya_load::core::compare::figure::Figure::Mean).unwrap();
    (mean.change.unwrap(), mean.low.unwrap(), mean.high.unwrap())
}

/// What is said of all unchanged runs against all of a group.
fn said(group: &str) -> String {
    let runs = runs();
    let groups = Groups { base: runs["same"].clone(), new: runs[group].clone(), like: Vec::new() };
    let comparison = compared(&groups);
    text(&comparison) + "\n" + &markdown(&comparison)
}

#[test]
fn the_answer_reads_well() {
    insta::assert_snapshot!("without_an_index", said("no-index"));
    insta::assert_snapshot!("with_a_slower_model", said("slower-model"));
}

#[test]
fn creates_are_slower_by_what_the_model_was_slowed() {
    let runs = runs();
    let groups = Groups { base: runs["same"].clone(), new: runs["slower-model"].clone(), like: Vec::new() };
    let comparison = compared(&groups);
    let (change, low, high) = change_of(&comparison, CREATE);
    assert!((0.08..0.10).contains(&change) && low > 0.08 && high < 0.10, "{change} ({low} to {high})");
    let create = comparison.entries.iter().find(|entry| entry.endpoint.method == "POST").unwrap();
    assert!(!create.shares_common, "the model does not run on the host's machine");
    assert!(comparison.entries.iter().filter(|entry| entry.shares_common).count() == 3);
}
