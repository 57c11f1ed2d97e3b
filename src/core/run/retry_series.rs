//! Retries over time, as a series of the report: how many requests were sent again each second, and how many were not,
//! because the budget of retries was used up.

use std::collections::BTreeMap;

use super::tally::Tally;
use crate::core::report::{Series, SeriesSource};

/// The most moments of a series. Longer runs have fewer moments, each of more seconds.
const MAX_MOMENTS: usize = 3_600;

/// Retries by second; empty while there was none.
#[derive(Clone, Debug, Default)]
pub struct RetrySeries {
    by_second: BTreeMap<u64, Counts>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    retries: u64,
    denied: u64,
}

impl RetrySeries {
    /// Adds the counts of a second.
    pub fn add<'a>(&mut self, second: u64, tallies: impl Iterator<Item = &'a Tally>) {
        let mut counts = Counts::default();
        for tally in tallies {
            counts.retries += tally.retries;
            counts.denied += tally.retries_denied;
        }
        let is_needed = !self.by_second.is_empty() || counts.retries + counts.denied > 0;
        if is_needed {
            let known = self.by_second.entry(second).or_default();
            known.retries += counts.retries;
            known.denied += counts.denied;
        }
    }

    /// The series of the report; none when nothing was retried and nothing was denied.
    pub fn series(&self) -> Vec<Series> {
        let of = |name: &str, count: fn(&Counts) -> u64| {
            let has_any = self.by_second.values().any(|counts| count(counts) > 0);
            has_any.then(|| self.one(name, count))
        };
        [of("retries", |counts| counts.retries), of("retries denied", |counts| counts.denied)]
            .into_iter()
            .flatten()
            .collect()
    }

    fn one(&self, name: &str, count: fn(&Counts) -> u64) -> Series {
        let step = self.by_second.len().div_ceil(MAX_MOMENTS).max(1);
        let seconds: Vec<_> = self.by_second.iter().collect();
        let parts = seconds.chunks(step).filter_map(|part| {
            let (first, _) = part.first()?;
            Some((**first as f64, part.iter().map(|(_, counts)| count(counts)).sum::<u64>()))
        });
        let (at_s, values) = parts.map(|(at, sum)| (at, Some(sum as f64))).unzip();
        Series {
            name: name.to_owned(),
            source: SeriesSource::Session,
            unit: None,
            labels: BTreeMap::new(),
            at_s,
            values,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_are_a_series_from_the_first_one_on_and_what_never_happened_is_none() {
        let mut series = RetrySeries::default();
        assert!(series.series().is_empty());
        for (second, retries) in [(0, 0), (1, 3), (2, 0), (3, 2)] {
            series.add(second, [Tally { retries, ..Tally::default() }].iter());
        }
        let all = series.series();
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].name.as_str(), &all[0].at_s), ("retries", &vec![1.0, 2.0, 3.0]));
        assert_eq!(all[0].values, [Some(3.0), Some(0.0), Some(2.0)]);
    }
}
