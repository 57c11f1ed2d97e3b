//! How many users there should be at a moment: a pure function of time.
//!
//! The engine asks; nothing here waits or starts anything. A live change makes a new ramp from what is there.

use super::units::Micros;

/// A straight way from one number of users to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Users when the ramp starts.
    pub from: u32,
    /// Users when it has ended.
    pub to: u32,
    /// Users started (or stopped) per second; above zero.
    pub rate: f64,
    /// When it starts.
    pub start: Micros,
}

impl Ramp {
    /// From none.
    pub const fn up_to(users: u32, rate: f64) -> Self {
        Self { from: 0, to: users, rate, start: Micros::ZERO }
    }

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
    pub fn users_at(&self, now: Micros) -> u32 {
        let steps = self.steps_by(now);
        if self.to >= self.from { self.from + steps } else { self.from - steps }
    }

    /// When the number changes next; `None` once the ramp has ended.
    pub fn next_change(&self, now: Micros) -> Option<Micros> {
        let steps = self.steps_by(now);
        (steps < self.from.abs_diff(self.to)).then(|| self.step_at(steps))
    }

    /// When the `user`-th user (0-based) is due on the way up; the ramp's start for users that were there.
    pub fn due(&self, user: u32) -> Micros {
        if user < self.from { self.start } else { self.step_at(user - self.from) }
    }

    /// The ramp that leads on from here to another number of users.
    pub fn redirected(&self, now: Micros, to: u32, rate: f64) -> Self {
        Self { from: self.users_at(now), to, rate, start: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_user_starts_at_once_and_the_rest_at_the_rate() {
        let ramp = Ramp::up_to(10, 2.0);
        let counts: Vec<u32> =
            [0, 499, 500, 1000, 4499, 4500, 90_000].map(|ms| ramp.users_at(Micros::from_millis(ms))).into();
        assert_eq!(counts, [1, 1, 2, 3, 9, 10, 10]);
    }

    #[test]
    fn every_change_is_announced_exactly_once() {
        for rate in [0.1, 0.3, 1.0, 2.9, 3.0, 7.0, 1000.0] {
            let ramp = Ramp::up_to(50, rate);
            let mut now = Micros::ZERO;
            let mut seen = ramp.users_at(now);
            while let Some(next) = ramp.next_change(now) {
                assert!(next > now, "rate {rate}: {next:?} after {now:?}");
                now = next;
                assert_eq!(ramp.users_at(now), seen + 1, "rate {rate}");
                assert_eq!(ramp.due(seen), now);
                seen += 1;
            }
            assert_eq!(seen, 50);
        }
    }

    #[test]
    fn a_live_change_goes_on_from_the_users_there_are() {
        let ramp = Ramp::up_to(10, 1.0);
        let down = ramp.redirected(Micros::from_secs(6), 2, 5.0);
        assert_eq!(down.from, 7);
        assert_eq!(down.users_at(Micros::from_secs(6)), 6);
        assert_eq!(down.users_at(Micros::from_secs(60)), 2);
        let up = down.redirected(Micros::from_secs(60), 4, 1.0);
        assert_eq!(up.users_at(Micros::from_secs(60)), 3);
        assert_eq!(up.users_at(Micros::from_secs(61)), 4);
        let same = up.redirected(Micros::from_secs(70), 4, 1.0);
        assert_eq!(
            (same.users_at(Micros::from_secs(71)), same.next_change(Micros::from_secs(71))),
            (4, None)
        );
    }
}
