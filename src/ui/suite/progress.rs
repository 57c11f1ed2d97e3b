//! How far a suite has come: which stage is under way, and what those before it did.

use crate::core::base::units::Micros;
use crate::core::config::project::suite::{Stage, Suite};
use crate::core::present::suite::{End, StageOutcome, SuiteSummary};
use crate::core::report::Report;

/// What is said of stages that a person did not let run.
pub const STOPPED: &str = "the suite was stopped before";

/// How far a suite has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    suite: Suite,
    /// Tells this suite from one that was started earlier.
    pub started_ms: u64,
    /// The index of the stage that is under way, or of the next one during a pause.
    at: usize,
    pub phase: Phase,
    pub summary: SuiteSummary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A stage is under way.
    Running,
    /// The host rests before the next stage.
    Resting,
    Over,
}

impl Progress {
    /// A suite before its first stage. `started_ms` is the page's clock.
    pub fn new(suite: Suite, started_ms: u64) -> Self {
        let stages = suite.stages.iter().map(|stage| (stage.name.clone(), stage.failing));
        let summary = SuiteSummary::waiting(&suite.name, &suite.about, stages);
        Self { suite, started_ms, at: 0, phase: Phase::Resting, summary }
    }

    /// The stage that is under way or next.
    pub fn stage(&self) -> Option<&Stage> {
        self.suite.stages.get(self.at).filter(|_| self.phase != Phase::Over)
    }

    /// How long the host rests between two stages.
    pub const fn pause(&self) -> Micros {
        self.suite.pause
    }

    pub fn is_over(&self) -> bool {
        self.phase == Phase::Over
    }

    /// A stage begins.
    pub fn begin(&mut self) {
        if self.phase != Phase::Resting {
            return;
        }
        self.phase = Phase::Running;
        if let Some(stage) = self.summary.stages.get_mut(self.at) {
            stage.outcome = StageOutcome::UnderWay;
        }
    }

    /// The run of the stage has ended, with this report at this address.
    pub fn has_run(&mut self, report: &Report, link: Option<String>) {
        if self.phase != Phase::Running {
            return;
        }
        let end = self.summary.has_run(self.at, report, link);
        self.next();
        if end == End::CutShort {
            // A person who stops a stage wants to stop.
            self.stop(STOPPED);
        }
    }

    /// The run of the stage could not take place.
    pub fn has_not_run(&mut self, why: &str) {
        if self.phase == Phase::Running {
            self.summary.has_not_run(self.at, why.to_owned());
            self.next();
        }
    }

    fn next(&mut self) {
        self.at += 1;
        self.phase = if self.at < self.suite.stages.len() { Phase::Resting } else { Phase::Over };
    }

    /// No further stage begins.
    pub fn stop(&mut self, why: &str) {
        self.phase = Phase::Over;
        for stage in &mut self.summary.stages {
            if matches!(stage.outcome, StageOutcome::Waiting | StageOutcome::UnderWay) {
                stage.outcome = StageOutcome::NotRun(why.to_owned());
            }
        }
    }

    /// One line for the form: `Stage 2 of 4: normal`.
    pub fn words(&self) -> String {
        let of = self.suite.stages.len();
        match (self.phase, self.stage()) {
            (Phase::Running, Some(stage)) => format!("Stage {} of {of}: {}", self.at + 1, stage.name),
            (Phase::Resting, Some(stage)) => {
                format!("The host rests; next is stage {} of {of}: {}", self.at + 1, stage.name)
            }
            _ => self.summary.headline(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::project::suite;
    use crate::core::present::suite::{StageSummary, Verdict};
    use crate::core::report::StopReason;
    use crate::core::run::example;

    fn progress() -> Progress {
        let known = ["users", "spawn-rate", "run-time"].map(str::to_owned);
        Progress::new(Suite::read("oddiya", suite::named("oddiya").unwrap(), &known).unwrap(), 0)
    }

    fn report(stopped_by: StopReason) -> Report {
        let mut report = example::report().unwrap();
        report.run.stopped_by = Some(stopped_by);
        report
    }

    #[test]
    fn a_suite_goes_on_after_a_stage_that_failed_and_after_one_that_did_not_run() {
        let mut progress = progress();
        progress.begin();
        assert_eq!(progress.words(), "Stage 1 of 4: baseline");
        progress.has_run(&report(StopReason::RunTime), Some("#/report/1".into()));
        assert_eq!(
            (progress.phase, progress.words().as_str()),
            (Phase::Resting, "The host rests; next is stage 2 of 4: normal")
        );
        progress.begin();
        progress.has_not_run("the host does not answer");
        for _ in 0..2 {
            progress.begin();
            progress.has_run(&report(StopReason::RunTime), None);
        }
        assert!(progress.is_over() && progress.stage().is_none());
        let verdicts: Vec<_> = progress.summary.stages.iter().map(StageSummary::verdict).collect();
        assert_eq!(
            verdicts,
            [Verdict::Failed, Verdict::NotRun, Verdict::Failed, Verdict::FailedAsAllowed],
            "the example report has failures"
        );
        assert_eq!(progress.summary.stages[0].link.as_deref(), Some("#/report/1"));
    }

    #[test]
    fn a_stage_that_is_stopped_by_hand_ends_the_suite() {
        let mut progress = progress();
        progress.begin();
        progress.has_run(&report(StopReason::Stopped), None);
        assert!(progress.is_over());
        assert!(progress.summary.stages[1..].iter().all(|stage| stage.verdict() == Verdict::NotRun));
        progress.begin();
        assert!(progress.is_over(), "nothing begins any more");
    }
}
