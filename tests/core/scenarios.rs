//! Builds scenarios for tests step by step, and runs them in virtual time against a scripted host.

use std::cell::RefCell;
use std::rc::Rc;

use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::{Entry, Report};
use oddiya_load::core::run::coordinator::Coordinator;
use oddiya_load::core::run::record::Record;
use oddiya_load::core::run::sim::Reply;
use oddiya_load::core::scenario::model::answer::{
    Check, Extraction, JsonPath, Missing, Place, Segment, Take, Test,
};
use oddiya_load::core::scenario::model::class::{Number, Presence, Task, Tasks, UserClass};
use oddiya_load::core::scenario::model::request::{
    Authorized, Body, OnFailure, ProgressRule, Redirects, RequestStep, RequestTemplate, Statuses, StreamRules,
};
use oddiya_load::core::scenario::model::scenario::Service;
use oddiya_load::core::scenario::model::step::Step;
use oddiya_load::core::scenario::model::text::{Escape, Part, Slot, Source, Template};
use oddiya_load::core::scenario::{
    EntryId, EntryKey, EntryKind, Method, Reading, Scenario, ServiceId, ThinkTime,
};

use crate::world::{generator, posted};

/// A request that was sent: when, by whom, and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub at_ms: u64,
    pub user: u32,
    /// Method and path.
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Sent {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Collects the entries of a scenario while its steps are made.
#[derive(Default)]
pub struct Plan {
    entries: Vec<EntryKey>,
}

impl Plan {
    fn entry(&mut self, kind: EntryKind, name: &str) -> EntryId {
        let key = EntryKey { kind, name: name.to_owned() };
        EntryId(self.entries.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.entries.push(key);
            self.entries.len() - 1
        }))
    }

    pub fn request(&mut self, method: Method, path: &str) -> RequestStep {
        let entry = self.entry(EntryKind::Request(method), path);
        let request = RequestTemplate {
            id: None,
            service: ServiceId::MAIN,
            method,
            path: Template::plain(path),
            headers: Vec::new(),
            body: Body::None,
            reading: Reading::Whole,
        };
        RequestStep {
            entry,
            request,
            timeout: Micros::from_secs(30),
            redirects: Redirects::Followed,
            expect: None,
            checks: Vec::new(),
            extractions: Vec::new(),
            stream: None,
            authorized: Authorized::Yes,
            retry: None,
            again: None,
            on_failure: OnFailure::Continue,
            plan: None,
        }
    }

    pub fn get(&mut self, path: &str) -> RequestStep {
        self.request(Method::Get, path)
    }

    pub fn stream(&mut self, path: &str, progress: ProgressRule) -> RequestStep {
        let mut step = self.request(Method::Post, path);
        step.request.reading = Reading::Events;
        let cached = self.entry(EntryKind::Request(Method::Post), &format!("{path} (cached)"));
        step.stream = Some(StreamRules { cached_entry: cached, progress });
        step.timeout = Micros::from_secs(120);
        step
    }

    pub fn group(&mut self, name: &str, steps: Vec<Step>) -> Step {
        Step::Group { entry: self.entry(EntryKind::Group, name), steps }
    }

    /// A scenario of one class without think time that does these steps as its one task.
    pub fn of(self, steps: Vec<Step>) -> Scenario {
        self.with(class(vec![task("task", steps)], 8))
    }

    /// A scenario of this class.
    pub fn with(self, class: UserClass) -> Scenario {
        Scenario {
            name: "test".to_owned(),
            about: String::new(),
            profile: None,
            services: vec![Service { name: "gateway".to_owned(), url: None }],
            entries: self.entries,
            data: Vec::new(),
            blobs: Vec::new(),
            classes: vec![class],
            retry_budget: None,
            secrets: Vec::new(),
            ready_made: 0,
        }
    }
}

pub fn task(name: &str, steps: Vec<Step>) -> Task {
    Task { name: name.to_owned(), weight: 1, tags: Vec::new(), think_time: None, steps }
}

