//! `oddiya-load run`: from what was typed to an exit code.
//!
//! Checks, starts the shards, merges what they post, shows it, saves as it goes, stops when told to, reports.

#![expect(clippy::print_stderr, reason = "a command speaks to its user")]

use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::args::Args;
use super::checkpoints::Checkpoints;
use super::fd_limit;
use super::options::{connection_summary, dialer};
use super::output::Outputs;
use super::say::say;
use super::shards::{Joined, Posted, Shards, shard_count};
use super::terminal::Terminal;
use crate::core::analyse::headline::{Headline, Window};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::units::Micros;
use crate::core::config::run_config::RunConfig;
use crate::core::http::exchange::TimingSource;
use crate::core::present::text;
use crate::core::report::connections::{Certificates, UNCHECKED_NOTE};
use crate::core::report::{Detail, Generator, GeneratorKind, Report, Route, StopReason};
use crate::core::run::coordinator::Run;
use crate::core::run::shard::Control;
use crate::net::options::ClientOptions;

/// How long the look at the host may take: people should know within three seconds.
const PREFLIGHT_LIMIT: Micros = Micros::from_millis(2_500);

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every request succeeded.
    Clean,
    /// A request failed or was left unanswered; the code that was asked for.
    Failures(u8),
    /// Nothing was run: wrong usage.
    Usage,
    /// Nothing was run: the host cannot be reached.
    Unreachable,
    /// Interrupted twice: left at once.
    Abandoned,
}

