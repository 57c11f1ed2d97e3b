//! A suite: several loads that are run in turn, each with a report of its own.

use super::options::{SetOption, about, option_name, problem_at, read_options, scalar};
use crate::core::base::failing::Failing;
use crate::core::base::units::{Micros, parse_duration};
use crate::core::scenario::file::node::{Key, Node, Value};
use crate::core::scenario::file::problem::{Problem, Problems, instead};

/// The texts of the suites inside the program. The first is the one that is run when none is named.
pub const SUITES: [(&str, &str); 2] =
    [("oddiya", include_str!("suites/oddiya.yaml")), ("readme", include_str!("suites/readme.yaml"))];

/// The text of a suite inside the program.
pub fn named(name: &str) -> Option<&'static str> {
    SUITES.into_iter().find(|(known, _)| *known == name).map(|(_, text)| text)
}

/// The pause between stages unless the suite says another.
const USUAL_PAUSE: Micros = Micros::from_secs(5);
/// The most stages.
const MOST_STAGES: usize = 99;
const FIELDS: [&str; 5] = ["suite", "about", "pause", "all", "stages"];
/// The fields of a stage that are no options of a run.
const STAGE_FIELDS: [&str; 2] = ["name", "may-fail"];
/// Options that a suite sets itself.
const OWN: [&str; 1] = ["json"];

/// Loads in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suite {
    pub name: String,
    pub about: String,
    /// How long the host rests between two stages.
    pub pause: Micros,
    pub stages: Vec<Stage>,
}

/// One load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Different from that of every other stage; it becomes part of a file's name.
    pub name: String,
    pub failing: Failing,
    /// Its own options, then those of all stages that it does not say itself.
    pub options: Vec<SetOption>,
}

impl Suite {
    /// Reads the text of a suite. `known` are all options of a run.
    ///
    /// # Errors
    /// All that is wrong with it, each thing at its place.
    pub fn read(file: &str, text: &str, known: &[String]) -> Result<Self, Problems> {
        let tree = Node::read(text).map_err(|problem| Problems::new(file, text, vec![problem]))?;
        let mut problems = Vec::new();
        let suite = read(&tree, known, &mut problems);
        match suite {
            Some(suite) if problems.is_empty() => Ok(suite),
            _ => Err(Problems::new(file, text, problems).with_paths(|place| tree.path_to(place))),
        }
    }
}

fn read(tree: &Node, known: &[String], problems: &mut Vec<Problem>) -> Option<Suite> {
    let Value::Map(fields) = &tree.value else {
        problems.push(problem_at(tree.place, 1, "a suite begins with `suite: NAME`".to_owned()));
        return None;
    };
    for (key, _) in fields.iter().filter(|(key, _)| !FIELDS.contains(&key.name.as_str())) {
        let meant = instead(&key.name, FIELDS);
        problems.push(about(key, format!("a suite has no field `{}`; {meant}", key.name)));
    }
    let field = |name: &str| fields.iter().find(|(key, _)| key.name == name);
    let name = field("suite").and_then(|(_, value)| scalar(value));
    if name.is_none() {
        problems.push(problem_at(tree.place, 1, "the suite has no name; write `suite: NAME`".to_owned()));
    }
    let all = match field("all").map(|(key, value)| (key, &value.value)) {
        None => Vec::new(),
        Some((_, Value::Map(fields))) => read_options(fields, &without_own(known), problems),
        Some((key, _)) => {
            problems
                .push(about(key, "must have the options of all stages, such as `host: http://…`".to_owned()));
            Vec::new()
        }
    };
    let stages = match field("stages").map(|(_, value)| &value.value) {
        Some(Value::List(items)) if (1..=MOST_STAGES).contains(&items.len()) => {
            let stages = items.iter().map(|item| stage(item, &all, known, problems)).collect::<Vec<_>>();
            stages.into_iter().flatten().collect()
        }
        _ => {
            let message = format!(
                "the suite needs 1 to {MOST_STAGES} stages, each with a `name` and a load, under `stages`"
            );
            problems.push(problem_at(tree.place, 1, message));
            Vec::new()
        }
    };
    doubled(&stages, tree, problems);
    Some(Suite {
        name: name?,
        about: field("about").and_then(|(_, value)| scalar(value)).unwrap_or_default(),
        pause: pause(field("pause"), problems),
        stages,
    })
}

fn pause(field: Option<&(Key, Node)>, problems: &mut Vec<Problem>) -> Micros {
    let Some((key, value)) = field else { return USUAL_PAUSE };
    let read = scalar(value).ok_or_else(|| "must be a time such as `5s`".to_owned());
    let read = read.and_then(|text| parse_duration(&text).map_err(|error| error.to_string()));
    read.unwrap_or_else(|message| {
        problems.push(about(key, message));
        USUAL_PAUSE
    })
}

