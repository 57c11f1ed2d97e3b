//! The command `oddiya-load run`, from its arguments to its exit code.
//!
//! The command checks the arguments and the host, starts the shards, merges what they post, shows the run, saves
//! checkpoints, stops on a signal and writes the report. What a run does is in `core/run`.

use std::sync::Arc;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::args::Args;
use super::checkpoints::Checkpoints;
use super::cleanup::MadePlans;
use super::ending::Ending;
use super::fd_limit::{FileHandles, raise_for};
use super::interrupts::Interrupts;
use super::options::{connection_summary, dialer};
use super::output::{Outputs, Unwritable};
use super::say::tell;
use super::setup::{self, Refusal};
use super::shards::{Joined, Posted, Shards, shard_count};
use super::terminal::Terminal;
use super::warnings::Warnings;
use crate::core::analyse::headline::{Headline, Window};
use crate::core::base::failure::{Failure, FailureKind};
use crate::core::base::given::Given;
use crate::core::base::host::Host;
use crate::core::base::timing_source::TimingSource;
use crate::core::base::units::Micros;
use crate::core::base::visible::visible;
use crate::core::config::connections::Certificates;
use crate::core::config::run_config::RunConfig;
use crate::core::present::advice::{ARE_SERVICES_RUNNING, STAND_IN};
use crate::core::present::notes;
use crate::core::report::{Detail, Generator, GeneratorKind, Note, Report, Route};
use crate::core::run::assignment::Control;
use crate::core::run::coordinator::{Coordinator, first_second_from};
use crate::core::run::record::Record;
use crate::net::clock::RunClock;
use crate::net::handles::Handles;
use crate::net::options::ClientOptions;

/// The time limit of the probe of the host. Users should know within three seconds whether the host can be reached.
const PREFLIGHT_LIMIT: Micros = Micros::from_millis(2_500);

/// Runs the command.
///
/// # Errors
/// When the machine refuses a file, a thread or a signal handler.
pub async fn run(args: Args, given: &Given) -> anyhow::Result<Ending> {
    if let Some(defaults) = given.defaults_in_words() {
        tell(&format!("Not typed: {}", visible(&defaults)));
    }
    let found = args.scenario.find().and_then(|source| Ok((args.scenario.read(&source)?, source)));
    let (scenario, source) = match found {
        Ok(found) => found,
        Err(mistake) => {
            tell(&mistake.text(given));
            return Ok(Ending::Usage);
        }
    };
    let wrong = |flag, problem: &str| complain(&format!("{}: {problem}", given.name(flag)));
    let text = args.config_text(&scenario);
    let (config, options) = match (text.check_for(scenario, fresh_seed()), args.connections.check()) {
        (Ok(config), Ok(options)) => (RunConfig { iterations: args.scenario.iterations, ..config }, options),
        (config, options) => {
            config.err().iter().flatten().for_each(|error| wrong(error.field.flag(), &error.problem));
            options.err().iter().flatten().for_each(|error| wrong(error.flag, &error.problem));
            return Ok(Ending::Usage);
        }
    };
    let (json, csv, reports) = (args.json.as_deref(), args.csv.as_deref(), args.reports.as_deref());
    let outputs = match Outputs::prepare(json, csv, reports, given) {
        Ok(outputs) => outputs,
        Err(Unwritable(problems)) => {
            problems.iter().for_each(|problem| complain(problem));
            return Ok(Ending::Usage);
        }
    };
    let reset_after = args.reset_stats.then(|| config.load.ramp_end());
    if let Some(problem) = reset_after.and_then(|ramp_end| nothing_after(ramp_end, &config)) {
        wrong("--reset-stats", &problem);
        return Ok(Ending::Usage);
    }
    let main = config.host.clone();
    let is_probed = |host: &Host| !args.no_preflight && *host == main;
    // The other hosts later, because the main one may show that they have other addresses.
    if let Err(unreachable) = probe(config.used_hosts().into_iter().filter(is_probed), options).await? {
        unreachable.explain();
        return Ok(Ending::Unreachable);
    }
    let config = match setup::prepare(&args, &source, config, options.dial).await {
        Ok(config) => config,
        Err(Refusal::Scenario(mistake)) => {
            tell(&mistake.text(given));
            return Ok(Ending::Usage);
        }
        Err(Refusal::Fields(errors)) => {
            errors.iter().for_each(|error| wrong(error.field.flag(), &error.problem));
            return Ok(Ending::Usage);
        }
    };
    let is_left = |host: &Host| !args.no_preflight && *host != main;
    if let Err(unreachable) = probe(config.used_hosts().into_iter().filter(is_left), options).await? {
        unreachable.explain();
        return Ok(Ending::Unreachable);
    }
    let made_plans = args.cleanup.then(MadePlans::default);
    let asked = Asked { config, shards: args.shards, options, reset_after, made_plans };
    let mut interrupts = Interrupts::listen()?;
    let Some(report) = load(&asked, &outputs, &mut interrupts).await? else {
        return Ok(Ending::Abandoned);
    };
    let ending = Ending::of(&report, args.exit_code_on_error);
    outputs.deliver(report, async || interrupts.next().await).await?;
    if let Some(plans) = &asked.made_plans {
        plans.delete(&asked.config.hosts(), options.dial, &mut interrupts).await;
    }
    if ending == Ending::NothingSent {
        tell(
            "oddiya-load: no request was sent, so nothing was measured; load for longer, or with more users",
        );
    }
    Ok(ending)
}

