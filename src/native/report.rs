//! The command `oddiya-load report`, which opens a report file, shows its tables and writes it in other formats.
//! The formats themselves are in `core`.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::output::Outputs;
use crate::core::base::given::Given;
use crate::core::base::visible::visible;
use crate::core::report::Report;
use crate::core::report::read::{MAX_BYTES, ReadError, read};

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
    let outputs = Outputs::prepare(args.json.as_deref(), args.csv.as_deref(), given)?;
    // A signal ends this command as it ends any other.
    Ok(outputs.deliver(report, async || std::future::pending().await).await?)
}

fn open(path: &Path) -> anyhow::Result<Report> {
    // The name of a file is text of unknown origin too.
    let named = || format!("cannot open {}", visible(&path.to_string_lossy()));
    let file = File::open(path).with_context(named)?;
    let size = file.metadata().with_context(named)?.len();
    if size > MAX_BYTES {
        return Err(ReadError::TooLarge(size)).with_context(named);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(named)?;
    read(&bytes).with_context(named)
}
