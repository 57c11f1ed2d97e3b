//! How many users there should be at a moment: a pure function of time.
//!
//! The engine asks; nothing here waits or starts anything. Stages become ramps, one after the other; a live change
//! puts a ramp from what is there in the place of all of them.

use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;

/// How many users there should be, over a whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// In order of their start; each counts until the next one starts. Never empty.
    ramps: Vec<Ramp>,
}

impl Pace {
    /// Follows stages of users, from none. A stage that is no ramp, and the start of one that begins elsewhere, is a
    /// jump, made as quickly as `spawn_rate` allows; a ramp then fills the rest of its stage.
    pub fn new(users: &Stages, spawn_rate: f64) -> Self {
        let mut ramps = Vec::new();
        let mut start = Micros::ZERO;
        let mut there = 0;
        for stage in users.iter() {
            let end = start + stage.length;
            let (from, to) = (stage.from as u32, stage.to as u32);
            ramps.push(Ramp { from: there, to: from, rate: spawn_rate, start });
            let jump = Micros::from_secs_f64(f64::from(there.abs_diff(from)) / spawn_rate);
            if from != to && start + jump < end {
                let rest = end.saturating_sub(start + jump).as_secs_f64();
                let rate = f64::from(from.abs_diff(to)) / rest;
                ramps.push(Ramp { from, to, rate, start: start + jump });
            }
            there = ramps.last().map_or(0, |ramp| ramp.users_before(end));
            start = end;
        }
        Self { ramps }
    }

    /// How many users there should be then.
    pub fn users_at(&self, now: Micros) -> u32 {
        self.at(now).0.map_or(0, |ramp| ramp.users_at(now))
    }

    /// When to look again; `None` once nothing changes any more.
    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        let (ramp, next) = self.at(now);
        let within = ramp.and_then(|ramp| ramp.next_change(now));
        let next = next.map(|next| next.start);
        within.into_iter().chain(next).min()
    }

    /// When the `user`-th user (0-based), who starts now, was due.
    pub fn due(&self, user: u32, now: Micros) -> Micros {
        self.at(now).0.map_or(now, |ramp| ramp.due(user))
    }

    /// The pace that leads on from here to another number of users, whatever the stages still had in mind.
    pub fn changed(&self, now: Micros, to: u32, rate: f64) -> Self {
        Self { ramps: vec![Ramp { from: self.users_at(now), to, rate, start: now }] }
    }

    /// The ramp under way, and the one after it.
    fn at(&self, now: Micros) -> (Option<&Ramp>, Option<&Ramp>) {
        let started = self.ramps.partition_point(|ramp| ramp.start <= now).max(1);
        (self.ramps.get(started - 1), self.ramps.get(started))
    }
}

/// A straight way from one number of users to another.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ramp {
    /// Users when the ramp starts.
    from: u32,
    /// Users when it has ended.
    to: u32,
    /// Users started (or stopped) per second; above zero.
    rate: f64,
    /// When it starts.
    start: Micros,
}

impl Ramp {
    /// The moment of the `k`-th step (0-based): the first one is at once, as in Locust.
    fn step_at(&self, k: u32) -> Micros {
        self.start + Micros::from_secs_f64(f64::from(k) / self.rate)
    }

    /// Steps taken by then.
    fn steps_by(&self, now: Micros) -> u32 {
        let length = self.from.abs_diff(self.to);
        if now < self.start {
            return 0;
        }
        let elapsed = now.saturating_sub(self.start).as_secs_f64();
        let mut steps = ((elapsed * self.rate) as u32).min(length);
        // The division above and the one in `step_at` round differently: agree with `step_at`.
        while steps < length && self.step_at(steps) <= now {
            steps += 1;
        }
        steps
    }

    /// How many users there should be then.
    fn users_at(&self, now: Micros) -> u32 {
        let steps = self.steps_by(now);
        if self.to >= self.from { self.from + steps } else { self.from - steps }
    }

    /// How many there should be just before then.
    fn users_before(&self, end: Micros) -> u32 {
        self.users_at(Micros(end.0.saturating_sub(1)))
    }

    /// When the number changes next; `None` once the ramp has ended.
    fn next_change(&self, now: Micros) -> Option<Micros> {
        let steps = self.steps_by(now);
        (steps < self.from.abs_diff(self.to)).then(|| self.step_at(steps))
    }

    /// When the `user`-th user (0-based) is due on the way up; the ramp's start for users that were there.
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
    fn a_live_change_goes_on_from_the_users_there_are() {
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
    fn a_jump_between_stages_goes_at_the_spawn_rate() {
        let pace = in_stages("10,20s; 30,20s; 5,20s", 2.0);
        let seen = at_seconds(&pace, [0.0, 4.5, 19.9, 20.0, 29.4, 29.5, 39.9, 40.0, 51.9, 52.0, 60.0, 99.0]);
        assert_eq!(seen, [1, 10, 10, 11, 29, 30, 30, 29, 6, 5, 5, 5]);
    }

    #[test]
    fn a_ramp_takes_its_stage_whatever_the_spawn_rate() {
        let pace = in_stages("0..60,30s; ..0,60s", 1.0);
        assert_eq!(
            at_seconds(&pace, [0.0, 15.0, 29.5, 29.9, 30.0, 60.0, 89.0, 90.0]),
            [1, 31, 60, 60, 59, 29, 0, 0]
        );
    }

    #[test]
    fn a_ramp_from_elsewhere_jumps_to_its_start_and_fills_the_rest_of_its_stage() {
        let pace = in_stages("10,10s; 20..40,20s", 2.0);
        // Ten more at 2/s take five seconds, the twenty after them the fifteen that are left.
        assert_eq!(at_seconds(&pace, [9.9, 10.0, 14.5, 15.0, 22.5, 29.9]), [10, 11, 20, 21, 31, 40]);
    }

    #[test]
    fn a_stage_too_short_for_its_jump_hands_on_what_it_reached() {
        let pace = in_stages("100,10s; 0,10s", 5.0);
        assert_eq!(at_seconds(&pace, [9.9, 10.0, 19.79, 19.8, 30.0]), [50, 49, 1, 0, 0]);
    }
}
