//! The JSON form of a scenario, and the checks that make a [`Scenario`] of it.
//!
//! Only this file knows the JSON form. A [`Scenario`] that it returns is valid. What a user does with it is not here.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::template::Template;
use super::{
    EntryId, EntryKey, Method, Presence, Reading, RequestTemplate, Scenario, ScenarioError, Task, TemplateId,
    UserClass,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WireScenario {
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

/// Checks the parsed JSON and resolves the names of variables.
pub(super) fn build(wire: WireScenario) -> Result<Scenario, ScenarioError> {
    let mut entries = Vec::new();
    let mut classes: Vec<UserClass> =
        wire.classes.into_iter().map(|class| build_class(class, &mut entries)).collect::<Result<_, _>>()?;
    if classes.is_empty() {
        let problem = "a scenario needs at least one class".to_owned();
        return Err(ScenarioError::Class { class: wire.name, problem });
    }
    let requests = classes.iter_mut().flat_map(|class| &mut class.tasks).map(|task| &mut task.request);
    for (number, request) in requests.enumerate() {
        request.id = (!request.has_blanks()).then_some(TemplateId(number));
    }
    Ok(Scenario { name: wire.name, classes, entries })
}

fn build_class(wire: WireClass, entries: &mut Vec<EntryKey>) -> Result<UserClass, ScenarioError> {
    let refuse = |problem: String| ScenarioError::Class { class: wire.name.clone(), problem };
    if wire.weight == 0 || wire.tasks.is_empty() || wire.tasks.iter().any(|task| task.weight == 0) {
        return Err(refuse("a class needs at least one task, and every weight must be 1 or more".to_owned()));
    }
    let wait = wire.wait.parse().map_err(|error: super::NotAWait| refuse(error.to_string()))?;
    let mut names = Vec::new();
    let mut variables = Vec::new();
    for (name, value) in &wire.variables {
        variables.push((name.clone(), template(&wire.name, value, &names)?));
        names.push(name.clone());
    }
    let tasks = wire
        .tasks
        .into_iter()
        .map(|task| build_task(&wire.name, task, &names, entries))
        .collect::<Result<_, _>>()?;
    let presence = if wire.optional { Presence::Named } else { Presence::Default };
    Ok(UserClass { name: wire.name, presence, weight: wire.weight, wait, variables, tasks })
}

fn build_task(
    class: &str,
    wire: WireTask,
    variables: &[String],
    entries: &mut Vec<EntryKey>,
) -> Result<Task, ScenarioError> {
    if !wire.path.starts_with('/') {
        let problem = format!("the path `{}` must start with `/`", wire.path);
        return Err(ScenarioError::Class { class: class.to_owned(), problem });
    }
    let key = EntryKey { method: wire.method, name: wire.name.unwrap_or_else(|| wire.path.clone()) };
    let entry = entries.iter().position(|known| *known == key).unwrap_or_else(|| {
        entries.push(key);
        entries.len() - 1
    });
    let headers =
        wire.headers.iter().map(|(name, value)| Ok((name.clone(), template(class, value, variables)?)));
    let request = RequestTemplate {
        id: None,
        entry: EntryId(entry),
        method: wire.method,
        path: template(class, &Value::String(wire.path), variables)?,
        headers: headers.collect::<Result<_, ScenarioError>>()?,
        body: wire.body.map(|body| template(class, &body, variables)).transpose()?,
        reading: if wire.stream { Reading::Events } else { Reading::Whole },
    };
    Ok(Task { weight: wire.weight, request })
}

/// Parses a JSON value as a template. A string is used without its quotes, any other value as its JSON text.
fn template(class: &str, value: &Value, variables: &[String]) -> Result<Template, ScenarioError> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Template::parse(&text, variables)
        .map_err(|problem| ScenarioError::Template { class: class.to_owned(), problem })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(class: &str) -> String {
        Scenario::parse(&format!(r#"{{"name":"s","classes":[{class}]}}"#)).unwrap_err().to_string()
    }

    #[test]
    fn an_error_names_the_class_and_what_to_write_instead() {
        let task = r#"{"method":"GET","path":"/"}"#;
        assert!(error(r#"{"name":"A","wait":"0","tasks":[]}"#).starts_with("in class A: a class needs"));
        assert!(error(&format!(r#"{{"name":"A","wait":"x","tasks":[{task}]}}"#)).contains("`x` is no wait"));
        assert!(
            error(r#"{"name":"A","wait":"0","tasks":[{"method":"GET","path":"x"}]}"#)
                .contains("`x` must start with `/`")
        );
        assert!(error(r#"{"name":"A","wait":"0","taks":[]}"#).contains("unknown field `taks`"));
        assert!(
            error(r#"{"name":"A","wait":"0","tasks":[{"method":"GET","path":"/${id}"}]}"#)
                .contains("in class A: `${id}`")
        );
    }

    #[test]
    fn two_tasks_with_one_method_and_name_share_an_entry() {
        let task = r#"{"method":"GET","path":"/a"}"#;
        let text = format!(r#"{{"name":"s","classes":[{{"name":"A","wait":"0","tasks":[{task},{task}]}}]}}"#);
        assert_eq!(Scenario::parse(&text).unwrap().entries.len(), 1);
    }
}
