//! `oddiya-load serve` as a process: what it prints, how it ends, what its surroundings tell it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

use crate::fake_host::FakeHost;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn oddiya_load() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oddiya-load"));
    command.env_remove("ODDIYA_LOAD_HOST").env_remove("ODDIYA_LOAD_PORT").env_remove("ODDIYA_LOAD_REPORTS");
    command
}

fn serve() -> Command {
    let mut command = oddiya_load();
    command.arg("serve");
    command
}

fn ended(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// `serve` for a host, on a free port.
pub fn serving(host: &str) -> Command {
    let mut command = serve();
    command.args(["--no-open", "--port", "0", "--host", host]);
    command
}

/// The command at work; killed when it is dropped.
pub struct Running {
    process: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    first_line: String,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first_line = lines.next().expect("it ended without a word").unwrap();
        Self { process, lines, first_line }
    }

    pub fn port(&self) -> u16 {
        let url = self.first_line.split_whitespace().nth(1).unwrap();
        url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// The text of one answer.
    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", self.port());
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    pub async fn token(&self) -> String {
        let answer = self.get("/companion.json").await;
        answer.split("\"token\":\"").nth(1).unwrap().chars().take(32).collect()
    }
}

impl Running {
    /// Stops the process, and returns once none of its threads runs any more: they stop one after the other. Linux only.
    pub fn stop(&self) {
        self.signal("-STOP");
        let threads = format!("/proc/{}/task", self.process.id());
        let is_stopped = |thread: std::io::Result<std::fs::DirEntry>| {
            let stat = std::fs::read_to_string(thread.unwrap().path().join("stat")).unwrap_or_default();
            // The state follows the command's name, which stands in brackets (proc(5)).
            stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T'))
        };
        while !std::fs::read_dir(&threads).unwrap().all(is_stopped) {
            std::thread::yield_now();
        }
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_host_that_is_no_address_stops_it_and_it_says_what_would_be_right() {
    for host in ["localhost:8080", "ftp://localhost", "http://", "http://localhost:99999"] {
        let (code, message) = ended(serve().args(["-H", host]));
        assert_eq!(code, Some(2), "{message}");
        assert!(message.contains("--host") && message.contains("http://localhost:8080"), "{message}");
    }
}

#[test]
fn a_port_in_use_stops_it_and_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, message) = ended(serve().args(["--port", &port]));
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains(&format!("--port {port} is already in use")), "{message}");
}

#[test]
fn it_says_where_the_page_is_and_what_is_missing_and_takes_its_settings_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve();
    command.env("ODDIYA_LOAD_HOST", "http://10.0.0.5:8080/").env("ODDIYA_LOAD_PORT", "0");
    let mut running = Running::start(command.arg("--page").arg(folder.path()));
    let expected = format!("Page: http://localhost:{}  →  host http://10.0.0.5:8080", running.port());
    assert_eq!(running.first_line, expected);
    assert!(running.lines.next().unwrap().unwrap().contains("make build"));
}

// Elsewhere only 127.0.0.1 is this machine.
#[cfg(target_os = "linux")]
#[test]
fn an_address_that_is_not_localhost_is_announced_as_what_it_is() {
    for (address, name) in [("127.0.0.2", "127.0.0.2"), ("127.0.0.1", "localhost")] {
        let running = Running::start(serving("http://10.0.0.5:8080").args(["--bind", address]));
        let expected = format!("Page: http://{name}:{}  →  host http://10.0.0.5:8080", running.port());
        assert_eq!(running.first_line, expected);
        assert!(std::net::TcpStream::connect((address, running.port())).is_ok());
    }
}

#[test]
fn a_folder_of_reports_that_is_not_there_stops_it() {
    let parent = tempfile::tempdir().unwrap();
    let (code, message) = ended(serve().arg("--reports").arg(parent.path().join("gone")));
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("gone is no folder; create it, or name another"), "{message}");
}

#[tokio::test]
async fn the_reports_in_the_folder_reports_are_shown_without_being_asked_for() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path().join("reports");
    std::fs::create_dir(&folder).unwrap();
    let report = include_str!("../../fixtures/reports/v2/sim.json");
    std::fs::write(folder.join("a.json"), report).unwrap();
    let mut command = serving("http://10.0.0.5:8080");
    let running = Running::start(command.current_dir(here.path()));
    let listing = running.get(&format!("/companion/reports/{}", running.token().await)).await;
    assert!(listing.contains("\"name\":\"a.json\""), "{listing}");
}

#[tokio::test]
async fn without_a_command_it_serves_the_page() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<p>page").unwrap();
    let mut command = oddiya_load();
    command.args(["-H", "http://10.0.0.5:8080", "--port", "0", "--page"]).arg(folder.path());
    let running = Running::start(&mut command);
    assert!(running.first_line.ends_with("host http://10.0.0.5:8080"), "{}", running.first_line);
    assert!(running.get("/").await.ends_with("<p>page"));
}

#[test]
fn options_of_the_page_do_not_mix_with_a_command() {
    let (code, message) = ended(oddiya_load().args(["--port", "0", "stub"]));
    assert_eq!(code, Some(2), "{message}");
    // Settings from the environment are there for every command.
    let settings = [("ODDIYA_LOAD_HOST", "http://10.0.0.5:8080"), ("ODDIYA_LOAD_PORT", "0")];
    let (code, message) = ended(oddiya_load().envs(settings).args(["report", "--help"]));
    assert_eq!(code, Some(0), "{message}");
}

#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_stops_it_at_once_even_in_the_middle_of_a_request() {
    let host = FakeHost::start(|mut connection| async move {
        connection.request().await.unwrap();
        connection.closed().await;
    })
    .await;
    let mut running = Running::start(serve().args(["--port", "0", "-H", &host.url()]));
    let path = format!("/relay/{}/-/slow", running.token().await);
    let mut stream = TcpStream::connect(("127.0.0.1", running.port())).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    while host.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    let interrupted = Instant::now();
    let pid = running.process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let status = running.process.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(interrupted.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn a_host_behind_tls_is_trusted_through_the_systems_certificates_alone() {
    let folder = tempfile::tempdir().unwrap();
    let port = tls_host(&folder.path().join("trusted.pem")).await;
    let stranger = folder.path().join("stranger.pem");
    tls_host(&stranger).await;
    for (certificates, expected) in
        [("trusted.pem", "HTTP/1.1 200 OK"), ("stranger.pem", r#"failure: {"kind":"tls""#)]
    {
        let mut command = serve();
        command.env("SSL_CERT_FILE", folder.path().join(certificates)).env_remove("SSL_CERT_DIR");
        let host = format!("https://localhost:{port}");
        let running = Running::start(command.args(["--port", "0", "-H", &host]));
        let answer = running.get(&format!("/relay/{}/-/", running.token().await)).await;
        assert!(answer.contains(expected), "{answer}");
        let reachable = format!("\"reachable\":{}", certificates == "trusted.pem");
        let checked = running.get(&format!("/companion/host/{}", running.token().await)).await;
        assert!(checked.contains(&reachable), "{checked}");
    }
}

/// A host with a certificate of its own for `localhost`, written to a file; gives its port.
async fn tls_host(certificate: &Path) -> u16 {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    std::fs::write(certificate, made.cert.pem()).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A client that distrusts us, or only tries whether we are there, goes away during the handshake.
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut request = [0; 4096];
            if stream.read(&mut request).await.is_ok_and(|count| count > 0) {
                stream.write_all(OK.as_bytes()).await.unwrap();
            }
        }
    });
    port
}
