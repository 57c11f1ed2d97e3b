//! The shift that endpoints have in common: the machine, the virtual machine's warmth, the neighbours.
//!
//! A run that is slow is slow in all endpoints that the same machine serves, and not in those that wait for something
//! else. Which is which shows between the runs *of one group*, where nothing was changed: an endpoint does not share the
//! common shift if taking it off leaves clearly more spread between such runs.

use super::groups::{Cells, Groups, variance_between, variance_within};
use super::measured::Measured;

/// The usual difference of an endpoint from the others between unchanged runs: 1–3 % in runs against the real Oddiya. It
/// keeps an endpoint with very many requests from being the common shift alone.
const OWN_SPREAD: f64 = 0.02;
/// The fewest endpoints for a common shift: of two, nobody can tell which one changed.
pub const FEWEST_ENDPOINTS: usize = 3;
/// How many more runs than groups are needed to tell which runs are slow.
const FEWEST_RUNS_BEYOND: usize = 2;
/// Few runs tell the spread badly, so the common shift is taken off unless that leaves clearly more of it.
const CLEARLY_MORE: f64 = 1.5;
const ROUNDS: usize = 4;

/// The level of each endpoint in each run, and which endpoints share the common shift.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// `None` for an endpoint that some run lacks.
    levels: Vec<Option<Groups<Measured>>>,
    /// Of each endpoint in the common shift; 0 for one that does not count in it.
    weights: Vec<f64>,
    /// Whether the common shift is taken off an endpoint.
    pub shares: Vec<bool>,
    /// The user named endpoints that nothing can have changed.
    has_controls: bool,
}

impl Levels {
    /// From the steady figure of each endpoint, and whether it is a control.
    pub fn of(steady: &[Cells], controls: &[bool]) -> Self {
        let has_controls = controls.contains(&true);
        let levels: Vec<_> = steady.iter().map(complete).collect();
        let weight = |(cells, is_control): (&Cells, &bool)| {
            let counts = complete(cells).is_some() && (*is_control || !has_controls);
            if counts { (variance_within(cells) + OWN_SPREAD.powi(2)).recip() } else { 0.0 }
        };
        let weights = steady.iter().zip(controls).map(weight).collect();
        let mut known = Self { shares: vec![false; levels.len()], levels, weights, has_controls };
        known.find_sharing();
        known
    }

    fn find_sharing(&mut self) {
        let complete = self.levels.iter().flatten();
        let freedom = complete.clone().map(Groups::freedom).max().unwrap_or(0);
        if freedom < FEWEST_RUNS_BEYOND || !(self.has_controls || complete.count() >= FEWEST_ENDPOINTS) {
            return;
        }
        let weights = self.weights.clone();
        for _ in 0..ROUNDS {
            let shares: Vec<_> = (0..self.levels.len()).map(|endpoint| self.is_shared_by(endpoint)).collect();
            if shares == self.shares {
                break;
            }
            if !self.has_controls {
                let counted =
                    weights.iter().zip(&shares).map(|(weight, shares)| if *shares { *weight } else { 0.0 });
                self.weights = counted.collect();
            }
            self.shares = shares;
        }
        let members = self.weights.iter().filter(|weight| **weight > 0.0).count();
        if !self.has_controls && members < FEWEST_ENDPOINTS {
            self.shares.fill(false);
            self.weights = weights;
        }
    }

    /// Whether an endpoint's runs differ less with the common shift taken off.
    fn is_shared_by(&self, endpoint: usize) -> bool {
        let Some(Some(level)) = self.levels.get(endpoint) else { return false };
        let Some(common) = self.without(endpoint) else { return false };
        let present = |levels: &Groups<Measured>| variance_between(&levels.map(|level| Some(*level)));
        let relative = level.zip(&common, less);
        match (present(level), present(&relative)) {
            (Some(absolute), Some(relative)) => relative < CLEARLY_MORE * absolute,
            _ => false,
        }
    }

    /// The common level of each run, by the endpoints other than this one; `None` where there are none.
    pub fn without(&self, endpoint: usize) -> Option<Groups<Measured>> {
        let members = self.levels.iter().zip(&self.weights).enumerate();
        let members = members.filter(|(place, (_, weight))| *place != endpoint && **weight > 0.0);
        centre(members.filter_map(|(_, (level, weight))| Some((level.as_ref()?, *weight))))
    }

    /// The common level of each run.
    pub fn common(&self) -> Option<Groups<Measured>> {
        self.without(usize::MAX)
    }

    /// An endpoint that was found to have changed says nothing about the others.
    pub fn leave_out(&mut self, endpoint: usize) {
        if let Some(weight) = self.weights.get_mut(endpoint) {
            *weight = 0.0;
        }
    }

    /// How many endpoints the common shift is computed from.
    pub fn members(&self) -> usize {
        self.weights.iter().filter(|weight| **weight > 0.0).count()
    }
}

fn complete(cells: &Cells) -> Option<Groups<Measured>> {
    let is_complete = !cells.base.is_empty() && cells.all().all(Option::is_some);
    let zero = Measured { at: 0.0, error: 0.0 };
    is_complete.then(|| cells.map(|cell| cell.unwrap_or(zero)))
}

/// The difference of two levels, whose errors are independent.
pub fn less(one: &Measured, other: &Measured) -> Measured {
    Measured { at: one.at - other.at, error: one.error.hypot(other.error) }
}

/// The weighted mean of levels, run by run.
fn centre<'a>(members: impl Iterator<Item = (&'a Groups<Measured>, f64)>) -> Option<Groups<Measured>> {
    let mut total = 0.0;
    let mut sum: Option<Groups<Measured>> = None;
    for (levels, weight) in members {
        total += weight;
        let weighted = levels.map(|level| Measured { at: level.at * weight, error: level.error * weight });
        sum = Some(match sum {
            None => weighted,
            Some(sum) => {
                sum.zip(&weighted, |a, b| Measured { at: a.at + b.at, error: a.error.hypot(b.error) })
            }
        });
    }
    Some(sum?.map(|level| Measured { at: level.at / total, error: level.error / total }))
}

/// How far the common level of the new runs is from that of the base runs.
pub fn shift(common: &Groups<Measured>) -> f64 {
    let mean = |runs: &[Measured]| runs.iter().map(|level| level.at).sum::<f64>() / runs.len().max(1) as f64;
    mean(&common.new) - mean(&common.base)
}
