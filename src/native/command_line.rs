//! From the words of a command line to checked arguments, or to the one line that says what is wrong with them.
//!
//! Three rules hold for every command and flag. An empty value is an error and never "not given", because
//! `-t "$UNSET"` would otherwise run without a limit. A message names the flag, or the environment variable that the
//! value came from. A message is one line, also where a value has several. What a value means is checked elsewhere.

use std::error::Error as _;
use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Parser};

use super::project_file::{self, ProjectDefault};
use crate::core::base::given::Given;
use crate::core::base::visible::visible;

const EMPTY_FLAG: &str = "is empty; write a value, or leave it out";
const EMPTY_VARIABLE: &str = "is empty; give it a value, or unset it";

/// Why there are no arguments.
#[derive(Debug)]
pub enum Refusal {
    /// Help or the version was asked for, which is no mistake.
    Answer(clap::Error),
    /// The line that says what is wrong and what would be right.
    Mistake(String),
}

/// Reads a command line, whose first word is the program's name.
///
/// # Errors
/// When a flag, a value or a variable is wrong, or help was asked for.
pub fn read<C: Parser>(words: &[OsString]) -> Result<(C, Given), Refusal> {
    let (matches, given) = read_for(C::command(), words)?;
    let read = C::from_arg_matches(&matches);
    Ok((read.map_err(|error| Refusal::Mistake(visible(&plain(&error)).into_owned()))?, given))
}

/// The same for a command that is known at run time only.
///
/// # Errors
/// As [`read`].
pub fn read_for(command: Command, words: &[OsString]) -> Result<(ArgMatches, Given), Refusal> {
    let command = without_idle_variables(command, words);
    let (words, defaults) = with_defaults(&command, words)?;
    let refused = |error: clap::Error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Refusal::Answer(error),
        _ => Refusal::Mistake(visible(&mistake(&error, &command, &words)).into_owned()),
    };
    let matches = command.clone().try_get_matches_from(&words).map_err(refused)?;
    let (chosen_command, chosen, _) = innermost(&command, &matches);
    if let Some(mistake) = chosen_command.get_arguments().find_map(|argument| empty(argument, chosen)) {
        return Err(Refusal::Mistake(mistake));
    }
    let given = chosen_command.get_arguments().filter(|argument| is_from_variable(argument, chosen));
    let given: Given = given.filter_map(|argument| Some((flag(argument), variable(argument)?))).collect();
    let of_default = |default: ProjectDefault| {
        let is_its =
            |argument: &&Arg| project_file::option_name(argument).as_ref() == Some(&default.option.name);
        Some((flag(chosen_command.get_arguments().find(is_its)?), default.source))
    };
    let given = given.with_defaults(defaults.into_iter().filter_map(of_default));
    Ok((matches, given))
}

/// The words with those of a preset and of the project's file, and where these come from.
fn with_defaults(
    command: &Command,
    words: &[OsString],
) -> Result<(Vec<OsString>, Vec<ProjectDefault>), Refusal> {
    let typed = || (words.to_vec(), Vec::new());
    // What is wrong with the words is found again, and said, when they are read.
    let Ok(matches) = command.clone().try_get_matches_from(words) else { return Ok(typed()) };
    let (_, chosen, path) = innermost(command, &matches);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let defaults = project_file::defaults(command, &path, chosen).map_err(Refusal::Mistake)?;
    let of = project_file::command_at(command, &path);
    let (mut further, mut decided) = (Vec::new(), Vec::new());
    for default in defaults {
        let words = project_file::words(of, &default.option);
        let words = words
            .map_err(|problem| Refusal::Mistake(format!("{}: {}", source_of(&default), visible(&problem))))?;
        // A switch that is off says nothing.
        if !words.is_empty() {
            further.extend(words);
            decided.push(default);
        }
    }
    let Some(first) = decided.first() else { return Ok(typed()) };
    // Behind the command's name, because behind a `--` they would be no options.
    let place = (1 + path.len()).min(words.len());
    let mut all = words.to_vec();
    all.splice(place..place, further.into_iter().map(OsString::from));
    match command.clone().try_get_matches_from(&all) {
        Ok(_) => Ok((all, decided)),
        // The words were right without the defaults.
        Err(error) => {
            let mistake = mistake(&error, command, &all);
            Err(Refusal::Mistake(format!("{}: {}", source_of(first), visible(&mistake))))
        }
    }
}

