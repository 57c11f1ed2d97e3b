//! The flags of `oddiya-load run`. They bear the names of Locust's flags where they mean the same.
//!
//! Values stay text here and are checked in `core::config`, so that flags, form and address bar obey the same rules.

use std::path::PathBuf;

use super::options::ConnectionArgs;
use super::project_file::preset_named;
use super::scenario::options::ScenarioArgs;
use crate::core::base::typed::whole_number;
use crate::core::config::run_config::RunConfigText;
use crate::core::scenario::Scenario;

const AFTER_HELP: &str = "\
Every option can be given as an environment variable, ODDIYA_LOAD_ and its name (ODDIYA_LOAD_RUN_TIME=1m), and as a default in
the file oddiya-load.yaml of the working folder (run-time: 1m). What is typed goes first, then the environment, then a preset that
was named, then the file.

Hosts are connected to directly: proxy variables (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY) are ignored. Certificates are
checked against the system's roots, or against those that SSL_CERT_FILE or SSL_CERT_DIR name.

Exit codes:
  0    every request succeeded
  1    a request failed or was left unanswered (or what --exit-code-on-error says), no request was sent, or a file could
       not be written
  2    wrong usage; nothing was run
  3    the host cannot be reached; nothing was run
  130  interrupted twice";

/// Options of `oddiya-load run`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// User classes of the scenario to run. Without --scenario: OddiyaUser, StressTestUser, DatabaseStressUser (these
    /// three when none is named); and, only when named, PlanStreamUser, which streams plans from the llm-agent
    /// (-H http://localhost:8000)
    #[arg(value_name = "UserClass", env = "ODDIYA_LOAD_USER_CLASSES")]
    pub classes: Vec<String>,

    /// The host to load [default: the scenario's main service, or else http://localhost:8080]
    #[arg(
        short = 'H',
        long,
        value_name = "URL",
        env = "ODDIYA_LOAD_HOST",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub host: String,

    /// Take a load with a name: normal, peak and stress are those of Oddiya's README, day is a day of the mobile app in 24
    /// minutes. What is typed beside it goes before it
    #[arg(long, value_name = "NAME", env = "ODDIYA_LOAD_PRESET", value_parser = preset, allow_hyphen_values = true)]
    pub preset: Option<String>,

    /// Peak number of users at the same time [default: 1]
    #[arg(
        short,
        long,
        value_name = "N",
        env = "ODDIYA_LOAD_USERS",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub users: String,

    /// Users started per second [default: 1]
    #[arg(
        short = 'r',
        long,
        value_name = "PER_SECOND",
        env = "ODDIYA_LOAD_SPAWN_RATE",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub spawn_rate: String,

    /// Start this many tasks per second, even while earlier ones still run, instead of keeping users
    #[arg(
        long,
        value_name = "PER_SECOND",
        env = "ODDIYA_LOAD_RATE",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub rate: String,

    /// How these arrivals are spaced: constant or poisson [default: constant]
    #[arg(
        long,
        value_name = "HOW",
        env = "ODDIYA_LOAD_ARRIVALS",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub arrivals: String,

    /// Users that arrivals may keep busy at a time; an arrival that finds none free is dropped, and counted [default: the
    /// arrivals of 30 seconds (for streamed plans of 120 seconds), at most 20000]
    #[arg(
        long,
        value_name = "N",
        env = "ODDIYA_LOAD_MAX_USERS",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub max_users: String,

    /// Change the load over time: users ("0..50,30s; 50,5m; ..0,30s") or arrivals per second ("10/s,1m; 10..50/s,5m");
    /// without --run-time the run is as long as its stages
    #[arg(
        long,
        value_name = "STAGES",
        env = "ODDIYA_LOAD_STAGES",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub stages: String,

    /// Stop after this long, the ramp included: 20, 20s, 3m, 1h20m; without it, run until Ctrl-C
    #[arg(
        short = 't',
        long,
        value_name = "TIME",
        env = "ODDIYA_LOAD_RUN_TIME",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub run_time: String,

    /// Let requests in flight end for at most this long after the stop; they are normally done much sooner
    #[arg(
        short = 's',
        long,
        value_name = "TIME",
        env = "ODDIYA_LOAD_STOP_TIMEOUT",
        default_value = "30s",
        allow_hyphen_values = true
    )]
    pub stop_timeout: String,

    /// Think this long between tasks, whatever a class or a task says: 0, 1s, 1s..3s, "normal 3s 500ms", "poisson 2s",
    /// "pacing 10s"
    #[arg(
        long,
        value_name = "TIME",
        env = "ODDIYA_LOAD_THINK_TIME",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub think_time: String,

    /// Repeat the draws of an earlier run; every report names its seed
    #[arg(
        long,
        value_name = "N",
        env = "ODDIYA_LOAD_SEED",
        default_value = "",
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    pub seed: String,

    /// Share the run among this many threads, 1 to 64, at most one per user [default: by the load, at most one per core]
    #[arg(long, value_name = "N", env = "ODDIYA_LOAD_SHARDS", value_parser = shard_count, allow_hyphen_values = true)]
    pub shards: Option<u32>,

    /// Begin the statistics anew once the ramp is over: all users have started, or the rate is at its highest
    #[arg(long, env = "ODDIYA_LOAD_RESET_STATS")]
    pub reset_stats: bool,

    /// Write the report to FILE every second (in long runs less often), so that a killed run leaves a report too
    #[arg(long, value_name = "FILE", env = "ODDIYA_LOAD_JSON")]
    pub json: Option<PathBuf>,

    /// Write Locust's CSV files at the end: PREFIX_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv
    #[arg(long, value_name = "PREFIX", env = "ODDIYA_LOAD_CSV")]
    pub csv: Option<PathBuf>,

    /// Write the report into this folder at the end, under a name that sorts (start, host, scenario); `serve --reports DIR`
    /// shows it in the page
    #[arg(long, value_name = "DIR", env = "ODDIYA_LOAD_REPORTS")]
    pub reports: Option<PathBuf>,

    /// The exit code when any request failed
    #[arg(
        long,
        value_name = "CODE",
        env = "ODDIYA_LOAD_EXIT_CODE_ON_ERROR",
        default_value_t = 1,
        value_parser = exit_code,
        allow_hyphen_values = true
    )]
    pub exit_code_on_error: u8,

    /// Start without checking that the host can be reached
    #[arg(long, env = "ODDIYA_LOAD_NO_PREFLIGHT")]
    pub no_preflight: bool,

    /// Ask the host nothing before the load: neither which Oddiya it is, nor for users; users are then those of numbers 1 to 100
    #[arg(long, env = "ODDIYA_LOAD_NO_SETUP")]
    pub no_setup: bool,

    /// Delete the plans that the run made once it is over; a run that is left by a second Ctrl-C deletes none
    #[arg(long, env = "ODDIYA_LOAD_CLEANUP")]
    pub cleanup: bool,

    /// Does nothing: accepted because Locust's users type it, and `run` never opens a page
    #[arg(long, env = "ODDIYA_LOAD_HEADLESS")]
    pub headless: bool,

    #[command(flatten)]
    pub scenario: ScenarioArgs,

    #[command(flatten)]
    pub connections: ConnectionArgs,
}

fn preset(text: &str) -> Result<String, String> {
    preset_named(text).map(|preset| preset.name.to_owned())
}

fn shard_count(text: &str) -> Result<u32, String> {
    whole_number(text, "number of shards", 1..=64)
}

fn exit_code(text: &str) -> Result<u8, String> {
    whole_number(text, "exit code", 0..=u8::MAX)
}

impl Args {
    /// The configuration as typed, for a scenario: its main service is the host where none was typed.
    pub fn config_text(&self, scenario: &Scenario) -> RunConfigText {
        let host = match scenario.main_url() {
            Some(main) if self.host.is_empty() => main.to_string(),
            None if self.host.is_empty() => RunConfigText::default().host,
            _ => self.host.clone(),
        };
        RunConfigText {
            host,
            users: self.users.clone(),
            spawn_rate: self.spawn_rate.clone(),
            rate: self.rate.clone(),
            arrivals: self.arrivals.clone(),
            max_users: self.max_users.clone(),
            stages: self.stages.clone(),
            run_time: self.run_time.clone(),
            classes: self.classes.join(" "),
            think_time: self.think_time.clone(),
            stop_timeout: self.stop_timeout.clone(),
            seed: self.seed.clone(),
        }
    }
}
