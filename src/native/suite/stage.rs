//! One stage as a process: `oddiya-load run` with its words, and what came of it.

use std::path::Path;
use std::process::Stdio;

use anyhow::Context as _;
use tokio::process::Command;

use crate::core::report::Report;
use crate::native::interrupts::Interrupts;
use crate::native::open::open;

/// What came of a stage.
pub enum Ended {
    Ran(Box<Report>),
    /// Why there is no report.
    NotRun(String),
    /// The stage was interrupted, with a report where it had begun.
    Interrupted(Option<Box<Report>>),
}

/// The exit codes of a run that did not take place.
const USAGE: i32 = 2;
const UNREACHABLE: i32 = 3;

/// Runs a stage to its end. Its report goes to `file`.
///
/// # Errors
/// When the system refuses the process.
pub async fn run(words: &[String], file: &Path, interrupts: &mut Interrupts) -> anyhow::Result<Ended> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
    command.arg("run").arg("--json").arg(file).args(words);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().context("cannot start a stage")?;
    let mut is_interrupted = false;
    let status = loop {
        // The signals of a terminal reach the child too, so it is only waited for.
        tokio::select! {
            status = child.wait() => break status.context("cannot wait for a stage")?,
            () = interrupts.next() => is_interrupted = true,
        }
    };
    let report = if file.exists() { open(file).ok().map(Box::new) } else { None };
    if is_interrupted {
        return Ok(Ended::Interrupted(report));
    }
    Ok(match (report, status.code()) {
        (Some(report), _) => Ended::Ran(report),
        (None, Some(UNREACHABLE)) => Ended::NotRun("the host cannot be reached".to_owned()),
        (None, Some(USAGE)) => Ended::NotRun("its options are wrong; the message stands above".to_owned()),
        (None, Some(code)) => Ended::NotRun(format!("it ended with exit code {code} and left no report")),
        (None, None) => Ended::NotRun("it was killed and left no report".to_owned()),
    })
}
