//! The open model: the moments when virtual users arrive. One [`Arrivals`] gives one shard's part of a run's arrivals.
//!
//! It is pure and seeded. The shard asks what is due; it also decides whether a user is free, which is not known here.

use super::{ArrivalProcess, Share};
use crate::core::base::rng::Rng;
use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;

/// One arrival: a virtual user has to start a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// A number that no other arrival of the run has. It seeds the random draws of this arrival.
    pub number: u64,
    /// The moment of the arrival, on the run's clock.
    pub due: Micros,
}

/// The arrivals of one shard, in the order of time.
///
/// Constant arrivals follow the integral of the rate: arrival `k` (from 0) is due when the integral reaches `k + ½`. If
/// the integral is a whole number at the start and at the end of a stage, the stage has exactly as many arrivals as its
/// integral says, and none of them is on its edge. Arrival `k` belongs to shard `k % shards`, so all shards together
/// have every arrival once.
///
/// Poisson arrivals are a process of unit rate (exponential gaps) with time stretched by the same integral (Çinlar,
/// "Introduction to Stochastic Processes", 1975, §4.7). Each shard has an independent process with its part of the
/// rate; the sum of such processes is a Poisson process of the whole rate.
#[derive(Clone, Debug)]
pub struct Arrivals {
    rate: Stages,
    process: ArrivalProcess,
    share: Share,
    /// The moment when the stages begin.
    origin: Micros,
    /// There are no arrivals at this moment or later.
    end: Micros,
    /// The number of arrivals since `origin`.
    since_origin: u64,
    /// The number of arrivals since the run began.
    count: u64,
    /// The sum of the gaps since `origin`, at unit rate. Only Poisson arrivals use it.
    elapsed: f64,
    gaps: Rng,
    next: Option<Micros>,
}

/// Makes the seed of the gaps differ from the seeds of all other draws of a run.
const GAPS_SALT: u64 = 0x6a09_e667_f3bc_c908;

impl Arrivals {
    /// The arrivals of `share` from the run's start to `end`.
    pub fn new(rate: Stages, process: ArrivalProcess, share: Share, seed: u64, end: Micros) -> Self {
        let gaps = Rng::split(seed ^ GAPS_SALT, u64::from(share.shard));
        let mut this = Self {
            rate,
            process,
            share,
            origin: Micros::ZERO,
            end,
            since_origin: 0,
            count: 0,
            elapsed: 0.0,
            gaps,
            next: None,
        };
        this.schedule_next();
        this
    }

    /// When the next arrival is due; `None` when there are no more.
    pub const fn next_due(&self) -> Option<Micros> {
        self.next
    }

    /// Takes the next arrival if it is due by `now`.
    pub fn take_due(&mut self, now: Micros) -> Option<Arrival> {
        let due = self.next.filter(|due| *due <= now)?;
        let number = self.count * u64::from(self.share.shards) + u64::from(self.share.shard);
        self.count += 1;
        self.since_origin += 1;
        self.schedule_next();
        Some(Arrival { number, due })
    }

    /// Keeps the rate `per_second` from `at` on, instead of the remaining stages.
    pub fn change(&mut self, at: Micros, per_second: f64) {
        (self.rate, self.origin) = (Stages::held(per_second), at);
        (self.since_origin, self.elapsed) = (0, 0.0);
        self.schedule_next();
    }

