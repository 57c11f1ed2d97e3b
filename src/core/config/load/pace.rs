//! The closed model: how many users there should be at a moment, as a pure function of time.
//!
//! The shard asks; nothing here waits or starts a user. Stages become ramps, one after the other. A change of load
//! replaces all of them with one ramp that starts at the current number of users.

use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;

/// The number of users over a whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The ramps in the order of their starts. A ramp is valid until the next one starts. There is at least one.
    ramps: Vec<Ramp>,
}

impl Pace {
    /// Makes ramps from stages of users, starting with no user. If a stage starts at another level than the number of
    /// users reached before it, its first ramp goes there at `spawn_rate` users per second. If the stage itself changes
    /// the level, a second ramp does so in the rest of the stage.
    pub fn new(users: &Stages, spawn_rate: f64) -> Self {
        let mut ramps = Vec::new();
        let mut start = Micros::ZERO;
        let mut reached = 0;
        for stage in users.iter() {
            let end = start + stage.length;
            let (from, to) = (stage.from as u32, stage.to as u32);
            ramps.push(Ramp { from: reached, to: from, rate: spawn_rate, start });
            let jump = Micros::from_secs_f64(f64::from(reached.abs_diff(from)) / spawn_rate);
            if from != to && start + jump < end {
                let rest = end.saturating_sub(start + jump).as_secs_f64();
                let rate = f64::from(from.abs_diff(to)) / rest;
                ramps.push(Ramp { from, to, rate, start: start + jump });
            }
            reached = ramps.last().map_or(0, |ramp| ramp.users_before(end));
            start = end;
        }
        Self { ramps }
    }

    /// How many users there should be at `now`.
    pub fn users_at(&self, now: Micros) -> u32 {
        self.ramps_at(now).0.map_or(0, |ramp| ramp.users_at(now))
    }

    /// The next moment when the number may change; `None` when it stays as it is.
    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        let (ramp, next) = self.ramps_at(now);
        let within = ramp.and_then(|ramp| ramp.next_change(now));
        let next = next.map(|next| next.start);
        within.into_iter().chain(next).min()
    }

    /// The moment when there first are as many users as there will ever be.
    pub fn peak_at(&self) -> Micros {
        let ends = self.ramps.iter().skip(1).map(|ramp| ramp.start).chain([Micros(u64::MAX)]);
        let mut highest = (0, Micros::ZERO);
        for (ramp, end) in self.ramps.iter().zip(ends) {
            let users = ramp.users_before(end);
            let reached = if users > ramp.from { ramp.step_at(users - ramp.from - 1) } else { ramp.start };
            let users = users.max(ramp.from);
            if users > highest.0 {
                highest = (users, reached);
            }
        }
        highest.1
    }

    /// The moment when user number `user` (from 0) was due, for a user that starts at `now`.
    pub fn due(&self, user: u32, now: Micros) -> Micros {
        self.ramps_at(now).0.map_or(now, |ramp| ramp.due(user))
    }

    /// The pace from `now` on that replaces the remaining stages: it goes from the current number of users to `to`, at
    /// `rate` users per second.
    pub fn changed(&self, now: Micros, to: u32, rate: f64) -> Self {
        Self { ramps: vec![Ramp { from: self.users_at(now), to, rate, start: now }] }
    }

    /// The ramp that is valid at `now`, and the ramp after it.
    fn ramps_at(&self, now: Micros) -> (Option<&Ramp>, Option<&Ramp>) {
        let started = self.ramps.partition_point(|ramp| ramp.start <= now).max(1);
        (self.ramps.get(started - 1), self.ramps.get(started))
    }
}

/// A steady change from one number of users to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ramp {
    /// Users when the ramp starts.
    from: u32,
    /// Users when it has ended.
    to: u32,
    /// Users that start (or stop) per second; above zero.
    rate: f64,
    start: Micros,
}

impl Ramp {
    /// The moment of step `k` (from 0). Step 0 is at the start of the ramp, as in Locust.
    fn step_at(&self, k: u32) -> Micros {
        self.start + Micros::from_secs_f64(f64::from(k) / self.rate)
    }

    /// The number of steps from the start of the ramp to `now`, inclusive.
    fn steps_by(&self, now: Micros) -> u32 {
        let length = self.from.abs_diff(self.to);
        if now < self.start {
            return 0;
        }
        let elapsed = now.saturating_sub(self.start).as_secs_f64();
        let mut steps = ((elapsed * self.rate) as u32).min(length);
        // The product above and the quotient in `step_at` round differently. This loop makes both agree.
        while steps < length && self.step_at(steps) <= now {
            steps += 1;
        }
        steps
    }

    /// How many users there should be at `now`.
    fn users_at(&self, now: Micros) -> u32 {
        let steps = self.steps_by(now);
        if self.to >= self.from { self.from + steps } else { self.from - steps }
    }

    /// How many users there should be 1 µs before `end`.
    fn users_before(&self, end: Micros) -> u32 {
        self.users_at(Micros(end.0.saturating_sub(1)))
    }

