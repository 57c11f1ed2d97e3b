//! What page and runner both do during a run: they merge what shards post, follow live changes, and decide why the run
//! ended and when a checkpoint is due. The adapters only carry messages and write files; this file does neither.

use super::merged_run::MergedRun;
use super::record::Record;
use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::RunConfig;
use crate::core::report::{ConnectionSummary, Detail, Generator, Note, Report, StopReason};

/// The state of a run that page and runner both need.
#[derive(Clone, Debug)]
pub struct Coordinator {
    run: MergedRun,
    run_time: Option<Micros>,
    /// The load that was asked for last; `None` while stages are followed.
    load: Option<LoadChange>,
    ending: Ending,
    /// The latest second when [`Coordinator::has_news`] was last called.
    last_seen: Option<u64>,
    /// The first second after the ramp, where the statistics are to begin anew then.
    reset_before: Option<u64>,
}

/// Why a run ends, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    ByItself,
    /// The user asked the run to stop.
    Asked,
    /// A shard was lost.
    Broken,
}

impl Coordinator {
    /// A run before its first second. `started_at` is RFC 3339 in UTC.
    pub fn new(config: &RunConfig, generator: Generator, started_at: String) -> Self {
        Self {
            run: MergedRun::new(config, generator, started_at),
            run_time: config.run_time,
            load: config.load.as_change(),
            ending: Ending::ByItself,
            last_seen: None,
            reset_before: None,
        }
    }

    /// Sets how the run connects to the host. The report adds the counted connections.
    pub const fn connects(&mut self, connections: ConnectionSummary) {
        self.run.connects(connections);
    }

    /// Adds a note that readers of the report need.
    pub fn note(&mut self, note: Note) {
        if matches!(note, Note::ShardLost { .. }) {
            self.ending = Ending::Broken;
        }
        self.run.note(note);
    }

    /// Sets the statistics back with the first second that begins at `ramp_end` or later.
    pub const fn reset_after(&mut self, ramp_end: Micros) {
        self.reset_before = Some(first_second_from(ramp_end));
    }

    /// A record that, once it is added, sets the statistics back: they begin anew with the current second. It is a record
    /// so that a journal can hold it too.
    pub const fn reset_now(&self) -> Record {
        Record::Reset { first: self.run.next_second() }
    }

    /// Adds a second, a live change, a calibration or a reset.
    pub fn on_record(&mut self, record: Record) {
        if let Record::Second(snapshot) = &record
            && let Some(first) = self.reset_before.take_if(|first| *first <= snapshot.second)
        {
            self.run.reset_before(first);
        }
        record.apply(&mut self.run);
    }

    /// Stops waiting for seconds of a shard that has ended.
    pub fn on_shard_ended(&mut self, shard: u32) {
        self.run.shard_ended(shard);
    }

    /// Remembers the load that the user asks for, and returns whether it differs from the previous one. The moment at
    /// which the change takes effect comes with [`Record::Changed`].
    pub fn asks_for(&mut self, to: LoadChange) -> bool {
        self.load.replace(to) != Some(to)
    }

    /// Remembers that the user asked the run to stop.
    pub fn on_stop(&mut self) {
        if self.ending == Ending::ByItself {
            self.ending = Ending::Asked;
        }
    }

    /// Whether the user has asked the run to stop.
    pub fn is_stopping(&self) -> bool {
        self.ending == Ending::Asked
    }

    /// Whether the run time has passed at the end of `second`.
    pub fn is_over_by(&self, second: u64) -> bool {
        self.run_time.is_some_and(|limit| Micros::from_secs(second + 1) >= limit)
    }

    /// Whether a second was completed since the last call.
    pub fn has_news(&mut self) -> bool {
        let latest = self.run.timeline().last().map(|row| row.second);
        std::mem::replace(&mut self.last_seen, latest) != latest
    }

    /// Ends the run. No request was started after `stopped`, and no answer was awaited after `ended`. A user who asks
    /// to stop after the run time, while the last answers are awaited, does not shorten the run.
    pub fn finish(&mut self, stopped: Micros, ended: Micros) {
        let why = match self.ending {
            Ending::Broken => StopReason::Unfinished,
            // Only a number of iterations ends a run before its time.
            Ending::ByItself if self.run_time.is_none_or(|limit| stopped < limit) => StopReason::Iterations,
            Ending::ByItself => StopReason::RunTime,
            Ending::Asked if self.run_time == Some(stopped) => StopReason::RunTime,
            Ending::Asked => StopReason::Stopped,
        };
        self.run.finish(stopped, ended, why);
    }

