//! One line of the documentation: what is changed in it, how it is run, and what counts as its success.
//!
//! | line | what happens |
//! |---|---|
//! | `oddiya-load run` | runs against the block's stub, for a second |
//! | `oddiya-load run -H` with a host elsewhere | runs against a port that refuses: everything is checked, nothing is run |
//! | `oddiya-load serve`, `stub` | starts on free ports, answers one request, is stopped |
//! | `oddiya-load repeat`, `ab`, `suite` | makes its runs against the block's stub, each for a second, without pauses |
//! | `oddiya-load report`, `compare`, `scenario` | runs as it stands, in the block's folder, which has the examples of docs/scenarios.md |
//! | `oddiya-load scenario run-once` | runs against the block's stub |
//! | `oddiya-load` alone | starts on a free port, answers one request, is stopped; it opens no browser outside of a terminal |
//! | `curl` | is sent to the block's stub |
//! | `make`, `cargo` | is checked to exist (`project.rs`) |

use std::net::SocketAddr;
use std::path::Path;

use tempfile::TempDir;
use tokio::net::TcpSocket;

use crate::curl::Request;
use crate::pages::project_folder;
use crate::process::{Server, ends};
use crate::project;
use crate::words::{option, set_option, split};

/// The ports that the documentation names for a host.
const GATEWAY_PORT: u16 = 8080;
const LLM_PORT: u16 = 8000;
/// A run ended: 0, or 1 when requests failed, which depends on the host and not on the command.
const RAN: [i32; 2] = [0, 1];
const UNREACHABLE: i32 = 3;
/// A comparison ended: a condition may be met, and on a busy machine runs of a second may have suspect ones.
const COMPARED: [i32; 3] = [0, 1, 4];

/// What the lines of one block share.
pub struct World {
    folder: TempDir,
    gateway_port: u16,
    llm_port: u16,
    closed: SocketAddr,
    _stub: Server,
    /// Bound but not listening: nobody else gets its port, and connecting is refused.
    _closed: TcpSocket,
}

impl World {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_examples(folder.path());
        let arguments = ["stub", "--port", "0", "--llm-port", "0", "--speed", "instant"].map(str::to_owned);
        let stub = Server::start(folder.path(), &arguments, "profile").await.unwrap();
        // The gateway's line comes first, the llm-agent's last; each has another line where there is IPv6.
        let [gateway_port, .., llm_port] = stub.ports[..] else { panic!("not two ports: {:?}", stub.ports) };
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        let closed = socket.local_addr().unwrap();
        Self { folder, gateway_port, llm_port, closed, _stub: stub, _closed: socket }
    }

    /// The stub's port for a port that the documentation names.
    fn port(&self, named: u16) -> Option<u16> {
        match named {
            GATEWAY_PORT => Some(self.gateway_port),
            LLM_PORT => Some(self.llm_port),
            _ => None,
        }
    }
}

