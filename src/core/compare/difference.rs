//! The difference of two groups of runs, with its uncertainty: Welch's t test, its spread measured between runs.

use super::figure::Figure;
use super::groups::{Cells, Moments, variance_within};
use super::measured::NORMAL_95;
use super::student::{critical, two_sided};

/// How far a single run may be from what its like would show, at 95 %, where nothing better is known. Unchanged runs of
/// one load against the real Oddiya had a standard deviation of 6–8 % in an endpoint's mean.
pub const STATED_SPREAD: f64 = 0.15;
/// The fewest runs elsewhere that tell the spread of a group with a single run.
pub const ENOUGH_RUNS: usize = 3;
/// Up to this number of runs, made one after the other, a group may be alike by chance. The stated spread then counts for
/// some runs.
pub const FEW_RUNS: usize = 3;
const STATED_COUNTS_FOR: f64 = 2.0;
const ROUNDING: f64 = 1e-9;

/// A difference on the scale of comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    pub at: f64,
    /// Its standard error.
    pub error: f64,
    /// Degrees of freedom of the error.
    pub freedom: f64,
}

impl Difference {
    /// The probability of a difference as large as this between unchanged groups.
    pub fn probability(&self) -> f64 {
        // Equal figures may differ by what rounding leaves.
        let t = if self.at.abs() < ROUNDING { 0.0 } else { self.at / self.error };
        two_sided(t, self.freedom)
    }

    /// With a further error, whose size is known.
    pub fn widened(self, error: f64) -> Self {
        let widened = self.error.hypot(error);
        let growth = if self.error > 0.0 { (widened / self.error).powi(4) } else { f64::INFINITY };
        Self { error: widened, freedom: self.freedom * growth, ..self }
    }

    /// How far the interval of 95 % reaches to each side.
    pub fn reach(&self) -> f64 {
        if self.error == 0.0 { 0.0 } else { critical(0.05, self.freedom) * self.error }
    }
}

/// What is known of the spread between runs from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Prior {
    /// The variance between runs, without that of their requests.
    pub between: f64,
    /// For how many runs it counts.
    pub freedom: f64,
}

impl Prior {
    /// The stated spread, for runs that may by chance be alike.
    pub fn stated() -> Self {
        Self { between: stated_variance(), freedom: STATED_COUNTS_FOR }
    }
}

fn stated_variance() -> f64 {
    (STATED_SPREAD / NORMAL_95).powi(2)
}

/// What one group adds to the uncertainty.
struct Side {
    /// The variance of the group's mean.
    variance: f64,
    freedom: f64,
}

/// The difference of the groups' means, new less base; `None` where a group did not measure it.
pub fn difference(cells: &Cells, figure: Figure, prior: Prior) -> Option<Difference> {
    let [base, new, like] = cells.each().map(Moments::of);
    let (base, new) = (base?, new?);
    let is_enough = |donor: &Moments| donor.runs >= ENOUGH_RUNS as f64;
    let donor = |other: Moments| like.into_iter().chain([other]).find(is_enough);
    // One run's requests tell their own error badly where a tail has few; all runs together tell it better.
    let within = variance_within(cells);
    let side = |own: Moments, other: Moments| match (own.runs > 1.0, donor(other)) {
        (true, _) => known_side(own, own, within, prior),
        (false, Some(donor)) => known_side(own, donor, within, for_single(donor, figure, prior)),
        (false, None) => stated_side(own, figure),
    };
    let sides = [side(base, new), side(new, base)];
    let variance: f64 = sides.iter().map(|side| side.variance).sum();
    // The degrees of freedom of two samples with unequal variances (Welch–Satterthwaite).
    let doubt: f64 = sides.iter().map(|side| side.variance.powi(2) / side.freedom).sum();
    let freedom = if doubt > 0.0 { variance.powi(2) / doubt } else { f64::INFINITY };
    Some(Difference { at: new.mean - base.mean, error: variance.sqrt(), freedom })
}

/// The spread of a group; there is never less of it between runs than their requests leave.
fn known_side(own: Moments, spread_of: Moments, within: f64, prior: Prior) -> Side {
    let freedom = prior.freedom + spread_of.runs - 1.0;
    let known = prior.freedom * (within + prior.between) + (spread_of.runs - 1.0) * spread_of.variance;
    Side { variance: (known / freedom).max(within) / own.runs, freedom }
}

/// A single run that is judged by few other runs is judged by the stated spread too.
fn for_single(donor: Moments, figure: Figure, prior: Prior) -> Prior {
    let is_few = donor.runs <= FEW_RUNS as f64 && prior.freedom == 0.0 && figure != Figure::FailureRatio;
    if is_few { Prior::stated() } else { prior }
}

/// The side of a single run with the stated spread, where nothing else tells it.
fn stated_side(own: Moments, figure: Figure) -> Side {
    let stated = if figure == Figure::FailureRatio { 0.0 } else { stated_variance().sqrt() };
    Side { variance: (own.within.sqrt() + stated).powi(2), freedom: f64::INFINITY }
}