/// Prints a mistake of the user in one line.
fn complain(problem: &str) {
    tell(&format!("oddiya-load: {}", visible(problem)));
}

/// What a run is asked to do.
struct Asked {
    config: RunConfig,
    shards: Option<u32>,
    options: ClientOptions,
    /// When the statistics begin anew.
    reset_after: Option<Micros>,
    /// Where the plans that the run makes are gathered, if they are to be deleted.
    made_plans: Option<MadePlans>,
}

/// Why statistics that begin anew after the ramp would be empty; `None` when they would not.
fn nothing_after(ramp_end: Micros, config: &RunConfig) -> Option<String> {
    let first = Micros::from_secs(first_second_from(ramp_end));
    config.run_time.filter(|run_time| first >= *run_time).map(|run_time| {
        format!(
            "the ramp takes {ramp_end} and the run {run_time}, so that nothing would be left; write a longer --run-time"
        )
    })
}

/// A host that cannot be reached, and why.
struct Unreachable {
    host: Host,
    failure: Failure,
}

/// Opens a connection to each host, and sends no request, so that the hosts count the same requests as the report.
async fn probe(
    hosts: impl Iterator<Item = Host>,
    options: ClientOptions,
) -> anyhow::Result<Result<(), Unreachable>> {
    for host in hosts {
        let dialer = dialer(host.clone(), options.dial)?;
        if let Err(failure) = dialer.probe(PREFLIGHT_LIMIT).await {
            return Ok(Err(Unreachable { host, failure }));
        }
    }
    Ok(Ok(()))
}

impl Unreachable {
    fn explain(&self) {
        let Self { host, failure } = self;
        let detail = if failure.detail.is_empty() { String::new() } else { format!(" ({})", failure.detail) };
        tell(&format!("oddiya-load: {host} cannot be reached: {}{detail}", failure.kind.label()));
        let advice: &[&str] = match failure.kind {
            FailureKind::Tls => &[
                "A certificate of your own? Trust it on this machine, or load the host unchecked: --insecure",
                "No TLS there? Write http:// instead of https://",
            ],
            _ => &[ARE_SERVICES_RUNNING, STAND_IN, "To load it all the same: --no-preflight"],
        };
        advice.iter().for_each(|advice| tell(&format!("  {advice}")));
    }
}

