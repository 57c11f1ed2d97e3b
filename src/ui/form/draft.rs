//! What is typed in the form, and what is wrong with it.
//!
//! Nothing typed is ever changed or lost by a check. A field that was found wrong is checked again with every
//! key, so that its message goes as soon as it is right; a field is never blamed before the first attempt.

use leptos::prelude::*;

use crate::core::load::text::{parse_spawn_rate_or_one, parse_users_or_one};
use crate::core::plan::{Field, FieldError, PlanText};

/// The form's content. Copies share it.
#[derive(Clone, Copy)]
pub struct Draft {
    /// Every field, as typed.
    pub text: RwSignal<PlanText>,
    errors: RwSignal<Vec<FieldError>>,
}

impl Draft {
    /// A form that starts with `text`.
    pub fn new(text: PlanText) -> Self {
        Self { text: RwSignal::new(text), errors: RwSignal::new(Vec::new()) }
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

    /// The same, without following it.
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

    /// Checks what may be changed during a run: users and spawn rate.
    pub fn check_load(self) -> Option<(u32, f64)> {
        let mut errors = Vec::new();
        let note = |field| move |problem| FieldError { field, problem };
        let text = self.text.get_untracked();
        let users =
            parse_users_or_one(&text.users).map_err(note(Field::Users)).map_err(|e| errors.push(e)).ok();
        let rate = parse_spawn_rate_or_one(&text.spawn_rate).map_err(note(Field::SpawnRate));
        let rate = rate.map_err(|e| errors.push(e)).ok();
        self.errors.set(errors);
        users.zip(rate)
    }

    fn found(self) -> Vec<FieldError> {
        // The seed is drawn when the run starts; for the check any will do.
        self.text.with_untracked(|text| text.check(0).err().unwrap_or_default())
    }
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
