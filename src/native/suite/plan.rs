//! From a suite and what was typed behind it to the command line of each stage. Nothing is started here.

use std::ffi::OsString;
use std::path::Path;

use clap::{Command, FromArgMatches as _};

use crate::core::base::given::Given;
use crate::core::base::visible::visible;
use crate::core::config::project::options::deciding;
use crate::core::config::project::suite::{self, Suite};
use crate::core::config::run_config::FieldError;
use crate::core::scenario::file::LONGEST_TEXT;
use crate::native::args::Args;
use crate::native::command_line::{self, Refusal};
use crate::native::named_text::{read_at_most, unreadable};
use crate::native::project_file::{command_at, given, option_names, words as words_of};
use crate::native::scenario::options::Mistake;

/// The command whose options a stage has.
const RUN: &str = "run";

/// A stage with the words of its run.
#[derive(Debug)]
pub struct PlannedStage {
    pub name: String,
    /// The options of `oddiya-load run`.
    pub words: Vec<String>,
}

/// Finds a suite by the name of one inside the program, or by its file. `program` is the whole command line.
///
/// # Errors
/// When there is none, or what is wrong with it, in words.
pub fn find(name: &str, program: &Command) -> Result<Suite, String> {
    let known = option_names(command_at(program, &[RUN]));
    let text = match suite::named(name) {
        Some(text) => text.to_owned(),
        None => text_of(name)?,
    };
    Suite::read(name, &text, &known).map_err(|problems| problems.to_string())
}

fn text_of(name: &str) -> Result<String, String> {
    let known = suite::SUITES.iter().map(|(known, _)| *known);
    let content = read_at_most(Path::new(name), LONGEST_TEXT).map_err(|error| {
        format!("oddiya-load: {}", unreadable(name, &error, "suite inside the program", known))
    })?;
    if content.len() > LONGEST_TEXT {
        return Err(format!("oddiya-load: {} has over 1 MB, which no suite needs", visible(name)));
    }
    String::from_utf8(content).map_err(|_| format!("oddiya-load: {} is no UTF-8 text", visible(name)))
}

/// The stages with the words of their runs: what was typed, then what the stage says beside it.
///
/// # Errors
/// The first mistake that a stage's run would end with, in words.
pub fn plan(suite: &Suite, typed: &[String], program: &Command) -> Result<Vec<PlannedStage>, String> {
    let given = typed_options(typed, program)?;
    if let Some(file) = given.iter().find(|name| ["json", "csv"].contains(&name.as_str())) {
        return Err(format!(
            "oddiya-load: --{file}: the reports of the stages go to --out; leave it out of the run's options"
        ));
    }
    let command = command_at(program, &[RUN]);
    let planned = suite.stages.iter().map(|stage| {
        let mut words = typed.to_vec();
        let decided = deciding(&given, std::slice::from_ref(&stage.options));
        let wrong = |mistake: String| format!("oddiya-load: stage {}: {mistake}", stage.name);
        let of_stage = decided.iter().map(|option| words_of(command, option));
        words.extend(of_stage.collect::<Result<Vec<_>, _>>().map_err(wrong)?.concat());
        check(&words, program).map_err(wrong)?;
        Ok(PlannedStage { name: stage.name.clone(), words })
    });
    planned.collect()
}

/// The options that were typed. What the environment says gives way to the stages.
fn typed_options(typed: &[String], program: &Command) -> Result<Vec<String>, String> {
    let command = command_at(program, &[RUN]).clone().mut_args(|argument| argument.env(None));
    let words = std::iter::once(RUN.to_owned()).chain(typed.iter().cloned());
    match command.clone().try_get_matches_from(words) {
        Ok(matches) => Ok(given(&command, &matches)),
        Err(_) => match read(typed, program) {
            Err(mistake) => Err(format!("oddiya-load: {mistake}")),
            Ok(_) => Ok(Vec::new()),
        },
    }
}

/// Reads the words as the stage's run will, so that a mistake in the last stage is found before the first is run.
fn check(words: &[String], program: &Command) -> Result<(), String> {
    let (args, given) = read(words, program)?;
    let mistake = |mistake: Mistake| {
        let text = mistake.text(&given);
        text.strip_prefix("oddiya-load: ").unwrap_or(&text).to_owned()
    };
    let scenario = args.scenario.find().and_then(|source| args.scenario.read(&source)).map_err(mistake)?;
    let checked = args.config_text(&scenario).check_for(scenario, 0);
    let first = |errors: Vec<FieldError>| {
        let said = |error: &FieldError| format!("{}: {}", given.name(error.field.flag()), error.problem);
        errors.first().map_or_else(String::new, said)
    };
    checked.map(drop).map_err(first)
}

