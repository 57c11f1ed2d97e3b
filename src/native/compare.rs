//! The command `oddiya-load compare`: opens groups of reports, compares them, shows and writes the result.
//!
//! What can be concluded is decided in `core::compare`; the words are in `core::present::comparison`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::open::open;
use super::place::Place;
use super::say::{say, tell};
use crate::core::compare::assemble::{Options, compare};
use crate::core::compare::condition::Condition;
use crate::core::compare::groups::Groups;
use crate::core::compare::input::Run;
use crate::core::compare::outcome::{Comparison, Verdict};
use crate::core::present::comparison::file::ComparisonFile;
use crate::core::present::comparison::text::{markdown, text};
use crate::core::present::comparison::words::met_sentence;

const AFTER_HELP: &str = "\
Exit codes:
  0  no condition of --fail-if is met with evidence (without conditions: always, when the runs are comparable)
  1  a condition is met with evidence, or a file cannot be written
  2  wrong usage, or a file cannot be opened
  4  the runs are not comparable; the reasons say what to do";

/// Options of `oddiya-load compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// Two reports, base and new, where each side is a single run
    #[arg(value_name = "FILE", num_args = 0..=2, conflicts_with_all = ["base", "new"])]
    pub files: Vec<PathBuf>,

    /// Reports of the runs to compare with
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "new")]
    pub base: Vec<PathBuf>,

    /// Reports of the runs in question
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "base")]
    pub new: Vec<PathBuf>,

    /// Reports of three or more runs that are like one another: they tell how far unchanged runs differ, where a side is a
    /// single run
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub like: Vec<PathBuf>,

    #[command(flatten)]
    pub judging: JudgingArgs,
}

/// How a comparison judges, and where its result goes.
#[derive(Debug, clap::Args)]
pub struct JudgingArgs {
    /// Changes below this many percent do not count
    #[arg(long, value_name = "PERCENT", default_value = "5")]
    pub matters: String,

    /// An endpoint that nothing can have changed ("GET /actuator/health"): what happens to it is the machine's doing; may be
    /// repeated
    #[arg(long, value_name = "ENDPOINT")]
    pub control: Vec<String>,

    /// Exit with 1 when this is met with evidence: "p95 +10%", "POST /api/plans mean +5%", "rps -10%"; may be repeated
    #[arg(long, value_name = "CONDITION", allow_hyphen_values = true)]
    pub fail_if: Vec<String>,

    /// Write the comparison as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Write the comparison as Markdown, for a pull request
    #[arg(long, value_name = "FILE")]
    pub md: Option<PathBuf>,
}

/// How a comparison ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Accepted,
    ConditionMet,
    Usage,
    NotComparable,
}

