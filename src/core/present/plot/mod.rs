//! Charts as geometry: the lines of each chart, and the positions of lines, ticks and marks. Markup and colours must
//! not be here.
//!
//! The page draws the charts as SVG; a report in HTML can draw the same. Gaps in the data stay gaps: a line is
//! interrupted at a second that has no figure and does not drop to zero there. `scale.rs` has the axes, `clock.rs` the
//! labels of time, `path.rs` the lines. `spectrum.rs`, `heat.rs`, `overlay.rs` and
//! `strip.rs` are charts of another kind.

mod clock;
pub mod heat;
pub mod overlay;
mod path;
mod scale;
pub mod spectrum;
pub mod strip;

use crate::core::analyse::time_range::TimeRange;
use crate::core::report::{LoadModel, SuspectReason, Timeline, TimelineRow};
pub use clock::TimeLabels;
pub use scale::{Scale, Shape, Tick};

/// A chart of a run over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chart {
    /// Requests and failures per second.
    Throughput,
    /// The same with the scheduled arrivals per second, for runs of the open model.
    Arrivals,
    /// Latency quantiles, for runs of the closed model.
    Latency,
    /// Corrected latency quantiles (from the scheduled start), for runs of the open model.
    Corrected,
    Load,
}

/// The charts of a run, from top to bottom.
pub const fn charts(model: LoadModel) -> [Chart; 3] {
    match model {
        LoadModel::Closed => [Chart::Throughput, Chart::Latency, Chart::Load],
        LoadModel::Open => [Chart::Arrivals, Chart::Corrected, Chart::Load],
    }
}

impl Chart {
    pub const fn title(self) -> &'static str {
        match self {
            Self::Throughput | Self::Arrivals => "Requests",
            Self::Latency => "Latency",
            Self::Corrected => "Corrected latency",
            Self::Load => "Load",
        }
    }

    pub const fn unit(self) -> &'static str {
        match self {
            Self::Throughput | Self::Arrivals => "/s",
            Self::Latency | Self::Corrected => "ms",
            Self::Load => "count",
        }
    }

    /// The lines of the chart, the most important first.
    pub const fn quantities(self) -> &'static [Quantity] {
        match self {
            Self::Throughput => &[Quantity::Requests, Quantity::Failures],
            Self::Arrivals => &[Quantity::Requests, Quantity::Due, Quantity::Failures, Quantity::Dropped],
            Self::Latency => &[Quantity::P50, Quantity::P95, Quantity::P99],
            Self::Corrected => &[Quantity::CorrectedP50, Quantity::CorrectedP95, Quantity::CorrectedP99],
            Self::Load => &[Quantity::Users, Quantity::InFlight],
        }
    }
}

/// A figure per second, which a chart shows as a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    Requests,
    Failures,
    Due,
    Dropped,
    P50,
    P95,
    P99,
    CorrectedP50,
    CorrectedP95,
    CorrectedP99,
    Users,
    InFlight,
}

impl Quantity {
    /// The name in the legend.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Failures => "failures",
            Self::Due => "due",
            Self::Dropped => "dropped",
            Self::P50 | Self::CorrectedP50 => "p50",
            Self::P95 | Self::CorrectedP95 => "p95",
            Self::P99 | Self::CorrectedP99 => "p99",
            Self::Users => "users",
            Self::InFlight => "in flight",
        }
    }

    /// The value in one second; `None` where there is no data.
    pub fn of(self, row: &TimelineRow) -> Option<f64> {
        let latency = row.latency_ms.as_ref();
        let corrected = row.corrected_ms.as_ref();
        match self {
            Self::Requests => Some(row.requests as f64),
            Self::Failures => Some(row.failures as f64),
            Self::Due => row.target_rate,
            Self::Dropped => row.dropped.map(|dropped| dropped as f64),
            Self::CorrectedP50 => corrected?.p50,
            Self::CorrectedP95 => corrected?.p95,
            Self::CorrectedP99 => corrected?.p99,
            Self::P50 => latency?.p50,
            Self::P95 => latency?.p95,
            Self::P99 => latency?.p99,
            Self::Users => row.users.map(f64::from),
            Self::InFlight => row.in_flight.map(f64::from),
        }
    }
}

