//! Charts as geometry: what lines there are, where they run, where ticks and marks stand. No markup, no colours.
//!
//! The page draws these as SVG, a report in HTML can draw the same. Gaps in the data stay gaps: a line never
//! runs through a second that has no figure, and never along zero where there is none. `scale.rs` has the axes,
//! `path.rs` the lines.

mod path;
mod scale;

use crate::core::report::{LoadModel, SuspectReason, Timeline, TimelineRow};
pub use scale::{Scale, Shape, Tick};

/// A chart of a run over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Chart {
    /// Requests and failures per second.
    Throughput,
    /// The same, with what should have started: of runs by arrival rate.
    Arrivals,
    /// Latency quantiles.
    Latency,
    /// Latency quantiles from the scheduled start: of runs by arrival rate.
    Corrected,
    /// Users, and requests in flight.
    Load,
}

/// The charts of a run, in the order in which they are read.
pub const fn charts(model: LoadModel) -> [Chart; 3] {
    match model {
        LoadModel::Closed => [Chart::Throughput, Chart::Latency, Chart::Load],
        LoadModel::Open => [Chart::Arrivals, Chart::Corrected, Chart::Load],
    }
}

impl Chart {
    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Throughput | Self::Arrivals => "Requests",
            Self::Latency => "Latency",
            Self::Corrected => "Corrected latency",
            Self::Load => "Load",
        }
    }

    /// The unit of its values.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Throughput | Self::Arrivals => "/s",
            Self::Latency | Self::Corrected => "ms",
            Self::Load => "count",
        }
    }

    /// Its lines, the most important first.
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

/// What a line shows.
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
    /// What it is called in a legend.
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

    /// Its value in a second; `None` where there is no data.
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

/// The room a chart has, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// All of it, from left to right.
    pub width: f64,
    /// All of it, from top to bottom.
    pub height: f64,
}

impl Frame {
    /// Left of the plot: room for the labels of values.
    pub const LEFT: f64 = 46.0;
    /// Right of the plot: room for half the last label of time.
    pub const RIGHT: f64 = 20.0;
    /// Above the plot: room for the unit.
    pub const TOP: f64 = 18.0;
    /// Below the plot: room for the labels of time.
    pub const BOTTOM: f64 = 20.0;

    /// Where the plot ends on the right.
    pub fn right(self) -> f64 {
        (self.width - Self::RIGHT).max(Self::LEFT + 1.0)
    }

    /// Where the plot ends at the bottom.
    pub fn bottom(self) -> f64 {
        (self.height - Self::BOTTOM).max(Self::TOP + 1.0)
    }

    /// Where a share in [0, 1] of the time axis is.
    pub fn x(self, share: f64) -> f64 {
        Self::LEFT + share * (self.right() - Self::LEFT)
    }

    /// Where a share in [0, 1] of the value axis is.
    pub fn y(self, share: f64) -> f64 {
        self.bottom() - share * (self.bottom() - Self::TOP)
    }
}

/// A chart, drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The room it was drawn for.
    pub frame: Frame,
    /// The axis of time, in seconds.
    pub time: Scale,
    /// Its ticks, `at` in pixels.
    pub time_ticks: Vec<Tick>,
    /// The axis of values.
    pub values: Scale,
    /// Its ticks, `at` in pixels.
    pub value_ticks: Vec<Tick>,
    /// One path for each quantity of the chart, in SVG's notation; empty without data.
    pub lines: Vec<(Quantity, String)>,
    /// Stretches of seconds that should not be trusted.
    pub bands: Vec<Band>,
}

/// A stretch of suspect seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its left edge, in pixels.
    pub x: f64,
    /// In pixels.
    pub width: f64,
}

/// The shortest time axis: a run's first seconds do not race over the whole width.
const SHORTEST_AXIS_S: f64 = 30.0;

/// Where the axis of time ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeAxis {
    /// After half a minute at the earliest: the run is under way.
    Growing,
    /// With the run, which is over.
    Whole,
}

