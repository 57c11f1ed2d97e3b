//! What a right scenario says, in words: its services, classes with their shares, tasks with their steps, and the rows that
//! its report will have.

use super::steps::{Line, counted, lines};
use crate::core::scenario::Scenario;
use crate::core::scenario::model::class::{Next, Number, Presence, State, Task, Tasks, UserClass};
use crate::core::scenario::model::data::RowOrder;

/// A scenario in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub about: String,
    /// One line each: `gateway: http://localhost:8080`.
    pub services: Vec<String>,
    pub classes: Vec<ToldClass>,
    /// One line for each set of rows.
    pub data: Vec<String>,
    /// The rows of the report: `GET /api/plans`.
    pub entries: Vec<String>,
}

/// A class in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldClass {
    pub name: String,
    /// How many users, and how long they think.
    pub line: String,
    pub parts: Vec<Part>,
}

/// A task, or what is done when a session starts or ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub title: String,
    /// How often the task is done: `48 % of tasks`.
    pub note: String,
    pub lines: Vec<Line>,
    /// The number of lines that are left out.
    pub more: usize,
}

/// The most lines of a task. A file may have thousands of steps, more than anybody reads here.
const MOST_LINES: usize = 60;

/// Puts a scenario into words.
pub fn told(scenario: &Scenario) -> Told {
    let service = |(index, service): (usize, &crate::core::scenario::model::scenario::Service)| match (
        &service.url,
        index,
    ) {
        (Some(url), 0) => format!("{}: {url}, unless the form's host is another", service.name),
        (Some(url), _) => format!("{}: {url}", service.name),
        (None, 0) => format!("{}: the host of the form", service.name),
        (None, _) => format!("{}: its address must be given", service.name),
    };
    let data = |data: &crate::core::scenario::model::data::DataSet| {
        let order = match data.order {
            RowOrder::Sequential => "one after the other",
            RowOrder::Shuffled => "shuffled",
            RowOrder::Random => "at random",
            RowOrder::Unique => "each user its own",
        };
        format!("{}: {}, {order}", data.name, counted(data.rows.len(), "row", "rows"))
    };
    Told {
        about: scenario.about.clone(),
        services: scenario.services.iter().enumerate().map(service).collect(),
        classes: scenario.classes.iter().map(|known| class(known, scenario)).collect(),
        data: scenario.data.iter().map(data).collect(),
        entries: scenario.entries.iter().map(|key| format!("{} {}", key.kind.as_str(), key.name)).collect(),
    }
}

fn class(class: &UserClass, scenario: &Scenario) -> ToldClass {
    let who = match (class.number, class.presence) {
        (Number::Fixed(number), _) => counted(number as usize, "user", "users"),
        (Number::Weight(_), Presence::Named) => "only when it is ticked".to_owned(),
        (Number::Weight(weight), Presence::Default) => {
            format!("{} of users", share(weight, weights(scenario)))
        }
    };
    let start = part("When a session starts", String::new(), &class.on_start, class, scenario);
    let stop = part("When it ends", String::new(), &class.on_stop, class, scenario);
    let mut parts: Vec<Part> = (!class.on_start.is_empty()).then_some(start).into_iter().collect();
    parts.extend(tasks(class, scenario));
    parts.extend((!class.on_stop.is_empty()).then_some(stop));
    ToldClass { name: class.name.clone(), line: format!("{who}, think time {}", class.think_time), parts }
}

/// The weights of the classes that take part unless others are ticked.
fn weights(scenario: &Scenario) -> u64 {
    let weight = |class: &UserClass| match (class.number, class.presence) {
        (Number::Weight(weight), Presence::Default) => u64::from(weight),
        _ => 0,
    };
    scenario.classes.iter().map(weight).sum()
}

fn tasks(class: &UserClass, scenario: &Scenario) -> Vec<Part> {
    let one = |task: &Task, note: String| part(&task.name, note, &task.steps, class, scenario);
    match &class.tasks {
        Tasks::Weighted(tasks) => {
            let all = tasks.iter().map(|task| u64::from(task.weight)).sum();
            tasks.iter().map(|task| one(task, format!("{} of tasks", share(task.weight, all)))).collect()
        }
        Tasks::Sequence(tasks) => {
            let numbered = tasks.iter().enumerate();
            numbered
                .map(|(index, task)| one(task, format!("{} of {} in turn", index + 1, tasks.len())))
                .collect()
        }
        Tasks::States(states) => {
            states.iter().map(|state| one(&state.task, format!("then {}", ways(state, states)))).collect()
        }
    }
}