/// The size of a chart in pixels, and the margins around its plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The width of the chart with its margins.
    pub width: f64,
    /// The height of the chart with its margins.
    pub height: f64,
}

impl Frame {
    /// The margin left of the plot, for the labels of values.
    pub const LEFT: f64 = 46.0;
    /// The margin right of the plot, for half of the last label of time.
    pub const RIGHT: f64 = 20.0;
    /// The margin above the plot, for the unit.
    pub const TOP: f64 = 18.0;
    /// The margin below the plot, for the labels of time.
    pub const BOTTOM: f64 = 20.0;

    /// The x of the plot's right edge.
    pub fn right(self) -> f64 {
        (self.width - Self::RIGHT).max(Self::LEFT + 1.0)
    }

    /// The y of the plot's bottom edge.
    pub fn bottom(self) -> f64 {
        (self.height - Self::BOTTOM).max(Self::TOP + 1.0)
    }

    /// The x of a share in [0, 1] of the time axis.
    pub fn x(self, share: f64) -> f64 {
        Self::LEFT + share * (self.right() - Self::LEFT)
    }

    /// The y of a share in [0, 1] of the value axis.
    pub fn y(self, share: f64) -> f64 {
        self.bottom() - share * (self.bottom() - Self::TOP)
    }
}

/// A chart whose positions are computed, in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    pub frame: Frame,
    /// The axis of time; its values are seconds.
    pub time: Scale,
    /// Ticks whose `at` is in pixels.
    pub time_ticks: Vec<Tick>,
    pub values: Scale,
    /// Ticks whose `at` is in pixels.
    pub value_ticks: Vec<Tick>,
    /// One path for each quantity of the chart, in SVG's notation. The path is empty when there is no data.
    pub lines: Vec<(Quantity, String)>,
    pub bands: Vec<Band>,
}

/// Adjacent suspect seconds, marked as one band; seconds that stand less than half a pixel apart look adjacent.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The left edge, in pixels.
    pub x: f64,
    /// The width, in pixels.
    pub width: f64,
}

/// The shortest time axis of a run under way, in seconds. Without it, a run's first seconds would fill the whole width
/// and then shrink quickly.
const SHORTEST_AXIS_S: f64 = 30.0;

/// The end of the axis of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum TimeAxis {
    /// For a run under way without a time limit: the axis ends with the last second, but not before `SHORTEST_AXIS_S`.
    Growing,
    /// For a run under way with this time limit in seconds: the axis ends with the limit, or with the last answers after
    /// it.
    Planned(f64),
    /// For a run that has ended: the axis ends with the last second.
    #[default]
    Whole,
}

/// How a chart is to be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// The axis of values.
    pub shape: Shape,
    pub axis: TimeAxis,
    pub labels: TimeLabels,
}

/// Computes the positions of everything in a chart of `rows`.
pub fn draw(chart: Chart, rows: &Timeline, frame: Frame, look: Look) -> Drawing {
    let Look { shape, axis, labels } = look;
    let last = rows.last().map(|last| last.second as f64 + 1.0);
    let end = match (axis, last) {
        (TimeAxis::Growing, last) => last.unwrap_or_default().max(SHORTEST_AXIS_S),
        (TimeAxis::Planned(limit_s), last) => last.unwrap_or_default().max(limit_s).max(1.0),
        (TimeAxis::Whole, last) => last.unwrap_or(SHORTEST_AXIS_S),
    };
    let time = Scale::linear(0.0, end);
    let values =
        chart.quantities().iter().flat_map(|quantity| rows.iter().filter_map(|row| quantity.of(row)));
    let values = Scale::of_values(values, shape);
    let mut time_ticks = labels.ticks(end, frame.width);
    time_ticks.iter_mut().for_each(|tick| tick.at = frame.x(time.share(tick.at)));
    let mut value_ticks = values.ticks();
    // Users and requests in flight are whole numbers, so a tick at 0.5 would make no sense.
    value_ticks.retain(|tick| chart != Chart::Load || tick.at.fract() == 0.0);
    value_ticks.iter_mut().for_each(|tick| tick.at = frame.y(values.share(tick.at)));
    let lines = chart.quantities().iter().map(|quantity| {
        let points = rows.iter().map(|row| (row.second, quantity.of(row)));
        // A figure sums up a whole second, so its point stands in the middle of that second.
        let place = |second: u64, value: f64| {
            (frame.x(time.share(second as f64 + 0.5)), frame.y(values.share(value)))
        };
        (*quantity, path::path(points, place))
    });
    let lines = lines.collect();
    let bands = bands(rows, |second| frame.x(time.share(second)));
    Drawing { frame, time, time_ticks, values, value_ticks, lines, bands }
}

