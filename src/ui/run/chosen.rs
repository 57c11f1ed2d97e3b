//! The scenario that the form has chosen, and what was given for a run of it: a profile, addresses, values. What is given
//! stays in this tab and is stored nowhere, as it may be secret.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use crate::core::base::host::Host;
use crate::core::scenario::file::asks::{Asks, asks};
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::{Presence, Scenario};
use crate::core::shelf::check::{Verdict, Want, check};
use crate::core::shelf::list::{Which, names};
use crate::core::shelf::names::title;
use crate::core::shelf::readable::Readable;
use crate::core::shelf::ready;
use crate::core::shelf::steps::counted;
use crate::ui::scenarios::state::Shelf;

/// The result of reading the chosen scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// The scenario does not exist here, or does no longer.
    Gone,
    Read(Verdict),
}

/// The chosen scenario. All copies share it.
#[derive(Clone, Copy)]
pub struct Chosen {
    shelf: Shelf,
    pub which: RwSignal<Which>,
    given: RwSignal<BTreeMap<Which, Choices>>,
    /// The scenario as it is stored, without changes that are not saved.
    pub reading: Memo<Reading>,
    /// The inputs that its text asks for.
    pub asks: Memo<Asks>,
    /// Its classes as they were read last, so that they stay in sight while an address is typed.
    known: Memo<(Which, Vec<(String, Presence)>)>,
}

impl Chosen {
    pub fn new(shelf: Shelf, which: Which) -> Self {
        let which = RwSignal::new(which);
        let given = RwSignal::new(BTreeMap::<Which, Choices>::new());
        let choices = move || given.with(|given| given.get(&which.get()).cloned().unwrap_or_default());
        let text = Memo::new(move |_| shelf.kept_text(which.get()));
        let reading = Memo::new(move |_| match text.get() {
            None => Reading::Gone,
            Some(text) => Reading::Read(check(&title(&text), &text, &choices())),
        });
        let asks = Memo::new(move |_| {
            text.with(|text| {
                let (text, choices) = (text.as_deref().unwrap_or_default(), choices());
                ready::asks(text, &choices).unwrap_or_else(|| asks(text, choices.profile.as_deref()))
            })
        });
        let known = Memo::new(move |before: Option<&(Which, Vec<(String, Presence)>)>| {
            let (which, classes) = (which.get(), reading.with(classes_of));
            let before = before.filter(|(same, _)| *same == which && classes.is_empty()).cloned();
            before.unwrap_or((which, classes))
        });
        Self { shelf, which, given, reading, asks, known }
    }

    /// What was given for a scenario.
    pub fn given(self, which: Which) -> Choices {
        self.given.with(|given| given.get(&which).cloned().unwrap_or_default())
    }

    /// Gives something for the chosen scenario.
    pub fn give(self, change: impl FnOnce(&mut Choices)) {
        let which = self.which.get_untracked();
        self.given.update(|given| change(given.entry(which).or_default()));
    }

    /// The scenario, where nothing is wrong with its text.
    pub fn scenario(self) -> Option<Arc<Scenario>> {
        self.reading.with(|reading| match reading {
            Reading::Gone => None,
            Reading::Read(verdict) => verdict.scenario().cloned(),
        })
    }

    /// The chosen scenario with what was given for it, so that a run can read it in another profile.
    pub fn readable(self) -> Option<Readable> {
        let which = self.which.get();
        Some(Readable { which, text: self.shelf.kept_text(which)?, given: self.given(which) })
    }

    /// Its classes, and when they take part.
    pub fn classes(self) -> Vec<(String, Presence)> {
        self.known.with(|(_, classes)| classes.clone())
    }

    /// The services beside the main one to which the named classes send requests.
    pub fn services(self, classes: &[String]) -> Vec<(String, Host)> {
        let scenario = self.scenario().and_then(|scenario| (*scenario).clone().with_classes(classes).ok());
        scenario.map(|scenario| scenario.further_services()).unwrap_or_default()
    }

    /// Why no run of it can start.
    pub fn problem(self) -> Option<String> {
        self.reading.with(|reading| match reading {
            Reading::Gone => Some("it is not here any more; choose another one".to_owned()),
            Reading::Read(Verdict::Wrong(problems)) => {
                let count = counted(problems.list.len() + problems.more, "problem", "problems");
                let first = problems.list.first().map_or("", |problem| problem.message.as_str());
                Some(format!("it has {count}: {first}"))
            }
            Reading::Read(Verdict::Wants(wants, _)) => {
                let words: Vec<_> = wants.iter().map(Want::words).collect();
                Some(format!("it needs {}", words.join(" and ")))
            }
            Reading::Read(Verdict::Right(_)) => None,
        })
    }

    /// Whether a run needs such a value, and has none.
    pub fn wants(self, is_it: impl Fn(&Want) -> bool) -> bool {
        self.reading.with(|reading| match reading {
            Reading::Read(Verdict::Wants(wants, _)) => wants.iter().any(is_it),
            Reading::Read(_) | Reading::Gone => false,
        })
    }

    /// The number of fields that keep the scenario from running.
    pub fn faults(self) -> usize {
        self.reading.with(|reading| match reading {
            Reading::Read(Verdict::Right(_)) => 0,
            Reading::Read(Verdict::Wants(wants, _)) => wants.len(),
            Reading::Read(Verdict::Wrong(_)) | Reading::Gone => 1,
        })
    }

    /// The names of all scenarios that can be chosen, in the order of the list.
    pub fn offers(self) -> Vec<(Which, String)> {
        self.shelf.kept.records.with(names)
    }
}

fn classes_of(reading: &Reading) -> Vec<(String, Presence)> {
    let Reading::Read(verdict) = reading else { return Vec::new() };
    let classes = verdict.scenario().into_iter().flat_map(|scenario| &scenario.classes);
    classes.map(|class| (class.name.clone(), class.presence)).collect()
}
