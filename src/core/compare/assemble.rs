//! A whole comparison, from runs to verdicts.

use super::conditions::{Reason, ReasonKind};
use super::decide::{Finding, Findings, decide};
use super::difference::{Difference, ENOUGH_RUNS, Prior, difference};
use super::evidence::Evidence;
use super::figure::Figure;
use super::groups::Groups;
use super::input::Run;
use super::measured::anscombe;
use super::outcome::{
    Common, Comparison, EntryChange, FigureChange, Group, OnlyIn, Shift, SpreadFrom, Verdict,
};
use super::sample::Endpoint;
use super::settle::runs_to_settle;
use super::study::{Studied, endpoints};
use crate::core::report::TOTAL_NAME;

/// The settings of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Relative changes below it do not count.
    pub matters: f64,
    /// Endpoints that nothing can have changed: the common shift is theirs.
    pub controls: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { matters: 0.05, controls: Vec::new() }
    }
}

impl Options {
    /// Whether the user named the endpoint a control, by `METHOD name` or by the name alone.
    pub fn is_control(&self, endpoint: &Endpoint) -> bool {
        self.controls.iter().any(|control| endpoint.is_called(control))
    }
}

/// Compares groups of runs. Without a base or a new run, nothing is comparable.
pub fn compare(runs: &Groups<Run>, options: &Options) -> Comparison {
    let all = endpoints(runs);
    let studied: Vec<Studied> = all.iter().filter_map(|endpoint| Studied::of(endpoint, runs)).collect();
    let controls: Vec<bool> = studied.iter().map(|studied| options.is_control(&studied.endpoint)).collect();
    let matters = options.matters.ln_1p();
    let findings = decide(&studied, &controls, matters);
    let reasons = reasons(runs, studied.is_empty());
    let mut comparison = Comparison {
        verdict: Verdict::NotComparable,
        base_runs: runs.base.len(),
        new_runs: runs.new.len(),
        spread: spread_from(runs),
        matters: options.matters,
        common: common(&findings, matters),
        entries: studied
            .iter()
            .zip(&findings.endpoints)
            .zip(&controls)
            .map(|((studied, finding), is_control)| entry(studied, finding, matters, *is_control))
            .collect(),
        total: total(runs, matters),
        only_in: only_in(&all, runs),
        runs_to_settle: None,
        reasons,
    };
    comparison.entries.sort_by(|a, b| b.size().total_cmp(&a.size()));
    if comparison.reasons.is_empty() {
        comparison.verdict = overall(&comparison);
        comparison.runs_to_settle = to_settle(&comparison, &findings, matters);
    } else {
        comparison.withdraw_verdicts();
    }
    comparison
}

fn overall(comparison: &Comparison) -> Verdict {
    let entries = comparison.entries.iter().map(|entry| entry.verdict);
    Verdict::of_all(entries.chain(comparison.common.map(|common| common.verdict)))
}

impl Comparison {
    /// Replaces every verdict by `NotComparable`. The figures stay, because they are true; verdicts would mislead.
    fn withdraw_verdicts(&mut self) {
        if let Some(common) = &mut self.common {
            common.verdict = Verdict::NotComparable;
        }
        for entry in self.entries.iter_mut().chain(&mut self.total) {
            entry.verdict = Verdict::NotComparable;
            entry.figures.iter_mut().for_each(|figure| figure.verdict = Verdict::NotComparable);
        }
    }
}

fn reasons(runs: &Groups<Run>, has_nothing_in_common: bool) -> Vec<Reason> {
    let named = |run: &Run, kinds: Vec<ReasonKind>| {
        kinds.into_iter().map(|kind| Reason { run: run.label.clone(), kind }).collect::<Vec<_>>()
    };
    let Some(first) = runs.base.first() else { return Vec::new() };
    let mut found: Vec<Reason> = Vec::new();
    for run in runs.all() {
        found.extend(named(run, run.conditions.differences_from(&first.conditions)));
        found.extend(named(run, run.conditions.own_faults()));
    }
    for run in &runs.base {
        found.extend(named(run, run.conditions.fault_as_base().into_iter().collect()));
    }
    if has_nothing_in_common {
        found.extend(named(first, vec![ReasonKind::NothingInCommon]));
    }
    found
}

fn spread_from(runs: &Groups<Run>) -> SpreadFrom {
    let sides = [runs.base.len(), runs.new.len()];
    if sides.iter().all(|runs| *runs > 1) {
        SpreadFrom::Runs
    } else if runs.like.len() >= ENOUGH_RUNS {
        SpreadFrom::LikeRuns(runs.like.len())
    } else if sides.iter().any(|runs| *runs >= ENOUGH_RUNS) {
        SpreadFrom::OtherSide
    } else {
        SpreadFrom::Stated
    }
}

fn common(findings: &Findings, matters: f64) -> Option<Common> {
    let difference = findings.common?;
    let is_large = difference.at.abs() >= matters;
    let verdict = if findings.common_differs && is_large {
        Verdict::of_change(Figure::Mean, difference.at)
    } else {
        Verdict::NoEvidence
    };
    Some(Common { shift: ratio(&difference), verdict })
}

