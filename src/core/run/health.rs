//! Decides for each second whether the generator can be trusted.
//!
//! A load tool that is late, queues requests or sleeps measures itself instead of the host. Shards report what they
//! noticed. All rules for when a second is *suspect* are here, as thresholds; code that measures is elsewhere.

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::core::base::histogram::Histogram;
use crate::core::base::units::Micros;
use crate::core::report::SuspectReason;

/// What one shard noticed about itself in one second.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Health {
    /// How late tasks started: due → running.
    pub lateness: Histogram,
    /// Time in which the shard should have run and did not, because its thread was busy or had no processor.
    pub blocked: Micros,
    /// Arrivals that were due and never started.
    pub dropped: u64,
    pub visibility: Visibility,
    pub slept: Slept,
    #[serde(default)]
    pub companion: CompanionSeen,
    /// Time in which the companion should have run and did not.
    #[serde(default)]
    pub companion_blocked: Micros,
}

/// Whether the companion was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanionSeen {
    /// The companion was there, or the run needs none.
    #[default]
    Present,
    /// The companion was gone for at least part of the second.
    Gone,
}

/// Whether the machine slept, or the generator was stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slept {
    #[default]
    No,
    /// The shard did not run for at least part of the second.
    Yes,
}

/// Whether the page was visible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// The page was visible, or there is none.
    #[default]
    Visible,
    /// The page was hidden for at least part of the second: browsers slow hidden pages down.
    Hidden,
}

impl Health {
    /// Adds what the same shard noticed later in the same second. Blocked times add up.
    pub fn add(&mut self, later: &Self) {
        let blocked = self.blocked + later.blocked;
        let companion_blocked = self.companion_blocked + later.companion_blocked;
        self.merge(later);
        (self.blocked, self.companion_blocked) = (blocked, companion_blocked);
    }

    /// Adds the same second of another shard. The longest blocked time of the shards counts.
    pub fn merge(&mut self, other: &Self) {
        self.lateness.merge(&other.lateness);
        self.blocked = self.blocked.max(other.blocked);
        self.companion_blocked = self.companion_blocked.max(other.companion_blocked);
        self.dropped += other.dropped;
        if other.visibility == Visibility::Hidden {
            self.visibility = Visibility::Hidden;
        }
        if other.slept == Slept::Yes {
            self.slept = Slept::Yes;
        }
        if other.companion == CompanionSeen::Gone {
            self.companion = CompanionSeen::Gone;
        }
    }
}

/// A second is suspect above this p95 of the queue, where the generator measures itself: one that delays requests on their
/// way out delays answers on their way in by as much, and its latencies contain that delay. In all cells of the browser's
/// benchmark, p99 was wrong by about the p99 of the queue before the companion measured.
pub const SUSPECT_QUEUE: Micros = Micros::from_millis(5);
/// A second is suspect above this p99 of lateness or of the queue. We chose the value: well above the resolution of a
/// timer (1 ms natively, 4 ms in a page), well below what a person calls slow.
pub const SUSPECT_DELAY: Micros = Micros::from_millis(20);
/// A second with more blocked time than this is suspect: a tenth of the second.
pub const SUSPECT_BLOCKED: Micros = Micros::from_millis(100);

/// A second is suspect when more than one in twenty answers were timed by the page instead of the wire or the companion,
/// which can make a p95 wrong.
const SUSPECT_UNSEEN: u64 = 20;

/// What was wrong with the generator in one second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Why the second's latencies should not be trusted.
    pub suspect: Vec<SuspectReason>,
    /// What held the rate back while the latencies stayed true.
    pub held_back: Vec<SuspectReason>,
}

/// What a delay inside the generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// The delay is in the leading figures: the generator measures itself, or the leading figure is corrected latency, which
    /// counts from when a request was due.
    SpoilsFigures,
    /// The delay only lowers the rate: the companion measures, and users wait for answers.
    HoldsRateBack,
}

