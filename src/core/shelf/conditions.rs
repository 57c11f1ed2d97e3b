//! Conditions in words, with the blanks as the file has them.

use crate::core::scenario::model::class::UserClass;
use crate::core::scenario::model::condition::Condition;
use crate::core::scenario::model::scenario::Scenario;
use crate::core::scenario::model::text::{LastAnswer, Part, Slot, Source, Template};

/// Stands for a secret value.
const MASK: &str = "***";

/// When a step is done: `in 10 % of cases`, `if ${state} == COMPLETED`.
pub fn when(condition: &Condition, class: &UserClass, scenario: &Scenario) -> String {
    match condition {
        Condition::Chance(share) => chance(*share),
        other => format!("if {}", words(other, class, scenario)),
    }
}

/// What must be so: `${state} == COMPLETED`.
pub fn words(condition: &Condition, class: &UserClass, scenario: &Scenario) -> String {
    Words { class, scenario }.of(condition)
}

fn chance(share: f64) -> String {
    // A share is typed in percent with few digits, and a binary fraction of it may have more. So it is rounded.
    format!("in {} % of cases", (share * 1e8).round() / 1e6)
}

struct Words<'s> {
    class: &'s UserClass,
    scenario: &'s Scenario,
}

impl Words<'_> {
    fn of(&self, condition: &Condition) -> String {
        match condition {
            Condition::Chance(share) => chance(*share),
            Condition::Filled(slot) => format!("{} exists", blank(self.slot(*slot))),
            Condition::Compare { left, comparison, right } => {
                format!("{} {} {}", self.text(left), comparison.sign(), self.text(right))
            }
            Condition::Matches { text, pattern } => format!("{} matches {}", self.text(text), pattern.0),
            Condition::Not(inner) => match &**inner {
                Condition::Filled(slot) => format!("{} is missing", blank(self.slot(*slot))),
                other => format!("not ({})", self.of(other)),
            },
            Condition::All(all) => self.joined(all, " and "),
            Condition::Any(any) => self.joined(any, " or "),
        }
    }

    fn joined(&self, conditions: &[Condition], word: &str) -> String {
        let part = |condition: &Condition| match condition {
            Condition::All(_) | Condition::Any(_) => format!("({})", self.of(condition)),
            other => self.of(other),
        };
        conditions.iter().map(part).collect::<Vec<_>>().join(word)
    }

    /// A text with its blanks; an empty one is shown as `""`, because it would not be seen.
    fn text(&self, template: &Template) -> String {
        let text: String = template.parts.iter().map(|part| self.part(part)).collect();
        if text.is_empty() { "\"\"".to_owned() } else { text }
    }

    fn part(&self, part: &Part) -> String {
        match part {
            Part::Text(text) => {
                let secrets = self.scenario.secrets.iter().filter(|secret| !secret.is_empty());
                secrets.fold(text.clone(), |text, secret| text.replace(secret.as_str(), MASK))
            }
            Part::Blank { source, .. } => self.source(source),
        }
    }

    fn source(&self, source: &Source) -> String {
        match source {
            Source::Slot(slot) => blank(self.slot(*slot)),
            Source::Pick(slot) => blank(&format!("pick {}", self.slot(*slot))),
            Source::Count(slot) => blank(&format!("count {}", self.slot(*slot))),
            Source::Column { data, column } => {
                let data = self.scenario.data.get(data.0);
                let name = data.map_or("data", |data| data.name.as_str());
                let column = data.and_then(|data| data.columns.get(*column)).map_or("", String::as_str);
                blank(&format!("{name}.{column}"))
            }
            Source::User => blank("user"),
            Source::Iteration => blank("iteration"),
            Source::Json(text) => text.clone(),
            Source::Last(LastAnswer::Status) => blank("last.status"),
            Source::Last(LastAnswer::LatencyMs) => blank("last.latency_ms"),
            Source::Last(LastAnswer::Cached) => blank("last.cached"),
            Source::Last(LastAnswer::Failed) => blank("last.failed"),
            Source::Generator(_) => "a drawn value".to_owned(),
        }
    }

    fn slot(&self, slot: Slot) -> &str {
        self.class.slots.get(slot.0).map_or("a value", String::as_str)
    }
}

fn blank(name: &str) -> String {
    format!("${{{name}}}")
}

#[cfg(test)]
mod tests {
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};
    use crate::core::shelf::steps::lines;

    /// The line of a step with this condition.
    fn said(condition: &str) -> String {
        let text = format!(
            "
scenario: a
settings:
  key: {{ env: KEY }}
users:
  A:
    variables: {{ state: new, id: 7 }}
    tasks:
      - task: t
        steps:
          - if: {condition}
            get: /
"
        );
        let choices = Choices { settings: vec![("key".into(), "s3cret".into())], ..Choices::default() };
        let scenario = read("a", &text, &choices, &Nothing).map_err(|p| p.to_string()).unwrap();
        let class = &scenario.classes[0];
        let crate::core::scenario::model::class::Tasks::Weighted(tasks) = &class.tasks else { panic!() };
        lines(&tasks[0].steps, class, &scenario)[0].text.clone()
    }

    #[test]
    fn conditions_are_said_as_the_file_has_them() {
        for (condition, words) in [
            ("chance 12.5 %", "in 12.5 % of cases:"),
            ("chance 7 %", "in 7 % of cases:"),
            ("${state} == COMPLETED", "if ${state} == COMPLETED:"),
            ("${last.status} >= 500", "if ${last.status} >= 500:"),
            ("${id} exists", "if ${id} exists:"),
            ("[\"${id} exists\", \"${state} != done\"]", "if ${id} exists and ${state} != done:"),
        ] {
            assert_eq!(said(condition), words, "{condition}");
        }
    }

    #[test]
    fn no_secret_is_said() {
        assert_eq!(said("${state} == x${key}"), "if ${state} == x***:");
    }
}
