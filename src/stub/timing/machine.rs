//! The machine that all services share: one queue, in which every answer takes its turn, and pauses in which nothing runs.
//!
//! A real host saturates: from some load on, more connections make answers later, not more. And now and then it stops
//! for everybody (garbage collection, the log's disk): rarely for long, often for a little. Pure: moments come from outside.

use std::time::Duration;

use tokio::time::Instant;

use crate::core::base::rng::Rng;

/// Pauses of at least `d` ms come `PAUSES × d^-STEEPNESS` times a second. The two numbers follow from the measured p99s:
/// at 1, 10, 50 and 100 connections one request in a hundred was late by 7, 9, 36 and 58 ms.
const PAUSES: f64 = 40.0;
const STEEPNESS: f64 = 1.2;
/// Shorter pauses are part of the service times.
const SHORTEST_MS: f64 = 3.0;
const LONGEST_MS: f64 = 250.0;

#[derive(Debug)]
pub struct Machine {
    rng: Rng,
    /// The factor on every pause.
    slowness: f64,
    /// Until when the queue is taken.
    free_at: Option<Instant>,
    next_pause: Option<Instant>,
}

impl Machine {
    pub fn new(seed: u64, slowness: f64) -> Self {
        Self { rng: Rng::new(seed), slowness, free_at: None, next_pause: None }
    }

    /// Takes a turn of this length, and returns when it begins.
    pub fn turn(&mut self, now: Instant, busy: Duration) -> Instant {
        let mut free_at = self.free_at.unwrap_or(now);
        let mut pause = self.next_pause.unwrap_or_else(|| now + self.gap());
        // A pause holds up whatever has not begun before it.
        while pause <= free_at.max(now) {
            free_at = free_at.max(pause) + self.pause();
            pause += self.gap();
        }
        let begins = free_at.max(now);
        self.next_pause = Some(pause);
        self.free_at = Some(begins + busy);
        begins
    }

    /// The time between two pauses: exponential, so that they come at random.
    fn gap(&mut self) -> Duration {
        let per_second = PAUSES * SHORTEST_MS.powf(-STEEPNESS);
        Duration::from_secs_f64(-(1.0 - self.rng.unit()).ln() / per_second)
    }

    /// A pause's length: Pareto, cut at the longest.
    fn pause(&mut self) -> Duration {
        let length = SHORTEST_MS * (1.0 - self.rng.unit()).powf(-1.0 / STEEPNESS);
        Duration::from_secs_f64(self.slowness * length.min(LONGEST_MS) / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed loops for this many seconds: answers a second, and p50 and p99 in milliseconds.
    fn closed_loop(connections: usize, alone_ms: f64, busy_ms: f64, secs: f64) -> (f64, f64, f64) {
        let mut machine = Machine::new(7, 1.0);
        let (start, busy) = (Instant::now(), Duration::from_secs_f64(busy_ms / 1000.0));
        let mut ready: Vec<f64> = vec![0.0; connections];
        let mut times = Vec::new();
        loop {
            let at = (0..connections).min_by(|a, b| ready[*a].total_cmp(&ready[*b])).unwrap();
            let asked = ready[at];
            if asked > secs {
                break;
            }
            let begins = machine.turn(start + Duration::from_secs_f64(asked), busy);
            let answered = (begins - start).as_secs_f64() + alone_ms / 1000.0;
            times.push((answered - asked) * 1000.0);
            ready[at] = answered;
        }
        let rate = times.len() as f64 / secs;
        times.sort_by(f64::total_cmp);
        (rate, times[times.len() / 2], times[times.len() * 99 / 100])
    }

    #[tokio::test]
    async fn profiles_through_the_gateway_saturate_where_the_real_ones_do() {
        // Measured: p50, p99, a second.
        for (connections, p50, p99, rate) in
            [(10, 4.6, 13.8, 2057.0), (50, 21.2, 57.0, 2264.0), (100, 46.0, 104.0, 2112.0)]
        {
            let found = closed_loop(connections, 1.25, 0.40, 60.0);
            let near = |found: f64, wanted: f64| (0.6 * wanted..=1.4 * wanted).contains(&found);
            assert!((0.85 * rate..1.15 * rate).contains(&found.0), "{connections}: {found:?}");
            assert!(near(found.1, p50) && near(found.2, p99), "{connections}: {found:?}");
        }
    }

    #[tokio::test]
    async fn lists_of_ten_plans_saturate_where_the_real_ones_do() {
        for (connections, p50, p99, rate) in
            [(10, 11.0, 36.0, 836.0), (50, 62.0, 196.0, 789.0), (100, 126.0, 375.0, 789.0)]
        {
            let found = closed_loop(connections, 3.35, 1.09, 60.0);
            let near = |found: f64, wanted: f64| (0.6 * wanted..=1.4 * wanted).contains(&found);
            assert!((0.85 * rate..1.15 * rate).contains(&found.0), "{connections}: {found:?}");
            assert!(near(found.1, p50) && near(found.2, p99), "{connections}: {found:?}");
        }
    }

    #[tokio::test]
    async fn an_idle_machine_begins_at_once() {
        let mut machine = Machine::new(1, 0.0);
        let now = Instant::now();
        assert_eq!(machine.turn(now, Duration::from_millis(5)), now);
        assert_eq!(machine.turn(now, Duration::from_millis(5)), now + Duration::from_millis(5));
        let later = now + Duration::from_secs(10);
        assert_eq!(machine.turn(later, Duration::from_millis(5)), later);
    }
}
