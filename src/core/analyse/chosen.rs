//! The timeline of chosen endpoints: a report's seconds with the counts and latencies of these alone.
//!
//! Users, requests in flight and what was noticed of the generator are those of the whole run: no endpoint has its own.

use std::collections::BTreeMap;

use super::stretches::{Family, Stretches};
use super::time_range::TimeRange;
use crate::core::base::histogram::Histogram;
use crate::core::report::{Quantiles, Report, Timeline, TimelineRow};

/// What the chosen endpoints counted in one stretch.
#[derive(Clone, Debug, Default)]
struct Counted {
    sent: u64,
    requests: u64,
    failures: u64,
    latency: Histogram,
    corrected: Histogram,
}

/// The timeline of the endpoints that `fits` names. Where a stretch is longer than a second, its requests are spread evenly
/// over its seconds, and each of these has the stretch's latencies.
pub fn timeline(report: &Report, stretches: &Stretches, fits: impl Fn(usize) -> bool) -> Timeline {
    let counted = counted(stretches, fits);
    let period_s = stretches.period_s();
    let none = Counted::default();
    let row = |whole: &TimelineRow| {
        let begin = whole.second / period_s * period_s;
        let counted = counted.get(&begin).unwrap_or(&none);
        let share = |count: u64| share_of(count, whole.second - begin, period_s);
        TimelineRow {
            second: whole.second,
            users: whole.users,
            target_users: whole.target_users,
            suspect: whole.suspect.clone(),
            held_back: whole.held_back.clone(),
            sent: Some(share(counted.sent)),
            requests: share(counted.requests),
            failures: share(counted.failures),
            latency_ms: Quantiles::of(&counted.latency),
            corrected_ms: Quantiles::of(&counted.corrected),
            ..TimelineRow::default()
        }
    };
    report.timeline.iter().map(row).collect()
}

fn counted(stretches: &Stretches, fits: impl Fn(usize) -> bool) -> BTreeMap<u64, Counted> {
    let mut all: BTreeMap<u64, Counted> = BTreeMap::new();
    if let Some(ever) = TimeRange::new(0, u64::MAX) {
        stretches.each(ever, |second, row, place| {
            if !fits(row.entry) {
                return;
            }
            let counted = all.entry(second).or_default();
            counted.sent += row.sent.unwrap_or_default();
            counted.requests += row.requests;
            counted.failures += row.failures;
            stretches.family(place, Family::Latency).into_iter().for_each(|more| counted.latency.add(more));
            stretches
                .family(place, Family::Corrected)
                .into_iter()
                .for_each(|more| counted.corrected.add(more));
        });
    }
    all
}

/// What falls to one of `seconds` when a count is spread over them: all shares together are the count.
const fn share_of(count: u64, place: u64, seconds: u64) -> u64 {
    count / seconds + if place < count % seconds { 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::share_of;

    #[test]
    fn the_shares_of_a_stretch_add_up_to_its_count() {
        for count in [0, 3, 8, 21] {
            assert_eq!((0..8).map(|place| share_of(count, place, 8)).sum::<u64>(), count);
        }
        assert_eq!((share_of(9, 0, 8), share_of(9, 1, 8)), (2, 1));
    }
}
