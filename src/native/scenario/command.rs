//! The command `oddiya-load scenario`: lists, shows, checks and tries scenarios.

use super::once::{self, OnceArgs};
use super::options::{ChoiceArgs, Mistake};
use super::source::Source;
use crate::core::base::given::Given;
use crate::core::base::visible::visible;
use crate::core::scenario::file::surroundings::Choices;
use crate::core::scenario::{outline, shipped};
use crate::native::ending::Ending;
use crate::native::say::{say, tell};

/// Options of `oddiya-load scenario`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub action: Action,
}

/// What to do with scenarios.
#[derive(Debug, clap::Subcommand)]
pub enum Action {
    /// List the scenarios inside the program
    List,
    /// Print the text of a scenario, as a start for one of your own
    Show {
        /// The name of a scenario inside the program, or a file
        #[arg(value_name = "NAME")]
        scenario: String,
    },
    /// Check a scenario, and say what it has or what is wrong with it
    Check(CheckArgs),
    /// Run one user once, and show every request and answer without secrets
    RunOnce(Box<OnceArgs>),
}

/// Options of `oddiya-load scenario check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// A scenario file, or the name of a scenario inside the program
    #[arg(value_name = "FILE")]
    pub scenario: String,

    #[command(flatten)]
    pub choices: ChoiceArgs,
}

/// Runs the command.
///
/// # Errors
/// When the scenario is wrong, or there is none, or the answer cannot be written.
pub async fn run(args: &Args, given: &Given) -> anyhow::Result<Ending> {
    let done = match &args.action {
        Action::List => Ok(list()),
        Action::Show { scenario } => find(scenario).map(|source| source.text),
        Action::Check(args) => check(args),
        Action::RunOnce(args) => return once::run(args, given).await,
    };
    match done {
        Ok(text) => say(text.trim_end())?,
        Err(mistake) => {
            tell(&mistake.text(given));
            return Ok(Ending::Usage);
        }
    }
    Ok(Ending::Clean)
}

fn list() -> String {
    let line = |shipped: shipped::Shipped| match shipped.read(&Choices::default()) {
        Ok(scenario) => format!("{}: {}", shipped.name, scenario.about),
        Err(_) => shipped.name.to_owned(),
    };
    shipped::ALL.map(line).join("\n")
}

fn find(name: &str) -> Result<Source, Mistake> {
    Source::find(name).map_err(|problem| Mistake::Flag("scenario", problem))
}

fn check(args: &CheckArgs) -> Result<String, Mistake> {
    let choices = args.choices.check()?;
    let scenario = find(&args.scenario)?.read(&choices).map_err(Mistake::Text)?;
    let right = format!("{} is right:", args.scenario);
    let lines = std::iter::once(right).chain(outline::lines(&scenario));
    let lines: Vec<_> = lines.map(|line| visible(&line).into_owned()).collect();
    Ok(lines.join("\n"))
}
