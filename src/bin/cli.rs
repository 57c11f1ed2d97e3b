//! The command `oddiya-load`: parse, dispatch, print one error, exit.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};
use oddiya_load::native::command_line::{self, Refusal};
use oddiya_load::native::say::tell;
use oddiya_load::{companion, native, stub};

const NO_COMMAND: &str =
    "Without a command it does what `serve` does, and opens the page in a browser where it can.";

#[derive(Parser)]
#[command(version, about, after_help = NO_COMMAND, max_term_width = 110, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// As in Locust, no command serves the page.
    #[command(flatten)]
    serve: companion::Args,
}

#[derive(Subcommand)]
enum Command {
    /// Load a host from here, and report
    Run(Box<native::args::Args>),
    /// List, show, check and try scenarios: what users do
    Scenario(native::scenario::command::Args),
    /// Show a report, and write it again in other forms
    Report(native::report::Args),
    /// Compare groups of reports: what changed, with evidence
    Compare(native::compare::Args),
    /// Make several runs of one load, so that the spread between runs is known
    Repeat(native::repeat::command::Args),
    /// Run several loads in turn, with a report for each and one page that sums them up
    Suite(native::suite::command::Args),
    /// Load two hosts in turn, and compare them
    Ab(Box<native::repeat::ab::Args>),
    /// Serve the page and relay its requests to the host
    Serve(companion::Args),
    /// Run a stand-in for an Oddiya host
    Stub(stub::Args),
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let (cli, given) = match command_line::read::<Cli>(&words) {
        Ok(read) => read,
        Err(Refusal::Answer(answer)) => answer.exit(),
        Err(Refusal::Mistake(mistake)) => return complain(&anyhow::Error::msg(mistake), 2),
    };
    let command = cli.command.unwrap_or(Command::Serve(cli.serve));
    let runtime = match runtime_for(&command).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&error.into(), 1),
    };
    match command {
        Command::Run(args) => match runtime.block_on(native::run::run(*args, &given)) {
            Ok(ending) => ExitCode::from(ending.code()),
            Err(error) => complain(&error, 1),
        },
        Command::Scenario(args) => match runtime.block_on(native::scenario::command::run(&args, &given)) {
            Ok(ending) => ExitCode::from(ending.code()),
            Err(error) => complain(&error, 1),
        },
        Command::Report(args) => end(runtime.block_on(native::report::show(&args, &given))),
        Command::Compare(args) => match native::compare::run(&args) {
            Ok(ending) => ExitCode::from(ending.code()),
            Err(error) => complain(&error, 1),
        },
        Command::Repeat(args) => ExitCode::from(runtime.block_on(native::repeat::command::run(&args))),
        Command::Suite(args) => {
            ExitCode::from(runtime.block_on(native::suite::command::run(&args, &Cli::command())))
        }
        Command::Ab(args) => ExitCode::from(runtime.block_on(native::repeat::ab::run(&args))),
        Command::Serve(args) => end(runtime.block_on(companion::serve(args, &given))),
        Command::Stub(args) => end(runtime.block_on(stub::serve(args))),
    }
}

/// The stub runs on one thread, because waking others would take more of a core than its answers do.
fn runtime_for(command: &Command) -> tokio::runtime::Builder {
    match command {
        Command::Stub(_) => tokio::runtime::Builder::new_current_thread(),
        Command::Run(_)
        | Command::Scenario(_)
        | Command::Report(_)
        | Command::Compare(_)
        | Command::Repeat(_)
        | Command::Suite(_)
        | Command::Ab(_)
        | Command::Serve(_) => tokio::runtime::Builder::new_multi_thread(),
    }
}

fn end(done: anyhow::Result<()>) -> ExitCode {
    done.map_or_else(|error| complain(&error, 2), |()| ExitCode::SUCCESS)
}

fn complain(error: &anyhow::Error, code: u8) -> ExitCode {
    tell(&format!("oddiya-load: {error:#}"));
    ExitCode::from(code)
}
