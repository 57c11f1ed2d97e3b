//! The time after the ramp: from when all users run, or the arrival rate is what was asked for, until the end.

use super::time_range::TimeRange;
use crate::core::report::{Report, TimelineRow};

/// The seconds in which the load was as high as it became, from the first of them to the end of the run. `None` when there
/// was no ramp, and where the load that was asked for is not known.
pub fn after_ramp(report: &Report) -> Option<TimeRange> {
    let target = |row: &TimelineRow| row.target_users.map(f64::from).or(row.target_rate);
    let highest = report.timeline.iter().filter_map(target).reduce(f64::max)?;
    let has_all = |row: &&TimelineRow| {
        let asked_for = target(row).is_some_and(|target| target >= highest);
        asked_for && row.target_users.is_none_or(|target| row.users.is_none_or(|users| users >= target))
    };
    let first = report.timeline.iter().find(has_all)?.second;
    // The last answers come after the last start; they belong to the load.
    let last = report.timeline.last()?.second;
    (first > 0).then(|| TimeRange::new(first, last + 1)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::{Timeline, read};

    fn with(rows: impl IntoIterator<Item = TimelineRow>) -> Report {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        report.timeline = rows.into_iter().collect::<Timeline>();
        report
    }

    fn users(second: u64, users: u32, target: u32) -> TimelineRow {
        TimelineRow { second, users: Some(users), target_users: Some(target), ..TimelineRow::default() }
    }

    #[test]
    fn a_ramp_ends_when_all_users_run() {
        let report =
            with([users(0, 3, 4), users(1, 7, 8), users(2, 9, 10), users(3, 10, 10), users(4, 10, 10)]);
        assert_eq!(after_ramp(&report), Some("3-5".parse().unwrap()));
    }

    #[test]
    fn stages_of_arrivals_are_at_their_level_from_the_highest_rate_on() {
        let row = |second, rate| TimelineRow { second, target_rate: Some(rate), ..TimelineRow::default() };
        let report = with([row(0, 10.0), row(1, 55.0), row(2, 100.0), row(3, 100.0)]);
        assert_eq!(after_ramp(&report), Some("2-4".parse().unwrap()));
    }

    #[test]
    fn without_a_ramp_there_is_nothing_to_leave_out() {
        assert_eq!(after_ramp(&with([users(0, 5, 5), users(1, 5, 5)])), None);
        assert_eq!(after_ramp(&with([TimelineRow::default()])), None, "nobody knows what was asked for");
    }
}
