//! The command `oddiya-load scenario run-once`: one user once, with every request and answer shown, and no secret.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use super::options::{ChoiceArgs, Mistake, Profile};
use super::source::Source;
use crate::core::base::given::Given;
use crate::core::base::host::Host;
use crate::core::base::units::Micros;
use crate::core::base::visible::visible;
use crate::core::config::connections::{Certificates, ConnectionReuse, Cookies};
use crate::core::config::load::Share;
use crate::core::config::run_config::RunConfigText;
use crate::core::http::exchange::Exchange;
use crate::core::http::request::Request;
use crate::core::http::transcript::{Secrets, answer_lines, request_lines};
use crate::core::oddiya::choice::{ClassesBy, can_choose, choice};
use crate::core::oddiya::recognition::Target;
use crate::core::oddiya::words::recognition_words;
use crate::core::run::session::common::{Common, Reader};
use crate::core::run::session::once::{each_task_once, run_once};
use crate::core::scenario::Scenario;
use crate::core::scenario::file::asks::asks;
use crate::core::scenario::file::surroundings::Choices;
use crate::native::ending::Ending;
use crate::native::options::dialer;
use crate::native::platform::NativePlatform;
use crate::native::say::{say, tell};
use crate::net::client::{Clients, HttpClient};
use crate::net::clock::RunClock;
use crate::net::options::{ClientOptions, DialOptions, Protocols};
use crate::net::preparing;

/// Options of `oddiya-load scenario run-once`.
#[derive(Debug, clap::Args)]
pub struct OnceArgs {
    /// A scenario file, or the name of a scenario inside the program
    #[arg(value_name = "FILE")]
    pub scenario: String,

    #[command(flatten)]
    pub choices: ChoiceArgs,

    /// The address of the main service; without it the scenario's own, or else http://localhost:8080
    #[arg(short = 'H', long, value_name = "URL", env = "ODDIYA_LOAD_HOST", allow_hyphen_values = true)]
    pub host: Option<Host>,

    /// The class of the user; without it, the first one
    #[arg(long, value_name = "CLASS")]
    pub user: Option<String>,

