//! What virtual users do: classes of users with their tasks, weights, think times and requests, as data.
//!
//! A text becomes a checked [`Scenario`] here. Nothing is sent and no clock is read. `template.rs` fills in the blanks
//! of a request; `oddiya.json` is the scenario inside the program.

pub mod method;
pub mod model;
pub mod reading;
pub mod template;
mod wire;

pub use method::Method;
pub use reading::Reading;

use std::cell::RefCell;
use std::str::FromStr;

use crate::core::base::rng::Rng;
use crate::core::base::units::{Micros, parse_duration};
use template::{Template, Values};

/// The scenario inside the program. It has the classes of Oddiya's locustfile.
const ODDIYA: &str = include_str!("oddiya.json");

/// Everything the virtual users of a run may do.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Scenario {
    /// The name in reports.
    pub name: String,
    /// The classes, in the order of the scenario's text.
    pub classes: Vec<UserClass>,
    /// Every pair of method and name that a task can send. A report has one entry for each.
    pub entries: Vec<EntryKey>,
}

impl Scenario {
    /// The longest time limit of all tasks' requests.
    pub fn longest_request(&self) -> Micros {
        let tasks = self.classes.iter().flat_map(|class| &class.tasks);
        tasks.map(|task| task.request.reading.time_limit()).max().unwrap_or_default()
    }
}

/// The method and name that identify an entry of the report. Requests with the same key are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EntryKey {
    pub method: Method,
    /// The path with its variable parts in braces, or a label.
    pub name: String,
}

/// Index of an [`EntryKey`] in [`Scenario::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct EntryId(pub usize);

/// A class of virtual users that have the same tasks.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct UserClass {
    /// The name on the command line.
    pub name: String,
    pub presence: Presence,
    /// The share of all users, relative to the weights of the other classes.
    pub weight: u32,
    /// The think time after each task.
    pub wait: Wait,
    /// The names and templates of the variables. They are drawn once in this order when a user starts.
    pub variables: Vec<(String, Template)>,
    /// The tasks of a user. It draws each next task by weight.
    pub tasks: Vec<Task>,
}

/// When a class takes part in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Presence {
    /// The class takes part when it is named, or when no class is named.
    Default,
    /// The class takes part only when it is named, because it needs another host than the other classes.
    Named,
}

/// One task of a user: a request to send.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Task {
    /// The share of the class's tasks, relative to the weights of the other tasks.
    pub weight: u32,
    pub request: RequestTemplate,
}

/// Identifies one of a scenario's request templates without blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TemplateId(usize);

/// A request whose texts may have blanks.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RequestTemplate {
    /// `Some` only when no text has blanks.
    id: Option<TemplateId>,
    pub entry: EntryId,
    pub method: Method,
    /// The path and the query, from the root of the host.
    pub path: Template,
    /// The names and values of the headers, in order.
    pub headers: Vec<(String, Template)>,
    pub body: Option<Template>,
    pub reading: Reading,
}

/// A request ready to be sent. Each user has one and fills it again for each task, so that its memory is reused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    pub method: Method,
    /// The path and the query, from the root of the host.
    pub path: String,
    /// The names and values of the headers, in order.
    pub headers: Vec<(String, String)>,
    /// The body; `None` sends neither a body nor `Content-Length`.
    pub body: Option<String>,
    pub reading: Reading,
    /// The template that filled this request last, if it has no blanks. The same template need not fill it again.
    pub filled_from: Option<TemplateId>,
    /// The bytes that a lane wrote for this request, so that it can send them again. Emptied when the request changes.
    pub written: RefCell<Vec<u8>>,
}

/// The range of the think time between two tasks, like `constant` and `between` in Locust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Wait {
    /// The shortest think time.
    pub from: Micros,
    /// The longest think time; equal to `from` when the think time is constant.
    pub to: Micros,
}

impl Wait {
    /// Draws a think time; every one in the range is equally likely.
    pub fn draw(self, rng: &mut Rng) -> Micros {
        self.from + Micros(rng.below(self.to.0.saturating_sub(self.from.0).saturating_add(1)))
    }
}

/// The text that is not a think time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no wait; write a duration (0, 1s, 500ms) or a range (1s..3s)")]
pub struct NotAWait(String);