fn bands(rows: &Timeline, x: impl Fn(f64) -> f64) -> Vec<Band> {
    let mut spans: Vec<(u64, u64)> = Vec::new();
    let mut previous_end = 0;
    for row in rows.iter() {
        // The timeline has no row for seconds in which the machine slept; the row after them is marked instead. So the
        // band begins where the row before ended.
        let asleep = row.suspect.contains(&SuspectReason::Asleep);
        let from = if asleep { previous_end } else { row.second };
        previous_end = row.second + 1;
        if row.suspect.is_empty() {
            continue;
        }
        match spans.last_mut() {
            Some((_, end)) if *end == from => *end = row.second + 1,
            _ => spans.push((from, row.second + 1)),
        }
    }
    let mut bands: Vec<Band> = Vec::new();
    for (from, to) in spans {
        let (left, right) = (x(from as f64), x(to as f64));
        match bands.last_mut() {
            // Less than half a pixel apart they look like one, and a long run may have a hundred thousand.
            Some(band) if left - (band.x + band.width) < 0.5 => band.width = right - band.x,
            _ => bands.push(Band { x: left, width: right - left }),
        }
    }
    bands
}

impl Drawing {
    /// The second at `x`, in pixels; `None` left or right of the plot.
    pub fn second_at(&self, x: f64) -> Option<u64> {
        let (left, right) = (Frame::LEFT, self.frame.right());
        let share = (x - left) / (right - left);
        (0.0..=1.0).contains(&share).then(|| (self.time.value(share) as u64).min(self.last_second()))
    }

    /// The last second that the time axis shows.
    pub fn last_second(&self) -> u64 {
        (self.time.value(1.0) as u64).saturating_sub(1)
    }

    /// The x of the middle of a second, in pixels.
    pub fn x_of(&self, second: u64) -> f64 {
        self.frame.x(self.time.share(second as f64 + 0.5))
    }

    /// What lies left and right of a range, each as its left and right edge in pixels.
    pub fn outside(&self, range: TimeRange) -> [(f64, f64); 2] {
        let x = |second: u64| self.frame.x(self.time.share(second as f64));
        [(self.frame.x(0.0), x(range.from())), (x(range.until()), self.frame.right())]
    }

