//! Runs one after the other, each as a process of its own that writes one report.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use tokio::process::{Child, Command};

use super::super::interrupts::Interrupts;
use super::super::open::open;
use super::super::say::tell;
use crate::core::base::units::{format_millis, format_share, group_thousands, parse_duration};
use crate::core::report::{Report, StopReason};

/// What runs of a series have in common.
#[derive(Debug, clap::Args)]
pub struct SeriesArgs {
    /// The folder for the reports, which must not have any of this series yet
    #[arg(long, value_name = "DIR", default_value = "runs")]
    pub out: PathBuf,

    /// Wait this long between runs
    #[arg(long, value_name = "TIME", default_value = "5s")]
    pub pause: String,

    /// Begin with a run that warms the host up and is not counted
    #[arg(long)]
    pub warm_up: bool,

    /// fresh: a seed of its own for each run; same: one for all, so that all make the same draws
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Seeds::Fresh)]
    pub seeds: Seeds,

    /// Run this by `sh -c` before each run; it finds `base` or `new` in ODDIYA_LOAD_SIDE, the host in ODDIYA_LOAD_HOST
    #[arg(long, value_name = "COMMAND")]
    pub before: Option<String>,

    /// Options of `oddiya-load run`: the load and the user classes
    #[arg(value_name = "RUN OPTIONS", trailing_var_arg = true, allow_hyphen_values = true)]
    pub run: Vec<String>,
}

/// Which draws the runs make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Seeds {
    Fresh,
    Same,
}

/// One run to make.
pub struct Planned {
    /// The file's name without its ending; empty for the warm-up.
    pub name: String,
    /// The variables that the command before the run gets.
    pub side: &'static str,
    pub host: Option<String>,
}

/// Why a series ended early.
#[derive(Debug)]
pub enum Ended {
    Usage(String),
    /// The run or the command ended with this code.
    Failed {
        what: String,
        code: u8,
    },
    Interrupted,
    /// The system refused a folder, a file or a process.
    Refused(anyhow::Error),
}

impl From<anyhow::Error> for Ended {
    fn from(error: anyhow::Error) -> Self {
        Self::Refused(error)
    }
}

impl Ended {
    /// Prints the reason, and returns the exit code of the command.
    pub fn tell(&self) -> u8 {
        let (sentence, code) = match self {
            Self::Refused(error) => (format!("{error:#}"), 1),
            Self::Usage(problem) => (problem.clone(), 2),
            Self::Failed { what, code } => (format!("{what}, so the series ends here"), *code),
            Self::Interrupted => ("interrupted; the reports so far are kept".to_owned(), 130),
        };
        tell(&format!("oddiya-load: {sentence}"));
        code
    }
}

/// A series with its options checked.
pub struct Series<'a> {
    args: &'a SeriesArgs,
    pause: Duration,
    seed: Option<u64>,
    interrupts: Interrupts,
}

impl<'a> Series<'a> {
    /// # Errors
    /// When an option is wrong, or signals cannot be listened to.
    pub fn prepare(args: &'a SeriesArgs, seed: u64) -> Result<Self, Ended> {
        let pause = parse_duration(&args.pause).map_err(|error| Ended::Usage(format!("--pause: {error}")))?;
        let options = args.run_options();
        if options.iter().any(|option| is_named(option, "--json")) {
            let problem = "--json: the reports of the runs go to --out; leave it out of the run's options";
            return Err(Ended::Usage(problem.to_owned()));
        }
        let has_seed = options.iter().any(|option| is_named(option, "--seed"));
        let seed = (args.seeds == Seeds::Same && !has_seed).then_some(seed);
        Ok(Self { args, pause: Duration::from_micros(pause.0), seed, interrupts: Interrupts::listen()? })
    }

