//! The command `oddiya-load ab`: two hosts under the same load in turn, and the comparison of what they did.

use super::plan::{Side, interleaved};
use super::series::{Ended, Planned, Series, SeriesArgs};
use crate::core::compare::groups::Groups;
use crate::core::compare::input::Run;
use crate::native::compare::JudgingArgs;
use crate::native::open::open;
use crate::native::run::fresh_seed;

const AFTER_HELP: &str = "\
Exit codes: those of `oddiya-load compare`; 3 when a host cannot be reached, 130 when interrupted.";

/// Options of `oddiya-load ab`.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// How many runs of each host
    #[arg(short, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub n: u32,

    /// The host to compare with
    #[arg(long, value_name = "URL")]
    pub base_host: String,

    /// The host in question; the same address where --before puts another version there
    #[arg(long, value_name = "URL")]
    pub new_host: String,

    #[command(flatten)]
    pub judging: JudgingArgs,

    #[command(flatten)]
    pub series: SeriesArgs,
}

/// Runs the command and gives its exit code.
pub async fn run(args: &Args) -> u8 {
    take_turns(args).await.unwrap_or_else(|ended| ended.tell())
}

async fn take_turns(args: &Args) -> Result<u8, Ended> {
    let judging = args.judging.check().map_err(Ended::Usage)?;
    let order = interleaved(args.n);
    let planned: Vec<Planned> = (0..order.len()).filter_map(|place| args.planned(&order, place)).collect();
    let warm_ups = [Side::Base, Side::New].map(|side| args.named(side, String::new()));
    let files = Series::prepare(&args.series, fresh_seed())?.run(&planned, &warm_ups).await?;
    let mut runs = Groups { base: Vec::new(), new: Vec::new(), like: Vec::new() };
    for (side, file) in order.iter().zip(&files) {
        let run = Run::of(&open(file)?, file.display().to_string());
        match side {
            Side::Base => runs.base.push(run),
            Side::New => runs.new.push(run),
        }
    }
    Ok(judging.finish(&runs)?.code())
}

impl Args {
    /// The run at a place of the order, numbered among those of its side.
    fn planned(&self, order: &[Side], place: usize) -> Option<Planned> {
        let side = *order.get(place)?;
        let number = order.iter().take(place + 1).filter(|other| **other == side).count();
        Some(self.named(side, format!("{}-{number}", side.name())))
    }

    fn named(&self, side: Side, name: String) -> Planned {
        let host = match side {
            Side::Base => &self.base_host,
            Side::New => &self.new_host,
        };
        Planned { name, side: side.name(), host: Some(host.clone()) }
    }
}