/// Runs the shards to the end; `None` when the user interrupted the run twice.
async fn load(
    asked: &Asked,
    outputs: &Outputs,
    interrupts: &mut Interrupts,
) -> anyhow::Result<Option<Report>> {
    let Asked { config, shards, options, reset_after, made_plans } = asked;
    let options = *options;
    let shard_count = shard_count(*shards, &config.load);
    let FileHandles { connections, shortage } =
        raise_for(&config.load, config.scenario.connections_per_user());
    let generator = generator(shard_count, options, shortage);
    for note in generator.notes.iter().filter(|note| matches!(note, Note::FewFileHandles { .. })) {
        tell(&format!("oddiya-load: {}", notes::sentence(note, &generator)));
    }
    let handles = Handles::at_most(connections);
    let hosts = config.hosts().into_iter();
    let dialers = hosts.map(|host| Ok(Arc::new(dialer(host, options.dial)?.with_handles(&handles))));
    let dialers = dialers.collect::<anyhow::Result<Vec<_>>>()?;
    let mut run = Coordinator::new(config, generator, started_at()?);
    run.connects(connection_summary(&options));
    reset_after.iter().for_each(|ramp_end| run.reset_after(*ramp_end));
    let mut shards = Shards::start(config, shard_count, &dialers, options, made_plans.as_ref())
        .context("cannot start the shards")?;
    let terminal = Terminal::new(config.run_time);
    let mut checkpoints = Checkpoints::new(outputs);
    let mut warnings = Warnings::default();
    loop {
        tokio::select! {
            posted = shards.posted.next() => {
                match posted {
                    Some(Posted::Second(snapshot)) => run.on_record(Record::Second(snapshot)),
                    Some(Posted::Ended(shard)) => run.on_shard_ended(shard),
                    None => break,
                }
                if run.has_news() {
                    show_and_save(&run, shards.clock, &mut checkpoints, &terminal, &mut warnings);
                }
            }
            () = interrupts.next() => {
                if run.is_stopping() {
                    terminal.close();
                    return Ok(None);
                }
                run.on_stop();
                shards.control(&Control::Stop);
                terminal.say("Stopping: waiting for the requests in flight. Once more to leave at once.");
            }
        }
    }
    terminal.close();
    let ended = shards.clock.now();
    let Joined { stopped, lost } = shards.join();
    lost.into_iter().for_each(|note| run.note(note));
    run.finish(stopped.unwrap_or(ended), ended);
    Ok(Some(run.final_report()))
}

/// Shows the second that has ended, and saves the report when a checkpoint is due.
fn show_and_save(
    run: &Coordinator,
    clock: RunClock,
    checkpoints: &mut Checkpoints<'_>,
    terminal: &Terminal,
    warnings: &mut Warnings,
) {
    let now = clock.now();
    checkpoints.look(now).iter().for_each(|trouble| terminal.say(trouble));
    let is_due = checkpoints.are_due(now);
    let Some(report) = run.report(if is_due { Detail::Full } else { Detail::Figures }) else { return };
    terminal.show(now, &Headline::of(&report, Window::Now));
    warnings.look(now, &report).iter().for_each(|warning| terminal.say(warning));
    if is_due {
        checkpoints.start(now, clock.now(), report);
    }
}

fn generator(shards: u32, options: ClientOptions, shortage: Option<Note>) -> Generator {
    let unchecked = options.dial.certificates == Certificates::Unchecked;
    Generator {
        shards: Some(shards),
        route: Some(Route::Direct),
        timing: Some(TimingSource::Wire),
        notes: unchecked.then_some(Note::CertificatesUnchecked).into_iter().chain(shortage).collect(),
        ..Generator::own(GeneratorKind::Native)
    }
}

fn started_at() -> anyhow::Result<String> {
    let now = OffsetDateTime::from(std::time::SystemTime::now());
    Ok(now.replace_nanosecond(0)?.format(&Rfc3339)?)
}

/// A seed that differs from run to run. The report contains it.
pub fn fresh_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    // Six digits are easy to type again.
    now.map_or(0, |now| crate::core::base::rng::Rng::new(now.as_nanos() as u64).below(1_000_000))
}