pub fn class(tasks: Vec<Task>, slots: usize) -> UserClass {
    UserClass {
        name: "User".to_owned(),
        presence: Presence::Default,
        number: Number::Weight(1),
        think_time: ThinkTime::NONE,
        slots: (0..slots).map(|slot| format!("slot{slot}")).collect(),
        variables: Vec::new(),
        rows: Vec::new(),
        auth: None,
        on_start: Vec::new(),
        tasks: Tasks::Weighted(tasks),
        on_stop: Vec::new(),
        tags: Vec::new(),
    }
}

pub fn step(request: RequestStep) -> Step {
    Step::Request(Box::new(request))
}

pub fn blank(slot: usize) -> Part {
    Part::Blank { source: Source::Slot(Slot(slot)), escape: Escape::Plain }
}

/// A text with a value in it.
pub fn with_slot(before: &str, slot: usize, after: &str) -> Template {
    Template { parts: vec![Part::Text(before.to_owned()), blank(slot), Part::Text(after.to_owned())] }
}

pub fn path(fields: &[&str]) -> JsonPath {
    JsonPath(fields.iter().map(|field| Segment::Field((*field).to_owned())).collect())
}

pub fn extract(into: usize, from: Place) -> Extraction {
    Extraction {
        into: Slot(into),
        from,
        take: Take::First,
        missing: Missing::Fail,
        check: format!("extract slot{into}"),
    }
}

pub fn check(name: &str, test: Test) -> Check {
    Check { name: name.to_owned(), test }
}

pub fn statuses(of: &[u16]) -> Statuses {
    Statuses { ranges: of.iter().map(|status| (*status, *status)).collect() }
}

/// A reply with a body.
pub fn json(after_ms: u64, status: u16, body: &str) -> Reply {
    Reply {
        after: Micros::from_millis(after_ms),
        outcome: Ok(status),
        body: body.to_owned(),
        ..Reply::default()
    }
}

/// The configuration of so many users for so long; the rest as given.
pub fn config(scenario: Scenario, users: u32, run_time: &str) -> RunConfig {
    let text = RunConfigText {
        users: users.to_string(),
        spawn_rate: "1000".to_owned(),
        run_time: run_time.to_owned(),
        ..RunConfigText::default()
    };
    RunConfig { scenario, ..text.check(2026).unwrap() }
}

/// Runs a configuration on one shard. Returns the report and every request in the order in which it was sent.
pub fn run(
    config: &RunConfig,
    script: impl Fn(&Sent, &Request) -> Reply + Clone + 'static,
) -> (Report, Vec<Sent>) {
    let log = Rc::new(RefCell::new(Vec::new()));
    let written = Rc::clone(&log);
    let answer = move |user: u32, now: Micros, request: &Request| {
        let sent = Sent {
            at_ms: now.0 / 1_000,
            user,
            line: format!("{} {}", request.method.as_str(), request.path),
            headers: request.headers.clone(),
            body: request.body_text().unwrap_or_default().into_owned(),
        };
        let reply = script(&sent, request);
        written.borrow_mut().push(sent);
        reply
    };
    let (snapshots, stopped) = posted(config, 1, answer);
    let mut run = Coordinator::new(config, generator(1), "2026-01-01T00:00:00Z".to_owned());
    snapshots.into_iter().for_each(|snapshot| run.on_record(Record::Second(Box::new(snapshot))));
    run.finish(stopped, stopped);
    let report = run.final_report();
    let sent = log.borrow().clone();
    (report, sent)
}

/// The row of a report.
pub fn row<'a>(report: &'a Report, name: &str) -> &'a Entry {
    let all = report.requests.iter().chain(&report.groups);
    all.into_iter().find(|entry| entry.name == name).unwrap()
}

/// The median of a row in milliseconds.
pub fn p50(entry: &Entry) -> f64 {
    entry.latency_ms.as_ref().unwrap().figures.p50.unwrap()
}

pub fn lines(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|sent| sent.line.as_str()).collect()
}

/// The failures of a report as `name: kind detail ×count`.
pub fn failures(report: &Report) -> Vec<String> {
    let failures = report.failures.iter();
    failures.map(|row| format!("{}: {:?} {} x{}", row.name, row.kind, row.detail, row.count)).collect()
}
