//! `oddiya-load serve`: serves the page and relays the page's requests to the hosts it was started with.
//!
//! ```text
//!            access           service            relay             lanes          net
//!  page ──► Host, Origin ──► which path ──► envelope, headers ──► connection ──► HTTP client ──► host
//!    ◄──────────────────────────────── records ◄─────── what was measured ◄─────────┘
//! ```
//! `core::http::relay` and `relay_record` have the wire formats. The companion measures each request by the runner's own
//! client, and draws no conclusion from it. One thread does all of it, because waking another thread for a request
//! showed in the p99, and one thread relays many times more than a page can send.

mod access;
mod connections;
mod cookies;
mod door;
mod headers;
mod lanes;
mod link;
mod listen;
mod opening;
mod page;
mod preparing;
mod records;
mod relay;
mod reports;
mod response;
mod service;
mod upstream;

use std::io::{self, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::oneshot;
use tokio::task::{JoinSet, LocalSet};

use crate::core::base::given::Given;
use crate::core::base::host::Host;
use crate::core::base::typed::{ip_address, port};
use crate::core::config::connections::Cookies;
use crate::net::clock::RunClock;
use crate::net::options::Protocols;
use connections::{Connections, USUAL_FILE_HANDLES, connections_within};
use door::{Door, HEAD_LIMIT};
use lanes::Lanes;
use listen::Listeners;
use opening::Opening;
use page::Page;
use preparing::Preparing;
use records::Records;
use reports::ReportsFolder;
use service::Companion;

pub use page::{EmbeddedFile, EmbeddedPage, PageSource};

/// A lane without a request for this long closes its connection. Servers commonly keep one for 60 to 75 s.
const LANE_IDLE: Duration = Duration::from_secs(60);
/// The folder of reports that is shown where it exists.
const REPORTS: &str = "reports";
/// How often idle connections are checked within `LANE_IDLE`: often enough that connections which the host closed are
/// soon freed.
const CHECKS_PER_IDLE: u32 = 12;
/// Two sockets for each one that a browser opens (256, in newer versions some 480), with room for two browsers and for
/// files.
const WANTED_FILE_HANDLES: u64 = 4_096;

/// Options of `oddiya-load serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The Oddiya host to relay to
    #[arg(
        short = 'H',
        long,
        value_name = "URL",
        env = "ODDIYA_LOAD_HOST",
        default_value = "http://localhost:8080",
        allow_hyphen_values = true
    )]
    host: Host,
    /// Relay to a further service of a scenario too, and to nothing else; may be given more than once
    #[arg(long = "service", value_name = "NAME=URL", value_parser = service, allow_hyphen_values = true)]
    services: Vec<(String, Host)>,
    /// The page's port; 0 takes a free one
    #[arg(
        long,
        value_name = "PORT",
        env = "ODDIYA_LOAD_PORT",
        default_value_t = 8089,
        value_parser = port,
        allow_hyphen_values = true
    )]
    port: u16,
    /// Listen on this address instead of 127.0.0.1 and ::1; may be given more than once
    #[arg(long, value_name = "ADDRESS", value_parser = ip_address, allow_hyphen_values = true)]
    bind: Vec<IpAddr>,
    /// Serve the page in this folder [default: the page inside the command, else target/dist here or beside it]
    #[arg(long, value_name = "DIR")]
    page: Option<PathBuf>,
    /// Show the page the reports in this folder, which is only read [default: reports, where there is one]
    #[arg(long, value_name = "DIR", env = "ODDIYA_LOAD_REPORTS")]
    reports: Option<PathBuf>,
    /// Do not open the page in a browser
    #[arg(long)]
    no_open: bool,
    /// Send no cookie back; without it, each of the page's users keeps the cookies that the host sets
    #[arg(long, env = "ODDIYA_LOAD_NO_COOKIES")]
    no_cookies: bool,
}

/// What a companion is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The main host it relays to.
    pub host: Host,
    /// The further hosts that it relays to, with the names of their services.
    pub services: Vec<(String, Host)>,
    /// 0 takes a free one.
    pub port: u16,
    /// How messages name the port: by the flag or the variable that gave it.
    pub port_name: String,
    /// Empty for both loopbacks.
    pub bind: Vec<IpAddr>,
    /// Where the page's files come from.
    pub page: PageSource,
    /// The folder whose reports the page may read.
    pub reports: Option<PathBuf>,
    /// How long a lane keeps an idle connection to the host.
    pub lane_idle: Duration,
    /// How long a browser may take to send a request's head, the time before its first byte included.
    pub head_limit: Duration,
    /// How many connections of browsers are open at the same time.
    pub max_connections: usize,
    /// The versions of HTTP that it speaks with the host.
    pub protocols: Protocols,
    /// Whether the page's users send the host's cookies back.
    pub cookies: Cookies,
}

