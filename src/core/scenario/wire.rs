//! The JSON form of the scenario inside the program, and the checks that make a [`Scenario`] of it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::model::class::{Number, Presence, Task, Tasks, UserClass, Variable};
use super::model::request::{
    Authorized, Body, OnFailure, ProgressRule, Redirects, RequestStep, RequestTemplate, StreamRules,
    TemplateId,
};
use super::model::scenario::{EntryId, EntryKey, EntryKind, Scenario, Service, ServiceId};
use super::model::step::Step;
use super::model::text::{Choice, Escape, Generator, Part, Slot, Source, Template};
use super::{Method, Reading};

/// Why a scenario's text was refused.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The text is not JSON, or its JSON does not have the form of a scenario.
    #[error("the scenario cannot be read: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A part of a class is missing or wrong.
    #[error("in class {class}: {problem}")]
    Class { class: String, problem: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireScenario {
    name: String,
    classes: Vec<WireClass>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireClass {
    name: String,
    #[serde(default = "one")]
    weight: u32,
    wait: String,
    /// Whether the class takes part only when it is named.
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    variables: Map<String, Value>,
    tasks: Vec<WireTask>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireTask {
    #[serde(default = "one")]
    weight: u32,
    /// The name of the entry that counts the request; the path when absent.
    name: Option<String>,
    method: Method,
    path: String,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Option<Value>,
    /// Whether the answer is an event stream.
    #[serde(default)]
    stream: bool,
}

const fn one() -> u32 {
    1
}

pub(super) fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    let wire: WireScenario = serde_json::from_str(text)?;
    let mut builder = Builder { entries: Vec::new(), ready_made: 0 };
    let classes = wire.classes.into_iter().map(|class| {
        let name = class.name.clone();
        builder.class(class).map_err(|problem| ScenarioError::Class { class: name, problem })
    });
    let classes = classes.collect::<Result<_, _>>()?;
    let Builder { entries, ready_made } = builder;
    Ok(Scenario {
        name: wire.name,
        about: String::new(),
        services: vec![Service { name: "gateway".to_owned(), url: None }],
        entries,
        data: Vec::new(),
        blobs: Vec::new(),
        classes,
        retry_budget: None,
        secrets: Vec::new(),
        ready_made,
    })
}

struct Builder {
    entries: Vec<EntryKey>,
    ready_made: usize,
}

impl Builder {
    fn class(&mut self, wire: WireClass) -> Result<UserClass, String> {
        let think_time = wire.wait.parse().map_err(|error: super::NotAThinkTime| error.to_string())?;
        let mut slots: Vec<String> = Vec::new();
        let mut variables = Vec::new();
        for (name, value) in &wire.variables {
            variables.push(Variable { slot: Slot(slots.len()), value: template(value, &slots)? });
            slots.push(name.clone());
        }
        let tasks = wire.tasks.into_iter().map(|task| self.task(task, &slots)).collect::<Result<_, _>>()?;
        Ok(UserClass {
            name: wire.name,
            presence: if wire.optional { Presence::Named } else { Presence::Default },
            number: Number::Weight(wire.weight),
            think_time,
            slots,
            variables,
            rows: Vec::new(),
            auth: None,
            on_start: Vec::new(),
            tasks: Tasks::Weighted(tasks),
            on_stop: Vec::new(),
            tags: Vec::new(),
        })
    }

    fn task(&mut self, wire: WireTask, slots: &[String]) -> Result<Task, String> {
        let name = wire.name.unwrap_or_else(|| wire.path.clone());
        let kind = EntryKind::Request(wire.method);
        let entry = self.entry(EntryKey { kind, name: name.clone() });
        let stream = wire.stream.then(|| StreamRules {
            cached_entry: self.entry(EntryKey { kind, name: format!("{name} (cached)") }),
            progress: ProgressRule::Free,
        });
        let headers = wire.headers.iter().map(|(name, value)| Ok((name.clone(), template(value, slots)?)));
        let reading = if wire.stream { Reading::Events } else { Reading::Whole };
        let body = wire.body.map(|body| template(&body, slots)).transpose()?;
        let mut request = RequestTemplate {
            id: None,
            service: ServiceId::MAIN,
            method: wire.method,
            path: template(&Value::String(wire.path), slots)?,
            headers: headers.collect::<Result<_, String>>()?,
            body: body.map_or(Body::None, Body::Text),
            reading,
        };
        if !request.has_blanks() {
            request.id = Some(TemplateId(self.ready_made));
            self.ready_made += 1;
        }
        let step = RequestStep {
            entry,
            request,
            timeout: reading.time_limit(),
            redirects: Redirects::Followed,
            expect: None,
            checks: Vec::new(),
            extractions: Vec::new(),
            stream,
            authorized: Authorized::Yes,
            retry: None,
            again: None,
            on_failure: OnFailure::Continue,
        };
        let steps = vec![Step::Request(Box::new(step))];
        Ok(Task { name, weight: wire.weight, tags: Vec::new(), think_time: None, steps })
    }

    fn entry(&mut self, key: EntryKey) -> EntryId {
        EntryId(self.entries.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.entries.push(key);
            self.entries.len() - 1
        }))
    }
}

/// Parses a JSON value as a template. A string is used without its quotes, any other value as its JSON text.
fn template(value: &Value, slots: &[String]) -> Result<Template, String> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while let Some((literal, tail)) = rest.split_once("${") {
        let (blank, tail) =
            tail.split_once('}').ok_or_else(|| format!("`{text}` has a `${{` without its `}}`"))?;
        if !literal.is_empty() {
            parts.push(Part::Text(literal.to_owned()));
        }
        let source = source(blank.trim(), slots).ok_or_else(|| format!("`${{{blank}}}` is no blank"))?;
        parts.push(Part::Blank { source, escape: Escape::Plain });
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(Template { parts })
}

fn source(blank: &str, slots: &[String]) -> Option<Source> {
    if blank == "uuid" {
        return Some(Source::Generator(Generator::Uuid));
    }
    if let Some(texts) = blank.strip_prefix("one of") {
        let texts = texts.split('|').map(|text| text.trim().to_owned()).collect();
        return Some(Source::Generator(Generator::Choice(Choice { texts, sums: Vec::new() })));
    }
    if let Some(range) = blank.strip_prefix("int ") {
        let (from, to) = range.split_once("..")?;
        let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        return Some(Source::Generator(Generator::Int { from, to }));
    }
    slots.iter().position(|name| name == blank).map(|place| Source::Slot(Slot(place)))
}
