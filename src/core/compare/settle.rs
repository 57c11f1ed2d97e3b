//! How many runs a side would settle what these runs leave open.

use super::difference::Difference;
use super::many::holm;
use super::student::critical;

/// The most runs that are advised.
const MOST: u32 = 100;

/// So many runs a side would make a difference as large as this one evident, among so many tests; `None` where that
/// would take more than 100.
pub fn runs_to_settle(
    difference: &Difference,
    wanted: f64,
    runs: (usize, usize),
    tests: usize,
) -> Option<u32> {
    let per_run = difference.error / ((runs.0 as f64).recip() + (runs.1 as f64).recip()).sqrt();
    let is_enough = |runs: &u32| {
        let (count, freedom) = (f64::from(*runs), f64::from(2 * (runs - 1)));
        critical(holm(tests), freedom) * per_run * (2.0 / count).sqrt() <= wanted
    };
    (2..=MOST).find(is_enough)
}