/// Draws a chart of `rows` into `frame`.
pub fn draw(chart: Chart, rows: &Timeline, frame: Frame, shape: Shape, axis: TimeAxis) -> Drawing {
    let end = rows.last().map_or(SHORTEST_AXIS_S, |last| match axis {
        TimeAxis::Growing => (last.second as f64 + 1.0).max(SHORTEST_AXIS_S),
        TimeAxis::Whole => last.second as f64 + 1.0,
    });
    let time = Scale::linear(0.0, end);
    let values =
        chart.quantities().iter().flat_map(|quantity| rows.iter().filter_map(|row| quantity.of(row)));
    let values = Scale::of_values(values, shape);
    let mut time_ticks = scale::time_ticks(end, (frame.width / 70.0) as usize);
    time_ticks.iter_mut().for_each(|tick| tick.at = frame.x(time.share(tick.at)));
    let mut value_ticks = values.ticks();
    // There are no half users.
    value_ticks.retain(|tick| chart != Chart::Load || tick.at.fract() == 0.0);
    value_ticks.iter_mut().for_each(|tick| tick.at = frame.y(values.share(tick.at)));
    let lines = chart.quantities().iter().map(|quantity| {
        let points = rows.iter().map(|row| (row.second, quantity.of(row)));
        // A figure sums up its whole second, so it stands in the middle of it.
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
        // The seconds that were slept through are not in the timeline; the next one tells of them.
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
    let band = |(from, to)| Band { x: x(from as f64), width: x(to as f64) - x(from as f64) };
    spans.into_iter().map(band).collect()
}

impl Drawing {
    /// The second at a place between left and right; `None` beyond the plot.
    pub fn second_at(&self, x: f64) -> Option<u64> {
        let (left, right) = (Frame::LEFT, self.frame.right());
        let share = (x - left) / (right - left);
        (0.0..=1.0).contains(&share).then(|| (self.time.value(share) as u64).min(self.last_second()))
    }

    /// The last second that the time axis shows.
    pub fn last_second(&self) -> u64 {
        (self.time.value(1.0) as u64).saturating_sub(1)
    }

    /// Where the middle of a second is.
    pub fn x_of(&self, second: u64) -> f64 {
        self.frame.x(self.time.share(second as f64 + 0.5))
    }

    /// Where a value is.
    pub fn y_of(&self, value: f64) -> f64 {
        self.frame.y(self.values.share(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::Quantiles;

    const FRAME: Frame = Frame { width: 366.0, height: 138.0 };

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
        let drawing = draw(Chart::Latency, &Timeline::default(), FRAME, Shape::Linear, TimeAxis::Growing);
        assert!(drawing.lines.iter().all(|(_, path)| path.is_empty()));
        assert!(!drawing.time_ticks.is_empty() && !drawing.value_ticks.is_empty());
    }

    #[test]
    fn a_second_without_answers_is_a_gap_in_latency_and_a_zero_in_requests() {
        let rows = [row(0, 5), row(1, 5), row(2, 0), row(3, 5)];
        let latency = draw(Chart::Latency, &timeline(rows.clone()), FRAME, Shape::Linear, TimeAxis::Growing);
        assert!(latency.lines.iter().all(|(_, path)| moves(path) == 2), "{:?}", latency.lines);
        let requests =
            draw(Chart::Throughput, &timeline(rows.clone()), FRAME, Shape::Linear, TimeAxis::Growing);
        assert_eq!(moves(&requests.lines[0].1), 1);
        assert!(requests.lines[0].1.contains("118"), "zero is at the bottom: {}", requests.lines[0].1);
    }

    #[test]
    fn the_axis_of_a_run_that_is_over_ends_with_it() {
        let rows: Timeline = (0..20).map(|second| row(second, 5)).collect();
        let end = |axis| draw(Chart::Throughput, &rows, FRAME, Shape::Linear, axis).last_second();
        assert_eq!((end(TimeAxis::Growing), end(TimeAxis::Whole)), (29, 19));
    }

    #[test]
    fn seconds_that_were_not_kept_are_a_gap_everywhere() {
        let rows = [row(0, 5), row(1, 5), row(9, 5), row(10, 5)];
        let drawing =
            draw(Chart::Throughput, &timeline(rows.clone()), FRAME, Shape::Linear, TimeAxis::Growing);
        assert!(drawing.lines.iter().all(|(_, path)| moves(path) == 2));
    }

    #[test]
    fn suspect_seconds_side_by_side_are_one_band_and_sleep_reaches_back() {
        let mut rows = [row(0, 1), row(1, 1), row(2, 1), row(3, 1), row(8, 1)];
        rows[1].suspect = vec![SuspectReason::Late];
        rows[2].suspect = vec![SuspectReason::Queued];
        rows[4].suspect = vec![SuspectReason::Asleep];
        let bands = draw(Chart::Load, &timeline(rows.clone()), FRAME, Shape::Linear, TimeAxis::Growing).bands;
        let spans: Vec<_> = bands.iter().map(|band| (band.x, band.width)).collect();
        assert_eq!(spans, [(56.0, 20.0), (86.0, 50.0)], "ten pixels a second, 46 pixels from the left");
    }

    #[test]
    fn a_pointer_finds_its_second() {
        let drawing =
            draw(Chart::Throughput, &timeline([row(0, 1)]), FRAME, Shape::Linear, TimeAxis::Growing);
        assert_eq!(drawing.second_at(46.0), Some(0));
        assert_eq!(drawing.second_at(drawing.x_of(17)), Some(17));
        assert_eq!(drawing.second_at(346.0), Some(29));
        assert_eq!((drawing.second_at(10.0), drawing.second_at(360.0)), (None, None));
    }
}
