//! A shard's notebook: counts the current second, and hands each finished second on as a [`Snapshot`].
//!
//! A request counts in the second in which it ended (its start, in the second in which it started). Only the
//! second under way is kept here; sums over the run are the coordinator's.

use serde::{Deserialize, Serialize};

use super::exchange::Exchange;
use super::health::Health;
use super::scenario::EntryId;
use super::tally::Tally;
use super::units::Micros;

/// One second of one shard.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Snapshot {
    /// Which shard.
    pub shard: u32,
    /// Which second of the run, from 0.
    pub second: u64,
    /// What was counted, for the entries that had anything.
    pub tallies: Vec<(usize, Tally)>,
    /// Where things stood when the second ended.
    pub gauges: Gauges,
    /// What the shard noticed about itself.
    pub health: Health,
}

/// Where things stand at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gauges {
    /// Virtual users running.
    pub users: u32,
    /// Requests sent and unanswered.
    pub in_flight: u32,
    /// How long the oldest of these has been waiting.
    pub oldest: Micros,
}

impl Gauges {
    /// Adds another shard's.
    pub fn merge(&mut self, other: &Self) {
        self.users += other.users;
        self.in_flight += other.in_flight;
        self.oldest = self.oldest.max(other.oldest);
    }
}

/// Counts one shard's second.
#[derive(Debug)]
pub struct Recorder {
    shard: u32,
    second: u64,
    tallies: Vec<Tally>,
    health: Health,
}

impl Recorder {
    /// A notebook for as many entries as the scenario has.
    pub fn new(shard: u32, entries: usize) -> Self {
        Self { shard, second: 0, tallies: vec![Tally::default(); entries], health: Health::default() }
    }

    /// Counts a request that starts now, and how late its user was.
    pub fn started(&mut self, entry: EntryId, lateness: Micros) {
        self.health.lateness.record(lateness);
        if let Some(tally) = self.tallies.get_mut(entry.0) {
            tally.sent += 1;
        }
    }

    /// Counts what came of a request that was due at `scheduled`.
    pub fn ended(&mut self, entry: EntryId, scheduled: Micros, exchange: &Exchange) {
        if let Some(tally) = self.tallies.get_mut(entry.0) {
            tally.record(scheduled, exchange);
        }
    }

    /// The moment at which the second under way ends.
    pub const fn second_ends(&self) -> Micros {
        Micros::from_secs(self.second + 1)
    }

    /// Adds what the platform noticed about this second.
    pub fn notice(&mut self, health: &Health) {
        self.health.merge(health);
    }

    /// Hands on what was counted since the last time, as the second under way, and goes on to the one `now` is in.
    pub fn close(&mut self, now: Micros, gauges: Gauges) -> Snapshot {
        let tallies = self.tallies.iter_mut().enumerate().filter(|(_, tally)| !tally.is_empty());
        let snapshot = Snapshot {
            shard: self.shard,
            second: self.second,
            tallies: tallies.map(|(entry, tally)| (entry, std::mem::take(tally))).collect(),
            gauges,
            health: std::mem::take(&mut self.health),
        };
        self.second = now.second().max(self.second + 1);
        snapshot
    }
}
