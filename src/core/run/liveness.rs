//! Notices that a program did not run for a while: the machine slept, or the process was stopped. Reads no clock.
//!
//! A program that has one calls it again and again. A long time without a call is a gap, and a duration that was measured
//! across a gap is not used.

use crate::core::base::units::Micros;

/// When a program last ran, and the last time span in which it did not.
#[derive(Clone, Copy, Debug)]
pub struct Liveness {
    /// A silence of this length or more is a gap.
    gap_from: Micros,
    alive: Micros,
    gap: Option<Gap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Gap {
    from: Micros,
    to: Micros,
}

/// What a sign of life shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Awake,
    /// The program did not run since its last sign.
    WokeUp,
}

impl Liveness {
    /// Runs from the clock's start on.
    pub const fn new(gap_from: Micros) -> Self {
        Self { gap_from, alive: Micros::ZERO, gap: None }
    }

    /// Notes that the program runs.
    pub fn note_alive(&mut self, now: Micros) -> Sign {
        let silent = now.saturating_sub(self.alive) >= self.gap_from;
        if silent {
            self.slept(self.alive, now);
        }
        self.alive = now;
        if silent { Sign::WokeUp } else { Sign::Awake }
    }

    /// Notes that the machine slept between two moments. The clock may have stood still in between.
    pub const fn slept(&mut self, from: Micros, to: Micros) {
        self.gap = Some(Gap { from, to });
    }

    /// Whether a time span has part of the last gap in it.
    pub fn slept_between(&self, from: Micros, to: Micros) -> bool {
        self.gap.is_some_and(|gap| from < gap.to && to > gap.from)
    }

    /// Whether a moment lies within the last gap.
    pub fn slept_at(&self, moment: Micros) -> bool {
        self.gap.is_some_and(|gap| gap.from < moment && moment <= gap.to)
    }

    /// The end of the last gap, for what was due by then and is only now begun.
    pub fn woke_after(&self, due: Micros, now: Micros) -> Option<Micros> {
        self.gap.filter(|gap| due <= gap.to && now >= gap.to).map(|gap| gap.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_silence_is_a_gap_and_a_short_one_is_none() {
        let mut liveness = Liveness::new(Micros(400));
        assert_eq!(liveness.note_alive(Micros(399)), Sign::Awake);
        assert!(!liveness.slept_between(Micros(0), Micros(399)));
        assert_eq!(liveness.note_alive(Micros(900)), Sign::WokeUp);
        let within = [(0, 399), (300, 400), (500, 600), (899, 950), (900, 950)]
            .map(|(from, to)| liveness.slept_between(Micros(from), Micros(to)));
        assert_eq!(within, [false, true, true, true, false]);
        assert_eq!([399, 400, 900, 901].map(|at| liveness.slept_at(Micros(at))), [false, true, true, false]);
        assert_eq!(liveness.woke_after(Micros(500), Micros(900)), Some(Micros(900)));
        assert_eq!(liveness.woke_after(Micros(901), Micros(950)), None);
    }
}