fn ways(state: &State, states: &[State]) -> String {
    let all = state.next.iter().map(|way| u64::from(way.weight)).sum();
    let way = |way: &crate::core::scenario::model::class::Way| {
        let to = match way.to {
            Next::State(index) => states.get(index).map_or("", |state| state.task.name.as_str()),
            Next::EndOfSession => "the end",
        };
        format!("{to} ({})", share(way.weight, all))
    };
    state.next.iter().map(way).collect::<Vec<_>>().join(", ")
}

fn part(
    title: &str,
    note: String,
    steps: &[crate::core::scenario::model::step::Step],
    class: &UserClass,
    scenario: &Scenario,
) -> Part {
    let mut lines = lines(steps, class, scenario);
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    Part { title: title.to_owned(), note, lines, more }
}

fn share(part: u32, all: u64) -> String {
    let percent = f64::from(part) / all.max(1) as f64 * 100.0;
    if percent > 0.0 && percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};

    const TEXT: &str = "
scenario: shop
about: A shop and its till.
services:
  shop: http://localhost:8080
  till: http://localhost:8081
data:
  items: { order: shuffled, rows: [{ id: 1 }, { id: 2 }] }
users:
  Buyer:
    weight: 3
    think_time: 1s..3s
    on_start:
      - post: /login
        extract: { token: $.token }
        on_failure: end session
    tasks:
      - weight: 3
        get: /items
      - task: buy
        steps:
          - group: buying
            steps:
              - parallel:
                  - get: /a
                  - get: /b
                    service: till
              - repeat: 1..5
                steps:
                  - get: /again
                    checks: [$.ok exists, size 1..9]
          - if: chance 10 %
            get: /rare
          - wait: 2s
          - end: session
  Clerk:
    weight: 1
    sequence:
      - get: /one
      - get: /two
  Boss:
    optional: true
    states:
      first:
        steps: [{ get: /x }]
        next: { second: 3, end: 1 }
      second:
        steps: [{ get: /y }]
        next: { first: 1 }
";

    fn scenario() -> Scenario {
        read("shop", TEXT, &Choices::default(), &Nothing).map_err(|problems| problems.to_string()).unwrap()
    }

    #[test]
    fn classes_are_told_with_their_shares_and_tasks() {
        let told = told(&scenario());
        let lines: Vec<_> =
            told.classes.iter().map(|class| format!("{}: {}", class.name, class.line)).collect();
        assert_eq!(lines[0], "Buyer: 75 % of users, think time 1s..3s");
        assert!(lines[1].starts_with("Clerk: 25 % of users"), "{lines:?}");
        assert!(lines[2].starts_with("Boss: only when it is ticked"), "{lines:?}");
        let notes = |class: usize| {
            told.classes[class]
                .parts
                .iter()
                .map(|part| format!("{}: {}", part.title, part.note))
                .collect::<Vec<_>>()
        };
        assert_eq!(notes(0), ["When a session starts: ", "/items: 75 % of tasks", "buy: 25 % of tasks"]);
        assert_eq!(notes(1), ["/one: 1 of 2 in turn", "/two: 2 of 2 in turn"]);
        assert_eq!(notes(2), ["first: then second (75 %), the end (25 %)", "second: then first (100 %)"]);
    }

    #[test]
    fn steps_are_told_nested_as_they_are() {
        let told = told(&scenario());
        let line = |line: &Line| format!("{}{}", "  ".repeat(line.depth), line.text);
        let login: Vec<_> = told.classes[0].parts[0].lines.iter().map(line).collect();
        assert_eq!(login, ["POST /login · takes token · a failure ends the session"]);
        let buy: Vec<_> = told.classes[0].parts[2].lines.iter().map(line).collect();
        assert_eq!(
            buy,
            [
                "buying, timed together:",
                "  at once:",
                "    GET /a",
                "    GET /b · at till",
                "  1 to 5 times:",
                "    GET /again · 2 checks",
                "in 10 % of cases:",
                "  GET /rare",
                "wait 2s",
                "end of the session",
            ]
        );
    }

    #[test]
    fn services_data_and_rows_are_told() {
        let told = told(&scenario());
        assert_eq!(
            told.services,
            ["shop: http://localhost:8080, unless the form's host is another", "till: http://localhost:8081"]
        );
        assert_eq!(told.data, ["items: 2 rows, shuffled"]);
        assert!(told.entries.contains(&"GROUP buying".to_owned()), "{:?}", told.entries);
    }

    #[test]
    fn the_lines_of_a_long_task_are_bounded_and_the_rest_is_counted() {
        let steps = "          - get: /a\n".repeat(100);
        let text =
            format!("scenario: a\nusers:\n  A:\n    tasks:\n      - task: long\n        steps:\n{steps}");
        let scenario = read("a", &text, &Choices::default(), &Nothing).map_err(|p| p.to_string()).unwrap();
        let long = &told(&scenario).classes[0].parts[0];
        assert_eq!((long.lines.len(), long.more), (60, 40));
    }
}
