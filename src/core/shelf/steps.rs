//! The steps of a task in words, one line each, nested as the steps are.

use super::conditions::{when, words};
use crate::core::scenario::model::class::UserClass;
use crate::core::scenario::model::request::{OnFailure, RequestStep};
use crate::core::scenario::model::scenario::{EntryId, Scenario, ServiceId};
use crate::core::scenario::model::step::{End, Poll, Repeat, Step, Times};
use crate::core::scenario::model::text::Slot;

/// A line, and how deep its step is nested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub depth: usize,
    pub text: String,
}

/// The steps of a class's task.
pub fn lines(steps: &[Step], class: &UserClass, scenario: &Scenario) -> Vec<Line> {
    let mut teller = Teller { class, scenario, lines: Vec::new() };
    teller.all(steps, 0);
    teller.lines
}

/// A row of the report as a step names it: `GET /api/plans`.
fn entry_name(id: EntryId, scenario: &Scenario) -> String {
    scenario.entries.get(id.0).map_or_else(String::new, |key| format!("{} {}", key.kind.as_str(), key.name))
}

struct Teller<'s> {
    class: &'s UserClass,
    scenario: &'s Scenario,
    lines: Vec<Line>,
}

impl Teller<'_> {
    fn all(&mut self, steps: &[Step], depth: usize) {
        steps.iter().for_each(|step| self.step(step, depth));
    }

    fn say(&mut self, depth: usize, text: impl Into<String>) {
        self.lines.push(Line { depth, text: text.into() });
    }

    fn block(&mut self, title: impl Into<String>, steps: &[Step], depth: usize) {
        self.say(depth, title);
        self.all(steps, depth + 1);
    }

    fn step(&mut self, step: &Step, depth: usize) {
        match step {
            Step::Request(request) => self.say(depth, self.request(request)),
            Step::Group { entry, steps } => {
                let name = self.scenario.entries.get(entry.0).map_or("", |key| &key.name);
                self.block(timed_together(name), steps, depth);
            }
            Step::Parallel(branches) => {
                self.say(depth, "at once:");
                for branch in branches {
                    self.all(branch, depth + 1);
                }
            }
            Step::If { condition, then, otherwise } => {
                let condition = when(condition, self.class, self.scenario);
                self.block(format!("{condition}:"), then, depth);
                if !otherwise.is_empty() {
                    self.block("otherwise:", otherwise, depth);
                }
            }
            Step::Repeat(repeat) => self.repeat(repeat, depth),
            Step::Poll(poll) => self.poll(poll, depth),
            Step::Set { slot, .. } => self.say(depth, format!("set {}", self.slot(*slot))),
            Step::Append { slot, .. } => self.say(depth, format!("add to {}", self.slot(*slot))),
            Step::Clear(slot) => self.say(depth, format!("empty {}", self.slot(*slot))),
            Step::NextRow(data) => {
                let name = self.scenario.data.get(data.0).map_or("", |data| &data.name);
                self.say(depth, format!("next row of {name}"));
            }
            Step::Wait(pause) => self.say(depth, format!("wait {pause}")),
            Step::End(end) => self.say(depth, ending(*end)),
        }
    }

    fn request(&self, step: &RequestStep) -> String {
        let mut said = vec![entry_name(step.entry, self.scenario)];
        if step.request.service != ServiceId::MAIN {
            said.extend(
                self.scenario
                    .services
                    .get(step.request.service.0)
                    .map(|service| format!("at {}", service.name)),
            );
        }
        said.extend(step.stream.map(|_| "a stream".to_owned()));
        let taken: Vec<_> = step.extractions.iter().map(|taken| self.slot(taken.into)).collect();
        said.extend((!taken.is_empty()).then(|| format!("takes {}", taken.join(", "))));
        said.extend((!step.checks.is_empty()).then(|| counted(step.checks.len(), "check", "checks")));
        said.extend(step.retry.as_ref().map(|retry| format!("up to {} attempts", retry.attempts)));
        said.extend(step.again.as_ref().map(|_| "sent several times with one key".to_owned()));
        match step.on_failure {
            OnFailure::Continue => {}
            OnFailure::EndTask => said.push("a failure ends the task".to_owned()),
            OnFailure::EndSession => said.push("a failure ends the session".to_owned()),
        }
        said.join(" · ")
    }

    fn repeat(&mut self, repeat: &Repeat, depth: usize) {
        let title = match &repeat.times {
            Times::Count { from, to } if from == to => {
                format!("{}:", counted(*from as usize, "time", "times"))
            }
            Times::Count { from, to } => format!("{from} to {to} times:"),
            Times::While { condition, at_most } => {
                let condition = words(condition, self.class, self.scenario);
                format!("as long as {condition}, at most {at_most} times:")
            }
            Times::ForEach { list, .. } => format!("for each of {}:", self.slot(*list)),
        };
        self.block(title, &repeat.steps, depth);
    }

    fn poll(&mut self, poll: &Poll, depth: usize) {
        let Poll { check, every, at_most, steps, .. } = poll;
        self.block(format!("until \"{check}\", every {every}, at most {at_most} times:"), steps, depth);
    }

    fn slot(&self, slot: Slot) -> &str {
        self.class.slots.get(slot.0).map_or("a value", String::as_str)
    }
}

/// The line of a group.
pub fn timed_together(name: &str) -> String {
    format!("{name}, timed together:")
}

const fn ending(end: End) -> &'static str {
    match end {
        End::Task => "end of the task",
        End::Session => "end of the session",
        End::User => "end of the user",
    }
}

/// `1 check`, `2 checks`.
pub fn counted(number: usize, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
