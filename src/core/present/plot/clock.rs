//! The labels of an axis of time: seconds since the start of the run, or the time of day.
//!
//! A report has its start in UTC. The reader's own time differs from it by an offset, which the page knows.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::scale::{Tick, time_ticks};
use crate::core::base::units::format_clock;

const DAY_S: u64 = 86_400;
/// The steps between ticks at times of day, in seconds.
const STEPS_S: [u64; 17] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, DAY_S];
/// The room in pixels that a label such as `14:05:30` takes with the space beside it.
const LABEL_PX: f64 = 78.0;

/// What the labels of an axis of time say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeLabels {
    /// The time since the start of the run.
    #[default]
    SinceStart,
    /// The time of day; the run started so many seconds after midnight, where the reader is.
    OfDay { start_s: u64 },
}

impl TimeLabels {
    /// Times of day for a run that started at a moment in RFC 3339, for a reader whose clock is `offset_min` minutes
    /// ahead of UTC; `None` when the moment cannot be read.
    pub fn of_day(started_at: &str, offset_min: i64) -> Option<Self> {
        let moment = OffsetDateTime::parse(started_at, &Rfc3339).ok()?.unix_timestamp();
        let local = moment + offset_min * 60;
        Some(Self::OfDay { start_s: local.rem_euclid(DAY_S as i64) as u64 })
    }

    /// Names a second of the run: `1:05` or `14:06:28`.
    pub fn name(self, second: u64) -> String {
        match self {
            Self::SinceStart => format_clock(second as f64),
            Self::OfDay { start_s } => time_of_day(start_s + second, Precision::Seconds),
        }
    }

    /// The ticks of an axis from 0 to `end` seconds that is `width` pixels wide; their `at` is in seconds.
    pub fn ticks(self, end: f64, width: f64) -> Vec<Tick> {
        match self {
            Self::SinceStart => time_ticks(end, (width / 70.0) as usize),
            Self::OfDay { start_s } => ticks_of_day(start_s, end, (width / LABEL_PX) as u64),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Precision {
    Minutes,
    Seconds,
}

fn time_of_day(seconds: u64, precision: Precision) -> String {
    let of_day = seconds % DAY_S;
    let (hours, minutes, seconds) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    match precision {
        Precision::Minutes => format!("{hours:02}:{minutes:02}"),
        Precision::Seconds => format!("{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// Ticks at round times of day, at most about `most` of them.
fn ticks_of_day(start_s: u64, end: f64, most: u64) -> Vec<Tick> {
    let most = most.max(2) as f64;
    let days = ((end / DAY_S as f64 / most).ceil() as u64).max(1);
    let fits = STEPS_S.iter().find(|step| end / **step as f64 <= most);
    let step = fits.copied().unwrap_or(DAY_S * days);
    let precision = if step % 60 == 0 { Precision::Minutes } else { Precision::Seconds };
    let first = start_s.next_multiple_of(step);
    let last = start_s + end as u64;
    let moments = (first..=last).step_by(usize::try_from(step).unwrap_or(usize::MAX));
    moments.map(|at| Tick { at: (at - start_s) as f64, label: time_of_day(at, precision) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that started at 14:05:23 in a place two hours ahead of UTC.
    fn afternoon() -> TimeLabels {
        TimeLabels::of_day("2026-11-23T12:05:23Z", 120).unwrap()
    }

    fn ticks(labels: TimeLabels, end: f64, width: f64) -> Vec<(f64, String)> {
        labels.ticks(end, width).into_iter().map(|tick| (tick.at, tick.label)).collect()
    }

    #[test]
    fn a_second_is_named_by_its_time_of_day_where_the_reader_is() {
        assert_eq!(afternoon().name(0), "14:05:23");
        assert_eq!(afternoon().name(37), "14:06:00");
        let night = TimeLabels::of_day("2026-11-23T23:59:58Z", 0).unwrap();
        assert_eq!(night.name(2), "00:00:00", "midnight within the run");
        let west = TimeLabels::of_day("2026-11-23T02:00:00Z", -300).unwrap();
        assert_eq!(west.name(0), "21:00:00", "the day before");
        assert_eq!(TimeLabels::SinceStart.name(65), "1:05");
        assert_eq!(TimeLabels::of_day("yesterday", 0), None);
    }

    #[test]
    fn ticks_stand_at_round_times_of_day() {
        let minute = ticks(afternoon(), 60.0, 400.0);
        let expected = [(7.0, "14:05:30"), (22.0, "14:05:45"), (37.0, "14:06:00"), (52.0, "14:06:15")];
        assert_eq!(minute, expected.map(|(at, label)| (at, label.to_owned())));
        let hour = ticks(afternoon(), 3_600.0, 400.0);
        let expected = [(577.0, "14:15"), (1_477.0, "14:30"), (2_377.0, "14:45"), (3_277.0, "15:00")];
        assert_eq!(hour, expected.map(|(at, label)| (at, label.to_owned())));
    }

    #[test]
    fn however_long_the_run_there_are_few_ticks() {
        for end in [1.0, 30.0, 7_200.0, 86_400.0, 86_400.0 * 366.0] {
            let count = ticks(afternoon(), end, 300.0).len();
            assert!((1..=5).contains(&count), "{count} ticks in {end} s");
        }
    }
}