/// The file or the preset that a default is from.
fn source_of(default: &ProjectDefault) -> &str {
    default.source.split(':').next().unwrap_or_default()
}

/// The command that the words choose, with what was given to it and the names that lead there.
fn innermost<'c>(
    command: &'c Command,
    matches: &'c ArgMatches,
) -> (&'c Command, &'c ArgMatches, Vec<String>) {
    let (mut command, mut chosen, mut path) = (command, matches, Vec::new());
    while let Some((name, inner)) = chosen.subcommand() {
        path.push(name.to_owned());
        (command, chosen) = (command.find_subcommand(name).unwrap_or(command), inner);
    }
    (command, chosen, path)
}

/// The parser for these words. The program's own flags are those of `serve`. Where a command is named, their environment
/// variables are left out, because they are not for that command.
fn without_idle_variables(command: Command, words: &[OsString]) -> Command {
    match named_command(&command, words) {
        Some(_) => command.mut_args(|argument| argument.env(None)),
        None => command,
    }
}

fn named_command<'a>(command: &'a Command, words: &[OsString]) -> Option<&'a Command> {
    words.get(1).and_then(|name| command.find_subcommand(name))
}

/// How messages name an argument: a flag by itself, a value without a flag by what it is.
fn flag(argument: &Arg) -> String {
    match argument.get_long() {
        Some(long) => format!("--{long}"),
        None => words_of(argument.get_value_names().and_then(<[_]>::first).map_or("argument", |name| name)),
    }
}

/// `UserClass` becomes "user class", as the other messages about it say.
fn words_of(value_name: &str) -> String {
    let is_camel = value_name.contains(|c: char| c.is_ascii_lowercase());
    if !is_camel {
        return value_name.to_owned();
    }
    let spaced = value_name.char_indices().map(|(at, c)| match c.is_ascii_uppercase() && at > 0 {
        true => format!(" {}", c.to_ascii_lowercase()),
        false => c.to_ascii_lowercase().to_string(),
    });
    spaced.collect()
}

fn variable(argument: &Arg) -> Option<String> {
    argument.get_env().map(|name| name.to_string_lossy().into_owned())
}

fn is_from_variable(argument: &Arg, matches: &ArgMatches) -> bool {
    matches.value_source(argument.get_id().as_str()) == Some(ValueSource::EnvVariable)
}

/// The message for an argument with an empty value.
fn empty(argument: &Arg, matches: &ArgMatches) -> Option<String> {
    let id = argument.get_id().as_str();
    let is_default = matches.value_source(id) == Some(ValueSource::DefaultValue);
    let mut values = matches.get_raw(id).filter(|_| !is_default)?;
    values.any(|value| value.to_string_lossy().trim().is_empty()).then(|| {
        match variable(argument).filter(|_| is_from_variable(argument, matches)) {
            Some(variable) => format!("{variable}: {EMPTY_VARIABLE}"),
            None => format!("{}: {EMPTY_FLAG}", flag(argument)),
        }
    })
}

/// The message for an error of the parser.
fn mistake(error: &clap::Error, command: &Command, words: &[OsString]) -> String {
    let Some(named) = text(error, ContextKind::InvalidArg) else {
        return match unreadable_variable(error, command, words) {
            Some(variable) => format!("{variable}: is not UTF-8; write it anew"),
            None => plain(error),
        };
    };
    let name = Name::of(named, error, command, words);
    match error.kind() {
        ErrorKind::ValueValidation | ErrorKind::InvalidValue => {
            match text(error, ContextKind::InvalidValue) {
                Some(value) if value.trim().is_empty() => name.is_empty(),
                value => format!("{}: {}", name.text, wrong_value(error, value.unwrap_or_default())),
            }
        }
        ErrorKind::ArgumentConflict => match text(error, ContextKind::PriorArg) {
            Some(other) => {
                let other = Name::of(other, error, command, words).text;
                format!("{}: cannot go with {other}; leave one out", name.text)
            }
            None => plain(error),
        },
        _ => plain(error),
    }
}

