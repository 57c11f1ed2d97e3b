//! The defaults of a command: those of a preset, and those of the file `oddiya-load.yaml` in the working folder.
//!
//! They become words of the command line, beside what was typed. What was typed, and what the environment says, goes before
//! them.

use std::io::ErrorKind;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::named_text::read_at_most;
use crate::core::config::project::defaults::{FILE, read};
use crate::core::config::project::options::{SetOption, USER_CLASSES, deciding, switch};
use crate::core::config::project::presets::{PRESETS, Preset};
use crate::core::scenario::file::LONGEST_TEXT;
use crate::core::scenario::file::problem::instead;

/// The commands that take defaults from the file. The others have options of the same names that mean something else, such as
/// the stub's `--users`, or start `run` themselves.
const COMMANDS: [&[&str]; 4] = [&["run"], &["serve"], &["scenario", "check"], &["scenario", "run-once"]];
const PRESET: &str = "preset";

/// The options that a command has, by their long names.
pub fn option_names(command: &Command) -> Vec<String> {
    command.get_arguments().filter_map(option_name).collect()
}

/// The name of an argument in the file. What stands without a flag are the user classes. The `--user` of `scenario run-once`
/// is no default of a project: who writes `user` there means `users`.
pub fn option_name(argument: &Arg) -> Option<String> {
    match argument.get_long() {
        Some("help" | "version" | "user") => None,
        Some(long) => Some(long.to_owned()),
        None if argument.get_id() == "classes" => Some(USER_CLASSES.to_owned()),
        None => None,
    }
}

/// The options of a command that were given on the command line or by the environment.
pub fn given(command: &Command, matches: &ArgMatches) -> Vec<String> {
    let is_given = |argument: &&Arg| {
        let source = matches.value_source(argument.get_id().as_str());
        matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
    };
    command.get_arguments().filter(is_given).filter_map(option_name).collect()
}

/// A default, and where it comes from.
pub struct ProjectDefault {
    pub option: SetOption,
    /// Such as `oddiya-load.yaml: users`.
    pub source: String,
}

/// The defaults that hold for the command at `path`, such as `scenario check`.
///
/// # Errors
/// What is wrong with the file or the preset, in words.
pub fn defaults(root: &Command, path: &[&str], matches: &ArgMatches) -> Result<Vec<ProjectDefault>, String> {
    // Without a command, the program serves the page.
    let path = if path.is_empty() { &["serve"][..] } else { path };
    if !COMMANDS.contains(&path) {
        return Ok(Vec::new());
    }
    let Some(command) = at(root, path) else { return Ok(Vec::new()) };
    let own = option_names(command);
    let file = in_file(root)?.into_iter().filter(|option| own.contains(&option.name)).collect::<Vec<_>>();
    let typed = given(command, matches);
    let of_file = |name: &str| file.iter().find(|option| option.name == name).and_then(SetOption::value);
    let preset = if typed.contains(&PRESET.to_owned()) {
        matches.get_one::<String>(PRESET).cloned()
    } else {
        of_file(PRESET).map(str::to_owned)
    };
    let preset =
        preset.map(|name| preset_named(&name).map_err(|problem| format!("{FILE}: preset: {problem}")));
    let preset = preset.transpose()?;
    let of_preset = preset.map(Preset::options).unwrap_or_default();
    // A preset that was typed says more than the file, and one that the file names less than the rest of the file.
    let sources = match typed.contains(&PRESET.to_owned()) {
        true => [of_preset.clone(), file],
        false => [file, of_preset.clone()],
    };
    let source = |option: &SetOption| match preset.filter(|_| of_preset.contains(option)) {
        Some(preset) => format!("preset {}: {}", preset.name, option.name),
        None => format!("{FILE}: {}", option.name),
    };
    let decided = deciding(&typed, &sources).into_iter();
    Ok(decided.map(|option| ProjectDefault { source: source(&option), option }).collect())
}

/// The preset of that name.
///
/// # Errors
/// When there is none, with those that there are.
pub fn preset_named(name: &str) -> Result<Preset, String> {
    let known = PRESETS.map(|preset| preset.name);
    Preset::named(name).ok_or_else(|| format!("there is no preset `{name}`; {}", instead(name, known)))
}

/// What the file says; nothing where there is none.
fn in_file(root: &Command) -> Result<Vec<SetOption>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("{FILE}: cannot be read: {error}");
    let content = match read_at_most(Path::new(FILE), LONGEST_TEXT) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreadable(&error)),
    };
    // A longer text is refused by its reader.
    let text = String::from_utf8(content).map_err(|error| unreadable(&error))?;
    let mut known: Vec<String> =
        COMMANDS.iter().filter_map(|path| at(root, path)).flat_map(option_names).collect();
    known.sort();
    known.dedup();
    read(&text, &known).map_err(|problems| problems.to_string())
}

fn at<'c>(root: &'c Command, path: &[&str]) -> Option<&'c Command> {
    path.iter().try_fold(root, |command, name| command.find_subcommand(name))
}

/// An option as words of a command line, for the command that has it; none for a switch that is off.
///
/// # Errors
/// When a switch has another value than on or off.
pub fn words(command: &Command, option: &SetOption) -> Result<Vec<String>, String> {
    let flag = format!("--{}", option.name);
    let argument = command.get_arguments().find(|argument| argument.get_long() == Some(option.name.as_str()));
    let is_switch = argument.is_some_and(|argument| !argument.get_action().takes_values());
    match option.values.as_slice() {
        values if option.name == USER_CLASSES => Ok(values.to_vec()),
        values if is_switch => match values.iter().map(|value| switch(value)).collect::<Vec<_>>()[..] {
            [Some(true)] => Ok(vec![flag]),
            [Some(false)] => Ok(Vec::new()),
            _ => Err(format!("{}: it is a switch; write true or false", option.name)),
        },
        values => Ok(values.iter().map(|value| format!("{flag}={value}")).collect()),
    }
}

/// The command at `path`; the root where there is none.
pub fn command_at<'c>(root: &'c Command, path: &[&str]) -> &'c Command {
    at(root, path).unwrap_or(root)
}