    /// Makes the runs, and gives the files with their reports in the same order.
    ///
    /// # Errors
    /// Why the series ended early; the reports so far are kept.
    pub async fn run(mut self, planned: &[Planned], warm_ups: &[Planned]) -> Result<Vec<PathBuf>, Ended> {
        let out = &self.args.out;
        let files: Vec<PathBuf> = planned.iter().map(|run| out.join(format!("{}.json", run.name))).collect();
        if let Some(taken) = files.iter().find(|file| file.exists()) {
            let problem = format!("--out: {} exists already; name another folder", taken.display());
            return Err(Ended::Usage(problem));
        }
        std::fs::create_dir_all(out).with_context(|| format!("--out: {}", out.display()))?;
        let warm_ups = if self.args.warm_up { warm_ups } else { &[] };
        for warm_up in warm_ups {
            tell("Warm-up run, not counted");
            self.one(warm_up, None).await?;
            self.pause().await?;
        }
        for (number, (run, file)) in (1..).zip(planned.iter().zip(&files)) {
            if number > 1 {
                self.pause().await?;
            }
            self.one(run, Some(file)).await?;
            tell(&line(number, planned.len(), file)?);
        }
        Ok(files)
    }

    async fn pause(&mut self) -> Result<(), Ended> {
        tokio::select! {
            () = tokio::time::sleep(self.pause) => Ok(()),
            () = self.interrupts.next() => Err(Ended::Interrupted),
        }
    }

    async fn one(&mut self, run: &Planned, file: Option<&Path>) -> Result<(), Ended> {
        if let Some(command) = &self.args.before {
            let mut shell = Command::new("sh");
            shell.args(["-c", command]).env("ODDIYA_LOAD_SIDE", run.side).stdin(Stdio::null());
            shell.envs(run.host.iter().map(|host| ("ODDIYA_LOAD_HOST", host)));
            let child = shell.spawn().context("--before: cannot start sh")?;
            self.ended_well(child, "--before: the command", |code| code == 0).await?;
        }
        let child = self.run_command(run, file)?.spawn().context("cannot start a run")?;
        // A run with failures ends with 1 or with what the user chose; its report counts. 2, 3 and 130 mean that none ran.
        let is_run = |code: i32| ![2, 3, 130].contains(&code) && file.is_none_or(Path::exists);
        self.ended_well(child, "the run", is_run).await
    }

    fn run_command(&self, run: &Planned, file: Option<&Path>) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
        command.arg("run").args(self.args.run_options()).stdin(Stdio::null()).stdout(Stdio::null());
        if let Some(host) = &run.host {
            command.args(["--host", host]);
        }
        if let Some(file) = file {
            command.arg("--json").arg(file);
        }
        if let Some(seed) = self.seed {
            command.args(["--seed", &seed.to_string()]);
        }
        Ok(command)
    }

    /// The signals of a terminal reach the child too, so it is only waited for.
    async fn ended_well(
        &mut self,
        mut child: Child,
        what: &str,
        is_well: impl Fn(i32) -> bool,
    ) -> Result<(), Ended> {
        let mut is_interrupted = false;
        let status = loop {
            tokio::select! {
                status = child.wait() => break status.context("cannot wait for a process")?,
                () = self.interrupts.next() => is_interrupted = true,
            }
        };
        let code = status.code().unwrap_or(1);
        if is_interrupted {
            return Err(Ended::Interrupted);
        }
        if is_well(code) {
            return Ok(());
        }
        let what = format!("{what} ended with exit code {code}");
        Err(Ended::Failed { what, code: u8::try_from(code).unwrap_or(1).max(1) })
    }
}

impl SeriesArgs {
    /// `run` itself may be typed or left out.
    fn run_options(&self) -> &[String] {
        match self.run.as_slice() {
            [first, rest @ ..] if first == "run" => rest,
            all => all,
        }
    }
}

fn is_named(option: &str, name: &str) -> bool {
    option == name || option.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
}

fn line(number: usize, of: usize, file: &Path) -> anyhow::Result<String> {
    let report = open(file)?;
    let Report { total, run, .. } = &report;
    let p95 = total.latency_ms.as_ref().and_then(|latency| latency.figures.p95);
    let p95 = p95.map_or_else(String::new, |p95| format!(", p95 {} ms", format_millis(p95)));
    let failed =
        total.failure_ratio.map_or_else(String::new, |ratio| format!(", failed {}", format_share(ratio)));
    let is_whole = matches!(run.stopped_by, Some(StopReason::RunTime | StopReason::Iterations));
    let cut_off = if is_whole { "" } else { ", stopped early" };
    let requests = group_thousands(total.requests);
    Ok(format!("Run {number} of {of}: {requests} requests{p95}{failed}{cut_off} → {}", file.display()))
}
