//! What was typed after `oddiya-load stub`, and what it means.
//!
//! `Args` is the command line; `Options` is what the stub runs with and what tests fill in. No sockets here.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::timing::LlmLatency;
use crate::core::base::typed::{ip_address, port, whole_number};

/// How long a request waits for a database connection: HikariCP's default, which no Oddiya service changes.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(30);

/// Options of `oddiya-load stub`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port of the gateway; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080, value_parser = port, allow_hyphen_values = true)]
    port: u16,
    /// Port of the llm-agent; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8000, value_parser = port, allow_hyphen_values = true)]
    llm_port: u16,
    /// Address to listen on; the default also listens on ::1
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST),
        value_parser = ip_address,
        allow_hyphen_values = true
    )]
    bind: IpAddr,
    /// Which of the three Oddiyas to be
    #[arg(long, value_enum, default_value_t = Profile::Locust, allow_hyphen_values = true)]
    profile: Profile,
    /// How slow to be
    #[arg(long, value_enum, default_value_t = Speed::Laptop, allow_hyphen_values = true)]
    speed: Speed,
    /// Time one plan generation takes, such as 2s or 2s..5s [default: 0 for instant; with a mocked model 12ms for laptop,
    /// 48ms for t2-micro; with a real one 1s..3s and 2s..5s]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    llm_latency: Option<LlmLatency>,
    /// Seed of every draw, so that a run repeats [default: from the clock]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    seed: Option<u64>,
    /// Keep the data in this SQLite file [default: a temporary file]
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Start without the sample videos 1 to 10, which only profile locust has: asking for them fails until someone has
    /// made some
    #[arg(long)]
    fresh: bool,
    /// Users 1 to N exist from the start [default: 100 for locust, none for gateway and direct, as freshly installed]
    #[arg(long, value_name = "N", value_parser = users, allow_hyphen_values = true)]
    users: Option<u32>,
    /// Whether the agent asks a living model
    #[arg(long, value_enum, default_value_t = Model::Mock, allow_hyphen_values = true)]
    model: Model,
    /// Whether the agent keeps finished plans; a stock installation lacks the library for it
    #[arg(long, value_enum, default_value_t = Cache::Off, allow_hyphen_values = true)]
    cache: Cache,
    /// Give auth, user, plan and video service ports of their own, 8081 to 8084; free ones with --port 0
    #[arg(long)]
    services: bool,
}

/// What makes the agent's plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// The agent's mock mode: City Center and Local Restaurant on every day, in 12 ms
    Mock,
    /// A living model: places of the destination, in seconds
    Real,
}

/// Whether the agent has its plan cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Cache {
    /// As installed from requirements.txt, which lacks redis: every stream is a new plan
    Off,
    /// With any redis library: an hour's plans by destination, dates and budget
    On,
}

/// The ports of the services behind the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServicePorts {
    pub auth: u16,
    pub user: u16,
    pub plan: u16,
    pub video: u16,
}

impl ServicePorts {
    /// Those of a real installation.
    pub const REAL: Self = Self { auth: 8081, user: 8082, plan: 8083, video: 8084 };
    /// Free ones.
    pub const FREE: Self = Self { auth: 0, user: 0, plan: 0, video: 0 };
}

fn seed(text: &str) -> Result<u64, String> {
    whole_number(text, "seed", 0..=u64::MAX)
}

fn users(text: &str) -> Result<u32, String> {
    whole_number(text, "number of users", 0..=1_000_000)
}

/// The three Oddiyas that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// As locustfile.py expects: gateway, X-User-Id trusted, plans have a title
    Locust,
    /// Today's gateway: Bearer token needed, plans have a destination
    Gateway,
    /// Today's services without the gateway, all under one port: X-User-Id trusted, paths begin with /api/v1
    Direct,
}

/// How much time the host's work takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Speed {
    /// No added time at all
    Instant,
    /// As measured with everything on one developer machine
    Laptop,
    /// The phase-1 AWS deployment: four times a laptop's times, and more spread (a guess)
    T2Micro,
}

/// The videos that exist from the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Videos {
    /// Videos 1 to 10, which the load test asks for; they are finished, and every user finds them as their own.
    Samples,
    /// None, as in a newly installed Oddiya, where asking for one is a 500.
    Fresh,
}

/// What the stub runs with. The default is for tests: free ports, no added time, seed 1, no videos.
#[derive(Clone, Debug)]
pub struct Options {
    /// Address to listen on; 127.0.0.1 also listens on ::1.
    pub bind: IpAddr,
    /// The gateway's port; 0 picks a free one.
    pub port: u16,
    /// The llm-agent's port; 0 picks a free one.
    pub llm_port: u16,
    /// Which Oddiya to be.
    pub profile: Profile,
    /// How slow to be.
    pub speed: Speed,
    /// Time of one plan generation; `None` is the speed's own.
    pub llm_latency: Option<LlmLatency>,
    /// Seed of every draw.
    pub seed: u64,
    /// Where to keep the data; `None` is a temporary file.
    pub data: Option<PathBuf>,
    /// The videos that exist from the start; only profile `locust` has any.
    pub videos: Videos,
    /// How many users exist from the start; `None` is the profile's own number.
    pub users: Option<u32>,
    /// What makes the agent's plans.
    pub model: Model,
    /// Whether the agent keeps finished plans.
    pub cache: Cache,
    /// Ports of the services' own; `None` opens none.
    pub services: Option<ServicePorts>,
    /// Longest wait for a database connection.
    pub connection_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            llm_port: 0,
            profile: Profile::Locust,
            speed: Speed::Instant,
            llm_latency: None,
            seed: 1,
            data: None,
            videos: Videos::Fresh,
            users: None,
            model: Model::Mock,
            cache: Cache::Off,
            services: None,
            connection_timeout: CONNECTION_TIMEOUT,
        }
    }
}

impl From<Args> for Options {
    fn from(args: Args) -> Self {
        Self {
            bind: args.bind,
            port: args.port,
            llm_port: args.llm_port,
            profile: args.profile,
            speed: args.speed,
            llm_latency: args.llm_latency,
            seed: args.seed.unwrap_or_else(super::wallclock::seed),
            data: args.data,
            videos: if args.fresh { Videos::Fresh } else { Videos::Samples },
            users: args.users,
            model: args.model,
            cache: args.cache,
            services: args.services.then_some(if args.port == 0 {
                ServicePorts::FREE
            } else {
                ServicePorts::REAL
            }),
            connection_timeout: CONNECTION_TIMEOUT,
        }
    }
}