impl FromStr for Wait {
    type Err = NotAWait;
    fn from_str(text: &str) -> Result<Self, NotAWait> {
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        let fail = |_| NotAWait(text.to_owned());
        let wait = Self { from: parse_duration(from).map_err(fail)?, to: parse_duration(to).map_err(fail)? };
        if wait.from <= wait.to { Ok(wait) } else { Err(NotAWait(text.to_owned())) }
    }
}

impl std::fmt::Display for Wait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.from == self.to { self.from.fmt(f) } else { write!(f, "{}..{}", self.from, self.to) }
    }
}

/// Why a scenario's text was refused.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The text is not JSON, or its JSON does not have the form of a scenario.
    #[error("the scenario cannot be read: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error("in class {class}: {problem}")]
    Template { class: String, problem: template::TemplateError },
    /// A required part of a class is missing or out of range.
    #[error("in class {class}: {problem}")]
    Class {
        class: String,
        /// A text that says what is wrong and what to write instead.
        problem: String,
    },
    /// The scenario has no class of the requested name.
    #[error("unknown user class `{name}`; this scenario has {}", known.join(", "))]
    UnknownClass {
        name: String,
        /// The names of the classes in the scenario.
        known: Vec<String>,
    },
}

impl Scenario {
    /// The scenario inside the program. It has `OddiyaUser`, `StressTestUser` and `DatabaseStressUser` of Oddiya's
    /// locustfile, and `PlanStreamUser` for the llm-agent, which takes part only when it is named.
    #[expect(clippy::expect_used, reason = "the text is part of the program, and a test reads it")]
    pub fn oddiya() -> Self {
        Self::parse(ODDIYA).expect("the shipped scenario is valid")
    }

    /// Reads and checks a scenario's text.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        wire::build(serde_json::from_str(text)?)
    }

    /// Keeps only the named classes, in the order of the scenario. Without a name it keeps the classes of
    /// [`Presence::Default`].
    pub fn with_classes(mut self, names: &[String]) -> Result<Self, ScenarioError> {
        let known: Vec<String> = self.classes.iter().map(|class| class.name.clone()).collect();
        if let Some(name) = names.iter().find(|name| !known.contains(name)) {
            return Err(ScenarioError::UnknownClass { name: name.clone(), known });
        }
        let takes_part = |class: &UserClass| match class.presence {
            Presence::Default => names.is_empty() || names.contains(&class.name),
            Presence::Named => names.contains(&class.name),
        };
        self.classes.retain(takes_part);
        self.drop_unused_entries();
        Ok(self)
    }

    /// Removes the entries that no task can send, so that a report has no rows for classes that do not take part.
    fn drop_unused_entries(&mut self) {
        let all = std::mem::take(&mut self.entries);
        let tasks = || self.classes.iter().flat_map(|class| &class.tasks);
        let used = |id: usize| tasks().any(|task| task.request.entry.0 == id);
        let kept: Vec<usize> = (0..all.len()).filter(|id| used(*id)).collect();
        for task in self.classes.iter_mut().flat_map(|class| &mut class.tasks) {
            let place = kept.iter().position(|id| *id == task.request.entry.0);
            task.request.entry = EntryId(place.unwrap_or_default());
        }
        self.entries =
            all.into_iter().enumerate().filter(|(id, _)| kept.contains(id)).map(|(_, key)| key).collect();
    }

    /// Gives every class the same think time, for `--think-time`.
    pub fn with_wait(mut self, wait: Wait) -> Self {
        self.classes.iter_mut().for_each(|class| class.wait = wait);
        self
    }

    /// Draws the class of an arrival by weight and returns its index.
    pub fn draw_class(&self, rng: &mut Rng) -> usize {
        let weights = || self.classes.iter().map(|class| u64::from(class.weight));
        let mut ticket = rng.below(weights().sum());
        let drawn = weights().position(|weight| {
            let hit = ticket < weight;
            ticket = ticket.saturating_sub(weight);
            hit
        });
        drawn.unwrap_or_default()
    }

    /// The index of the class of user number `user` (from 0). Classes alternate by weight, so that the first `n` users
    /// have nearly the right mix for every `n`.
    ///
    /// The method is smooth weighted round robin: the class that is furthest behind its share is next; on a tie it is
    /// the first of them.
    pub fn class_of(&self, user: u32) -> usize {
        let total: u64 = self.classes.iter().map(|class| u64::from(class.weight)).sum();
        let mut credits = vec![0i64; self.classes.len()];
        let mut chosen = 0;
        // The pattern repeats after `total` users.
        for _ in 0..=(u64::from(user) % total.max(1)) {
            for (credit, class) in credits.iter_mut().zip(&self.classes) {
                *credit += i64::from(class.weight);
            }
            let furthest_behind =
                credits.iter().enumerate().max_by_key(|(i, credit)| (**credit, std::cmp::Reverse(*i)));
            chosen = furthest_behind.map_or(0, |(i, _)| i);
            if let Some(credit) = credits.get_mut(chosen) {
                *credit -= total as i64;
            }
        }
        chosen
    }
}