    /// The moment of the next step; `None` when the ramp has ended.
    fn next_change(&self, now: Micros) -> Option<Micros> {
        let steps = self.steps_by(now);
        (steps < self.from.abs_diff(self.to)).then(|| self.step_at(steps))
    }

    /// The moment when user number `user` (from 0) is due on a rising ramp. For a user that was there before the ramp
    /// it is the start of the ramp.
    fn due(&self, user: u32) -> Micros {
        if user < self.from { self.start } else { self.step_at(user - self.from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up_to(users: u32, rate: f64) -> Pace {
        Pace::new(&Stages::held(f64::from(users)), rate)
    }

    fn in_stages(text: &str, spawn_rate: f64) -> Pace {
        Pace::new(&Stages::parse(text).unwrap().1, spawn_rate)
    }

    fn at_seconds<const N: usize>(pace: &Pace, seconds: [f64; N]) -> [u32; N] {
        seconds.map(|second| pace.users_at(Micros::from_secs_f64(second)))
    }

    #[test]
    fn the_first_user_starts_at_once_and_the_rest_at_the_rate() {
        let pace = up_to(10, 2.0);
        assert_eq!(at_seconds(&pace, [0.0, 0.499, 0.5, 1.0, 4.499, 4.5, 90.0]), [1, 1, 2, 3, 9, 10, 10]);
    }

    #[test]
    fn the_peak_is_reached_when_the_last_user_starts() {
        let reached = |pace: Pace| pace.peak_at().as_secs_f64();
        assert_eq!([up_to(1, 1.0), up_to(10, 2.0), up_to(50, 5.0)].map(reached), [0.0, 4.5, 9.8]);
        assert_eq!(reached(in_stages("0..10,10s; 10,1m; ..0,10s", 1.0)), 9.0);
        // Two seconds of spawning to four users, and eight more in the second stage.
        assert_eq!(reached(in_stages("4,10s; 12,10s; 2,10s", 2.0)), 13.5);
        assert_eq!(reached(in_stages("4,10s; 2,10s", 2.0)), 1.5);
    }

    #[test]
    fn every_change_is_announced_exactly_once() {
        for rate in [0.1, 0.3, 1.0, 2.9, 3.0, 7.0, 1000.0] {
            let pace = up_to(50, rate);
            let mut now = Micros::ZERO;
            let mut seen = pace.users_at(now);
            while let Some(next) = pace.next_change(now) {
                assert!(next > now, "rate {rate}: {next:?} after {now:?}");
                now = next;
                assert_eq!(pace.users_at(now), seen + 1, "rate {rate}");
                assert_eq!(pace.due(seen, now), now);
                seen += 1;
            }
            assert_eq!(seen, 50);
        }
    }

    #[test]
    fn a_change_of_load_starts_at_the_current_number_of_users() {
        let pace = up_to(10, 1.0);
        let down = pace.changed(Micros::from_secs(6), 2, 5.0);
        assert_eq!(at_seconds(&down, [6.0, 60.0]), [6, 2]);
        let up = down.changed(Micros::from_secs(60), 4, 1.0);
        assert_eq!(at_seconds(&up, [60.0, 61.0]), [3, 4]);
        let same = up.changed(Micros::from_secs(70), 4, 1.0);
        assert_eq!(
            (same.users_at(Micros::from_secs(99)), same.next_change(Micros::from_secs(70))),
            (4, None)
        );
    }

    #[test]
    fn a_jump_between_stages_takes_the_spawn_rate() {
        let pace = in_stages("10,20s; 30,20s; 5,20s", 2.0);
        let seen = at_seconds(&pace, [0.0, 4.5, 19.9, 20.0, 29.4, 29.5, 39.9, 40.0, 51.9, 52.0, 60.0, 99.0]);
        assert_eq!(seen, [1, 10, 10, 11, 29, 30, 30, 29, 6, 5, 5, 5]);
    }

    #[test]
    fn a_ramp_takes_its_whole_stage_at_any_spawn_rate() {
        let pace = in_stages("0..60,30s; ..0,60s", 1.0);
        assert_eq!(
            at_seconds(&pace, [0.0, 15.0, 29.5, 29.9, 30.0, 60.0, 89.0, 90.0]),
            [1, 31, 60, 60, 59, 29, 0, 0]
        );
    }

    #[test]
    fn a_ramp_from_another_level_jumps_to_its_start_and_takes_the_rest_of_its_stage() {
        let pace = in_stages("10,10s; 20..40,20s", 2.0);
        // The jump by ten users at 2/s takes five seconds. The ramp by twenty users takes the other fifteen.
        assert_eq!(at_seconds(&pace, [9.9, 10.0, 14.5, 15.0, 22.5, 29.9]), [10, 11, 20, 21, 31, 40]);
    }

    #[test]
    fn after_a_stage_too_short_for_its_jump_the_next_starts_at_the_number_reached() {
        let pace = in_stages("100,10s; 0,10s", 5.0);
        assert_eq!(at_seconds(&pace, [9.9, 10.0, 19.79, 19.8, 30.0]), [50, 49, 1, 0, 0]);
    }
}
