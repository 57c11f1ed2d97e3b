//! What the runs of an endpoint say of each of its figures: the change as measured, and the one of its own.

use super::common::{Levels, less, shift};
use super::difference::{Difference, FEW_RUNS, Prior, difference};
use super::figure::Figure;
use super::groups::{Cells, Groups, variance_between, variance_within};
use super::measured::Measured;
use super::study::Studied;

/// How much the other endpoints say of an endpoint's spread, in runs: so much for each of their runs beyond one in a group,
/// and so much at most. Endpoints are much alike, but not the same.
const OTHERS_RUN_COUNTS_FOR: f64 = 0.75;
const OTHERS_COUNT_FOR: f64 = 8.0;
/// How much the number of failures alone says of their spread, in runs.
const CHANCE_COUNTS_FOR: f64 = 3.0;
/// The uncertainty of how far an endpoint moves with the common shift, as a share of that shift: the plan list of the real
/// Oddiya moves by a fifth more than its neighbours.
const SHARING_DOUBT: f64 = 0.15;

/// What an endpoint's runs say of one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    pub figure: Figure,
    /// The difference as measured, with the common shift in it.
    pub absolute: Difference,
    /// With the common shift taken off, where the endpoint shares it; otherwise as measured.
    pub own: Difference,
}

/// The figures of all endpoints with the common shift taken off those that share it.
pub struct Relative {
    /// By endpoint, in the order of [`Figure::LATENCIES`].
    cells: Vec<[Option<Cells>; Figure::LATENCIES.len()]>,
    /// The common shift, by the endpoints other than this one.
    shifts: Vec<f64>,
}

impl Relative {
    pub fn of(studied: &[Studied], levels: &Levels) -> Self {
        let common = |place: usize| levels.without(place).filter(|_| levels.shares.get(place) == Some(&true));
        let commons: Vec<_> = (0..studied.len()).map(common).collect();
        let taken_off = |(endpoint, common): (&Studied, &Option<Groups<Measured>>)| {
            Figure::LATENCIES.map(|figure| {
                let cells = endpoint.cells(figure)?;
                Some(cells.zip(common.as_ref()?, |cell, common| Some(less(cell.as_ref()?, common))))
            })
        };
        let cells = studied.iter().zip(&commons).map(taken_off).collect();
        Self { cells, shifts: commons.iter().map(|common| common.as_ref().map_or(0.0, shift)).collect() }
    }

    fn get(&self, place: usize, figure: Figure) -> Option<&Cells> {
        let column = Figure::LATENCIES.iter().position(|known| *known == figure)?;
        self.cells.get(place)?.get(column)?.as_ref()
    }

    /// The change that is an endpoint's own; `None` where the common shift is not taken off.
    fn difference(&self, place: usize, figure: Figure) -> Option<Difference> {
        let own = difference(self.get(place, figure)?, figure, self.of_others(place, figure))?;
        Some(own.widened(SHARING_DOUBT * self.shifts.get(place)?.abs()))
    }

    /// What the other endpoints that share the common shift say of the spread that is left.
    fn of_others(&self, place: usize, figure: Figure) -> Prior {
        let excess = |other: usize| {
            let cells = self.get(other, figure).filter(|_| other != place)?;
            let excess = (variance_between(cells)? - variance_within(cells)).max(0.0);
            Some((excess, cells.freedom() as f64))
        };
        let excesses: Vec<(f64, f64)> = (0..self.cells.len()).filter_map(excess).collect();
        if excesses.is_empty() {
            return Prior::default();
        }
        let runs: f64 = excesses.iter().map(|(_, runs)| runs).sum();
        let sum: f64 = excesses.iter().map(|(excess, _)| excess).sum();
        let freedom = (OTHERS_RUN_COUNTS_FOR * runs).min(OTHERS_COUNT_FOR);
        Prior { between: sum / excesses.len() as f64, freedom }
    }
}

/// The evidence on every figure of an endpoint. Failures are left out where there are none: their test would cost the
/// others.
pub fn evidence(endpoint: &Studied, place: usize, relative: &Relative) -> Vec<Evidence> {
    let is_judged = |figure: &Figure| *figure != Figure::FailureRatio || endpoint.has_failures();
    let of_figure = |figure: Figure| {
        let absolute = difference(endpoint.cells(figure)?, figure, alone(figure))?;
        Some(Evidence { figure, absolute, own: relative.difference(place, figure).unwrap_or(absolute) })
    };
    Figure::ALL.into_iter().filter(is_judged).filter_map(of_figure).collect()
}

/// The shift that endpoints have in common.
pub fn common_difference(levels: &Levels) -> Option<Difference> {
    let common = levels.common()?.map(|level| Some(*level));
    let is_few = common.base.len().min(common.new.len()) <= FEW_RUNS;
    difference(&common, Figure::Mean, if is_few { Prior::stated() } else { Prior::default() })
}

/// What is known of the spread of a figure as measured, without any other endpoint.
fn alone(figure: Figure) -> Prior {
    match figure {
        Figure::FailureRatio => Prior { between: 0.0, freedom: CHANCE_COUNTS_FOR },
        _ => Prior::default(),
    }
}