impl UserClass {
    /// Draws the next task by weight. It is `None` only for a class without tasks, and parsing refuses such a class.
    pub fn draw_task(&self, rng: &mut Rng) -> Option<&Task> {
        let total: u64 = self.tasks.iter().map(|task| u64::from(task.weight)).sum();
        let mut ticket = rng.below(total);
        self.tasks.iter().find(|task| {
            let hit = ticket < u64::from(task.weight);
            ticket = ticket.saturating_sub(u64::from(task.weight));
            hit
        })
    }

    /// Draws the values of the variables of a new user.
    pub fn draw_variables(&self, rng: &mut Rng) -> Values {
        let mut values = Values::default();
        for (_, template) in &self.variables {
            let mut text = String::new();
            template.fill(&mut text, &values, rng);
            values.push(text);
        }
        values
    }
}

impl RequestTemplate {
    /// Fills the blanks and writes the result into `request`, whose memory is reused.
    pub fn fill(&self, request: &mut Request, values: &Values, rng: &mut Rng) {
        if self.id.is_some() && request.filled_from == self.id {
            return;
        }
        request.filled_from = self.id;
        request.written.get_mut().clear();
        request.method = self.method;
        request.reading = self.reading;
        self.path.fill(&mut request.path, values, rng);
        request.headers.resize_with(self.headers.len(), Default::default);
        for ((name, value), (name_template, value_template)) in request.headers.iter_mut().zip(&self.headers)
        {
            name.clone_from(name_template);
            value_template.fill(value, values, rng);
        }
        match &self.body {
            Some(template) => template.fill(request.body.get_or_insert_default(), values, rng),
            None => request.body = None,
        }
    }

