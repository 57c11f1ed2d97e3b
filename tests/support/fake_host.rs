//! A host on loopback that runs a test's script on each connection, so that the test decides every byte.
//!
//! It records each request with its connection. When a script panics, dropping the host fails the test; otherwise the
//! test would only hang.

use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// One recorded request.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Number of the connection, from 0 in the order of opening.
    pub connection: usize,
    pub method: String,
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    /// Whether it prepares a run, and is none of its load.
    pub fn prepares(&self) -> bool {
        self.header("x-oddiya-load").is_some() || self.target.contains("?oddiya-load=preparing")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A running host; dropping it stops it.
pub struct FakeHost {
    pub port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
    accepting: Option<tokio::task::JoinHandle<()>>,
}

impl FakeHost {
    /// Runs `script` on every connection.
    pub async fn start<F, Fut>(script: F) -> Self
    where
        F: Fn(Connection) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), script)
    }

    /// Runs `script` on every connection of the given listener.
    pub fn on<F, Fut>(listener: TcpListener, script: F) -> Self
    where
        F: Fn(Connection) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&seen);
        let accepting = tokio::spawn(async move {
            let mut scripts = JoinSet::new();
            for number in 0.. {
                let accepted = loop {
                    tokio::select! {
                        accepted = listener.accept() => break accepted,
                        Some(done) = scripts.join_next() => done.expect("the host's script failed"),
                    }
                };
                let (stream, _) = accepted.unwrap();
                stream.set_nodelay(true).unwrap();
                scripts.spawn(script(Connection {
                    stream,
                    unread: Vec::new(),
                    number,
                    notes: Arc::clone(&notes),
                }));
            }
        });
        Self { port, seen, accepting: Some(accepting) }
    }

    /// Gives the same answer to every request and keeps connections open.
    pub async fn answering(response: &'static str) -> Self {
        Self::start(move |mut connection| async move {
            while connection.request().await.is_some() {
                connection.write(response).await;
            }
        })
        .await
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// The requests of the load, without those that prepare a run.
    pub fn load(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.prepares()).collect()
    }
}

impl Drop for FakeHost {
    fn drop(&mut self) {
        let accepting = self.accepting.take().unwrap();
        assert!(!accepting.is_finished() || std::thread::panicking(), "the host's script failed");
        accepting.abort();
    }
}

/// The host's end of one connection.
pub struct Connection {
    stream: TcpStream,
    unread: Vec<u8>,
    pub number: usize,
    notes: Arc<Mutex<Vec<Seen>>>,
}

impl Connection {
    /// The next request with its whole body; `None` when the other side closed.
    pub async fn request(&mut self) -> Option<Seen> {
        let mut seen = self.head().await?;
        let length: usize = seen.header("content-length").map_or(0, |text| text.parse().unwrap());
        while self.unread.len() < length {
            self.read().await?;
        }
        let rest = self.unread.split_off(length);
        seen.body = String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
        self.notes.lock().unwrap().push(seen.clone());
        Some(seen)
    }

    /// Reads only the head of the next request. Its body stays unread, and nothing is recorded.
    pub async fn head(&mut self) -> Option<Seen> {
        let end = loop {
            match self.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.read().await?,
            };
        };
        let rest = self.unread.split_off(end);
        let head = String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
        let mut lines = head.trim_end().lines();
        let mut first = lines.next().unwrap().split(' ');
        let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Some(Seen { connection: self.number, method, target, headers, body: String::new() })
    }

    /// Reads until the bytes that are not yet taken contain `text`.
    pub async fn read_until(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.unread).contains(text) {
            self.read().await.expect("closed before the text came");
        }
    }

    async fn read(&mut self) -> Option<usize> {
        match self.stream.read_buf(&mut self.unread).await {
            Ok(0) | Err(_) => None,
            Ok(count) => Some(count),
        }
    }

    pub async fn write(&mut self, text: &str) {
        self.write_bytes(text.as_bytes()).await;
    }

    pub async fn write_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Writes a text to a client that may be gone, and returns whether it was there.
    pub async fn try_write(&mut self, text: &str) -> bool {
        self.stream.write_all(text.as_bytes()).await.is_ok()
    }

    /// Waits until the other side has closed.
    pub async fn closed(&mut self) {
        while self.read().await.is_some() {}
    }

    /// Cuts the connection with a reset.
    pub fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}