/// Puts the examples of docs/scenarios.md where the commands of that page expect them.
fn copy_examples(folder: &Path) {
    for entry in std::fs::read_dir(project_folder().join("tests/fixtures/scenarios/good")).unwrap() {
        let file = entry.unwrap();
        std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
}

/// Runs a line, or says why it cannot be run.
pub async fn run(world: &World, line: &str) -> Result<(), String> {
    let words = split(line).ok_or("a quote is not closed")?;
    let (command, arguments) = words.split_first().ok_or("no command")?;
    match command.as_str() {
        "oddiya-load" => oddiya_load(world, arguments.to_vec()).await,
        "curl" => curl(world, arguments).await,
        "make" => project::check_make(arguments),
        "cargo" => project::check_cargo(arguments),
        script if script.starts_with("make/") => project::check_script(script, arguments),
        other => Err(format!("`{other}` is not run here; show it in a block that is not marked `sh`")),
    }
}

async fn oddiya_load(world: &World, mut arguments: Vec<String>) -> Result<(), String> {
    let folder = world.folder.path();
    match arguments.first().map(String::as_str) {
        None => {
            set_option(&mut arguments, &["--port"], "0");
            answers(Server::start(folder, &arguments, "Page:").await?, "/companion.json").await
        }
        Some("run") => {
            let codes = set_host(world, &mut arguments);
            set_services(world, &mut arguments);
            set_option(&mut arguments, &["-t", "--run-time"], "1s");
            ends(folder, &arguments, &codes).await
        }
        Some("serve") => {
            set_host(world, &mut arguments);
            set_option(&mut arguments, &["--port"], "0");
            answers(Server::start(folder, &arguments, "Page:").await?, "/companion.json").await
        }
        Some("stub") => {
            set_option(&mut arguments, &["--port"], "0");
            set_option(&mut arguments, &["--llm-port"], "0");
            answers(Server::start(folder, &arguments, "profile").await?, "/__stub/stats").await
        }
        Some(series @ ("repeat" | "suite")) => {
            // Stages may fail, which depends on the host.
            let codes = if series == "suite" { RAN.as_slice() } else { &[0] };
            set_host(world, &mut arguments);
            shorten(&mut arguments);
            ends(folder, &arguments, codes).await
        }
        Some("ab") => {
            let stub = format!("http://127.0.0.1:{}", world.gateway_port);
            ["--base-host", "--new-host"].iter().for_each(|host| set_option(&mut arguments, &[host], &stub));
            shorten(&mut arguments);
            ends(folder, &arguments, &COMPARED).await
        }
        Some("compare") => ends(folder, &arguments, &COMPARED).await,
        Some("scenario") if arguments.get(1).is_some_and(|action| action == "run-once") => {
            let codes = set_host(world, &mut arguments);
            ends(folder, &arguments, &codes).await
        }
        Some(_) => ends(folder, &arguments, &[0]).await,
    }
}

/// Runs of a second, one right after the other. Options of a run stand last, so those of the series go in front.
fn shorten(arguments: &mut Vec<String>) {
    set_option(arguments, &["-t", "--run-time"], "1s");
    arguments.splice(1..1, ["--pause".to_owned(), "0s".to_owned()]);
}

/// Names the block's stub instead of the documentation's host. Gives the exit codes of a run against it.
fn set_host(world: &World, arguments: &mut Vec<String>) -> Vec<i32> {
    const NAMES: [&str; 2] = ["-H", "--host"];
    let host = option(arguments, &NAMES).unwrap_or("http://localhost:8080").to_owned();
    let port = host.strip_prefix("http://localhost:").and_then(|port| world.port(port.parse().ok()?));
    if let Some(port) = port {
        set_option(arguments, &NAMES, &format!("http://127.0.0.1:{port}"));
        return RAN.to_vec();
    }
    let scheme = host.split(':').next().unwrap();
    set_option(arguments, &NAMES, &format!("{scheme}://{}", world.closed));
    vec![UNREACHABLE]
}

/// Names the block's stub instead of the documentation's addresses of services, `llm=http://localhost:8000`.
fn set_services(world: &World, arguments: &mut [String]) {
    for argument in arguments {
        let address = argument.split_once("=http://localhost:");
        let port = address.and_then(|(name, port)| Some((name, world.port(port.parse().ok()?)?)));
        if let Some((name, port)) = port {
            *argument = format!("{name}=http://127.0.0.1:{port}");
        }
    }
}

async fn answers(server: Server, path: &str) -> Result<(), String> {
    let port = server.ports.first().ok_or("it names no port")?;
    Request::get(*port, path).send().await
}

async fn curl(world: &World, arguments: &[String]) -> Result<(), String> {
    let request = Request::parse(arguments)?;
    let port = world.port(request.port).ok_or_else(|| format!("no stub on port {}", request.port))?;
    Request { port, ..request }.send().await
}