impl Options {
    /// A free port on both loopbacks, the page in its default folder, and no reports.
    pub fn new(host: Host) -> Self {
        let (page, protocols, cookies) = Default::default();
        Self {
            host,
            services: Vec::new(),
            port: 0,
            port_name: "--port".to_owned(),
            bind: Vec::new(),
            page,
            reports: None,
            lane_idle: LANE_IDLE,
            head_limit: HEAD_LIMIT,
            max_connections: connections_within(WANTED_FILE_HANDLES),
            protocols,
            cookies,
        }
    }
}

impl From<Args> for Options {
    fn from(args: Args) -> Self {
        let defaults = Self::new(args.host);
        let page = args.page.map_or(defaults.page, PageSource::Folder);
        let cookies = if args.no_cookies { Cookies::Ignored } else { Cookies::Kept };
        let reports = Some(args.reports.unwrap_or_else(|| PathBuf::from(REPORTS)));
        Self { services: args.services, port: args.port, bind: args.bind, page, reports, cookies, ..defaults }
    }
}

/// Reads `NAME=URL`.
fn service(text: &str) -> Result<(String, Host), String> {
    let (name, url) = text.split_once('=').filter(|(name, _)| !name.trim().is_empty()).ok_or_else(|| {
        format!("`{text}` is no service; write its name and its address, such as llm=http://localhost:8000")
    })?;
    let host = url.parse::<Host>().map_err(|error| error.to_string())?;
    Ok((name.trim().to_owned(), host))
}

/// The name of a service that has two addresses.
fn given_twice(services: &[(String, Host)]) -> Option<&str> {
    let names: Vec<_> = services.iter().map(|(name, _)| name.as_str()).collect();
    names
        .iter()
        .enumerate()
        .find_map(|(at, name)| names.iter().skip(at + 1).find(|other| *other == name).copied())
}

/// Serves until interrupted.
pub async fn serve(args: Args, given: &Given) -> anyhow::Result<()> {
    // If the system says nothing, the usual limit is the likely one.
    let file_handles = rlimit::increase_nofile_limit(WANTED_FILE_HANDLES).unwrap_or(USUAL_FILE_HANDLES);
    if let Some(folder) = args.reports.as_ref().filter(|folder| !folder.is_dir()) {
        anyhow::bail!(
            "{} {} is no folder; create it, or name another",
            given.name("--reports"),
            folder.display()
        );
    }
    if let Some(name) = given_twice(&args.services) {
        anyhow::bail!("{}: `{name}` is given twice; each service has one address", given.name("--service"));
    }
    let opening = if args.no_open { Opening::Forbidden } else { Opening::Allowed };
    let max_connections = connections_within(file_handles.min(WANTED_FILE_HANDLES));
    let port_name = given.name("--port").to_owned();
    let options = Options { max_connections, port_name, ..Options::from(args) };
    let (host, services) = (options.host.clone(), options.services.clone());
    let is_open = options.bind.iter().any(|address| !address.is_loopback());
    let name = listen::name_of(&options.bind);
    let running = start(options).await?;
    let address = format!("http://{name}:{}", running.port);
    say(&format!("Page: {address}  →  host {host}"));
    services.iter().for_each(|(name, host)| say(&format!("      {name}  →  {host}")));
    if !running.page_is_built {
        say("The page is not built yet: run `make build`, or name its folder with --page.");
    }
    if is_open {
        say(&format!("Everyone who can reach this machine can load {host} through the page."));
    }
    opening::open(opening, &address);
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")
}

/// Writes a line to standard output. An error is ignored: a companion whose output went away still serves.
fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A running companion. Dropping it closes its sockets, those of its lanes included.
#[derive(Debug)]
pub struct RunningCompanion {
    /// The port it listens on.
    pub port: u16,
    /// Every relayed request must carry it. Each start has a new one.
    pub token: String,
    /// Whether the page was built when the companion started.
    pub page_is_built: bool,
    preflights: Arc<AtomicU64>,
    thread: Option<Thread>,
}

