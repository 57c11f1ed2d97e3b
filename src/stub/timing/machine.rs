//! The machine that all services share: one queue, in which every answer takes its turn, and answers that are held back.
//!
//! A real host saturates: from some load on, more connections make answers later, not more. And it is not fair: with one
//! connection as with a hundred, one answer in a hundred takes about three times as long as the median (its thread gets no
//! processor, memory is collected meanwhile). Pure: moments come from outside.

use std::time::Duration;

use tokio::time::Instant;

use crate::core::base::rng::Rng;

/// The share of answers that are held back. In the mean they take `HELD_MS` and `HELD_FACTOR` times their time more. Fitted
/// to the p99s that wrk measured at 1 to 100 connections, which were 2.3 to 5 times the median.
const HELD_SHARE: f64 = 0.04;
const HELD_MS: f64 = 1.5;
const HELD_FACTOR: f64 = 0.9;

#[derive(Debug)]
pub struct Machine {
    rng: Rng,
    /// The factor on times that are given in milliseconds.
    slowness: f64,
    /// Until when the queue is taken.
    free_at: Option<Instant>,
}

impl Machine {
    pub fn new(seed: u64, slowness: f64) -> Self {
        Self { rng: Rng::new(seed), slowness, free_at: None }
    }

    /// Takes a turn of this length, and returns when it begins.
    pub fn turn(&mut self, now: Instant, busy: Duration) -> Instant {
        let begins = self.free_at.unwrap_or(now).max(now);
        self.free_at = Some(begins + busy);
        begins
    }

    /// How long an answer that takes so long is held back; nearly always zero.
    pub fn held(&mut self, takes: Duration) -> Duration {
        if self.rng.unit() >= HELD_SHARE {
            return Duration::ZERO;
        }
        // Exponentially distributed with mean 1.
        let length = -(1.0 - self.rng.unit()).ln();
        let mean = takes.mul_f64(HELD_FACTOR) + Duration::from_secs_f64(self.slowness * HELD_MS / 1000.0);
        mean.mul_f64(length)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::super::cost::{AROUND_MS, Cost};
    use super::*;
    use crate::stub::finish::Way;
    use crate::stub::routes::Endpoint;

    const SECS: f64 = 30.0;

    /// What came of a closed loop: answers a second, and p50 and p99 in milliseconds.
    #[derive(Debug)]
    struct Found {
        rate: f64,
        p50: f64,
        p99: f64,
    }

    fn closed_loop(connections: usize, cost: Cost, rows: usize) -> Found {
        let mut machine = Machine::new(7, 1.0);
        let (start, busy) = (Instant::now(), Duration::from_secs_f64(cost.busy_ms(rows) / 1000.0));
        let mut ready = BinaryHeap::from(vec![Reverse(Duration::ZERO); connections]);
        let mut times = Vec::new();
        while let Some(Reverse(asked)) = ready.pop().filter(|asked| asked.0.as_secs_f64() < SECS) {
            let begins = machine.turn(start + asked, busy) - start;
            let alone = Duration::from_secs_f64((cost.alone_ms(rows) + AROUND_MS) / 1000.0);
            let takes = begins + alone - asked;
            let answered = asked + takes + machine.held(takes);
            times.push(answered - asked);
            ready.push(Reverse(answered));
        }
        let rate = times.len() as f64 / SECS;
        correct(&mut times, Duration::from_secs_f64(connections as f64 / rate));
        times.sort_unstable();
        let ms = |part: usize| times[times.len() * part / 100].as_secs_f64() * 1000.0;
        Found { rate, p50: ms(50), p99: ms(99) }
    }

    /// As wrk does before it says its quantiles: what was asked for meanwhile at the mean pace would have waited too.
    fn correct(times: &mut Vec<Duration>, pace: Duration) {
        for time in times.clone().into_iter().filter(|time| *time > 2 * pace) {
            let later = std::iter::successors(time.checked_sub(pace), |left| left.checked_sub(pace));
            times.extend(later.take_while(|left| *left > pace));
        }
    }

    /// Measured at so many connections: p50, p99 and a second. What was measured of one answer alone says otherwise in
    /// places, and then stands here as absent.
    type Measured = (usize, Option<f64>, Option<f64>, f64);

    fn holds(endpoint: Endpoint, way: Way, rows: usize, measured: [Measured; 4]) {
        for (connections, p50, p99, rate) in measured {
            let found = closed_loop(connections, Cost::of(endpoint, way), rows);
            let near = |found: f64, wanted: f64| (0.6 * wanted..=1.4 * wanted).contains(&found);
            assert!(p50.is_none_or(|p50| near(found.p50, p50)), "{connections}: {found:?}");
            assert!(p99.is_none_or(|p99| near(found.p99, p99)), "{connections}: {found:?}");
            let is_full = connections > 10;
            assert!(!is_full || (0.85 * rate..1.15 * rate).contains(&found.rate), "{connections}: {found:?}");
        }
    }

    #[test]
    fn profiles_saturate_where_the_real_ones_do() {
        holds(
            Endpoint::Me,
            Way::ThroughGateway,
            0,
            [
                (1, Some(2.1), Some(9.6), 394.0),
                (10, Some(4.6), Some(13.8), 2057.0),
                (50, Some(21.2), Some(57.0), 2264.0),
                (100, Some(46.0), Some(104.0), 2112.0),
            ],
        );
        // At a hundred connections the threads of the real one get in each other's way.
        holds(
            Endpoint::Me,
            Way::Direct,
            0,
            [
                (1, Some(0.4), Some(5.5), 2308.0),
                (10, Some(1.8), Some(6.7), 5439.0),
                (50, Some(8.2), Some(40.0), 5154.0),
                (100, Some(21.0), None, 4404.0),
            ],
        );
    }

    #[test]
    fn lists_of_ten_plans_saturate_where_the_real_ones_do() {
        holds(
            Endpoint::ListPlans,
            Way::ThroughGateway,
            10,
            [
                (1, Some(2.5), None, 332.0),
                (10, Some(11.0), Some(36.0), 836.0),
                (50, Some(62.0), Some(196.0), 789.0),
                (100, Some(126.0), Some(375.0), 789.0),
            ],
        );
        holds(
            Endpoint::ListPlans,
            Way::Direct,
            10,
            [
                (1, None, None, 728.0),
                (10, Some(7.7), Some(22.0), 1226.0),
                (50, Some(50.0), Some(156.0), 996.0),
                (100, Some(105.0), Some(346.0), 942.0),
            ],
        );
    }

    #[test]
    fn an_idle_machine_begins_at_once() {
        let mut machine = Machine::new(1, 0.0);
        let now = Instant::now();
        assert_eq!(machine.turn(now, Duration::from_millis(5)), now);
        assert_eq!(machine.turn(now, Duration::from_millis(5)), now + Duration::from_millis(5));
        let later = now + Duration::from_secs(10);
        assert_eq!(machine.turn(later, Duration::from_millis(5)), later);
    }
}