impl Ending {
    pub const fn code(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::ConditionMet => 1,
            Self::Usage => 2,
            Self::NotComparable => 4,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When a result cannot be written.
pub fn run(args: &Args) -> anyhow::Result<Ending> {
    let (judging, files) = match (args.judging.check(), args.groups()) {
        (Ok(judging), Ok(files)) => (judging, files),
        (judging, files) => return Ok(complain(judging.err().into_iter().chain(files.err()))),
    };
    let opened = files.map(|path| open(path).map(|report| Run::of(&report, label(path))));
    let problems: Vec<_> =
        opened.all().filter_map(|run| run.as_ref().err()).map(|error| format!("{error:#}")).collect();
    if !problems.is_empty() {
        return Ok(complain(problems));
    }
    let kept = |runs: Vec<anyhow::Result<Run>>| runs.into_iter().flatten().collect::<Vec<Run>>();
    let runs = Groups { base: kept(opened.base), new: kept(opened.new), like: kept(opened.like) };
    judging.finish(&runs)
}

fn complain(problems: impl IntoIterator<Item = String>) -> Ending {
    problems.into_iter().for_each(|problem| tell(&format!("oddiya-load: {problem}")));
    Ending::Usage
}

fn label(path: &Path) -> String {
    path.display().to_string()
}

impl Args {
    fn groups(&self) -> Result<Groups<PathBuf>, String> {
        let like = self.like.clone();
        if !like.is_empty() && like.len() < crate::core::compare::difference::ENOUGH_RUNS {
            return Err("--like: name three or more runs; fewer do not tell a spread".to_owned());
        }
        match self.files.as_slice() {
            [base, new] => Ok(Groups { base: vec![base.clone()], new: vec![new.clone()], like }),
            [] if !self.base.is_empty() => {
                Ok(Groups { base: self.base.clone(), new: self.new.clone(), like })
            }
            [_] => Err("no baseline: name two reports, base and new".to_owned()),
            _ => Err("name what to compare: two reports, or --base FILE… --new FILE…".to_owned()),
        }
    }
}

/// Checked, and the places found writable.
pub struct Judging {
    options: Options,
    conditions: Vec<Condition>,
    json: Option<Place>,
    md: Option<Place>,
}

impl JudgingArgs {
    /// # Errors
    /// What is wrong with the first flag that is.
    pub fn check(&self) -> Result<Judging, String> {
        let percent = self
            .matters
            .trim_end_matches('%')
            .parse::<f64>()
            .ok()
            .filter(|percent| (0.0..=1_000.0).contains(percent));
        let matters = percent
            .ok_or_else(|| format!("--matters: `{}` is no percentage from 0 to 1000", self.matters))?
            / 100.0;
        let parse = |text: &String| Condition::parse(text).map_err(|error| format!("--fail-if: {error}"));
        let conditions = self.fail_if.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
        let place = |flag: &str, path: Option<&Path>| {
            let prepared = path.map(Place::prepare).transpose();
            prepared.map_err(|error| format!("{flag}: {error:#}"))
        };
        let options = Options { matters: strictest(matters, &conditions), controls: self.control.clone() };
        Ok(Judging {
            options,
            conditions,
            json: place("--json", self.json.as_deref())?,
            md: place("--md", self.md.as_deref())?,
        })
    }
}

/// The smallest change that matters: `matters`, or the limit of a condition where that is smaller, because a change that a
/// condition names must not pass as too small.
fn strictest(matters: f64, conditions: &[Condition]) -> f64 {
    conditions.iter().map(|condition| condition.limit.abs()).fold(matters, f64::min)
}

impl Judging {
    /// Compares, shows and writes.
    ///
    /// # Errors
    /// When a result cannot be written.
    pub fn finish(&self, runs: &Groups<Run>) -> anyhow::Result<Ending> {
        let comparison = compare(runs, &self.options);
        let unknown = self.unknown_names(&comparison);
        if !unknown.is_empty() && comparison.reasons.is_empty() {
            return Ok(complain(unknown));
        }
        let met: Vec<String> =
            self.conditions.iter().filter_map(|condition| met_sentence(condition, &comparison)).collect();
        let file = ComparisonFile::of(&comparison, met.clone());
        if let Some(place) = &self.json {
            let json = serde_json::to_string_pretty(&file)? + "\n";
            write(place, "--json", &json)?;
        }
        let met_text = |mark: &str| met.iter().map(|met| format!("\n{mark}{met}\n")).collect::<String>();
        if let Some(place) = &self.md {
            write(place, "--md", &(markdown(&comparison) + &met_text("**Failed:** ")))?;
        }
        say((text(&comparison) + &met_text("FAILED: ")).trim_end())
            .context("standard output: cannot write")?;
        Ok(match comparison.verdict {
            Verdict::NotComparable => Ending::NotComparable,
            _ if met.is_empty() => Ending::Accepted,
            _ => Ending::ConditionMet,
        })
    }

    /// The names in `--control` and `--fail-if` that no endpoint has. A condition on one would never fail, and nobody would
    /// notice.
    fn unknown_names(&self, comparison: &Comparison) -> Vec<String> {
        let has_control =
            |name: &&String| comparison.entries.iter().any(|entry| entry.endpoint.is_called(name));
        let controls = self.options.controls.iter().filter(|name| !has_control(name));
        let controls =
            controls.map(|name| format!("--control: no endpoint of both sides is called `{name}`"));
        let conditions = self.conditions.iter().filter(|condition| !condition.has_subject(comparison));
        controls
            .chain(conditions.map(|condition| {
                format!("--fail-if: no endpoint of both sides is meant by `{}`", condition.text)
            }))
            .collect()
    }
}

fn write(place: &Place, flag: &str, text: &str) -> anyhow::Result<()> {
    let written = place.write(|sink| sink.write_all(text.as_bytes()));
    written.with_context(|| format!("{flag}: cannot write {}", place.path().display()))
}
