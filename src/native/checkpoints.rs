//! Saves the report during the run, so that a killed run loses only what followed its last checkpoint.
//!
//! `core::run::coordinator::next_checkpoint` decides how often. How a file is written is in `output.rs`; the run goes on
//! meanwhile.

use std::sync::Arc;

use super::output::{Outputs, PATIENCE};
use super::writing::{WriteError, Writing};
use crate::core::base::units::Micros;
use crate::core::report::Report;
use crate::core::run::coordinator::next_checkpoint;

/// When the next checkpoint is due, and what became of the last one. Every moment is on the run's clock.
pub struct Checkpoints<'a> {
    outputs: &'a Outputs,
    next: Micros,
    under_way: Option<Checkpoint>,
    state: State,
}

struct Checkpoint {
    /// When the program began to make the report.
    began: Micros,
    /// When the report was made.
    made: Micros,
    writing: Writing,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Works,
    /// The user was told of the trouble.
    InTrouble,
}

impl<'a> Checkpoints<'a> {
    /// The first checkpoint is due at once.
    pub const fn new(outputs: &'a Outputs) -> Self {
        Self { outputs, next: Micros::ZERO, under_way: None, state: State::Works }
    }

    /// Whether a checkpoint is due.
    pub fn are_due(&self, now: Micros) -> bool {
        self.outputs.wants_checkpoints() && self.under_way.is_none() && now >= self.next
    }

    /// Begins to save a report, which the program began to make at `began`.
    pub fn start(&mut self, began: Micros, made: Micros, report: Report) {
        let writing = self.outputs.start_saving(Arc::new(report));
        self.under_way = writing.map(|writing| Checkpoint { began, made, writing });
    }

    /// Checks on the checkpoint under way. Returns a message for the user when it fails or stands still, but only for the
    /// first of successive troubles, because the run goes on.
    pub fn look(&mut self, now: Micros) -> Option<String> {
        let mut checkpoint = self.under_way.take()?;
        let Some(written) = checkpoint.writing.poll() else {
            let stands_still = now.saturating_sub(checkpoint.made) >= PATIENCE.into();
            self.under_way = Some(checkpoint);
            return stands_still.then_some(WriteError::Stalled(PATIENCE)).and_then(|why| self.tell(&why));
        };
        self.next = next_checkpoint(checkpoint.began, checkpoint.made + written.took.into());
        match written.result {
            Ok(()) => {
                self.state = State::Works;
                None
            }
            Err(error) => self.tell(&error.into()),
        }
    }

    fn tell(&mut self, why: &WriteError) -> Option<String> {
        let before = std::mem::replace(&mut self.state, State::InTrouble);
        if before == State::Works { self.outputs.checkpoint_problem(why) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::given::Given;

    /// Saves a report and returns what is said once it has ended.
    fn saved(checkpoints: &mut Checkpoints<'_>) -> Option<String> {
        let report = crate::core::run::example::report().unwrap();
        checkpoints.start(Micros::ZERO, Micros::ZERO, report);
        while checkpoints.under_way.is_some() {
            let said = checkpoints.look(Micros::ZERO);
            if checkpoints.under_way.is_none() {
                return said;
            }
            std::thread::yield_now();
        }
        None
    }

    #[test]
    fn a_file_that_cannot_be_written_is_reported_once_and_the_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/report.json");
        let outputs = Outputs::prepare(Some(&path), None, None, &Given::default()).unwrap();
        std::fs::remove_dir(folder.path().join("deep")).unwrap();
        let mut checkpoints = Checkpoints::new(&outputs);
        assert!(checkpoints.are_due(Micros::ZERO));
        let message = saved(&mut checkpoints).unwrap();
        assert!(
            message.starts_with("--json: cannot write") && message.ends_with("while the run goes on"),
            "{message}"
        );
        assert!(!checkpoints.are_due(Micros::ZERO));
        assert_eq!(saved(&mut checkpoints), None);
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        assert_eq!(saved(&mut checkpoints), None);
        assert!(path.exists());
    }

    #[test]
    fn a_disk_that_stands_still_is_reported_once_and_no_second_checkpoint_is_begun() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let outputs = Outputs::prepare(Some(&path), None, None, &Given::default()).unwrap();
        let mut checkpoints = Checkpoints::new(&outputs);
        let patience = Micros::from(PATIENCE);
        let (disk_works, stalled) = std::sync::mpsc::channel::<()>();
        // Ends when the other side is dropped.
        let writing = Writing::in_thread(move || stalled.recv().or(Ok(())));
        let (began, made) = (Micros::ZERO, Micros::ZERO);
        checkpoints.under_way = Some(Checkpoint { began, made, writing });
        assert_eq!(checkpoints.look(Micros(patience.0 - 1)), None);
        let message = checkpoints.look(patience).unwrap();
        assert!(message.contains("it has taken nothing for 10 s; the disk stands still"), "{message}");
        assert_eq!(checkpoints.look(patience + patience), None, "said once");
        assert!(!checkpoints.are_due(patience + patience));
        drop(disk_works);
        while checkpoints.under_way.is_some() {
            assert_eq!(checkpoints.look(patience + patience), None);
            std::thread::yield_now();
        }
        assert_eq!(saved(&mut checkpoints), None);
        assert!(path.exists());
    }
}
