//! Reads the tasks of a class: by weight, in sequence, or as a state machine.

use super::fields::Standing;
use super::repeats::number;
use super::steps::Steps;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::wire::class::{WireClass, WireState};
use crate::core::scenario::file::wire::forms::{Fields, List, Scalar};
use crate::core::scenario::file::wire::step::WireStep;
use crate::core::scenario::model::class::{Next, State, Task, Tasks, Way};

const HIGHEST_WEIGHT: u32 = 1_000_000;
/// Weights of ways have three digits after the point.
const WAY_UNITS: f64 = 1_000.0;
/// What a state is called that ends the session.
const END: &str = "end";

/// Reads the tasks; `None` after a problem that leaves none.
pub fn read(name: &At<String>, wire: &WireClass, steps: &Steps) -> Option<Tasks> {
    let given = [wire.tasks.is_some(), wire.sequence.is_some(), wire.states.is_some()];
    let trouble = steps.shop.trouble;
    if given.iter().filter(|given| **given).count() > 1 {
        trouble.about(name, "a class has one of `tasks`, `sequence` and `states`; keep one of them");
        return None;
    }
    let tasks = if let Some(tasks) = &wire.tasks {
        Tasks::Weighted(list(&tasks.value, steps))
    } else if let Some(sequence) = &wire.sequence {
        Tasks::Sequence(list(&sequence.value, steps))
    } else if let Some(states) = &wire.states {
        Tasks::States(read_states(&states.value, steps))
    } else {
        trouble.about(name, "the class does nothing; write one or more steps under `tasks:`");
        return None;
    };
    let written = [wire.tasks.as_ref(), wire.sequence.as_ref()]
        .into_iter()
        .flatten()
        .any(|list| !list.value.0.is_empty());
    let none_written = !written && wire.states.as_ref().is_none_or(|states| states.value.0.is_empty());
    if none_written {
        trouble.about(name, "the class has no tasks; write one or more steps under `tasks:`");
    }
    Some(tasks)
}

fn list(wires: &List<WireStep>, steps: &Steps) -> Vec<Task> {
    wires.0.iter().filter_map(|wire| task(wire, steps)).collect()
}

fn task(wire: &WireStep, steps: &Steps) -> Option<Task> {
    let weight = match &wire.weight {
        Some(weight) => number(weight, "the weight", 1, HIGHEST_WEIGHT, steps.shop.trouble)?,
        None => 1,
    };
    let read = steps.one(wire, Standing::Task);
    let paths = [&wire.get, &wire.post, &wire.put, &wire.patch, &wire.delete, &wire.head];
    let names =
        [&wire.task, &wire.group, &wire.name].into_iter().chain(paths).chain([&wire.block, &wire.poll]);
    let name = names.flatten().next().map_or_else(String::new, |name| name.value.clone());
    let tags = wire.tags.as_ref().map(|tags| tags.value.clone()).unwrap_or_default();
    Some(Task { name, weight, tags, think_time: steps.think_time(wire.think_time.as_ref()), steps: read })
}

fn read_states(wires: &Fields<WireState>, steps: &Steps) -> Vec<State> {
    wires.0.iter().map(|(name, wire)| state(name, wire, wires, steps)).collect()
}

fn state(name: &At<String>, wire: &WireState, all: &Fields<WireState>, steps: &Steps) -> State {
    let trouble = steps.shop.trouble;
    if name.value == END {
        trouble.about(name, "`end` is the end of the session; choose another name for this state");
    }
    if wire.next.0.is_empty() {
        trouble.about(name, "the state has no way out; write `next: { end: 1 }` to end the session after it");
    }
    let task = Task {
        name: name.value.clone(),
        weight: 1,
        tags: wire.tags.clone(),
        think_time: steps.think_time(wire.think_time.as_ref()),
        steps: steps.list(&wire.steps),
    };
    let next = wire.next.0.iter().filter_map(|(to, weight)| way(to, weight, all, steps)).collect();
    State { task, next }
}

fn way(to: &At<String>, weight: &At<Scalar>, all: &Fields<WireState>, steps: &Steps) -> Option<Way> {
    let trouble = steps.shop.trouble;
    let known = all.0.iter().map(|(name, _)| name.value.as_str());
    let next = match known.clone().position(|known| known == to.value) {
        Some(state) => Some(Next::State(state)),
        None if to.value == END => Some(Next::EndOfSession),
        None => {
            let message =
                format!("no state `{}`; {}", to.value, trouble.instead(&to.value, known.chain([END])));
            trouble.about(to, message);
            None
        }
    };
    let text = weight.value.text.trim();
    let units =
        text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>().ok().map(|weight| weight * WAY_UNITS);
    let units = units.filter(|units| (1.0..=f64::from(HIGHEST_WEIGHT) * WAY_UNITS).contains(units));
    if units.is_none() {
        let message = format!("`{text}` is no weight; write a number above 0, such as `30` or `30 %`");
        trouble.within(weight.place, text, message);
    }
    Some(Way { weight: units?.round() as u32, to: next? })
}
