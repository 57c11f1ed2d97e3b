//! What is typed in the form, and what is wrong with it.
//!
//! Nothing typed is ever changed or lost by a check. A field that was found wrong is checked again with every
//! key, so that its message goes as soon as it is right; a field is never blamed before the first attempt.

use leptos::prelude::*;

use crate::core::base::units::Micros;
use crate::core::config::load::{self, LoadChange};
use crate::core::config::run_config::{Field, FieldError, RunConfigText};

/// How the load is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadChoice {
    /// So many users.
    Users,
    /// So many arrivals per second.
    Rate,
    /// Either, in stages.
    Stages,
}

impl LoadChoice {
    /// All choices, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Users, Self::Rate, Self::Stages];

    /// What the text chooses.
    fn of(text: &RunConfigText) -> Self {
        match (text.stages.is_empty(), text.rate.is_empty()) {
            (false, _) => Self::Stages,
            (true, false) => Self::Rate,
            (true, true) => Self::Users,
        }
    }

    /// The field without which it says nothing; without a number of users there is one user.
    const fn needs(self) -> Option<Field> {
        match self {
            Self::Users => None,
            Self::Rate => Some(Field::Rate),
            Self::Stages => Some(Field::Stages),
        }
    }

    /// The fields that do not belong to it; of stages, those that these stages have no use for.
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

/// The form's content. Copies share it.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Every field, as typed.
    pub text: RwSignal<RunConfigText>,
    /// By what the load is given; what was typed for the others stays, for those who come back to it.
    pub choice: RwSignal<LoadChoice>,
    errors: RwSignal<Vec<FieldError>>,
}

impl Draft {
    /// A form that starts with `text`.
    pub fn new(text: RunConfigText) -> Self {
        let choice = RwSignal::new(LoadChoice::of(&text));
        Self { text: RwSignal::new(text), choice, errors: RwSignal::new(Vec::new()) }
    }

    /// What is asked for: the form without the fields that do not belong to the chosen kind of load.
    pub fn asked(self) -> RunConfigText {
        let mut text = self.text.get_untracked();
        for field in self.choice.get_untracked().unused(&text) {
            text.part_mut(*field).clear();
        }
        text
    }

    /// Chooses by what the load is given.
    pub fn choose(self, choice: LoadChoice) {
        self.choice.set(choice);
        let unused = self.text.with_untracked(|text| choice.unused(text));
        self.errors.update(|errors| errors.retain(|error| !unused.contains(&error.field)));
    }

    /// Whether a field has no place in the chosen kind of load.
    pub fn is_unused(self, field: Field) -> bool {
        self.text.with(|text| self.choice.get().unused(text).contains(&field))
    }

    /// What is typed in a field.
    pub fn value(self, field: Field) -> String {
        self.text.with(|text| text.part(field).to_owned())
    }

    /// Types into a field.
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

    /// What is wrong with a field.
    pub fn problem(self, field: Field) -> Option<String> {
        self.errors.with(|errors| errors.iter().find(|error| error.field == field).map(|e| e.problem.clone()))
    }

    /// How many fields are wrong.
    pub fn problems(self) -> usize {
        self.errors.with(Vec::len)
    }

    /// How many fields are wrong, without following the changes.
    pub fn problems_untracked(self) -> usize {
        self.errors.with_untracked(Vec::len)
    }

    /// Checks every field and shows what is wrong; `true` when a run can be started.
    pub fn check(self) -> bool {
        let found = self.found();
        let right = found.is_empty();
        self.errors.set(found);
        right
    }

    /// Checks what may be changed during a run: users and spawn rate, or the arrival rate.
    pub fn check_load(self) -> Option<LoadChange> {
        let mut found = self.found();
        found.retain(|error| is_of_load(error.field));
        let right = found.is_empty();
        self.errors.set(found);
        // A change takes no more users than the run may have already, so their number is not asked for.
        load::text::check(&self.asked(), Micros::ZERO).ok().filter(|_| right)?.as_change()
    }

    fn found(self) -> Vec<FieldError> {
        let text = self.asked();
        let needed = self.choice.get_untracked().needs();
        let missing = needed.filter(|field| text.part(*field).trim().is_empty());
        let missing = missing.map(|field| FieldError { field, problem: "is missing".to_owned() });
        // The seed is drawn when the run starts; for the check any will do.
        let wrong = text.check(0).err().unwrap_or_default().into_iter();
        // Without it the text says a run by users, and other fields are wrong only for that.
        let wrong = wrong.filter(|error| missing.is_none() || !is_of_load(error.field));
        missing.clone().into_iter().chain(wrong).collect()
    }
}

const fn is_of_load(field: Field) -> bool {
    matches!(
        field,
        Field::Users | Field::SpawnRate | Field::Rate | Field::Arrivals | Field::MaxUsers | Field::Stages
    )
}

/// The name of a field's control, for tests and labels.
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