    /// The y of a value, in pixels.
    pub fn y_of(&self, value: f64) -> f64 {
        self.frame.y(self.values.share(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::Quantiles;

    const FRAME: Frame = Frame { width: 366.0, height: 138.0 };
    const GROWING: Look =
        Look { shape: Shape::Linear, axis: TimeAxis::Growing, labels: TimeLabels::SinceStart };

    fn row(second: u64, requests: u64) -> TimelineRow {
        TimelineRow {
            second,
            users: Some(1),
            sent: Some(requests),
            requests,
            latency_ms: (requests > 0).then_some(Quantiles {
                p50: Some(1.0),
                p95: Some(2.0),
                p99: Some(3.0),
            }),
            ..TimelineRow::default()
        }
    }

    fn timeline<const N: usize>(rows: [TimelineRow; N]) -> Timeline {
        rows.into_iter().collect()
    }

    fn moves(path: &str) -> usize {
        path.matches('M').count()
    }

    #[test]
    fn an_empty_chart_has_axes_and_no_lines() {
        let drawing = draw(Chart::Latency, &Timeline::default(), FRAME, GROWING);
        assert!(drawing.lines.iter().all(|(_, path)| path.is_empty()));
        assert!(!drawing.time_ticks.is_empty() && !drawing.value_ticks.is_empty());
    }

    #[test]
    fn a_second_without_answers_is_a_gap_in_latency_and_a_zero_in_requests() {
        let rows = [row(0, 5), row(1, 5), row(2, 0), row(3, 5)];
        let latency = draw(Chart::Latency, &timeline(rows.clone()), FRAME, GROWING);
        assert!(latency.lines.iter().all(|(_, path)| moves(path) == 2), "{:?}", latency.lines);
        let requests = draw(Chart::Throughput, &timeline(rows.clone()), FRAME, GROWING);
        assert_eq!(moves(&requests.lines[0].1), 1);
        assert!(requests.lines[0].1.contains("118"), "zero is at the bottom: {}", requests.lines[0].1);
    }

    #[test]
    fn the_axis_of_a_run_that_has_ended_ends_with_its_last_second() {
        let rows: Timeline = (0..20).map(|second| row(second, 5)).collect();
        let end = |axis| draw(Chart::Throughput, &rows, FRAME, Look { axis, ..GROWING }).last_second();
        assert_eq!((end(TimeAxis::Growing), end(TimeAxis::Whole)), (29, 19));
    }

    #[test]
    fn the_axis_of_a_run_under_way_is_its_run_time_and_longer_only_while_last_answers_come() {
        let end = |seconds: u64, limit_s| {
            let rows: Timeline = (0..seconds).map(|second| row(second, 5)).collect();
            let look = Look { axis: TimeAxis::Planned(limit_s), ..GROWING };
            draw(Chart::Throughput, &rows, FRAME, look).last_second()
        };
        assert_eq!(end(20, 300.0), 299);
        assert_eq!(end(0, 300.0), 299, "before the first second");
        assert_eq!(end(304, 300.0), 303, "it drains");
        assert_eq!(end(3, 10.0), 9, "a short run too");
    }

    #[test]
    fn labels_of_the_time_of_day_stand_at_their_seconds() {
        let labels = TimeLabels::OfDay { start_s: 50_723 };
        let drawing = draw(Chart::Throughput, &timeline([row(0, 1)]), FRAME, Look { labels, ..GROWING });
        let ticks: Vec<_> = drawing.time_ticks.iter().map(|tick| (tick.at, tick.label.as_str())).collect();
        assert_eq!(ticks, [(116.0, "14:05:30"), (216.0, "14:05:40"), (316.0, "14:05:50")]);
    }

    #[test]
    fn seconds_without_a_row_are_a_gap_in_every_line() {
        let rows = [row(0, 5), row(1, 5), row(9, 5), row(10, 5)];
        let drawing = draw(Chart::Throughput, &timeline(rows.clone()), FRAME, GROWING);
        assert!(drawing.lines.iter().all(|(_, path)| moves(path) == 2));
    }

    #[test]
    fn adjacent_suspect_seconds_are_one_band_which_includes_the_seconds_of_a_sleep() {
        let mut rows = [row(0, 1), row(1, 1), row(2, 1), row(3, 1), row(8, 1)];
        rows[1].suspect = vec![SuspectReason::Late];
        rows[2].suspect = vec![SuspectReason::Queued];
        rows[4].suspect = vec![SuspectReason::Asleep];
        let bands = draw(Chart::Load, &timeline(rows.clone()), FRAME, GROWING).bands;
        let spans: Vec<_> = bands.iter().map(|band| (band.x, band.width)).collect();
        assert_eq!(spans, [(56.0, 20.0), (86.0, 50.0)], "ten pixels a second, 46 pixels from the left");
    }

    #[test]
    fn a_position_in_pixels_is_converted_to_its_second() {
        let drawing = draw(Chart::Throughput, &timeline([row(0, 1)]), FRAME, GROWING);
        assert_eq!(drawing.second_at(46.0), Some(0));
        assert_eq!(drawing.second_at(drawing.x_of(17)), Some(17));
        assert_eq!(drawing.second_at(346.0), Some(29));
        assert_eq!((drawing.second_at(10.0), drawing.second_at(360.0)), (None, None));
    }
}