/// Reads the words with the defaults of the project's file.
fn read(words: &[String], program: &Command) -> Result<(Args, Given), String> {
    let words = ["oddiya-load".to_owned(), RUN.to_owned()].into_iter().chain(words.iter().cloned());
    let words: Vec<OsString> = words.map(OsString::from).collect();
    let (matches, given) =
        command_line::read_for(program.clone(), &words).map_err(|refusal| match refusal {
            Refusal::Mistake(mistake) => mistake,
            // Help is no run, and a suite has its own.
            Refusal::Answer(_) => {
                "--help: write it right behind `suite`, or ask `oddiya-load run --help`".to_owned()
            }
        })?;
    let of_run = matches.subcommand_matches(RUN).unwrap_or(&matches);
    Ok((Args::from_arg_matches(of_run).map_err(|error| error.to_string())?, given))
}

#[cfg(test)]
mod tests {
    use clap::Args as _;

    use super::*;
    use crate::core::config::project::options::SetOption;

    fn program() -> Command {
        Command::new("oddiya-load").subcommand(Args::augment_args(Command::new(RUN)))
    }

    fn run_command() -> Command {
        command_at(&program(), &[RUN]).clone()
    }

    fn words(typed: &[&str]) -> Vec<(String, String)> {
        let typed: Vec<String> = typed.iter().map(|word| (*word).to_owned()).collect();
        let planned = plan(&find("oddiya", &program()).unwrap(), &typed, &program()).unwrap();
        planned.into_iter().map(|stage| (stage.name, stage.words.join(" "))).collect()
    }

    #[test]
    fn each_stage_has_the_words_of_its_run() {
        let last = words(&["-H", "http://localhost:9", "OddiyaUser"]).pop().unwrap();
        let expected = "-H http://localhost:9 OddiyaUser --users=100 --spawn-rate=10 --run-time=1m";
        assert_eq!(last, ("stress".to_owned(), expected.to_owned()));
    }

    #[test]
    fn what_is_typed_goes_before_what_a_stage_says() {
        let first = words(&["-t", "2s", "--scenario", "app-browse"]).remove(0);
        assert_eq!(first.1, "-t 2s --scenario app-browse --users=10 --spawn-rate=1");
        let first = words(&["--rate=5"]).remove(0);
        assert_eq!(first.1, "--rate=5 --run-time=1m");
    }

    #[test]
    fn a_mistake_in_a_later_stage_is_found_before_the_first_is_run() {
        let known = option_names(&run_command());
        let text = "suite: s\nstages:\n  - { name: a, users: 5 }\n  - { name: b, users: none }\n";
        let suite = Suite::read("s.yaml", text, &known).unwrap();
        assert!(
            plan(&suite, &[], &program()).unwrap_err().starts_with("oddiya-load: stage b: --users: `none`")
        );
        let typed = |word: &str| plan(&suite, &[word.to_owned()], &program()).unwrap_err();
        assert!(typed("--json=x").contains("the reports of the stages go to --out"));
        assert!(typed("--no-such").contains("--no-such"), "{}", typed("--no-such"));
    }

    #[test]
    fn a_word_that_is_no_suite_is_answered_with_those_that_there_are() {
        let said = find("odiya", &program()).unwrap_err();
        assert!(said.ends_with("and is no suite inside the program; did you mean `oddiya`?"), "{said}");
        assert!(
            find("no/such.yaml", &program())
                .unwrap_err()
                .starts_with("oddiya-load: no/such.yaml cannot be read: ")
        );
        let endless = find("/dev/zero", &program()).unwrap_err();
        assert_eq!(endless, "oddiya-load: /dev/zero has over 1 MB, which no suite needs");
    }

    #[test]
    fn options_become_words_and_switches_have_no_value() {
        let command = run_command();
        let words = |name: &str, value: &str| words_of(&command, &SetOption::new(name, value)).unwrap();
        assert_eq!(words("reset-stats", "true"), ["--reset-stats"]);
        assert_eq!(words("reset-stats", "yes"), ["--reset-stats"]);
        assert_eq!(words("reset-stats", "false"), [""; 0]);
        let neither = words_of(&command, &SetOption::new("reset-stats", "later"));
        assert_eq!(neither.unwrap_err(), "reset-stats: it is a switch; write true or false");
        assert_eq!(words("users", "5"), ["--users=5"]);
        assert_eq!(words("user-classes", "OddiyaUser"), ["OddiyaUser"]);
    }
}