impl Ending {
    /// The process's exit code, as the help text lists them.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Failures(code) => code,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Abandoned => 130,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the machine refuses something: a file, a thread, a signal handler.
pub async fn run(args: Args) -> anyhow::Result<Ending> {
    let (config, options) = match (args.config_text().check(fresh_seed()), args.connections.check()) {
        (Ok(config), Ok(options)) => (config, options),
        (config, options) => {
            let wrong = |flag, problem: &str| eprintln!("oddiya-load: {flag}: {problem}");
            config.err().iter().flatten().for_each(|error| wrong(error.field.flag(), &error.problem));
            options.err().iter().flatten().for_each(|error| wrong(error.flag, &error.problem));
            return Ok(Ending::Usage);
        }
    };
    let outputs = match Outputs::prepare(args.json.clone(), args.csv.clone()) {
        Ok(outputs) => outputs,
        Err(error) => {
            eprintln!("oddiya-load: {error:#}");
            return Ok(Ending::Usage);
        }
    };
    if !args.no_preflight
        && let Err(failure) = probe(&config, options).await?
    {
        explain_unreachable(&config, &failure);
        return Ok(Ending::Unreachable);
    }
    let Some(report) = load(&config, args.shards, options, &outputs).await? else {
        return Ok(Ending::Abandoned);
    };
    let saved = outputs.save_all(&report);
    say(&text::summary(&report));
    saved?.iter().for_each(|path| say(&format!("Wrote {}", path.display())));
    let is_whole = report.run.stopped_by != StopReason::Unfinished;
    let is_clean = is_whole && !report.has_failures() && report.total.in_flight_at_end == 0;
    Ok(if is_clean { Ending::Clean } else { Ending::Failures(args.exit_code_on_error) })
}

/// A connection, no request: what the host counts is only what the report counts.
async fn probe(config: &RunConfig, options: ClientOptions) -> anyhow::Result<Result<(), Failure>> {
    Ok(dialer(config.host.clone(), options.dial)?.probe(PREFLIGHT_LIMIT).await)
}

fn explain_unreachable(config: &RunConfig, failure: &Failure) {
    let detail = if failure.detail.is_empty() { String::new() } else { format!(" ({})", failure.detail) };
    eprintln!("oddiya-load: {} cannot be reached: {}{detail}", config.host, failure.kind.label());
    if failure.kind == FailureKind::Tls {
        eprintln!(
            "  A certificate of your own? Trust it on this machine, or load the host unchecked: --insecure"
        );
        eprintln!("  No TLS there? Write http:// instead of https://");
        return;
    }
    eprintln!("  Are the services running? For Oddiya: ./scripts/start-for-mobile-testing.sh");
    eprintln!("  No Oddiya at hand? `oddiya-load stub` stands in for one on http://localhost:8080");
    eprintln!("  To load it all the same: --no-preflight");
}

/// Runs the shards to the end; `None` when interrupted twice.
async fn load(
    config: &RunConfig,
    shards: Option<u32>,
    options: ClientOptions,
    outputs: &Outputs,
) -> anyhow::Result<Option<Report>> {
    let shard_count = shard_count(shards, &config.load);
    let shortage = fd_limit::raise_for(&config.load);
    shortage.iter().for_each(|shortage| eprintln!("oddiya-load: {shortage}"));
    let started_at = started_at()?;
    let mut interrupts = Interrupts::listen()?;
    let dialer = Arc::new(dialer(config.host.clone(), options.dial)?);
    let mut shards =
        Shards::start(config, shard_count, &dialer, options).context("cannot start the shards")?;
    let mut run = Run::new(config, generator(shard_count, options, shortage), started_at);
    run.connects(connection_summary(&options));
    let terminal = Terminal::new(config.run_time);
    let mut checkpoints = Checkpoints::new(outputs);
    let mut why = StopReason::RunTime;
    let mut shown = None;
    loop {
        tokio::select! {
            posted = shards.posted.next() => {
                match posted {
                    Some(Posted::Second(snapshot)) => run.absorb(*snapshot),
                    Some(Posted::Ended(shard)) => run.shard_ended(shard),
                    None => break,
                }
                let latest = run.timeline().last().map(|row| row.second);
                if latest != shown {
                    shown = latest;
                    let report = report_and_save(&run, &mut checkpoints, &terminal);
                    terminal.show(shards.clock.now(), &Headline::of(&report, Window::Now));
                }
            }
            () = interrupts.next() => {
                if why == StopReason::Stopped {
                    terminal.close();
                    return Ok(None);
                }
                why = StopReason::Stopped;
                shards.control(Control::Stop);
                terminal.say("Stopping: waiting for the requests in flight. Once more to leave at once.");
            }
        }
    }
    terminal.close();
    let ended = shards.clock.now();
    let Joined { stopped, troubles } = shards.join();
    let stopped = stopped.unwrap_or(ended);
    // Who interrupts the waiting for the last answers does not cut the run short.
    let why = if config.run_time == Some(stopped) { StopReason::RunTime } else { why };
    let why = if troubles.is_empty() { why } else { StopReason::Unfinished };
    troubles.into_iter().for_each(|trouble| run.note(trouble));
    run.finish(stopped, ended, why);
    Ok(Some(run.report(Detail::Full)))
}

fn report_and_save(run: &Run, checkpoints: &mut Checkpoints<'_>, terminal: &Terminal) -> Report {
    if !checkpoints.are_due() {
        return run.report(Detail::Figures);
    }
    let began = Instant::now();
    let report = run.report(Detail::Full);
    checkpoints.save(began, &report).iter().for_each(|trouble| terminal.say(trouble));
    report
}

fn generator(shards: u32, options: ClientOptions, shortage: Option<String>) -> Generator {
    let unchecked = options.dial.certificates == Certificates::Unchecked;
    Generator {
        kind: GeneratorKind::Native,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shards,
        route: Route::Direct,
        timing: TimingSource::Wire,
        calibration: None,
        notes: unchecked.then(|| UNCHECKED_NOTE.to_owned()).into_iter().chain(shortage).collect(),
    }
}

fn started_at() -> anyhow::Result<String> {
    let now = OffsetDateTime::from(std::time::SystemTime::now());
    Ok(now.replace_nanosecond(0)?.format(&Rfc3339)?)
}

/// A seed that differs from run to run; the report names it.
fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // Six digits are easy to type again.
    now.map_or(0, |now| crate::core::base::rng::Rng::new(now.as_nanos() as u64).below(1_000_000))
}

/// Ctrl-C, the polite signal to end, and the terminal's end: the report of a run that was cut short is worth having.
struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Interrupts {
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}