    /// The seed of everything that is drawn; the same seed sends the same requests
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

const DIAL: DialOptions = DialOptions {
    connect_timeout: Micros::from_secs(10),
    protocols: Protocols::Negotiated,
    certificates: Certificates::Checked,
};

/// Runs the command.
///
/// # Errors
/// When the machine refuses a file handle, or the answers cannot be shown.
pub async fn run(args: &OnceArgs, given: &Given) -> anyhow::Result<Ending> {
    let found = find(args).and_then(|source| Ok((read(args, &source, &args.choices.check()?)?, source)));
    let (scenario, source) = match found {
        Ok(found) => found,
        Err(mistake) => {
            tell(&mistake.text(given));
            return Ok(Ending::Usage);
        }
    };
    let main = main_host(args, &scenario)?;
    let scenario = match prepared(args, &source, scenario, &main).await {
        Ok(scenario) => scenario,
        Err(mistake) => {
            tell(&mistake.text(given));
            return Ok(Ending::Usage);
        }
    };
    let (hosts, scenario) = (scenario.hosts(&main), scenario.at(&main));
    let clock = RunClock::start();
    let clients = clients(&hosts, clock)?;
    let failures = Rc::new(Cell::new(0));
    let secrets = Secrets::new(&scenario.secrets);
    let reader = Transcript { hosts, secrets, failures: Rc::clone(&failures) };
    let local = tokio::task::LocalSet::new();
    let ran = local.run_until(async move {
        let platform = Rc::new(NativePlatform::new(clients, clock)?);
        let share = Share { shard: 0, shards: 1 };
        let common = Common::new(platform, each_task_once(scenario), share, args.seed);
        let reader: Option<Box<dyn Reader>> = Some(Box::new(reader));
        let common = Rc::new(Common { began_unix_ms: unix_ms(), reader, ..common });
        anyhow::Ok(run_once(&common, 0, args.seed).await)
    });
    if ran.await? == Some(0) {
        tell(NO_TASK);
    }
    Ok(if failures.get() > 0 { Ending::Failures(1) } else { Ending::Clean })
}

/// The host of the main service, by the same rule as that of `oddiya-load run`.
fn main_host(args: &OnceArgs, scenario: &Scenario) -> anyhow::Result<Host> {
    match args.host.as_ref().or(scenario.main_url()) {
        Some(host) => Ok(host.clone()),
        None => Ok(RunConfigText::default().host.parse()?),
    }
}

/// The scenario as the host calls for it, with a user that it has. What is asked for that is not shown.
async fn prepared(
    args: &OnceArgs,
    source: &Source,
    scenario: Scenario,
    main: &Host,
) -> Result<Scenario, Mistake> {
    let choices = args.choices.check()?;
    let asks = asks(&source.text, choices.profile.as_deref());
    let local = tokio::task::LocalSet::new();
    let (target, scenario) = match args.choices.profile() {
        Profile::Named(name) => (Target::of_profile(&name), scenario),
        Profile::Auto if can_choose(&asks) || scenario.wants_host_users() => {
            let recognition = local.run_until(preparing::recognise(main, DIAL, |_| true)).await;
            tell(&visible(&recognition_words(&recognition, main, &asks.profiles)));
            let choice = choice(&recognition, main, &asks, ClassesBy::Person).unwrap_or_default();
            let choices = choices.with_found(choice.profile, &choice.services);
            (recognition.target(), read(args, source, &choices)?)
        }
        Profile::Auto => (None, scenario),
    };
    let Some(target) = target.filter(|_| scenario.wants_host_users()) else { return Ok(scenario) };
    let found = local.run_until(preparing::find_users(&scenario.users_host(main), target, 1, DIAL)).await;
    Ok(scenario.with_host_users(&found.users, target.tokens()))
}

fn find(args: &OnceArgs) -> Result<Source, Mistake> {
    Source::find(&args.scenario).map_err(|problem| Mistake::Flag("scenario", problem))
}

/// The scenario with the asked class alone, or its first.
fn read(args: &OnceArgs, source: &Source, choices: &Choices) -> Result<Scenario, Mistake> {
    let scenario = source.read(choices).map_err(Mistake::Text)?;
    let first = scenario.classes.first().map(|class| class.name.clone());
    let class = args.user.clone().or(first).unwrap_or_default();
    scenario.with_classes(&[class]).map_err(|unknown| Mistake::Flag("--user", unknown.to_string()))
}

fn clients(hosts: &[Host], clock: RunClock) -> anyhow::Result<Clients> {
    let options = ClientOptions {
        dial: DIAL,
        request_timeout: Micros::from_secs(30),
        reuse: ConnectionReuse::PerUser,
        max_redirects: 30,
        max_body: 16_000_000,
        cookies: Cookies::Kept,
    };
    let clients = hosts.iter().map(|host| {
        let dialer = Arc::new(dialer(host.clone(), DIAL)?);
        Ok(Rc::new(HttpClient::new(dialer, options, clock)))
    });
    clients.collect()
}

fn unix_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as u64)
}

/// The message when no task was begun, because the answers shown do not say why.
const NO_TASK: &str = "The session ended in `on_start`, before its first task: an answer lacked what a step extracts, a request \
                       failed that ends the session, or a step says `end`.";

/// Shows each request and its answer.
struct Transcript {
    hosts: Vec<Host>,
    secrets: Secrets,
    failures: Rc<Cell<u32>>,
}

impl Reader for Transcript {
    fn on_exchange(&self, request: &Request, exchange: &Exchange) {
        let Some(host) = self.hosts.get(request.service.0) else { return };
        let mut lines = request_lines(request, host, &self.secrets);
        lines.extend(answer_lines(exchange, &self.secrets));
        lines.push(String::new());
        self.failures.set(self.failures.get() + u32::from(exchange.failure().is_some()));
        // An error is ignored: when the terminal is closed, the user's steps go on.
        let _ = say(&lines.join("\n"));
    }
}