/// Turns a difference on the logarithmic scale into a relative change.
fn ratio(difference: &Difference) -> Shift {
    let reach = difference.reach();
    let change = |at: f64| at.exp_m1().min(f64::MAX);
    Shift {
        change: change(difference.at),
        low: change(difference.at - reach),
        high: change(difference.at + reach),
    }
}

fn entry(studied: &Studied, finding: &Finding, matters: f64, is_control: bool) -> EntryChange {
    let change = |figure: Figure| {
        let evidence = finding.evidence.iter().find(|evidence| evidence.figure == figure);
        let is_evident = evidence.is_some_and(|evidence| finding.is_evident(evidence, matters));
        let verdict = evidence
            .filter(|_| is_evident)
            .map_or(Verdict::NoEvidence, |evidence| Verdict::of_change(figure, evidence.own.at));
        figure_change(studied, figure, evidence, finding.shares, verdict)
    };
    let figures: Vec<FigureChange> = Figure::ALL.into_iter().map(change).collect();
    // A rate follows from what all endpoints do, so it blames none.
    let judged = figures.iter().filter(|change| change.figure != Figure::Rps).map(|change| change.verdict);
    let verdict = if finding.is_changed(matters) { Verdict::of_all(judged) } else { Verdict::NoEvidence };
    EntryChange {
        endpoint: studied.endpoint.clone(),
        verdict,
        shares_common: finding.shares,
        is_control,
        figures,
    }
}

fn figure_change(
    studied: &Studied,
    figure: Figure,
    evidence: Option<&Evidence>,
    shares: bool,
    verdict: Verdict,
) -> FigureChange {
    let (base, new) = (studied.base.value(figure), studied.new.value(figure));
    let change = base.zip(new).and_then(|(base, new)| match (base, new) {
        (0.0, 0.0) => Some(0.0),
        (0.0, _) => None,
        (base, new) => Some(new / base - 1.0),
    });
    let interval = evidence.and_then(|evidence| match figure {
        Figure::FailureRatio => failure_interval(studied, &evidence.absolute),
        _ => Some(ratio(&evidence.absolute)),
    });
    let own = evidence.filter(|_| shares && figure.is_latency()).map(|evidence| ratio(&evidence.own));
    // The interval is of the runs' mean; the figures are of all their requests together.
    let low = interval.zip(change).map(|(interval, change)| interval.low.min(change));
    let high = interval.zip(change).map(|(interval, change)| interval.high.max(change));
    FigureChange { figure, base, new, change, low, high, own, verdict }
}

/// The interval of a failure ratio, back from the arcsine.
fn failure_interval(studied: &Studied, difference: &Difference) -> Option<Shift> {
    let base = studied.base.value(Figure::FailureRatio).filter(|ratio| *ratio > 0.0)?;
    let from = anscombe(studied.base.failures as f64, studied.base.requests as f64);
    let change = |at: f64| (from + at).clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2) / base - 1.0;
    let reach = difference.reach();
    Some(Shift {
        change: change(difference.at),
        low: change(difference.at - reach),
        high: change(difference.at + reach),
    })
}

/// All requests together, each figure judged for itself.
fn total(runs: &Groups<Run>, matters: f64) -> Option<EntryChange> {
    let studied = Studied::total(runs)?;
    let evidence = |figure: Figure| {
        let difference = difference(studied.cells(figure)?, figure, Prior::default())?;
        Some(Evidence { figure, absolute: difference, own: difference })
    };
    let finding = Finding {
        evidence: Figure::ALL.into_iter().filter_map(evidence).collect(),
        steadiest: None,
        shares: false,
        limit: Some(super::many::FALSE_ALARMS),
        differs: true,
    };
    let mut entry = entry(&studied, &finding, matters, false);
    entry.endpoint.name = TOTAL_NAME.to_owned();
    Some(entry)
}

fn only_in(all: &[Endpoint], runs: &Groups<Run>) -> Vec<OnlyIn> {
    let has = |runs: &[Run], endpoint: &Endpoint| {
        runs.iter().filter_map(|run| run.sample.get(endpoint)).any(|sample| sample.requests > 0)
    };
    let lonely = |endpoint: &Endpoint| match (has(&runs.base, endpoint), has(&runs.new, endpoint)) {
        (true, false) => Some(OnlyIn { endpoint: endpoint.clone(), group: Group::Base }),
        (false, true) => Some(OnlyIn { endpoint: endpoint.clone(), group: Group::New }),
        _ => None,
    };
    all.iter().filter_map(lonely).collect()
}

/// How many runs a side would settle the largest difference without evidence.
fn to_settle(comparison: &Comparison, findings: &Findings, matters: f64) -> Option<u32> {
    if comparison.verdict != Verdict::NoEvidence {
        return None;
    }
    let latencies = findings.endpoints.iter().flat_map(|finding| &finding.evidence);
    let means = latencies.filter(|evidence| evidence.figure == Figure::Mean).map(|evidence| evidence.own);
    let largest = means.chain(findings.common).max_by(|a, b| a.at.abs().total_cmp(&b.at.abs()))?;
    let runs = (comparison.base_runs, comparison.new_runs);
    runs_to_settle(&largest, largest.at.abs().max(matters), runs, findings.endpoints.len() + 1)
}
