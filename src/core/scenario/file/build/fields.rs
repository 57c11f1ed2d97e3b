//! Which fields a step may have together: each kind of step has its own, and a step is of one kind.

use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::trouble::Trouble;
use crate::core::scenario::file::wire::step::WireStep;
use crate::core::scenario::method::Method;

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Request(Method),
    Group,
    Task,
    Parallel,
    /// `if` with `then` or `else`.
    Choice,
    Repeat,
    While,
    ForEach,
    Poll,
    Set,
    Append,
    Clear,
    NextRow,
    Wait,
    End,
    Block,
    /// Only `steps`: a branch of `parallel`.
    Branch,
}

impl Kind {
    /// Whether it has steps within.
    pub const fn has_steps(self) -> bool {
        matches!(
            self,
            Self::Group
                | Self::Task
                | Self::Parallel
                | Self::Choice
                | Self::Repeat
                | Self::While
                | Self::ForEach
                | Self::Poll
                | Self::Block
                | Self::Branch
        )
    }
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In a class's list of tasks, where a step has a weight, tags and a think time of its own.
    Task,
    /// Among the branches of `parallel`.
    Branch,
    /// In any other list.
    Step,
}

/// The fields of a request, besides its method.
const REQUEST: &[&str] = &[
    "name",
    "service",
    "query",
    "headers",
    "json",
    "text",
    "form",
    "multipart",
    "timeout",
    "redirects",
    "expect",
    "checks",
    "extract",
    "stream",
    "holds_plan",
    "auth",
    "retry",
    "again",
    "on_failure",
];

/// The field that shows the kind of a step, and the fields that may stand beside it.
const KINDS: [(&str, Kind, &[&str]); 22] = [
    ("get", Kind::Request(Method::Get), REQUEST),
    ("post", Kind::Request(Method::Post), REQUEST),
    ("put", Kind::Request(Method::Put), REQUEST),
    ("patch", Kind::Request(Method::Patch), REQUEST),
    ("delete", Kind::Request(Method::Delete), REQUEST),
    ("head", Kind::Request(Method::Head), REQUEST),
    ("group", Kind::Group, &["steps"]),
    ("task", Kind::Task, &["steps"]),
    ("parallel", Kind::Parallel, &[]),
    ("repeat", Kind::Repeat, &["steps"]),
    ("while", Kind::While, &["steps", "at_most"]),
    ("for_each", Kind::ForEach, &["steps", "as"]),
    ("poll", Kind::Poll, &["steps", "until", "every", "at_most", "within", "given_up"]),
    ("set", Kind::Set, &[]),
    ("append", Kind::Append, &[]),
    ("clear", Kind::Clear, &[]),
    ("next_row", Kind::NextRow, &[]),
    ("wait", Kind::Wait, &[]),
    ("end", Kind::End, &[]),
    ("do", Kind::Block, &[]),
    ("then", Kind::Choice, &["else"]),
    ("else", Kind::Choice, &["then"]),
];

/// What a step is, once its fields are found to belong together; `None` after a problem.
pub fn kind(step: &WireStep, standing: Standing, trouble: &Trouble) -> Option<Kind> {
    let has = |field: &str| step.keys.iter().any(|key| key.value == field);
    let shown: Vec<_> = step.keys.iter().filter_map(|key| Some((key, own(&key.value)?))).collect();
    let Some((first, (field, kind, beside))) = shown.first().map(|(key, found)| (*key, **found)) else {
        return kind_of_none(step, standing, trouble);
    };
    if let Some((key, _)) = shown.iter().find(|(_, (_, other, _))| *other != kind) {
        let message = "a step does one thing, and this one has";
        trouble.about(key, format!("{message} `{field}` already; begin another step with `-`"));
        return None;
    }
    if kind == Kind::Choice && !has("if") {
        trouble.about(first, format!("`{field}` needs `if: CONDITION` beside it"));
        return None;
    }
    if kind == Kind::Task && standing != Standing::Task {
        let message =
            "`task` belongs to the list of a class; within a task write `group: NAME`, or leave it out";
        trouble.about(first, message);
        return None;
    }
    let belongs =
        |name: &str| name == field || beside.contains(&name) || (name == "if" && kind != Kind::Task);
    let wrong = step.keys.iter().filter_map(|key| Some((key, misplaced(key, field, standing, &belongs)?)));
    let wrong: Vec<_> = wrong.collect();
    wrong.iter().for_each(|(key, message)| trouble.about(key, message.clone()));
    wrong.is_empty().then_some(kind)
}

/// The kind that a field shows.
fn own(name: &str) -> Option<&'static (&'static str, Kind, &'static [&'static str])> {
    KINDS.iter().find(|(field, ..)| *field == name)
}

/// The kind of a step without a field that shows one: a branch, or `None` after a problem.
fn kind_of_none(step: &WireStep, standing: Standing, trouble: &Trouble) -> Option<Kind> {
    let has = |field: &str| step.keys.iter().any(|key| key.value == field);
    if has("steps") && standing == Standing::Branch {
        return Some(Kind::Branch);
    }
    // An unknown field is a problem already, and was probably meant to say what the step does.
    let is_unknown = |key: &At<String>| !is_known(&key.value) && !key.value.starts_with("x-");
    if step.keys.iter().any(is_unknown) {
        return None;
    }
    // A step without any field was refused when the text was read.
    trouble.about(step.keys.first()?, nothing_to_do(step));
    None
}

/// The problem of a field that stands beside the one that shows the step's kind; `None` when it belongs there.
fn misplaced(
    key: &At<String>,
    field: &str,
    standing: Standing,
    belongs: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let name = key.value.as_str();
    if matches!(name, "weight" | "tags" | "think_time") {
        let message =
            || format!("`{name}` belongs to a task in the list of a class, not to a step within it");
        return (standing != Standing::Task).then(message);
    }
    let is_right = belongs(name) || name.starts_with("x-") || !is_known(name);
    (!is_right).then(|| format!("`{name}` does not belong to `{field}`; {}", home(name)))
}

/// Whether a field is one of a step's at all; another one is a problem already.
fn is_known(name: &str) -> bool {
    let beside = KINDS.iter().any(|(field, _, beside)| *field == name || beside.contains(&name));
    beside || matches!(name, "if" | "weight" | "tags" | "think_time")
}

/// Where a field belongs.
fn home(name: &str) -> String {
    if REQUEST.contains(&name) {
        return "it belongs to a request, such as `get: /path`".to_owned();
    }
    let homes: Vec<_> = KINDS
        .iter()
        .filter(|(_, _, beside)| beside.contains(&name))
        .map(|(field, ..)| format!("`{field}`"))
        .collect();
    if homes.is_empty() { "leave it out".to_owned() } else { format!("it belongs to {}", homes.join(", ")) }
}

fn nothing_to_do(step: &WireStep) -> String {
    let has = |field: &str| step.keys.iter().any(|key| key.value == field);
    if has("if") {
        return "`if` needs something to do: `then: […]` or, beside it, a step such as `get: /path`"
            .to_owned();
    }
    if has("steps") {
        return "`steps` needs to be told what for: `group: NAME`, `repeat: 3`, `poll: NAME`, …".to_owned();
    }
    "this step does nothing; write what it does, such as `get: /path`, `set:` or `wait: 1s`".to_owned()
}
