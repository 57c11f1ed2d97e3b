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
    /// Time one plan generation takes, such as 2s or 2s..5s [default: 0 for instant, 1s..3s for laptop, 2s..5s for
    /// t2-micro]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    llm_latency: Option<LlmLatency>,
    /// Seed of every draw, so that a run repeats [default: from the clock]
    #[arg(long, value_name = "N", value_parser = seed, allow_hyphen_values = true)]
    seed: Option<u64>,
    /// Keep the data in this SQLite file [default: a temporary file]
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Start without the sample videos 1 to 10: asking for them fails until someone has made some
    #[arg(long)]
    fresh: bool,
}

fn seed(text: &str) -> Result<u64, String> {
    whole_number(text, "seed", 0..=u64::MAX)
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
    /// Everything on one developer machine
    Laptop,
    /// The phase-1 AWS deployment: four times a laptop's times, and more spread
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
    /// The videos that exist from the start.
    pub videos: Videos,
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
            connection_timeout: CONNECTION_TIMEOUT,
        }
    }
}
