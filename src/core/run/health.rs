//! Whether the generator itself could be trusted, second by second.
//!
//! A load tool that is late, queued or asleep measures itself. Shards report what they noticed; the rules for
//! when a second is *suspect* are here, in one place, as plain thresholds.

use serde::{Deserialize, Serialize};

use super::tally::Tally;
use crate::core::base::histogram::Histogram;
use crate::core::base::units::Micros;
use crate::core::base::words::words;
use crate::core::report::{GeneratorKind, TimelineRow};

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slept {
    /// It ran all the time.
    #[default]
    No,
    /// It did not for at least part of the second.
    Yes,
}

words!(Slept { No = "no", Yes = "yes" });

/// Whether anybody could see the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Visible, or there is no page.
    #[default]
    Visible,
    /// Hidden for at least part of the second: browsers slow hidden pages down.
    Hidden,
}

words!(Visibility { Visible = "visible", Hidden = "hidden" });

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

/// Why a second's figures should not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuspectReason {
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
    /// The browser withholds when requests left, so its queue is in their latencies.
    Unseen,
    /// The machine had no port or file handle left.
    Exhausted,
}

words!(SuspectReason {
    Late = "late",
    Queued = "queued",
    Blocked = "blocked",
    Hidden = "hidden",
    Asleep = "asleep",
    Dropped = "dropped",
    Unseen = "unseen",
    Exhausted = "exhausted",
});

impl SuspectReason {
    /// For people, in a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Late => "users started late",
            Self::Queued => "requests queued in the generator",
            Self::Blocked => "the generator's thread was blocked",
            Self::Hidden => "the page was hidden",
            Self::Asleep => "the machine slept",
            Self::Dropped => "starts were dropped",
            Self::Unseen => "latencies have the browser's queue in them",
            Self::Exhausted => "the machine had no ports or file handles left",
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

/// Near its ceiling: from this share of the calibrated rate on, the page has no room left to be on time.
const CEILING_SHARE: f64 = 0.8;
/// That many seconds at the ceiling are worth a word; fewer are a hiccup.
const CEILING_SECONDS: usize = 3;

/// Says in plain words that the generator, not the host, limited the run, if it did. `ceiling_rps` is what it could
/// do at its best, where that was measured.
pub fn ceiling_note(
    generator: GeneratorKind,
    timeline: &[TimelineRow],
    ceiling_rps: Option<f64>,
) -> Option<String> {
    let strained = |row: &&TimelineRow| {
        let slow = [SuspectReason::Late, SuspectReason::Queued, SuspectReason::Blocked];
        let fast = ceiling_rps.is_some_and(|ceiling| row.requests as f64 >= CEILING_SHARE * ceiling);
        fast || row.suspect.iter().any(|reason| slow.contains(reason))
    };
    let seconds = timeline.iter().filter(strained).count();
    if seconds < CEILING_SECONDS.max(timeline.len() / 10) {
        return None;
    }
    let rps = timeline.iter().filter(strained).map(|row| row.requests).max().unwrap_or(0);
    let best =
        ceiling_rps.map_or_else(String::new, |best| format!(" (measured at its best: {best:.0} per second)"));
    let way_out = match generator {
        GeneratorKind::Browser => {
            "Use fewer users; a page at its limit hands over to the runner, oddiya-load run."
        }
        _ => "Use fewer users or a lower rate, or give the runner more cores, or all of them to itself.",
    };
    Some(format!(
        "ceiling reached: for {seconds} of {} seconds the generator, not the host, was the limit, at up to {rps} \
         requests per second{best}. {way_out}",
        timeline.len()
    ))
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

    fn row(second: u64, requests: u64, suspect: Vec<SuspectReason>) -> TimelineRow {
        TimelineRow { second, users: 1, sent: requests, requests, suspect, ..TimelineRow::default() }
    }

    #[test]
    fn the_ceiling_is_named_when_the_generator_was_the_limit() {
        let slow: Vec<_> = (0..5).map(|second| row(second, 300, vec![SuspectReason::Queued])).collect();
        let note = ceiling_note(GeneratorKind::Browser, &slow, None).unwrap();
        assert!(
            note.starts_with("ceiling reached: for 5 of 5 seconds the generator, not the host"),
            "{note}"
        );
        let fast: Vec<_> = (0..5).map(|second| row(second, 480, vec![])).collect();
        let note = ceiling_note(GeneratorKind::Browser, &fast, Some(550.0)).unwrap();
        assert!(note.contains("at its best: 550 per second") && note.ends_with("oddiya-load run."), "{note}");
        let note = ceiling_note(GeneratorKind::Native, &slow, None).unwrap();
        assert!(note.contains("give the runner more cores"), "{note}");
    }

    #[test]
    fn a_hiccup_or_a_slow_host_is_no_ceiling() {
        let mut rows: Vec<_> = (0..60).map(|second| row(second, 100, vec![])).collect();
        rows[3].suspect.push(SuspectReason::Late);
        rows[4].suspect.push(SuspectReason::Hidden);
        assert_eq!(ceiling_note(GeneratorKind::Browser, &rows, Some(550.0)), None);
    }
}
