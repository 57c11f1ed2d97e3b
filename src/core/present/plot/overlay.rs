//! Two groups of runs over one axis: of each group the middle run as a line, and a band from its lowest to its highest.
//!
//! One run a group is a line without a band.

use std::fmt::Write as _;

use super::{Frame, Scale, Shape, Tick};

/// The values of one run at the positions of an axis; `None` where it has none.
pub type Values = Vec<Option<f64>>;

/// How a group is drawn: paths in SVG's notation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupShape {
    pub line: String,
    /// Closed areas; empty for a single run.
    pub band: String,
}

/// Two groups, with all positions in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Overlay {
    pub frame: Frame,
    pub value_ticks: Vec<Tick>,
    pub groups: [GroupShape; 2],
}

/// Computes the shapes of two groups. A position's place on the axis is its index divided by the last index.
pub fn overlay(groups: [&[Values]; 2], frame: Frame, shape: Shape) -> Overlay {
    let positions = groups.iter().flat_map(|runs| runs.iter().map(Vec::len)).max().unwrap_or_default();
    let all = groups.iter().flat_map(|runs| runs.iter().flatten().flatten().copied());
    let values = Scale::of_values(all, shape);
    let mut value_ticks = values.ticks();
    value_ticks.iter_mut().for_each(|tick| tick.at = frame.y(values.share(tick.at)));
    let last = positions.saturating_sub(1).max(1) as f64;
    let place = |position: usize, value: f64| (frame.x(position as f64 / last), frame.y(values.share(value)));
    let groups = groups.map(|runs| group(runs, positions, place));
    Overlay { frame, value_ticks, groups }
}

fn group(runs: &[Values], positions: usize, place: impl Fn(usize, f64) -> (f64, f64)) -> GroupShape {
    let mut shape = GroupShape::default();
    let mut stretch: Vec<(usize, Spread)> = Vec::new();
    for position in 0..=positions {
        match spread(runs, position) {
            Some(spread) => stretch.push((position, spread)),
            None => draw(&mut shape, &std::mem::take(&mut stretch), runs.len() > 1, &place),
        }
    }
    shape
}

/// Lowest, middle and highest value of a group at one position.
#[derive(Clone, Copy)]
struct Spread {
    lowest: f64,
    middle: f64,
    highest: f64,
}

fn spread(runs: &[Values], position: usize) -> Option<Spread> {
    let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(position).copied().flatten()).collect();
    values.sort_unstable_by(f64::total_cmp);
    let (below, above) = (values.get((values.len().max(1) - 1) / 2)?, values.get(values.len() / 2)?);
    Some(Spread { lowest: *values.first()?, middle: (below + above) / 2.0, highest: *values.last()? })
}

fn draw(
    shape: &mut GroupShape,
    stretch: &[(usize, Spread)],
    has_band: bool,
    place: impl Fn(usize, f64) -> (f64, f64),
) {
    for (at, (position, spread)) in stretch.iter().enumerate() {
        let (x, y) = place(*position, spread.middle);
        // Writing to a string cannot fail.
        let _ = write!(shape.line, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
    }
    if !has_band || stretch.is_empty() {
        return;
    }
    let there = stretch.iter().map(|(position, spread)| place(*position, spread.highest));
    let back = stretch.iter().rev().map(|(position, spread)| place(*position, spread.lowest));
    for (at, (x, y)) in there.chain(back).enumerate() {
        let _ = write!(shape.band, "{}{x:.1} {y:.1}", if at == 0 { 'M' } else { 'L' });
    }
    shape.band.push('Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { width: 166.0, height: 138.0 };

    fn run(values: &[f64]) -> Values {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn a_group_is_its_middle_run_within_a_band() {
        let base = [run(&[0.0, 10.0]), run(&[5.0, 10.0]), run(&[10.0, 10.0])];
        let drawn = overlay([&base, &[run(&[10.0, 0.0])]], FRAME, Shape::Linear);
        assert_eq!(drawn.groups[0].line, "M46.0 68.0L146.0 18.0");
        assert_eq!(drawn.groups[0].band, "M46.0 18.0L146.0 18.0L146.0 18.0L46.0 118.0Z");
        assert_eq!(
            (drawn.groups[1].line.as_str(), drawn.groups[1].band.as_str()),
            ("M46.0 18.0L146.0 118.0", "")
        );
    }

    #[test]
    fn where_no_run_has_a_value_there_is_a_gap() {
        let broken = vec![Some(1.0), None, Some(1.0), Some(1.0)];
        let drawn = overlay([&[broken], &[]], FRAME, Shape::Linear);
        assert_eq!(drawn.groups[0].line.matches('M').count(), 2);
        assert_eq!(drawn.groups[1], GroupShape::default());
    }
}