fn wrong_value(error: &clap::Error, value: &str) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(valid)) if !valid.is_empty() => {
            format!("`{value}` is none of {}; write one of them", valid.join(", "))
        }
        _ => error.source().map_or_else(|| plain(error), ToString::to_string),
    }
}

/// The name of an argument that the parser refused.
struct Name {
    text: String,
    is_variable: bool,
}

impl Name {
    /// `named` is how the parser names it: `--port <PORT>`, `<FILE>`.
    fn of(named: &str, error: &clap::Error, command: &Command, words: &[OsString]) -> Self {
        let flags = named_command(command, words).unwrap_or(command);
        let Some(argument) = flags.get_arguments().find(|argument| is_named(argument, named)) else {
            return Self { text: named.to_owned(), is_variable: false };
        };
        match variable(argument).filter(|variable| is_to_blame(variable, error, command, words)) {
            Some(text) => Self { text, is_variable: true },
            None => Self { text: flag(argument), is_variable: false },
        }
    }

    fn is_empty(&self) -> String {
        let what = if self.is_variable { EMPTY_VARIABLE } else { EMPTY_FLAG };
        format!("{}: {what}", self.text)
    }
}

fn is_named(argument: &Arg, named: &str) -> bool {
    let named = match named.strip_prefix("--") {
        Some(flag) => flag.split([' ', '=', '[']).next().unwrap_or(flag),
        None => named.trim_matches(['<', '>', '[', ']', '.']),
    };
    let value_name = || argument.get_value_names()?.first().map(|name| name.as_str());
    argument.get_long().or_else(value_name) == Some(named)
}

/// Whether a variable is what the parser refuses, which it does not say: without the variable the error is another one,
/// or none.
fn is_to_blame(variable: &str, error: &clap::Error, command: &Command, words: &[OsString]) -> bool {
    let without = |argument: Arg| match argument.get_env().is_some_and(|name| name == variable) {
        true => argument.env(None),
        false => argument,
    };
    let command = command.clone().mut_args(without).mut_subcommands(|inner| inner.mut_args(without));
    let refused = command.try_get_matches_from(words).err();
    refused.is_none_or(|other| other.to_string() != error.to_string())
}

/// The variable that is no text, where that is the error: the parser does not name it.
fn unreadable_variable(error: &clap::Error, command: &Command, words: &[OsString]) -> Option<String> {
    let flags = named_command(command, words).unwrap_or(command);
    let mut variables = flags.get_arguments().filter_map(variable);
    let is_error = error.kind() == ErrorKind::InvalidUtf8;
    variables.find(|variable| is_error && is_to_blame(variable, error, command, words))
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text),
        _ => None,
    }
}

/// The parser's own words, without the usage.
fn plain(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let said =
        ["\n\nUsage:", "\n\nFor more"].iter().fold(text, |said, end| said.split(end).next().unwrap_or(said));
    let paragraphs = said.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    let said: Vec<_> = paragraphs.filter(|part| !part.is_empty()).collect();
    format!("{}; see --help", said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_flag_is_named_by_what_it_is() {
        assert_eq!((words_of("UserClass"), words_of("FILE")), ("user class".into(), "FILE".into()));
    }

    #[test]
    fn an_argument_is_found_by_the_parsers_name_for_it() {
        let (port, file) = (Arg::new("p").long("port").value_name("PORT"), Arg::new("f").value_name("FILE"));
        assert!(
            ["--port <PORT>", "--port=<PORT>", "--port[=<PORT>]", "--port"]
                .iter()
                .all(|named| is_named(&port, named))
        );
        assert!(["<FILE>", "[FILE]", "[FILE]..."].iter().all(|named| is_named(&file, named)));
        assert!(!is_named(&port, "--ports <PORT>") && !is_named(&port, "<PORT>"));
    }
}
