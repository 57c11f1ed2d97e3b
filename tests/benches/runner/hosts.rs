//! The hosts that are loaded, each a process of its own on 127.0.0.1 that ends with its value: nginx, and our stub.
//!
//! nginx answers fastest and keeps no times; the stub keeps times and can be told to freeze.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::figures;
use crate::generators::{Cores, TOOL, pinned};

/// 73 bytes, as the issue asks for.
const BODY: &str = r#"{"status":"UP","groups":["liveness","readiness"],"components":{"app":{}}}"#;
const _: () = assert!(BODY.len() == 73);
/// Within this a host has to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// nginx with one process; the folder holds its configuration.
pub struct Nginx {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Nginx {
    pub fn start(cores: Cores) -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        std::fs::write(folder.path().join("nginx.conf"), configuration(path, port)).unwrap();
        let mut command = pinned(cores, "nginx");
        command.args(["-p", path, "-c", "nginx.conf", "-e", "error.log"]);
        let nginx = Self { process: command.spawn().unwrap(), port, _folder: folder };
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(began.elapsed() < PATIENCE, "nginx does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        nginx
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Requests it has read, this question included.
    pub fn requests(&self) -> u64 {
        figures::nginx_requests(&ask(self.port, "GET", "/stub_status", "")).unwrap()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// One process and no other, so that ending it ends nginx.
fn configuration(folder: &str, port: u16) -> String {
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("  {name}_temp_path {folder}/{name};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log crit;\n\
         events {{ worker_connections 19990; multi_accept on; }}\n\
         http {{\n{temporary}  access_log off;\n  keepalive_requests 1000000000;\n  keepalive_timeout 600s;\n  \
         server {{\n    listen 127.0.0.1:{port} backlog=8192;\n    \
         location = /stub_status {{ stub_status; }}\n    \
         location /session/ {{ add_header Set-Cookie session=7d444840-9dc0-11d1-b245-5ffdce74fad2; \
         default_type application/json; return 200 '{BODY}'; }}\n    \
         location / {{ default_type application/json; return 200 '{BODY}'; }}\n  }}\n}}\n"
    )
}

/// Our stub.
pub struct Stub {
    process: Child,
    port: u16,
}

impl Stub {
    /// As slow as `--speed` makes it: `laptop` takes a few milliseconds for a request, `t2-micro` four times that.
    pub fn start(speed: &str) -> Self {
        let mut command = pinned(Cores::Host, TOOL);
        command.args(["stub", "--port=0", "--llm-port=0", "--seed=1", "--speed", speed]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        Self { process, port: port.expect("the stub did not say where it listens") }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it counted and timed.
    pub fn stats(&self) -> Value {
        serde_json::from_str(&ask(self.port, "GET", "/__stub/stats", "")).unwrap()
    }

    /// Answers nothing from now on, for this long.
    pub fn freeze(&self, seconds: f64) {
        let fault = serde_json::json!({"kind": "stall", "seconds": seconds}).to_string();
        ask(self.port, "POST", "/__stub/faults", &fault);
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Our stub as today's gateway with its services, each at its own port.
pub struct Services {
    process: Child,
    /// Name and port of each listener.
    ports: Vec<(String, u16)>,
}

impl Services {
    /// With users 1 to `users`.
    pub fn start(users: u32) -> Self {
        let mut command = pinned(Cores::Host, TOOL);
        command.args([
            "stub",
            "--profile=gateway",
            "--services",
            "--port=0",
            "--llm-port=0",
            "--seed=1",
            &format!("--users={users}"),
        ]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        // A line for each listener, then one about the stub.
        let listeners =
            lines.take_while(|line| line.contains("http://127.0.0.1:") || line.contains("http://[::1]:"));
        let read = |line: String| {
            let (name, url) = line.split_once(' ').unwrap();
            (name.to_owned(), url.rsplit(':').next().unwrap().parse().unwrap())
        };
        let ports = listeners.map(read).collect();
        Self { process, ports }
    }

    /// The port of `gateway`, `auth`, `user`, `plan`, `video` or `llm-agent`.
    pub fn port(&self, name: &str) -> u16 {
        self.ports.iter().find(|(found, _)| found == name).unwrap().1
    }

    /// Processor time that the stub has taken, in seconds.
    pub fn processor_secs(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        // After the name in brackets; user and system time are fields 14 and 15, in hundredths of a second.
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / 100.0
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn end(process: &mut Child) {
    // Fails only when it has ended already.
    let _ = process.kill();
    let _ = process.wait();
}

/// Sends a request and gives the answer's body.
fn ask(port: u16, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 ") || head.contains(" 201 "), "{method} {path}: {head}");
    body.to_owned()
}