/// Judges a second by what its shards noticed and counted in it.
pub fn judge(health: &Health, counted: &Tally, delay: Delay) -> Verdict {
    let exceeds =
        |histogram: &Histogram, q, limit| histogram.quantile(q).is_some_and(|quantile| quantile > limit);
    let slow = |histogram: &Histogram| exceeds(histogram, 0.99, SUSPECT_DELAY);
    let of_delay = [
        (SuspectReason::Late, slow(&health.lateness)),
        (SuspectReason::Queued, slow(&counted.queue) || exceeds(&counted.queue, 0.95, SUSPECT_QUEUE)),
        (SuspectReason::Blocked, health.blocked > SUSPECT_BLOCKED),
        (SuspectReason::Hidden, health.visibility == Visibility::Hidden),
    ];
    // An unrecorded answer may be by the page's clock too.
    let timed_elsewhere = counted.answers_by_page_clock.max(counted.unrecorded);
    let of_truth = [
        (SuspectReason::Asleep, health.slept == Slept::Yes),
        (SuspectReason::Dropped, health.dropped > 0),
        (SuspectReason::Unseen, timed_elsewhere * SUSPECT_UNSEEN > counted.completed()),
        (SuspectReason::Exhausted, counted.exhausted > 0),
        (SuspectReason::CompanionBlocked, health.companion_blocked > SUSPECT_BLOCKED),
        (SuspectReason::CompanionGone, health.companion == CompanionSeen::Gone),
        (SuspectReason::Lost, counted.lost > 0),
    ];
    let that_hold = |rules: &[(SuspectReason, bool)]| {
        rules.iter().filter_map(|(reason, holds)| holds.then_some(*reason)).collect::<Vec<_>>()
    };
    let (delayed, untrue) = (that_hold(&of_delay), that_hold(&of_truth));
    match delay {
        Delay::SpoilsFigures => Verdict { suspect: [delayed, untrue].concat(), held_back: Vec::new() },
        Delay::HoldsRateBack => Verdict { suspect: untrue, held_back: delayed },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasons where the generator measures itself.
    fn suspect_reasons(health: &Health, counted: &Tally) -> Vec<SuspectReason> {
        judge(health, counted, Delay::SpoilsFigures).suspect
    }

    #[test]
    fn a_page_at_its_limit_holds_back_the_rate_and_not_the_truth_of_what_the_companion_measures() {
        let mut slow = Histogram::new();
        slow.record(Micros::from_millis(21));
        let health =
            Health { lateness: slow.clone(), blocked: Micros::from_millis(101), ..Health::default() };
        let counted = Tally { queue: slow, succeeded: 100, unrecorded: 5, ..Tally::default() };
        use SuspectReason::*;
        let verdict = judge(&health, &counted, Delay::HoldsRateBack);
        assert_eq!((verdict.suspect, verdict.held_back), (vec![], vec![Late, Queued, Blocked]));
        let unseen = judge(&health, &Tally { unrecorded: 6, ..counted }, Delay::HoldsRateBack);
        assert_eq!(unseen.suspect, [Unseen]);
    }

    #[test]
    fn a_quiet_second_is_trusted() {
        let mut health = Health::default();
        (0..100).for_each(|_| health.lateness.record(Micros(900)));
        assert_eq!(suspect_reasons(&health, &Tally::default()), []);
    }

    #[test]
    fn each_fault_of_the_generator_is_named() {
        let mut slow = Histogram::new();
        slow.record(Micros::from_millis(21));
        let health = Health {
            lateness: slow.clone(),
            blocked: Micros::from_millis(101),
            dropped: 1,
            visibility: Visibility::Hidden,
            slept: Slept::Yes,
            companion: CompanionSeen::Gone,
            companion_blocked: Micros::from_millis(101),
        };
        let answers_by_page_clock = 6;
        let counted = Tally {
            queue: slow,
            exhausted: 1,
            answers_by_page_clock,
            succeeded: 100,
            lost: 1,
            ..Tally::default()
        };
        use SuspectReason::*;
        let all = [
            Late,
            Queued,
            Blocked,
            Hidden,
            Asleep,
            Dropped,
            Unseen,
            Exhausted,
            CompanionBlocked,
            CompanionGone,
            Lost,
        ];
        assert_eq!(suspect_reasons(&health, &counted), all);
    }

    #[test]
    fn queueing_is_suspect_when_it_is_common_or_long() {
        let of = |usual_ms: u64, rare_ms: u64| {
            let mut queue = Histogram::new();
            (0..97).for_each(|_| queue.record(Micros::from_millis(usual_ms)));
            (0..3).for_each(|_| queue.record(Micros::from_millis(rare_ms)));
            suspect_reasons(&Health::default(), &Tally { queue, ..Tally::default() })
        };
        assert_eq!(of(4, 19), []);
        assert_eq!(of(6, 6), [SuspectReason::Queued]);
        assert_eq!(of(1, 21), [SuspectReason::Queued]);
    }

    #[test]
    fn blocked_times_of_one_shard_add_up_and_those_of_several_do_not() {
        let blocked = |ms| Health { blocked: Micros::from_millis(ms), ..Health::default() };
        let mut shard = blocked(60);
        shard.add(&blocked(60));
        assert_eq!(suspect_reasons(&shard, &Tally::default()), [SuspectReason::Blocked]);
        let mut shards = blocked(60);
        shards.merge(&blocked(60));
        assert_eq!(suspect_reasons(&shards, &Tally::default()), []);
    }

    #[test]
    fn a_second_is_hidden_when_one_shard_was_hidden() {
        let mut health = Health::default();
        health.merge(&Health { visibility: Visibility::Hidden, ..Health::default() });
        health.merge(&Health::default());
        assert_eq!(health.visibility, Visibility::Hidden);
    }
}
