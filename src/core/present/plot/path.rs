//! Turns the points of a line into one path in SVG's notation. The path is interrupted where there is no data.
//!
//! A line never has more points than the eye can tell apart: where several fall onto one pixel, only the
//! lowest and the highest of them are drawn, so that no peak is lost.

use std::fmt::Write as _;

/// A position (x, y) in pixels.
type Place = (f64, f64);

/// Returns the path through `points`, which are seconds in rising order with their values. `place` turns a point into a
/// position.
///
/// A second that is missing or has no value interrupts the line. A point without neighbours becomes a dot.
pub fn path(points: impl Iterator<Item = (u64, Option<f64>)>, place: impl Fn(u64, f64) -> Place) -> String {
    let mut path = String::new();
    let mut stretch: Vec<Place> = Vec::new();
    let mut expected = 0;
    for (second, value) in points {
        if second != expected || value.is_none() {
            draw(&mut path, &thin(&stretch));
            stretch.clear();
        }
        expected = second + 1;
        stretch.extend(value.map(|value| place(second, value)));
    }
    draw(&mut path, &thin(&stretch));
    path
}

fn draw(path: &mut String, stretch: &[Place]) {
    for (i, (x, y)) in stretch.iter().enumerate() {
        let command = if i == 0 { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{command}{x:.1} {y:.1}");
    }
    if stretch.len() == 1 {
        // 3 pixels are wide enough to be seen. Every dash pattern begins with a drawn dash, so dots of dashed lines
        // are drawn too.
        path.push_str("m-1.5 0h3");
    }
}

/// Keeps the first, lowest, highest and last point of each column of pixels, in order.
fn thin(stretch: &[Place]) -> Vec<Place> {
    stretch.chunk_by(|(a, _), (b, _)| a.floor() == b.floor()).flat_map(thin_column).collect()
}

fn thin_column(column: &[Place]) -> Vec<Place> {
    if column.len() <= 4 {
        return column.to_vec();
    }
    let by_height = |(_, a): &(usize, &Place), (_, b): &(usize, &Place)| a.1.total_cmp(&b.1);
    let place = |found: Option<(usize, &Place)>| found.map_or(0, |(i, _)| i);
    let lowest = place(column.iter().enumerate().min_by(by_height));
    let highest = place(column.iter().enumerate().max_by(by_height));
    let mut kept = [0, lowest, highest, column.len() - 1];
    kept.sort_unstable();
    let mut places: Vec<Place> = kept.iter().filter_map(|i| column.get(*i).copied()).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_is(second: u64, value: f64) -> Place {
        (second as f64, value)
    }

    #[test]
    fn a_line_is_interrupted_where_there_is_no_value_and_where_seconds_are_missing() {
        let points =
            [(0, Some(1.0)), (1, Some(2.0)), (2, None), (3, Some(3.0)), (4, Some(4.0)), (7, Some(5.0))];
        assert_eq!(path(points.into_iter(), as_is), "M0.0 1.0L1.0 2.0M3.0 3.0L4.0 4.0M7.0 5.0m-1.5 0h3");
    }

    #[test]
    fn without_points_the_path_is_empty() {
        assert_eq!(path(std::iter::empty(), as_is), "");
        assert_eq!(path([(0, None), (1, None)].into_iter(), as_is), "");
    }

    #[test]
    fn an_hour_on_a_narrow_chart_keeps_every_peak() {
        let value = |second: u64| if second == 1_801 { 500.0 } else { (second % 7) as f64 };
        let points = (0..3_600).map(|second| (second, Some(value(second))));
        let path = path(points, |second, value| (second as f64 / 12.0, value));
        assert!(path.contains(" 500.0"), "the one peak is drawn");
        assert!(path.matches('L').count() <= 4 * 300, "at most four points a pixel");
    }

    #[test]
    fn few_points_are_all_drawn() {
        let points = (0..300).map(|second| (second, Some(1.0)));
        assert_eq!(path(points, as_is).matches('L').count(), 299);
    }
}