    fn has_blanks(&self) -> bool {
        let values = self.headers.iter().map(|(_, value)| value);
        values.chain(&self.body).chain([&self.path]).any(Template::has_blanks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(class: &str, entry: &str, method: Method) -> Request {
        let scenario = Scenario::oddiya();
        let class = scenario.classes.iter().find(|c| c.name == class).unwrap();
        let id = scenario.entries.iter().position(|e| e.name == entry && e.method == method).unwrap();
        let task = class.tasks.iter().find(|t| t.request.entry == EntryId(id)).unwrap();
        let mut rng = Rng::new(1);
        let values = class.draw_variables(&mut rng);
        let mut request = Request::default();
        task.request.fill(&mut request, &values, &mut rng);
        request
    }

    #[test]
    fn the_shipped_scenario_is_oddiyas_locustfile() {
        let scenario = Scenario::oddiya().with_classes(&[]).unwrap();
        let classes: Vec<_> = scenario
            .classes
            .iter()
            .map(|c| {
                (c.name.as_str(), c.wait.to_string(), c.tasks.iter().map(|t| t.weight).collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            classes,
            [
                ("OddiyaUser", "1s..3s".to_owned(), vec![10, 5, 2, 1, 3]),
                ("StressTestUser", "100ms..500ms".to_owned(), vec![1, 1]),
                ("DatabaseStressUser", "500ms..1s".to_owned(), vec![3, 1]),
            ]
        );
        let names: Vec<_> =
            scenario.entries.iter().map(|e| format!("{} {}", e.method.as_str(), e.name)).collect();
        assert_eq!(
            names,
            [
                "GET /api/users/me",
                "GET /api/plans",
                "POST /api/plans",
                "POST /api/videos",
                "GET /api/videos/{id}",
                "GET /actuator/health"
            ]
        );
    }

    #[test]
    fn a_class_that_must_be_named_takes_part_only_when_it_is_named() {
        let named = Scenario::oddiya().with_classes(&["PlanStreamUser".to_owned()]).unwrap();
        let names: Vec<_> = named.classes.iter().map(|class| class.name.as_str()).collect();
        assert_eq!(
            (names, named.classes[0].wait.to_string()),
            (vec!["PlanStreamUser"], "10s..1m".to_owned())
        );
        let entries: Vec<_> = named.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(entries, ["/api/v1/plans/generate/stream"]);
        assert_eq!(named.classes[0].tasks[0].request.entry, EntryId(0));
        let both = ["StressTestUser", "PlanStreamUser"].map(str::to_owned);
        assert_eq!(Scenario::oddiya().with_classes(&both).unwrap().entries.len(), 3);
    }

    #[test]
    fn a_streamed_plan_has_the_request_of_the_app() {
        let request = filled("PlanStreamUser", "/api/v1/plans/generate/stream", Method::Post);
        assert_eq!(request.reading, Reading::Events);
        let body: serde_json::Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
        let keys: Vec<_> = body.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["location", "startDate", "endDate", "budget"]);
        let day = |field: &str| body[field].as_str().unwrap()[8..].parse::<u32>().unwrap();
        assert_eq!((day("endDate") - day("startDate"), &body["budget"]), (2, &"medium".into()));
        let whole = filled("OddiyaUser", "/api/plans", Method::Get);
        assert_eq!(whole.reading, Reading::Whole);
    }

    #[test]
    fn requests_have_the_locustfiles_headers_and_bodies() {
        let create = filled("OddiyaUser", "/api/videos", Method::Post);
        let header = |name: &str| create.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        assert!((1..=100).contains(&header("X-User-Id").unwrap().parse::<u32>().unwrap()));
        assert_eq!(header("Content-Type"), Some("application/json"));
        assert_eq!(header("Idempotency-Key").unwrap().len(), 36);
        assert_eq!(
            create.body.as_deref(),
            Some(
                r#"{"photoUrls":["https://example.com/photo1.jpg","https://example.com/photo2.jpg"],"template":"default"}"#
            )
        );
        let video = filled("OddiyaUser", "/api/videos/{id}", Method::Get);
        let id = video.path.strip_prefix("/api/videos/").unwrap().parse::<u32>().unwrap();
        assert!((1..=10).contains(&id));
        assert_eq!(video.body, None);
    }

    #[test]
    fn tasks_are_drawn_in_proportion_to_their_weights() {
        let scenario = Scenario::oddiya();
        let mut rng = Rng::new(3);
        let mut counts = [0u32; 6];
        for _ in 0..21_000 {
            counts[scenario.classes[0].draw_task(&mut rng).unwrap().request.entry.0] += 1;
        }
        for (count, weight) in counts.iter().zip([10, 5, 2, 1, 3, 0]) {
            assert!(count.abs_diff(weight * 1000) < 300, "{counts:?}");
        }
    }

    #[test]
    fn classes_interleave_so_that_every_prefix_has_the_mix() {
        let mut scenario = Scenario::oddiya().with_classes(&[]).unwrap();
        assert_eq!((0..6).map(|u| scenario.class_of(u)).collect::<Vec<_>>(), [0, 1, 2, 0, 1, 2]);
        scenario.classes[0].weight = 3;
        let first_five: Vec<_> = (0..5).map(|u| scenario.class_of(u)).collect();
        assert_eq!(first_five.iter().filter(|c| **c == 0).count(), 3, "{first_five:?}");
        assert_eq!((5..10).map(|u| scenario.class_of(u)).collect::<Vec<_>>(), first_five);
    }

    #[test]
    fn an_unknown_class_is_named_with_the_known_ones() {
        let error = Scenario::oddiya().with_classes(&["OddyaUser".to_owned()]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown user class `OddyaUser`; this scenario has OddiyaUser, StressTestUser, DatabaseStressUser, \
             PlanStreamUser"
        );
    }

    #[test]
    fn think_times_read_and_write_as_people_write_them() {
        for text in ["0ms", "1s", "500ms", "1s..3s"] {
            assert_eq!(text.parse::<Wait>().unwrap().to_string(), text);
        }
        for text in ["", "3s..1s", "1s..", "..", "x", "1s...3s", "-1"] {
            assert!(text.parse::<Wait>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_drawn_think_time_is_in_its_range() {
        let wait: Wait = "100ms..500ms".parse().unwrap();
        let mut rng = Rng::new(5);
        assert!((0..1000).all(|_| (wait.from..=wait.to).contains(&wait.draw(&mut rng))));
    }
}
