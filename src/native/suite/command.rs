//! The command `oddiya-load suite`: the stages of a suite in turn, and the page that sums them up.

use std::path::PathBuf;
use std::time::Duration;

use clap::Command;

use super::plan::{PlannedStage, find, plan};
use super::stage::{Ended, run as run_stage};
use crate::core::base::units::parse_duration;
use crate::core::present::suite::html::html;
use crate::core::present::suite::{SuiteSummary, Verdict};
use crate::native::interrupts::Interrupts;
use crate::native::place::Place;
use crate::native::say::{say, tell};

const AFTER_HELP: &str = "\
Suites inside the program: oddiya, the four stages of Oddiya's scripts with 10, 25, 50 and 100 users, which is run when none is
named; readme, the three loads of Oddiya's README. A file says more: docs/load-models.md.

Exit codes:
  0    every stage passed, or failed and was allowed to
  1    a stage failed or was not run, or a file could not be written
  2    wrong usage; nothing was run
  130  interrupted";

/// The file that sums the stages up.
const PAGE: &str = "index.html";

/// Options of `oddiya-load suite`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The folder for the page and for the report of each stage, which must not have any of them yet
    #[arg(long, value_name = "DIR", default_value = "suite")]
    pub out: PathBuf,

    /// Wait this long between stages [default: as the suite says]
    #[arg(long, value_name = "TIME")]
    pub pause: Option<String>,

    /// The name of a suite inside the program or a file, then options of `oddiya-load run` for all stages
    #[arg(value_name = "NAME|FILE] [RUN OPTIONS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<String>,
}

/// Why no suite was run to its end.
enum Stopped {
    Usage(String),
    Interrupted,
    Refused(anyhow::Error),
}

impl From<anyhow::Error> for Stopped {
    fn from(error: anyhow::Error) -> Self {
        Self::Refused(error)
    }
}

/// Runs the command and gives its exit code. `program` is the whole command line. Stages take the options of its `run`.
pub async fn run(args: &Args, program: &Command) -> u8 {
    match in_turn(args, program).await {
        Ok(Verdict::Passed | Verdict::FailedAsAllowed) => 0,
        Ok(Verdict::Failed | Verdict::CutShort | Verdict::NotRun | Verdict::Open) => 1,
        Err(Stopped::Usage(problem)) => {
            tell(&problem);
            2
        }
        Err(Stopped::Interrupted) => {
            tell("oddiya-load: interrupted; the reports so far are kept");
            130
        }
        Err(Stopped::Refused(error)) => {
            tell(&format!("oddiya-load: {error:#}"));
            1
        }
    }
}

async fn in_turn(args: &Args, program: &Command) -> Result<Verdict, Stopped> {
    let (name, typed) = split(&args.words);
    let suite = find(name, program).map_err(Stopped::Usage)?;
    let pause = match &args.pause {
        Some(typed) => {
            parse_duration(typed).map_err(|error| Stopped::Usage(format!("oddiya-load: --pause: {error}")))?
        }
        None => suite.pause,
    };
    let planned = plan(&suite, typed, program).map_err(Stopped::Usage)?;
    let files: Vec<String> = (1..).zip(&planned).map(|(number, stage)| file_name(number, stage)).collect();
    let page = prepare(args, &files)?;
    let stages = suite.stages.iter().map(|stage| (stage.name.clone(), stage.failing));
    let mut summary = SuiteSummary::waiting(&suite.name, &suite.about, stages);
    let mut interrupts = Interrupts::listen()?;
    for (place, (stage, file)) in planned.iter().zip(&files).enumerate() {
        if place > 0 {
            tokio::select! {
                () = tokio::time::sleep(Duration::from_micros(pause.0)) => {}
                () = interrupts.next() => return Err(Stopped::Interrupted),
            }
        }
        tell(&format!("Stage {} of {}: {}", place + 1, planned.len(), stage.name));
        let ended = run_stage(&stage.words, &args.out.join(file), &mut interrupts).await?;
        let is_interrupted = matches!(ended, Ended::Interrupted(_));
        note(&mut summary, place, ended, file);
        // After each stage, so that a suite that is cut off leaves its page too.
        let text = html(&summary);
        page.write(|sink| sink.write_all(text.as_bytes())).map_err(anyhow::Error::from)?;
        if is_interrupted {
            return Err(Stopped::Interrupted);
        }
    }
    say(summary.text().trim_end()).map_err(anyhow::Error::from)?;
    tell(&format!("The page that sums them up: {}", page.path().display()));
    Ok(summary.verdict())
}

/// The suite's name, and the options of its runs.
fn split(words: &[String]) -> (&str, &[String]) {
    match words {
        [name, typed @ ..] if !name.starts_with('-') => (name, typed),
        typed => ("oddiya", typed),
    }
}

fn file_name(number: usize, stage: &PlannedStage) -> String {
    format!("{number:02}-{}.json", stage.name)
}

/// Creates the folder, and refuses to replace what is in it.
fn prepare(args: &Args, files: &[String]) -> Result<Place, Stopped> {
    let paths = files.iter().map(String::as_str).chain([PAGE]).map(|name| args.out.join(name));
    if let Some(taken) = paths.into_iter().find(|path| path.exists()) {
        let problem = format!("oddiya-load: --out: {} exists already; name another folder", taken.display());
        return Err(Stopped::Usage(problem));
    }
    Place::prepare(&args.out.join(PAGE))
        .map_err(|error| Stopped::Usage(format!("oddiya-load: --out: {error:#}")))
}

/// Takes down what came of a stage, whose report is in `file`.
fn note(summary: &mut SuiteSummary, place: usize, ended: Ended, file: &str) {
    match ended {
        Ended::Ran(report) | Ended::Interrupted(Some(report)) => {
            summary.has_run(place, &report, Some(file.to_owned()));
        }
        Ended::Interrupted(None) => summary.has_not_run(place, "interrupted before it began".to_owned()),
        Ended::NotRun(why) => summary.has_not_run(place, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_is_the_suite_unless_it_is_an_option() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (named, unnamed) = (words(&["mine.yaml", "-u", "5"]), words(&["-u", "5"]));
        assert_eq!(split(&named), ("mine.yaml", &named[1..]));
        assert_eq!(split(&unnamed), ("oddiya", &unnamed[..]));
        assert_eq!(split(&[]), ("oddiya", &[][..]));
    }
}
