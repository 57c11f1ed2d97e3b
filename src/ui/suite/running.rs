//! Running a suite: each stage fills the form and starts it, as a person would.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::progress::{Phase, Progress, STOPPED};
use crate::browser::page::pause::pause;
use crate::browser::page::run_state::RunState;
use crate::browser::page::storage::library::now_ms;
use crate::core::config::project::options::SetOption;
use crate::core::config::project::presets::Preset;
use crate::core::config::project::suite::{self, Suite};
use crate::core::config::run_config::Field;
use crate::core::shelf::list::Which;
use crate::ui::navigation::{ReportRef, View};
use crate::ui::run::draft::LoadChoice;
use crate::ui::run::state::{OnScreen, State};

/// The options of a stage that the page knows beside the fields of its form.
const FURTHER: [&str; 2] = ["preset", "scenario"];

/// The suite that the page's button runs.
pub fn usual_suite() -> Option<Suite> {
    let (name, text) = suite::SUITES.into_iter().next()?;
    let fields = Field::ALL.into_iter().map(|field| name_of(field).to_owned());
    let known: Vec<String> = fields.chain(FURTHER.map(str::to_owned)).collect();
    Suite::read(name, text, &known).ok()
}

fn name_of(field: Field) -> &'static str {
    field.flag().trim_start_matches("--")
}

impl State {
    /// Starts the suite with its first stage; a run or a suite under way is left alone.
    pub fn start_suite(self) {
        if self.is_active.get_untracked() || self.is_suite_under_way.get_untracked() {
            return;
        }
        if let Some(suite) = usual_suite() {
            self.suite.set(Some(Progress::new(suite, now_ms())));
            self.begin_stage();
        }
    }

    /// No further stage begins; the one under way is stopped as a run is.
    pub fn stop_suite(self) {
        self.change_suite(|progress| progress.stop(STOPPED));
        if self.is_active.get_untracked() {
            self.stop();
        }
    }

    /// Takes down what the run of a stage did that has just ended, and goes on.
    pub fn stage_is_over(self) {
        if !self.is_suite_under_way.get_untracked() {
            return;
        }
        if self.run_state.with_untracked(|run| *run == RunState::Idle) {
            // It was stopped before its first request.
            self.change_suite(|progress| progress.stop(STOPPED));
            return self.rest_or_end();
        }
        let failed = self.why_the_run_failed();
        let link = self.last_run.get_untracked().map(|id| View::Report(ReportRef::Opened(id)).fragment());
        let report = match self.on_screen.get_untracked() {
            OnScreen::ThisRun(report) => Some(report),
            OnScreen::Nothing | OnScreen::EarlierRun(_) => None,
        };
        self.change_suite(|progress| match (failed, report) {
            (None, Some(report)) => progress.has_run(&report, link),
            (why, _) => progress.has_not_run(&why.unwrap_or_else(|| "it left no report".to_owned())),
        });
        self.rest_or_end();
    }

    /// Notes that a stage could not start. Where the host or the companion is not there, the next stage may find it; a form
    /// that is wrong is wrong for all of them.
    pub fn stage_did_not_start(self) {
        if !self.is_suite_under_way.get_untracked() {
            return;
        }
        let refused = self.why_the_run_failed();
        let has_problems = self.draft.problems_untracked() > 0;
        self.change_suite(|progress| match refused {
            Some(why) if !has_problems => progress.has_not_run(&why),
            _ if has_problems => progress.stop("a field of the form is wrong"),
            _ => progress.stop("its run would go past the companion, which the form asks about"),
        });
        self.rest_or_end();
    }

    fn why_the_run_failed(self) -> Option<String> {
        self.run_state.with_untracked(|run| match run {
            RunState::Failed(trouble) => Some(trouble.problem.clone()),
            _ => None,
        })
    }

    fn rest_or_end(self) {
        let now = self.suite.with_untracked(|suite| {
            suite.as_ref().map(|progress| (progress.phase, progress.pause(), progress.started_ms))
        });
        match now {
            Some((Phase::Resting, length, started_ms)) => spawn_local(async move {
                pause(length).await;
                // By then the page may be gone, and the suite stopped or started anew.
                let still_rests = |suite: &Option<Progress>| {
                    let is_it = |it: &Progress| it.phase == Phase::Resting && it.started_ms == started_ms;
                    suite.as_ref().is_some_and(is_it)
                };
                if self.suite.try_with_untracked(still_rests) == Some(true) {
                    self.begin_stage();
                }
            }),
            // Whoever reads something else goes on reading.
            Some((Phase::Over, ..)) if untrack(move || self.navigation.view()) == View::Run => {
                self.navigation.go(View::Suite);
            }
            Some((Phase::Over | Phase::Running, ..)) | None => {}
        }
    }

    fn begin_stage(self) {
        let stage = self.suite.with_untracked(|suite| suite.as_ref().and_then(|it| it.stage().cloned()));
        let Some(stage) = stage else { return };
        self.change_suite(Progress::begin);
        stage.options.iter().for_each(|option| self.fill_in(option));
        self.start_stage();
    }

    /// Writes an option of a stage into the form.
    fn fill_in(self, option: &SetOption) {
        let Some(value) = option.value() else { return };
        match option.name.as_str() {
            "preset" => Preset::named(value).into_iter().for_each(|preset| self.fill_in_preset(preset)),
            "scenario" => {
                Which::named(value).into_iter().for_each(|which| self.draft.chosen.which.set(which))
            }
            name => {
                let field = Field::ALL.into_iter().find(|field| name_of(*field) == name);
                field.into_iter().for_each(|field| self.fill_in_field(field, value));
            }
        }
    }

    /// Writes a preset into the form.
    pub fn fill_in_preset(self, preset: Preset) {
        if let Some(which) = preset.scenario.and_then(Which::named) {
            self.draft.chosen.which.set(which);
        }
        // A run time that was typed before would cut the stages off.
        self.draft.type_into(Field::RunTime, String::new());
        preset.fields().iter().for_each(|(field, value)| self.fill_in_field(*field, value));
    }

    fn fill_in_field(self, field: Field, value: &str) {
        match field {
            Field::Users => self.draft.choose(LoadChoice::Users),
            Field::Rate => self.draft.choose(LoadChoice::Rate),
            Field::Stages => self.draft.choose(LoadChoice::Stages),
            _ => {}
        }
        self.draft.type_into(field, value.to_owned());
    }

    fn change_suite(self, change: impl FnOnce(&mut Progress)) {
        self.suite.update(|suite| {
            if let Some(suite) = suite {
                change(suite);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suite_of_the_button_is_right_and_says_nothing_that_the_form_does_not_know() {
        let suite = usual_suite().unwrap();
        assert_eq!(suite.stages.len(), 4);
        let known = |option: &SetOption| Field::ALL.into_iter().any(|field| name_of(field) == option.name);
        assert!(suite.stages.iter().flat_map(|stage| &stage.options).all(known));
    }
}
