//! Saves the report during the run, so that a killed run loses only what followed its last checkpoint.
//!
//! `core::run::coordinator::next_checkpoint` decides how often. How a file is written is in `output.rs`.

use std::time::Instant;

use super::output::Outputs;
use crate::core::base::units::Micros;
use crate::core::report::Report;
use crate::core::run::coordinator::next_checkpoint;

/// When the next checkpoint is due, and whether the last one was saved.
pub struct Checkpoints<'a> {
    outputs: &'a Outputs,
    next: Micros,
    last: LastSave,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LastSave {
    Worked,
    Failed,
}

impl<'a> Checkpoints<'a> {
    /// The first checkpoint is due at once.
    pub const fn new(outputs: &'a Outputs) -> Self {
        Self { outputs, next: Micros::ZERO, last: LastSave::Worked }
    }

    /// Whether a checkpoint is due at `now`, on the run's clock.
    pub fn are_due(&self, now: Micros) -> bool {
        self.outputs.wants_checkpoints() && now >= self.next
    }

    /// Saves a report. `began` is when the program began to make it, on the run's clock. Returns a message for the user
    /// when saving fails, but only for the first of successive failures, because the run goes on.
    pub fn save(&mut self, began: Micros, report: &Report) -> Option<String> {
        let clock = Instant::now();
        let saved = self.outputs.save_report(report);
        self.next = next_checkpoint(began, began + clock.elapsed().into());
        let outcome = if saved.is_err() { LastSave::Failed } else { LastSave::Worked };
        let before = std::mem::replace(&mut self.last, outcome);
        let error = saved.err().filter(|_| before == LastSave::Worked)?;
        Some(format!("{error:#}; trying again while the run goes on"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_is_reported_once_and_the_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/report.json");
        let outputs = Outputs::prepare(Some(&path), None).unwrap();
        std::fs::remove_dir(folder.path().join("deep")).unwrap();
        let report = crate::core::run::example::report().unwrap();
        let mut checkpoints = Checkpoints::new(&outputs);
        assert!(checkpoints.are_due(Micros::ZERO));
        let message = checkpoints.save(Micros::ZERO, &report).unwrap();
        assert!(
            message.starts_with("--json: cannot write") && message.ends_with("while the run goes on"),
            "{message}"
        );
        assert!(!checkpoints.are_due(Micros::ZERO));
        assert_eq!(checkpoints.save(Micros::ZERO, &report), None);
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        assert_eq!(checkpoints.save(Micros::ZERO, &report), None);
        assert!(path.exists());
    }
}
