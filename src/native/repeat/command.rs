//! The command `oddiya-load repeat`: one load several times, so that the spread between runs is known.

use super::series::{Ended, Planned, Series, SeriesArgs};
use crate::native::run::fresh_seed;
use crate::native::say::tell;

/// Options of `oddiya-load repeat`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many runs
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    pub count: u32,

    #[command(flatten)]
    pub series: SeriesArgs,
}

/// Runs the command and gives its exit code.
pub async fn run(args: &Args) -> u8 {
    make_runs(args).await.map_or_else(|ended| ended.tell(), |()| 0)
}

async fn make_runs(args: &Args) -> Result<(), Ended> {
    let planned = |name: String| Planned { name, side: "base", host: None };
    let runs: Vec<Planned> = (1..=args.count).map(|number| planned(number.to_string())).collect();
    let files = Series::prepare(&args.series, fresh_seed())?.run(&runs, &[planned(String::new())]).await?;
    let folder = args.series.out.display();
    tell(&format!(
        "{} reports of one group in {folder}. To compare: oddiya-load compare --base {folder}/*.json --new …",
        files.len()
    ));
    Ok(())
}