/// The companion's own thread.
#[derive(Debug)]
struct Thread {
    /// Dropped to end it.
    running: oneshot::Sender<()>,
    handle: std::thread::JoinHandle<()>,
}

impl RunningCompanion {
    /// How many preflights it has answered.
    pub fn preflights(&self) -> u64 {
        self.preflights.load(Ordering::Relaxed)
    }
}

impl Drop for RunningCompanion {
    fn drop(&mut self) {
        if let Some(Thread { running, handle }) = self.thread.take() {
            drop(running);
            // It ends within the task that it is in. An error means that it panicked, and has said so.
            let _ = handle.join();
        }
    }
}

/// Starts a companion on a thread of its own; it listens by the time this returns.
pub async fn start(options: Options) -> anyhow::Result<RunningCompanion> {
    let (running, ended) = oneshot::channel::<()>();
    let (started, has_started) = oneshot::channel();
    let thread = std::thread::Builder::new().name("companion".to_owned());
    let handle =
        thread.spawn(move || match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                LocalSet::new().block_on(&runtime, run(options, started, ended));
                // Does not wait for a file of the page that is still being read.
                runtime.shutdown_background();
            }
            Err(error) => drop(started.send(Err(error.into()))),
        })?;
    let mut companion = has_started.await.context("the companion's thread failed")??;
    companion.thread = Some(Thread { running, handle });
    Ok(companion)
}

/// Starts, says so, and serves until `ended`.
async fn run(
    options: Options,
    started: oneshot::Sender<anyhow::Result<RunningCompanion>>,
    ended: oneshot::Receiver<()>,
) {
    let mut tasks = JoinSet::new();
    let companion = start_here(options, &mut tasks).await;
    let is_running = companion.is_ok();
    if started.send(companion).is_ok() && is_running {
        // An error means that the sender was dropped, which ends the companion.
        let _ = ended.await;
    }
}

async fn start_here(options: Options, tasks: &mut JoinSet<()>) -> anyhow::Result<RunningCompanion> {
    let preparing = Preparing {
        main: options.host.clone(),
        services: options.services.clone(),
        dial: upstream::dial_options(options.protocols),
    };
    let dialer = upstream::dialer(options.host, options.protocols)?;
    let (names, hosts): (Vec<_>, Vec<_>) = options.services.into_iter().unzip();
    let services = names.iter().cloned().zip(hosts.iter().map(Host::to_string)).collect();
    let mut dialers = vec![Arc::clone(&dialer)];
    for host in hosts {
        dialers.push(upstream::dialer(host, options.protocols)?);
    }
    let client = upstream::client_options(options.protocols, options.cookies);
    let clock = RunClock::start();
    let records = Rc::new(Records::new(clock));
    let lanes = Rc::new(Lanes::new(&dialers, names, client, Rc::clone(&records), clock));
    let page = Page::new(options.page);
    let page_is_built = page.is_built();
    let token = random_token()?;
    let preflights = Arc::<AtomicU64>::default();
    let companion = Rc::new(Companion {
        dialer,
        preparing,
        services,
        lanes: Rc::clone(&lanes),
        records: Rc::clone(&records),
        token: token.clone(),
        page,
        reports: options.reports.map(|folder| Arc::new(ReportsFolder::new(folder))),
        preflights: Arc::clone(&preflights),
    });
    let Listeners { sockets, port } = listen::bind(&options.bind, options.port, &options.port_name).await?;
    let connections = Rc::new(Connections::new(options.max_connections));
    for socket in sockets {
        let (connections, companion) = (Rc::clone(&connections), Rc::clone(&companion));
        let door = Door { connections, companion, head_limit: options.head_limit };
        tasks.spawn_local(door.accept(socket));
    }
    tasks.spawn_local(Rc::clone(&records).watch());
    tasks.spawn_local(close_idle(lanes, options.lane_idle));
    Ok(RunningCompanion { port, token, page_is_built, preflights, thread: None })
}

/// 128 random bits in hex.
fn random_token() -> anyhow::Result<String> {
    let high = getrandom::u64().context("the system gives no random numbers")?;
    let low = getrandom::u64().context("the system gives no random numbers")?;
    Ok(format!("{high:016x}{low:016x}"))
}

async fn close_idle(lanes: Rc<Lanes>, idle: Duration) {
    let mut ticks = tokio::time::interval((idle / CHECKS_PER_IDLE).max(Duration::from_millis(1)));
    loop {
        ticks.tick().await;
        lanes.close_idle(idle);
    }
}