fn stage(item: &Node, all: &[SetOption], known: &[String], problems: &mut Vec<Problem>) -> Option<Stage> {
    let Value::Map(fields) = &item.value else {
        problems.push(problem_at(
            item.place,
            1,
            "a stage has a `name` and a load, such as `users: 50`".to_owned(),
        ));
        return None;
    };
    let is_own = |(key, _): &&(Key, Node)| STAGE_FIELDS.contains(&option_name(&key.name).as_str());
    let own = |name: &str| fields.iter().find(|(key, _)| option_name(&key.name) == name);
    let mut options =
        read_options(fields.iter().filter(|field| !is_own(field)), &without_own(known), problems);
    let common = super::options::deciding(
        &options.iter().map(|option| option.name.clone()).collect::<Vec<_>>(),
        &[all.to_vec()],
    );
    options.extend(common);
    let name = own("name").and_then(|(_, value)| scalar(value)).filter(|name| is_file_name(name));
    let Some(name) = name else {
        let message = "the stage needs a `name` of letters, digits, `-` and `_`".to_owned();
        problems.push(problem_at(item.place, 1, message));
        return None;
    };
    let failing = match own("may-fail").map(|(key, value)| (key, &value.value)) {
        None | Some((_, Value::Bool(false))) => Failing::Fails,
        Some((_, Value::Bool(true))) => Failing::IsAllowed,
        Some((key, _)) => {
            problems.push(about(key, "must be `true` or `false`".to_owned()));
            Failing::Fails
        }
    };
    Some(Stage { name, failing, options })
}

fn is_file_name(name: &str) -> bool {
    let is_right = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=40).contains(&name.len()) && name.chars().all(is_right)
}

fn doubled(stages: &[Stage], tree: &Node, problems: &mut Vec<Problem>) {
    for (number, stage) in stages.iter().enumerate() {
        if stages.iter().take(number).any(|earlier| earlier.name == stage.name) {
            let message = format!("two stages are called `{}`; choose another name for one", stage.name);
            problems.push(problem_at(tree.place, 1, message));
        }
    }
}

fn without_own(known: &[String]) -> Vec<String> {
    known.iter().filter(|name| !OWN.contains(&name.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Vec<String> {
        ["users", "spawn-rate", "run-time", "preset", "host", "rate", "json"].map(str::to_owned).to_vec()
    }

    #[test]
    fn the_first_suite_has_the_four_stages_of_oddiyas_scripts() {
        let (file, text) = SUITES[0];
        let suite = Suite::read(file, text, &known()).unwrap();
        let stages: Vec<_> = suite
            .stages
            .iter()
            .map(|stage| {
                let values: Vec<_> = stage.options.iter().filter_map(SetOption::value).collect();
                (stage.name.as_str(), values.join(" "), stage.failing)
            })
            .collect();
        let stage = |name, values: &str, failing| (name, values.to_owned(), failing);
        assert_eq!(
            stages,
            [
                stage("baseline", "10 1 1m", Failing::Fails),
                stage("normal", "25 2 2m", Failing::Fails),
                stage("peak", "50 5 2m", Failing::Fails),
                stage("stress", "100 10 1m", Failing::IsAllowed),
            ]
        );
    }

    #[test]
    fn every_suite_of_the_program_is_right_and_has_its_name() {
        for (name, text) in SUITES {
            let suite = Suite::read(name, text, &known()).map_err(|problems| problems.to_string()).unwrap();
            assert_eq!(suite.name, name);
        }
        assert!(named("oddiya").is_some() && named("nothing").is_none());
    }

    #[test]
    fn what_all_stages_have_gives_way_to_what_one_says() {
        let text = "suite: s\nall: { host: 'http://h', users: 5 }\nstages:\n  - { name: a }\n  - { name: b, rate: 7 }\n";
        let suite = Suite::read("s.yaml", text, &known()).unwrap();
        let names = |stage: &Stage| stage.options.iter().map(|o| o.name.clone()).collect::<Vec<_>>();
        assert_eq!(
            suite.stages.iter().map(names).collect::<Vec<_>>(),
            [vec!["host", "users"], vec!["rate", "host"]]
        );
        assert_eq!(suite.pause, USUAL_PAUSE);
    }

    #[test]
    fn each_mistake_is_named() {
        let stage = |stage: &str| format!("suite: s\nstages:\n  - {stage}\n");
        for (text, right) in [
            ("stages: [{ name: a }]".to_owned(), "the suite has no name; write `suite: NAME`"),
            ("suite: s".to_owned(), "the suite needs 1 to 99 stages"),
            ("suite: s\nstages: []".to_owned(), "the suite needs 1 to 99 stages"),
            ("suite: s\nstage: []".to_owned(), "a suite has no field `stage`; did you mean `stages`?"),
            (stage("{ users: 5 }"), "the stage needs a `name` of letters, digits"),
            (stage("{ name: a/b }"), "the stage needs a `name` of letters, digits"),
            (stage("{ name: a, user: 5 }"), "there is no option `user`; did you mean `users`?"),
            (stage("{ name: a, json: x }"), "there is no option `json`"),
            (stage("{ name: a, may-fail: perhaps }"), "must be `true` or `false`"),
            (stage("{ name: a }\n  - { name: a }"), "two stages are called `a`"),
            ("suite: s\npause: soon\nstages: [{ name: a }]".to_owned(), "s.yaml:2:1: pause: "),
            ("[]".to_owned(), "a suite begins with `suite: NAME`"),
        ] {
            let said = Suite::read("s.yaml", &text, &known()).unwrap_err().to_string();
            assert!(said.contains(right), "{text}: {said}");
        }
    }
}
