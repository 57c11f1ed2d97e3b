//! The texts in the form, and the problems found in them.
//!
//! A check never changes or loses a typed text. A field shows no problem before the first attempt to start. From then
//! on a wrong field is checked at every key, so that its message disappears as soon as the text is right.

use leptos::prelude::*;

use crate::core::base::units::Micros;
use crate::core::config::load::{self, LoadChange};
use crate::core::config::run_config::{Field, FieldError, RunConfigText};
use crate::core::scenario::Scenario;
use crate::ui::run::chosen::{Chosen, Reading};
use crate::ui::run::ticks::{Known, default_classes, names, ticks};

/// The way in which the form describes the load.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadChoice {
    /// A number of users: the closed model.
    Users,
    /// A number of arrivals per second: the open model.
    Rate,
    /// Stages, of users or of arrivals per second.
    Stages,
}

impl LoadChoice {
    /// All choices, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Users, Self::Rate, Self::Stages];

    /// The choice that a text implies.
    fn of(text: &RunConfigText) -> Self {
        match (text.stages.is_empty(), text.rate.is_empty()) {
            (false, _) => Self::Stages,
            (true, false) => Self::Rate,
            (true, true) => Self::Users,
        }
    }

    /// The field that must be filled in for this choice. Users need none: without a number there is one user.
    const fn needs(self) -> Option<Field> {
        match self {
            Self::Users => None,
            Self::Rate => Some(Field::Rate),
            Self::Stages => Some(Field::Stages),
        }
    }

    /// The fields that this choice does not use. For stages that depends on whether they count users or arrivals.
    pub fn unused(self, text: &RunConfigText) -> &'static [Field] {
        match self {
            Self::Users => &[Field::Rate, Field::Arrivals, Field::MaxUsers, Field::Stages],
            Self::Rate => &[Field::Users, Field::SpawnRate, Field::Stages, Field::ThinkTime],
            Self::Stages if text.stages.contains("/s") => {
                &[Field::Users, Field::Rate, Field::SpawnRate, Field::ThinkTime]
            }
            Self::Stages => &[Field::Users, Field::Rate, Field::Arrivals, Field::MaxUsers],
        }
    }
}

/// The content of the form. All copies share it.
#[derive(Clone, Copy)]
pub struct Draft {
    /// The text of every field, as it was typed.
    pub text: RwSignal<RunConfigText>,
    /// The chosen way to describe the load. Texts in the fields of the other ways stay, so that a person can go back
    /// to them.
    pub choice: RwSignal<LoadChoice>,
    /// What users do.
    pub chosen: Chosen,
    errors: RwSignal<Vec<FieldError>>,
    /// Whether somebody tried to start, from when on the form says why the scenario cannot run.
    was_checked: RwSignal<bool>,
}

impl Draft {
    /// A form with a text. Where the text names no class, the form ticks those that take part by default: what is ticked is
    /// what runs.
    pub fn new(mut text: RunConfigText, chosen: Chosen) -> Self {
        if names(&text.classes).next().is_none() {
            text.classes = default_classes(&untrack(move || chosen.classes()));
        }
        let choice = RwSignal::new(LoadChoice::of(&text));
        let (errors, was_checked) = (RwSignal::new(Vec::new()), RwSignal::new(false));
        let this = Self { text: RwSignal::new(text), choice, chosen, errors, was_checked };
        this.tick_as_the_scenario_says();
        this
    }

    /// Keeps the ticked classes such as the chosen scenario has them, also when it is changed or another one is chosen.
    fn tick_as_the_scenario_says(self) {
        Effect::new(move |before: Option<Known>| {
            let (which, classes) = (self.chosen.which.get(), self.chosen.classes());
            let ticked = self.text.with_untracked(|text| text.classes.clone());
            let ticks = ticks(&ticked, before.as_ref(), which, &classes);
            if ticks != ticked {
                self.type_into(Field::Classes, ticks);
            }
            match before {
                // A text that cannot be read at the moment says nothing of its classes.
                Some(before) if classes.is_empty() && before.which == which => before,
                _ => Known { which, classes },
            }
        });
    }

    /// Why the chosen scenario cannot run, once somebody tried to start it.
    pub fn scenario_problem(self) -> Option<String> {
        if self.was_checked.get() { self.chosen.problem() } else { None }
    }

    /// The text of the configuration: the form without the fields that the chosen kind of load does not use.
    pub fn asked(self) -> RunConfigText {
        let mut text = self.text.get_untracked();
        for field in self.choice.get_untracked().unused(&text) {
            text.part_mut(*field).clear();
        }
        text
    }

