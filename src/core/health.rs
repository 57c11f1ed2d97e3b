//! Whether the generator itself could be trusted, second by second.
//!
//! A load tool that is late, queued or asleep measures itself. Shards report what they noticed; the rules for
//! when a second is *suspect* are here, in one place, as plain thresholds.

use serde::{Deserialize, Serialize};

use super::histogram::Histogram;
use super::units::Micros;

/// What one shard noticed about itself in one second.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Health {
    /// How late users woke up after thinking: due → running.
    pub lateness: Histogram,
    /// Time in which the shard's thread was busy in stretches of over 50 ms.
    pub blocked: Micros,
    /// Starts that were due and never made.
    pub dropped: u64,
    /// Whether the page was visible.
    pub visibility: Visibility,
}

/// Whether anybody could see the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Visible, or there is no page.
    #[default]
    Visible,
    /// Hidden for at least part of the second: browsers slow hidden pages down.
    Hidden,
}

impl Health {
    /// Adds another shard's second.
    pub fn merge(&mut self, other: &Self) {
        self.lateness.merge(&other.lateness);
        self.blocked = self.blocked.max(other.blocked);
        self.dropped += other.dropped;
        if other.visibility == Visibility::Hidden {
            self.visibility = Visibility::Hidden;
        }
    }
}

/// Why a second's figures should not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspicion {
    /// Users woke up late.
    Late,
    /// Requests waited inside the generator.
    Queued,
    /// The shard's thread was busy with something else.
    Blocked,
    /// The page was hidden.
    Hidden,
    /// The machine slept, or the generator was stopped, and no second was kept.
    Asleep,
    /// Starts were dropped.
    Dropped,
}

impl Suspicion {
    /// For people, in a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Late => "users started late",
            Self::Queued => "requests queued in the generator",
            Self::Blocked => "the generator's thread was blocked",
            Self::Hidden => "the page was hidden",
            Self::Asleep => "the machine slept",
            Self::Dropped => "starts were dropped",
        }
    }
}

/// Lateness or queueing at p99 from which a second is suspect. Ours: well above a timer's grain (1 ms natively,
/// 4 ms in a page), well below what a person calls slow.
pub const SUSPECT_DELAY: Micros = Micros::from_millis(20);
/// Blocked time in a second from which it is suspect: a tenth of it.
pub const SUSPECT_BLOCKED: Micros = Micros::from_millis(100);

/// Judges a second from what its shards noticed and how long requests queued in it.
pub fn suspicions(health: &Health, queue: &Histogram) -> Vec<Suspicion> {
    let slow = |histogram: &Histogram| histogram.quantile(0.99).is_some_and(|p99| p99 > SUSPECT_DELAY);
    let rules = [
        (Suspicion::Late, slow(&health.lateness)),
        (Suspicion::Queued, slow(queue)),
        (Suspicion::Blocked, health.blocked > SUSPECT_BLOCKED),
        (Suspicion::Hidden, health.visibility == Visibility::Hidden),
        (Suspicion::Dropped, health.dropped > 0),
    ];
    rules.into_iter().filter_map(|(suspicion, holds)| holds.then_some(suspicion)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_second_is_trusted() {
        let mut health = Health::default();
        (0..100).for_each(|_| health.lateness.record(Micros(900)));
        assert_eq!(suspicions(&health, &Histogram::new()), []);
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
        };
        use Suspicion::*;
        assert_eq!(suspicions(&health, &slow), [Late, Queued, Blocked, Hidden, Dropped]);
    }

    #[test]
    fn one_hidden_shard_hides_the_second() {
        let mut health = Health::default();
        health.merge(&Health { visibility: Visibility::Hidden, ..Health::default() });
        health.merge(&Health::default());
        assert_eq!(health.visibility, Visibility::Hidden);
    }
}
