//! The command `oddiya-load report`, which opens a report file, shows its tables and writes it in other formats.
//! The formats themselves are in `core`.

use std::path::PathBuf;

use super::open::open;
use super::output::Outputs;
use crate::core::base::given::Given;

/// Options of `oddiya-load report`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A report that `run --json` or the page's export wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Write the report again, byte for byte the same when this program's version wrote it
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,

    /// Write Locust's CSV files: PREFIX_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv
    #[arg(long, value_name = "PREFIX")]
    pub csv: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When the file is not a report, or a file cannot be read or written.
pub async fn show(args: &Args, given: &Given) -> anyhow::Result<()> {
    let report = open(&args.file)?;
    let outputs = Outputs::prepare(args.json.as_deref(), args.csv.as_deref(), None, given)?;
    // A signal ends this command as it ends any other.
    Ok(outputs.deliver(report, async || std::future::pending().await).await?)
}
