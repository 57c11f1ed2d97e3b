//! The heat map: how many requests took how long, when. Each cell is a span of time and a span of latency.
//!
//! A line of quantiles hides that there are two kinds of answers; here they are two bands. The darkness of a cell follows
//! the square root of its count, so that a few slow requests beside thousands can still be seen.

use std::fmt::Write as _;

use super::{Frame, Scale, Shape, Tick, TimeLabels};
use crate::core::analyse::stretches::{Family, Stretches};
use crate::core::analyse::time_range::TimeRange;

/// How many degrees of darkness there are.
pub const LEVELS: usize = 6;
/// The smallest cell, in pixels.
const COLUMN: f64 = 4.0;
const ROW: f64 = 6.0;

/// A heat map whose positions are computed, in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Heat {
    pub frame: Frame,
    pub time_ticks: Vec<Tick>,
    pub value_ticks: Vec<Tick>,
    /// The cells of each degree of darkness as one path, the lightest first.
    pub levels: [String; LEVELS],
    /// The most requests in one cell.
    pub most: u64,
    pub grid: Grid,
}

/// Counts by span of time and span of latency.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// How many seconds a column has.
    pub column_s: u64,
    /// The axis of latency, in milliseconds.
    values: Scale,
    rows: usize,
    /// The counts by column, then by row from the bottom.
    counts: Vec<u64>,
}

impl Grid {
    /// How many requests are in a cell.
    pub fn count(&self, column: usize, row: usize) -> u64 {
        if row >= self.rows {
            return 0;
        }
        self.counts.get(column * self.rows + row).copied().unwrap_or_default()
    }

    pub const fn rows(&self) -> usize {
        self.rows
    }

    pub const fn columns(&self) -> usize {
        match self.rows {
            0 => 0,
            rows => self.counts.len() / rows,
        }
    }

    /// The latencies of a row, in milliseconds: from, to.
    pub fn span_ms(&self, row: usize) -> (f64, f64) {
        let at = |row: usize| self.values.value(row as f64 / self.rows.max(1) as f64);
        (at(row), at(row + 1))
    }
}

/// Computes a heat map of the endpoints that `fits` names, over the whole run.
pub fn heat(
    stretches: &Stretches,
    seconds: u64,
    family: Family,
    fits: impl Fn(usize) -> bool,
    frame: Frame,
    labels: TimeLabels,
) -> Heat {
    let seconds = seconds.max(1);
    let grid = grid(stretches, seconds, family, fits, frame);
    let time = Scale::linear(0.0, seconds as f64);
    let most = grid.counts.iter().copied().max().unwrap_or_default();
    let mut time_ticks = labels.ticks(seconds as f64, frame.width);
    time_ticks.iter_mut().for_each(|tick| tick.at = frame.x(time.share(tick.at)));
    let mut value_ticks = grid.values.ticks();
    value_ticks.iter_mut().for_each(|tick| tick.at = frame.y(grid.values.share(tick.at)));
    let mut levels: [String; LEVELS] = Default::default();
    for column in 0..grid.columns() {
        let from = (column as u64 * grid.column_s) as f64;
        let (left, right) = (frame.x(time.share(from)), frame.x(time.share(from + grid.column_s as f64)));
        for row in 0..grid.rows {
            let Some(path) = level(grid.count(column, row), most).and_then(|level| levels.get_mut(level))
            else {
                continue;
            };
            let share = |row: usize| frame.y(row as f64 / grid.rows as f64);
            // Writing to a string cannot fail.
            let _ = write!(path, "M{left:.1} {:.1}H{right:.1}V{:.1}H{left:.1}Z", share(row + 1), share(row));
        }
    }
    Heat { frame, time_ticks, value_ticks, levels, most, grid }
}

/// The degree of darkness of a count; `None` for 0.
fn level(count: u64, most: u64) -> Option<usize> {
    if count == 0 {
        return None;
    }
    let share = (count as f64 / most as f64).sqrt();
    Some(((share * LEVELS as f64).ceil() as usize).clamp(1, LEVELS) - 1)
}

fn grid(
    stretches: &Stretches,
    seconds: u64,
    family: Family,
    fits: impl Fn(usize) -> bool,
    frame: Frame,
) -> Grid {
    let period_s = stretches.period_s();
    let most_columns = ((frame.right() - Frame::LEFT) / COLUMN).max(1.0) as u64;
    // Whole stretches, so that no column has more of them than its neighbour.
    let column_s = seconds.div_ceil(most_columns).div_ceil(period_s).max(1) * period_s;
    let rows = ((frame.bottom() - Frame::TOP) / ROW).max(1.0) as usize;
    let whole = TimeRange::between(0, seconds - 1);
    let mut ends = Vec::new();
    stretches.each(whole, |_, row, place| {
        if let Some(buckets) = stretches.family(place, family).filter(|_| fits(row.entry)) {
            let (min, max, _) = buckets.bounds();
            ends.extend([min.as_millis_f64(), max.as_millis_f64()]);
        }
    });
    let values = Scale::of_values(ends.into_iter(), Shape::Log);
    let columns = seconds.div_ceil(column_s) as usize;
    let mut counts = vec![0; columns * rows];
    stretches.each(whole, |second, row, place| {
        let Some(buckets) = stretches.family(place, family).filter(|_| fits(row.entry)) else { return };
        let column = (second / column_s) as usize;
        for (value, count) in buckets.iter() {
            let row = ((values.share(value.as_millis_f64()) * rows as f64) as usize).min(rows - 1);
            if let Some(cell) = counts.get_mut(column * rows + row) {
                *cell += count;
            }
        }
    });
    Grid { column_s, values, rows, counts }
}

impl Heat {
    /// The column and the row at a position in pixels; `None` beside the plot.
    pub fn cell_at(&self, x: f64, y: f64, seconds: u64) -> Option<(usize, usize)> {
        let across = (x - Frame::LEFT) / (self.frame.right() - Frame::LEFT);
        let up = (self.frame.bottom() - y) / (self.frame.bottom() - Frame::TOP);
        let is_within = (0.0..1.0).contains(&across) && (0.0..1.0).contains(&up);
        let column = (across * seconds as f64) as u64 / self.grid.column_s;
        is_within.then_some((column as usize, (up * self.grid.rows as f64) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn a_single_request_beside_thousands_is_seen() {
        assert_eq!(level(0, 10_000), None);
        assert_eq!(level(1, 10_000), Some(0));
        assert_eq!(level(10_000, 10_000), Some(5));
        assert_eq!(level(2_500, 10_000), Some(2), "a quarter is half as dark");
    }
}