    /// Ends a run that was cut off at `at`.
    pub fn break_off(&mut self, at: Micros) {
        self.run.finish(at, at, StopReason::Unfinished);
    }

    /// The program and machine that generate the load.
    pub const fn generator(&self) -> &Generator {
        self.run.generator()
    }

    /// The report so far; `None` before the first complete second of the run.
    pub fn report(&self, detail: Detail) -> Option<Report> {
        (!self.run.timeline().is_empty() || self.run.is_reset()).then(|| self.run.report(detail))
    }

    /// The full report, after the end of the run.
    pub fn final_report(&self) -> Report {
        self.run.report(Detail::Full)
    }
}

/// The first second that begins at `moment` or later.
pub const fn first_second_from(moment: Micros) -> u64 {
    moment.0.div_ceil(Micros::SECOND.0)
}

/// The shortest time from the start of one checkpoint to the next: a report changes once a second.
const SHORTEST: Micros = Micros::SECOND;
/// Saving takes at most 1 / `SHARE` of the time of a core.
const SHARE: u64 = 50;
/// A checkpoint may begin this much earlier than `SHORTEST` after the last one.
const EARLY: Micros = Micros::from_millis(100);

/// When the next checkpoint is due, after one that lasted from `began` to `ended`. A longer run takes longer to save,
/// on a core that the load may need; so a long run is saved less often.
pub fn next_checkpoint(began: Micros, ended: Micros) -> Micros {
    let took = ended.saturating_sub(began);
    let soonest = began + SHORTEST.saturating_sub(EARLY);
    ended.max(soonest).max(began + Micros(took.0.saturating_mul(SHARE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::run_config::RunConfigText;
    use crate::core::report::GeneratorKind;

    fn run_of(seconds: &str) -> Coordinator {
        let text = RunConfigText { run_time: seconds.into(), ..RunConfigText::default() };
        let generator = Generator::own(GeneratorKind::Sim);
        Coordinator::new(&text.check(0).unwrap(), generator, "2026-01-01T00:00:00Z".to_owned())
    }

    fn stopped_by(run: &Coordinator) -> Option<StopReason> {
        run.final_report().run.stopped_by
    }

    #[test]
    fn a_run_says_why_it_ended() {
        let (early, end) = (Micros::from_secs(3), Micros::from_secs(10));
        let mut run = run_of("10s");
        run.finish(end, end);
        assert_eq!(stopped_by(&run), Some(StopReason::RunTime));
        let mut run = run_of("10s");
        run.finish(early, early);
        assert_eq!(stopped_by(&run), Some(StopReason::Iterations));
        let mut run = run_of("10s");
        run.on_stop();
        run.finish(early, early);
        assert_eq!(stopped_by(&run), Some(StopReason::Stopped));
        let mut run = run_of("10s");
        run.on_stop();
        run.finish(end, end + early);
        assert_eq!(stopped_by(&run), Some(StopReason::RunTime), "asked to stop while it drained");
        let mut run = run_of("10s");
        run.note(Note::ShardLost { shard: 1, why: "it panicked".to_owned() });
        run.finish(end, end);
        assert_eq!(stopped_by(&run), Some(StopReason::Unfinished));
    }

    #[test]
    fn a_quick_checkpoint_is_repeated_every_second_and_a_slow_one_after_fifty_times_its_length() {
        let began = Micros::from_secs(7);
        let after = |took| next_checkpoint(began, began + Micros::from_millis(took)).saturating_sub(began);
        assert_eq!([1, 10, 100].map(after), [900, 900, 5_000].map(Micros::from_millis));
    }

    #[test]
    fn asking_for_the_present_load_changes_nothing() {
        let mut run = run_of("10s");
        let one = LoadChange::Users { users: 1, spawn_rate: 1.0 };
        let nine = LoadChange::Users { users: 9, spawn_rate: 1.0 };
        assert!(!run.asks_for(one));
        assert!(run.asks_for(nine));
        assert!(!run.asks_for(nine));
    }
}
