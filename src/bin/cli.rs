//! The command `oddiya-load`: parse, dispatch, print one error, exit.

#![expect(clippy::print_stderr, reason = "the one place that prints errors")]

use clap::{Parser, Subcommand};
use oddiya_load::{companion, stub};

#[derive(Parser)]
#[command(version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the page and relay its requests to the host
    Serve(companion::Args),
    /// Run a stand-in for an Oddiya host
    Stub(stub::Args),
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Command::Serve(args) => block_on(companion::serve(args)),
        Command::Stub(args) => block_on(stub::serve(args)),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("oddiya-load: {error:#}");
            std::process::ExitCode::from(2)
        }
    }
}

fn block_on(future: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}
