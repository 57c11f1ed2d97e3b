//! The percentile spectrum: how long the slowest 1 in 10, in 100, in 1000 … took, as lines over a logarithmic axis.
//!
//! The axis is that of HdrHistogram's plotter: each step to the right is a tenth of the requests that are left. A line ends
//! where fewer than one request is left, because nothing was measured beyond.

use std::fmt::Write as _;

use super::{Frame, Scale, Shape, Tick};
use crate::core::base::histogram::Histogram;
use crate::core::base::units::Micros;

/// The quantile at the right end of the axis.
const LAST: f64 = 0.9999;
/// How many tenths that is: 10⁻⁴ of the requests are left.
const DECADES: f64 = 4.0;
/// The labelled quantiles.
const TICKS: [(f64, &str); 7] = [
    (0.0, "0"),
    (0.5, "50"),
    (0.9, "90"),
    (0.95, "95"),
    (0.99, "99"),
    (0.999, "99.9"),
    (LAST, "99.99\u{202f}%"),
];
/// The quantiles of the table that stands for the drawing.
pub const TABLE: [(f64, &str); 8] = [
    (0.5, "p50"),
    (0.75, "p75"),
    (0.9, "p90"),
    (0.95, "p95"),
    (0.99, "p99"),
    (0.999, "p99.9"),
    (LAST, "p99.99"),
    (1.0, "max"),
];

/// A spectrum whose positions are computed, in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrum {
    pub frame: Frame,
    pub quantile_ticks: Vec<Tick>,
    pub value_ticks: Vec<Tick>,
    /// One path for each histogram, in their order; empty where nothing was recorded.
    pub lines: Vec<String>,
    values: Scale,
}

/// The share of the axis at which a quantile stands.
fn share(quantile: f64) -> f64 {
    (-(1.0 - quantile.clamp(0.0, LAST)).log10() / DECADES).clamp(0.0, 1.0)
}

/// The quantile at a share of the axis: the inverse of [`share`].
fn quantile(share: f64) -> f64 {
    1.0 - 10f64.powf(-share.clamp(0.0, 1.0) * DECADES)
}

/// Computes the positions of everything in a spectrum of these histograms.
pub fn spectrum(histograms: &[Histogram], frame: Frame, shape: Shape) -> Spectrum {
    let highest = histograms.iter().filter_map(|histogram| histogram.quantile(LAST));
    let lowest = histograms.iter().filter_map(Histogram::min);
    let values = Scale::of_values(highest.chain(lowest).map(Micros::as_millis_f64), shape);
    let quantile_ticks = TICKS.map(|(at, label)| Tick { at: frame.x(share(at)), label: label.to_owned() });
    let mut value_ticks = values.ticks();
    value_ticks.iter_mut().for_each(|tick| tick.at = frame.y(values.share(tick.at)));
    let lines = histograms.iter().map(|histogram| line(histogram, frame, values)).collect();
    Spectrum { frame, quantile_ticks: quantile_ticks.to_vec(), value_ticks, lines, values }
}

/// One point a pixel is enough: the lowest and the highest quantile in a column have nearly the same value.
fn line(histogram: &Histogram, frame: Frame, values: Scale) -> String {
    let mut path = String::new();
    let total = histogram.count() as f64;
    let (mut counted, mut column) = (0, f64::NEG_INFINITY);
    for (value, count) in histogram.buckets() {
        let before = share(counted as f64 / total);
        counted += count;
        let x = frame.x(share(counted as f64 / total));
        let y = frame.y(values.share(value.as_millis_f64()));
        if path.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{:.1} {y:.1}", frame.x(before));
        }
        if x >= column + 1.0 {
            let _ = write!(path, "L{x:.1} {y:.1}");
            column = x;
        }
        if x >= frame.right() {
            break;
        }
    }
    path
}

impl Spectrum {
    /// The quantile at `x`, in pixels; `None` left or right of the plot.
    pub fn quantile_at(&self, x: f64) -> Option<f64> {
        let (left, right) = (Frame::LEFT, self.frame.right());
        let at = (x - left) / (right - left);
        (0.0..=1.0).contains(&at).then(|| quantile(at))
    }

    /// The x of a quantile, in pixels.
    pub fn x_of(&self, quantile: f64) -> f64 {
        self.frame.x(share(quantile))
    }

    /// The y of a value in milliseconds, in pixels.
    pub fn y_of(&self, millis: f64) -> f64 {
        self.frame.y(self.values.share(millis))
    }
}

/// A quantile as people say it, with as many nines as it has: `p99.95`.
pub fn name(quantile: f64) -> String {
    let percent = quantile * 100.0;
    let decimals = if percent < 99.0 {
        0
    } else if percent < 99.9 {
        1
    } else {
        2
    };
    let text = format!("{percent:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("p{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { width: 466.0, height: 138.0 };

    fn of(values: impl IntoIterator<Item = u64>) -> Histogram {
        let mut histogram = Histogram::new();
        values.into_iter().for_each(|value| histogram.record(Micros::from_millis(value)));
        histogram
    }

    #[test]
    fn each_nine_takes_as_much_room_as_the_one_before() {
        let drawn = spectrum(&[of(1..=100_000)], FRAME, Shape::Linear);
        let at =
            |label: &str| drawn.quantile_ticks.iter().find(|tick| tick.label == label).unwrap().at.round();
        assert_eq!((at("0"), at("90"), at("99"), at("99.9")), (46.0, 146.0, 246.0, 346.0));
        assert_eq!(drawn.quantile_at(246.0).map(|q| (q * 1e6).round() / 1e6), Some(0.99));
        assert_eq!((drawn.quantile_at(45.0), drawn.quantile_at(447.0)), (None, None));
    }

    #[test]
    fn a_line_ends_where_no_request_is_left() {
        let drawn = spectrum(&[of(1..=100), of([])], FRAME, Shape::Linear);
        let [hundred, none] = [&drawn.lines[0], &drawn.lines[1]];
        assert!(none.is_empty());
        assert!(hundred.starts_with("M46.0"), "{hundred}");
        let last_x: f64 = hundred.rsplit_once('L').unwrap().1.split_once(' ').unwrap().0.parse().unwrap();
        assert_eq!(last_x, drawn.frame.right(), "all hundred are in the last point");
        let before: f64 = hundred.rsplit('L').nth(1).unwrap().split_once(' ').unwrap().0.parse().unwrap();
        assert_eq!(before, 246.0, "the 99th of a hundred is the last that has one above it");
    }

    #[test]
    fn a_line_has_at_most_one_point_a_pixel() {
        let drawn = spectrum(&[of(1..=60_000)], FRAME, Shape::Log);
        assert!(drawn.lines[0].matches('L').count() <= 401, "{}", drawn.lines[0].len());
    }

    #[test]
    fn quantiles_are_named_by_their_nines() {
        let names = [0.5, 0.987, 0.99, 0.995, 0.999, 0.9995, 0.9999].map(name);
        assert_eq!(names, ["p50", "p99", "p99", "p99.5", "p99.9", "p99.95", "p99.99"]);
    }
}
