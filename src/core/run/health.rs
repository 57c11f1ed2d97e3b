//! Whether the generator itself could be trusted, second by second.
//!
//! A load tool that is late, queued or asleep measures itself. Shards report what they noticed; the rules for
//! when a second is *suspect* are here, in one place, as plain thresholds.

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::core::base::histogram::Histogram;
use crate::core::base::units::Micros;
use crate::core::report::SuspectReason;

/// What one shard noticed about itself in one second.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Health {
    /// How late users woke up after thinking: due → running.
    pub lateness: Histogram,
    /// Time in which the shard did not run although it should have: it was busy, or had no processor.
    pub blocked: Micros,
    /// Starts that were due and never made.
    pub dropped: u64,
    /// Whether the page was visible.
    pub visibility: Visibility,
    /// Whether the machine slept.
    pub slept: Slept,
}

/// Whether the machine slept, or the generator was stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slept {
    /// It ran all the time.
    #[default]
    No,
    /// It did not for at least part of the second.
    Yes,
}

/// Whether anybody could see the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    /// Visible, or there is no page.
    #[default]
    Visible,
    /// Hidden for at least part of the second: browsers slow hidden pages down.
    Hidden,
}

impl Health {
    /// Adds what the same shard noticed later in its second.
    pub fn add(&mut self, later: &Self) {
        let blocked = self.blocked + later.blocked;
        self.merge(later);
        self.blocked = blocked;
    }

    /// Adds another shard's second: of times in which one stood still, the longest counts.
    pub fn merge(&mut self, other: &Self) {
        self.lateness.merge(&other.lateness);
        self.blocked = self.blocked.max(other.blocked);
        self.dropped += other.dropped;
        if other.visibility == Visibility::Hidden {
            self.visibility = Visibility::Hidden;
        }
        if other.slept == Slept::Yes {
            self.slept = Slept::Yes;
        }
    }
}

/// Queueing at p95 from which a second is suspect. A generator that keeps requests waiting on their way out keeps answers
/// waiting on their way in for as long, and that is in their latencies: over the whole grid of the browser's benchmark
/// (`tests/benches/RESULTS.md`), p99 is wrong by about the p99 of the queue.
pub const SUSPECT_QUEUE: Micros = Micros::from_millis(5);
/// Lateness or queueing at p99 from which a second is suspect. Ours: well above a timer's grain (1 ms natively,
/// 4 ms in a page), well below what a person calls slow.
pub const SUSPECT_DELAY: Micros = Micros::from_millis(20);
/// Blocked time in a second from which it is suspect: a tenth of it.
pub const SUSPECT_BLOCKED: Micros = Micros::from_millis(100);

/// Answers without moments from which a second is suspect: one in twenty, by which a p95 may be wrong.
const SUSPECT_UNSEEN: u64 = 20;

/// Judges a second from what its shards noticed, and from what they counted in it.
pub fn suspect_reasons(health: &Health, counted: &Tally) -> Vec<SuspectReason> {
    let exceeds =
        |histogram: &Histogram, q, limit| histogram.quantile(q).is_some_and(|quantile| quantile > limit);
    let slow = |histogram: &Histogram| exceeds(histogram, 0.99, SUSPECT_DELAY);
    let rules = [
        (SuspectReason::Late, slow(&health.lateness)),
        (SuspectReason::Queued, slow(&counted.queue) || exceeds(&counted.queue, 0.95, SUSPECT_QUEUE)),
        (SuspectReason::Blocked, health.blocked > SUSPECT_BLOCKED),
        (SuspectReason::Hidden, health.visibility == Visibility::Hidden),
        (SuspectReason::Asleep, health.slept == Slept::Yes),
        (SuspectReason::Dropped, health.dropped > 0),
        (SuspectReason::Unseen, counted.answers_by_page_clock * SUSPECT_UNSEEN > counted.completed()),
        (SuspectReason::Exhausted, counted.exhausted > 0),
    ];
    rules.into_iter().filter_map(|(reason, holds)| holds.then_some(reason)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        };
        let counted =
            Tally { queue: slow, exhausted: 1, answers_by_page_clock: 6, succeeded: 100, ..Tally::default() };
        use SuspectReason::*;
        let all = [Late, Queued, Blocked, Hidden, Asleep, Dropped, Unseen, Exhausted];
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
    fn stretches_of_one_shard_add_up_and_those_of_several_do_not() {
        let blocked = |ms| Health { blocked: Micros::from_millis(ms), ..Health::default() };
        let mut shard = blocked(60);
        shard.add(&blocked(60));
        assert_eq!(suspect_reasons(&shard, &Tally::default()), [SuspectReason::Blocked]);
        let mut shards = blocked(60);
        shards.merge(&blocked(60));
        assert_eq!(suspect_reasons(&shards, &Tally::default()), []);
    }

    #[test]
    fn one_hidden_shard_hides_the_second() {
        let mut health = Health::default();
        health.merge(&Health { visibility: Visibility::Hidden, ..Health::default() });
        health.merge(&Health::default());
        assert_eq!(health.visibility, Visibility::Hidden);
    }
}