    pub fn choose(self, choice: LoadChoice) {
        self.choice.set(choice);
        let unused = self.text.with_untracked(|text| choice.unused(text));
        self.errors.update(|errors| errors.retain(|error| !unused.contains(&error.field)));
    }

    /// Whether the chosen kind of load does not use the field.
    pub fn is_unused(self, field: Field) -> bool {
        self.text.with(|text| self.choice.get().unused(text).contains(&field))
    }

    /// The text in a field.
    pub fn value(self, field: Field) -> String {
        self.text.with(|text| text.part(field).to_owned())
    }

    /// Replaces the text in a field.
    pub fn type_into(self, field: Field, value: String) {
        self.text.update(|text| *text.part_mut(field) = value);
        if self.errors.with_untracked(|errors| errors.iter().any(|error| error.field == field)) {
            let now = self.found();
            self.errors.update(|errors| {
                errors.retain(|error| error.field != field);
                errors.extend(now.into_iter().filter(|error| error.field == field));
            });
        }
    }

    /// The problem that was found in a field.
    pub fn problem(self, field: Field) -> Option<String> {
        self.errors.with(|errors| errors.iter().find(|error| error.field == field).map(|e| e.problem.clone()))
    }

    /// The number of wrong fields.
    pub fn problems(self) -> usize {
        let of_scenario = if self.was_checked.get() { self.chosen.faults() } else { 0 };
        self.errors.with(Vec::len) + of_scenario
    }

    /// The number of wrong fields, without a subscription to its changes.
    pub fn problems_untracked(self) -> usize {
        untrack(move || self.problems())
    }

    /// Checks every field and shows the problems. Returns `true` when a run can be started.
    pub fn check(self) -> bool {
        let found = self.found();
        let right = found.is_empty();
        self.errors.set(found);
        self.was_checked.set(true);
        right && untrack(move || self.chosen.problem()).is_none()
    }

    /// Checks the fields that may be changed during a run (users and spawn rate, or the arrival rate) and returns the
    /// change of load.
    pub fn check_load(self) -> Option<LoadChange> {
        let mut found = self.found();
        found.retain(|error| is_of_load(error.field));
        let right = found.is_empty();
        self.errors.set(found);
        // A change of load cannot raise the number of users that arrivals may keep busy, so that field is not needed.
        load::text::check(&self.asked(), Micros::ZERO).ok().filter(|_| right)?.as_change()
    }

    fn found(self) -> Vec<FieldError> {
        let text = self.asked();
        let needed = self.choice.get_untracked().needs();
        let missing = needed.filter(|field| text.part(*field).trim().is_empty());
        let missing = missing.map(|field| FieldError { field, problem: "is missing".to_owned() });
        let scenario = self.chosen.reading.with_untracked(|reading| match reading {
            Reading::Read(verdict) => verdict.scenario().cloned(),
            Reading::Gone => None,
        });
        let has_classes = scenario.is_some();
        let is_nobody = has_classes && names(&text.classes).next().is_none();
        let nobody = is_nobody.then(|| FieldError {
            field: Field::Classes,
            problem: "none is ticked, so nothing would run; tick at least one".to_owned(),
        });
        // The real seed is drawn when the run starts. The check gives the same result with any seed.
        let scenario = scenario.map_or_else(Scenario::oddiya, |scenario| (*scenario).clone());
        let wrong = text.check_for(scenario, 0).err().unwrap_or_default().into_iter();
        // The classes of a scenario that cannot be read are not known, so none is reported as wrong.
        let wrong = wrong.filter(|error| has_classes || error.field != Field::Classes);
        // Without the missing field, the text describes a run by users. The other fields of the load may then be wrong
        // only for that reason, so their problems are not shown.
        let wrong = wrong.filter(|error| missing.is_none() || !is_of_load(error.field));
        missing.clone().into_iter().chain(nobody).chain(wrong).collect()
    }
}

const fn is_of_load(field: Field) -> bool {
    matches!(
        field,
        Field::Users | Field::SpawnRate | Field::Rate | Field::Arrivals | Field::MaxUsers | Field::Stages
    )
}

/// The name of a field's control, which tests and labels use.
pub const fn control_name(field: Field) -> &'static str {
    match field {
        Field::Host => "host",
        Field::Users => "users",
        Field::SpawnRate => "spawn-rate",
        Field::Rate => "rate",
        Field::Arrivals => "arrivals",
        Field::MaxUsers => "max-users",
        Field::Stages => "stages",
        Field::RunTime => "run-time",
        Field::Classes => "classes",
        Field::ThinkTime => "think-time",
        Field::StopTimeout => "stop-timeout",
        Field::Seed => "seed",
    }
}
