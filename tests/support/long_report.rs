//! Reports of long runs with many endpoints, for benchmarks: a run in virtual time whose endpoints are repeated under other
//! names.

use std::time::Duration;

use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::report::{Entry, Report};
use oddiya_load::core::run::sim::Reply;

use crate::sim_report::sim_report;

/// The report of 50 users, with so many endpoints.
pub fn long_report(lasts: Duration, endpoints: usize, seed: u64) -> Report {
    let report = sim_report(50, lasts, seed, move |user, now, _| {
        let mut rng = Rng::new(now.0 ^ (u64::from(user) << 40) ^ seed);
        let millis = 5.0 + rng.below(1_000) as f64 / 20.0;
        Reply { after: Micros::from_millis_f64(millis), outcome: Ok(200), bytes: 500, ..Reply::default() }
    });
    widened(report, endpoints)
}

fn widened(mut report: Report, endpoints: usize) -> Report {
    report.requests.retain(Entry::is_used);
    let used = report.requests.len();
    let rows = report.intervals.as_ref().map(|intervals| intervals.rows.clone()).unwrap_or_default();
    let first = report.requests.clone();
    for place in used..endpoints {
        let mut entry = first[place % used].clone();
        entry.name = format!("{}/{}", entry.name, place / used);
        report.requests.push(entry);
    }
    if let Some(intervals) = &mut report.intervals {
        for copy in 1..endpoints.div_ceil(used) {
            let more = rows.iter().cloned().map(|mut row| {
                row.entry += copy * used;
                row
            });
            intervals.rows.extend(more.filter(|row| row.entry < endpoints));
        }
        intervals.rows.sort_by_key(|row| (row.index, row.entry));
    }
    report
}
