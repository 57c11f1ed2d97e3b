//! `oddiya-load` as a process: one that ends by itself, or a server that is stopped once it answers.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Far longer than any of these commands takes: a hanging one fails the test instead of hanging it.
const LIMIT: Duration = Duration::from_secs(60);

fn command(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ODDIYA_LOAD_")) {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs the command to its end, which must have one of these exit codes.
pub async fn ends(folder: &Path, arguments: &[String], codes: &[i32]) -> Result<(), String> {
    let ended = tokio::time::timeout(LIMIT, command(folder, arguments).output());
    let output = ended.await.map_err(|_| "it hangs")?.map_err(|error| error.to_string())?;
    match output.status.code() {
        Some(code) if codes.contains(&code) => Ok(()),
        code => Err(format!(
            "exit code {code:?}, expected {codes:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

/// A server; killed when it is dropped.
pub struct Server {
    /// The ports that it named, in its own order.
    pub ports: Vec<u16>,
    _process: Child,
    /// A server that prints to a closed pipe ends.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Server {
    /// Starts the command and reads what it says, up to the first line that begins with `last`.
    pub async fn start(folder: &Path, arguments: &[String], last: &str) -> Result<Self, String> {
        tokio::time::timeout(LIMIT, Self::listening(folder, arguments, last)).await.map_err(|_| "it hangs")?
    }

    async fn listening(folder: &Path, arguments: &[String], last: &str) -> Result<Self, String> {
        let mut process = command(folder, arguments).spawn().map_err(|error| error.to_string())?;
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut ports = Vec::new();
        loop {
            let Ok(Some(line)) = lines.next_line().await else {
                let output = process.wait_with_output().await.map_err(|error| error.to_string())?;
                return Err(format!("it ended: {}", String::from_utf8_lossy(&output.stderr)));
            };
            ports.extend(port_in(&line));
            if line.starts_with(last) {
                return Ok(Self { ports, _process: process, _output: lines });
            }
        }
    }
}

/// The port of the first address in a line.
fn port_in(line: &str) -> Option<u16> {
    let address = line.split_once("http://")?.1.split_whitespace().next()?;
    address.rsplit(':').next()?.parse().ok()
}
