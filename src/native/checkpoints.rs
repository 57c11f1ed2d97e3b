//! The report on the way: saved as the run goes on, so that a killed run lacks little of it.
//!
//! Saving takes longer the longer the run is, on a core that the load may need; so it is done less often then.

use std::time::{Duration, Instant};

use super::output::Outputs;
use crate::core::report::Report;

/// Not more often than there is something new.
const SHORTEST: Duration = Duration::from_secs(1);
/// Of a core's time, saving may take one part in so many.
const SHARE: u32 = 50;

/// When to save, and whether it worked the last time.
pub struct Checkpoints<'a> {
    outputs: &'a Outputs,
    next: Instant,
    failing: bool,
}

impl<'a> Checkpoints<'a> {
    /// The first is due at once.
    pub fn new(outputs: &'a Outputs) -> Self {
        Self { outputs, next: Instant::now(), failing: false }
    }

    /// Whether one is due.
    pub fn are_due(&self) -> bool {
        self.outputs.wants_checkpoints() && Instant::now() >= self.next
    }

    /// Saves a report whose making began then. Gives what to tell the user: the first of several failures, because the
    /// run goes on without.
    pub fn save(&mut self, began: Instant, report: &Report) -> Option<String> {
        let saved = self.outputs.save_report(report);
        self.next = next_after(began, Instant::now());
        let was_failing = std::mem::replace(&mut self.failing, saved.is_err());
        let error = saved.err().filter(|_| !was_failing)?;
        Some(format!("{error:#}; trying again while the run goes on"))
    }
}

/// The next one's moment, after one that took from `began` to `ended`.
fn next_after(began: Instant, ended: Instant) -> Instant {
    // A second after the second's end at which it began, with room for that end to be a little early.
    let early = Duration::from_millis(100);
    ended.max(began + SHORTEST - early).max(began + (ended - began) * SHARE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_save_is_repeated_every_second_and_a_slow_one_after_fifty_times_its_length() {
        let began = Instant::now();
        let after = |took: u64| (next_after(began, began + Duration::from_millis(took)) - began).as_millis();
        assert_eq!((after(1), after(10), after(100)), (900, 900, 5_000));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_once_and_the_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/report.json");
        let outputs = Outputs::prepare(Some(path.clone()), None).unwrap();
        std::fs::remove_dir(folder.path().join("deep")).unwrap();
        let report = crate::core::run::example::report().unwrap();
        let mut checkpoints = Checkpoints::new(&outputs);
        assert!(checkpoints.are_due());
        let told = checkpoints.save(Instant::now(), &report).unwrap();
        assert!(
            told.starts_with("--json: cannot write") && told.ends_with("while the run goes on"),
            "{told}"
        );
        assert!(!checkpoints.are_due());
        assert_eq!(checkpoints.save(Instant::now(), &report), None);
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        assert_eq!(checkpoints.save(Instant::now(), &report), None);
        assert!(path.exists());
    }
}