    fn schedule_next(&mut self) {
        let Share { shard, shards } = self.share;
        let area = match self.process {
            ArrivalProcess::Constant => {
                (self.since_origin * u64::from(shards) + u64::from(shard)) as f64 + 0.5
            }
            ArrivalProcess::Poisson => {
                self.elapsed -= (1.0 - self.gaps.unit()).ln();
                self.elapsed * f64::from(shards)
            }
        };
        let due = self.rate.when(area).map(|moment| self.origin + moment);
        self.next = due.filter(|due| *due < self.end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Micros = Micros::from_secs(60);

    /// The arrivals of all shards before `end`, in the order of time.
    fn arrivals(text: &str, process: ArrivalProcess, shards: u32, seed: u64, end: Micros) -> Vec<Arrival> {
        let rate = Stages::parse(text).unwrap().1;
        let mut all = Vec::new();
        for shard in 0..shards {
            let share = Share { shard, shards };
            let mut arrivals = Arrivals::new(rate.clone(), process, share, seed, end);
            all.extend(std::iter::from_fn(|| arrivals.take_due(end)));
        }
        all.sort_by_key(|arrival| (arrival.due, arrival.number));
        all
    }

    #[test]
    fn ten_per_second_for_a_minute_are_600_evenly_spaced_however_many_shards() {
        let one = arrivals("10/s,1m", ArrivalProcess::Constant, 1, 0, MINUTE);
        assert_eq!(one.len(), 600);
        assert!(one.windows(2).all(|pair| pair[1].due.0 - pair[0].due.0 == 100_000));
        for shards in [2, 3] {
            assert_eq!(
                arrivals("10/s,1m", ArrivalProcess::Constant, shards, 0, MINUTE),
                one,
                "{shards} shards"
            );
        }
    }

    #[test]
    fn every_stage_has_exactly_the_arrivals_of_its_integral() {
        let text = "10/s,1m; 10..50/s,20s; 0/s,10s; 40..0/s,10s; 0..7/s,10s; 0.1/s,50s";
        let all = arrivals(text, ArrivalProcess::Constant, 3, 0, Micros::from_secs(160));
        let mut from = 0;
        for (to, expected) in [(60, 600), (80, 600), (90, 0), (100, 200), (110, 35), (160, 5)] {
            let within = Micros::from_secs(from)..Micros::from_secs(to);
            let count = all.iter().filter(|arrival| within.contains(&arrival.due)).count();
            assert_eq!(count, expected, "from {from} to {to} s");
            from = to;
        }
        let mut numbers: Vec<u64> = all.iter().map(|arrival| arrival.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all.len(), "numbers are distinct");
    }

    #[test]
    fn poisson_arrivals_have_a_poisson_mean_and_variance() {
        // The run is 200 seconds at 50/s, so the counts per second have mean 50 and variance 50. The mean of 200 counts
        // has a standard deviation of √(50/200) = 0.5, their variance one of about 50·√(2/200) = 5. The test allows
        // five standard deviations of each.
        for shards in 1..=3 {
            let all = arrivals("50/s,200s", ArrivalProcess::Poisson, shards, 42, Micros::from_secs(200));
            let mut counts = [0.0_f64; 200];
            all.iter().for_each(|arrival| counts[arrival.due.second() as usize] += 1.0);
            let mean = counts.iter().sum::<f64>() / 200.0;
            let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / 199.0;
            assert!((mean - 50.0).abs() < 2.5, "{shards} shards: mean {mean}");
            assert!((variance - 50.0).abs() < 25.0, "{shards} shards: variance {variance}");
        }
    }

    #[test]
    fn poisson_arrivals_follow_a_ramp() {
        // 0 to 100/s in 100 s gives 5 000 arrivals, a quarter of them in the first half. The standard deviations are
        // √5000 = 71 and √1250 = 35; the test allows five of each.
        let all = arrivals("0..100/s,100s", ArrivalProcess::Poisson, 2, 7, Micros::from_secs(100));
        let early = all.iter().filter(|arrival| arrival.due < Micros::from_secs(50)).count();
        assert!(all.len().abs_diff(5_000) < 355 && early.abs_diff(1_250) < 177, "{} {early}", all.len());
    }

    #[test]
    fn the_same_seed_repeats_the_arrivals_and_another_seed_does_not() {
        let draw = |seed| arrivals("20/s,10s", ArrivalProcess::Poisson, 2, seed, Micros::from_secs(10));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn a_changed_rate_counts_from_the_moment_of_the_change() {
        let mut total = 0;
        for shard in 0..2 {
            let share = Share { shard, shards: 2 };
            let rate = Stages::held(10.0);
            let mut arrivals = Arrivals::new(rate, ArrivalProcess::Constant, share, 0, MINUTE);
            let at = Micros::from_secs(30);
            total += std::iter::from_fn(|| arrivals.take_due(at)).count();
            arrivals.change(at, 20.0);
            total += std::iter::from_fn(|| arrivals.take_due(MINUTE)).count();
        }
        assert_eq!(total, 300 + 600);
    }
}
