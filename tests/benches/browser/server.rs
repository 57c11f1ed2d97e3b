//! The server of known delay: answers every path and method after a wait, and keeps a histogram of what it
//! truly gave, from the head read to the last byte handed to the system.
//!
//! A thread for each connection, because a sleeping thread wakes within some 60 µs, where tokio's timers have a
//! grain of 1 ms. Some hundred connections come here at most: a browser opens no more.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Instant;

use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::units::Micros;

use crate::figures::cell::Delay;

const BODY: &str = r#"{"status":"UP","service":"known-delay"}"#;
/// Longer heads are none of ours.
const MAX_HEAD_BYTES: usize = 32 * 1024;
const STACK_BYTES: usize = 128 * 1024;

/// The server; it serves until the process ends.
pub struct DelayServer {
    pub port: u16,
    book: Arc<Book>,
}

/// What the connections share.
struct Book {
    delay: Mutex<Delay>,
    truth: Mutex<Histogram>,
    begun: AtomicU64,
    answered: AtomicU64,
    preflights: AtomicU64,
    connections: AtomicU64,
}

/// What the server counted since the last reset.
pub struct Counted {
    /// The delays it truly gave.
    pub truth: Histogram,
    /// `OPTIONS` requests; these are answered at once and counted nowhere else.
    pub preflights: u64,
    /// Connections that were opened.
    pub connections: u64,
}

impl DelayServer {
    /// Listens on a free port of both loopbacks.
    pub fn start() -> Self {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        // A machine without IPv6 does with one.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).ok();
        let book = Arc::new(Book {
            delay: Mutex::new(Delay::NONE),
            truth: Mutex::default(),
            begun: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            preflights: AtomicU64::new(0),
            connections: AtomicU64::new(0),
        });
        for listener in [Some(first), second].into_iter().flatten() {
            let book = Arc::clone(&book);
            thread::spawn(move || accept(&listener, &book));
        }
        Self { port, book }
    }

    /// Waits this long from now on, and counts from nothing.
    pub fn reset(&self, delay: Delay) {
        let book = &self.book;
        *book.delay.lock().unwrap() = delay;
        book.truth.lock().unwrap().reset();
        for count in [&book.begun, &book.answered, &book.preflights, &book.connections] {
            count.store(0, Relaxed);
        }
    }

    /// Requests whose head has come.
    pub fn begun(&self) -> u64 {
        self.book.begun.load(Relaxed)
    }

    /// Requests whose answer has left.
    pub fn answered(&self) -> u64 {
        self.book.answered.load(Relaxed)
    }

    pub fn counted(&self) -> Counted {
        Counted {
            truth: self.book.truth.lock().unwrap().clone(),
            preflights: self.book.preflights.load(Relaxed),
            connections: self.book.connections.load(Relaxed),
        }
    }
}

fn accept(listener: &TcpListener, book: &Arc<Book>) {
    for (number, stream) in (0..).zip(listener.incoming()) {
        let (Ok(stream), book) = (stream, Arc::clone(book)) else { continue };
        book.connections.fetch_add(1, Relaxed);
        let serve = move || {
            // An error is a client that went away.
            let _ = serve(stream, &book, Rng::split(7, number));
        };
        thread::Builder::new().stack_size(STACK_BYTES).spawn(serve).unwrap();
    }
}

fn serve(mut stream: TcpStream, book: &Book, mut rng: Rng) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::new();
    while let Some(head) = Head::read(&mut stream, &mut bytes)? {
        let came = Instant::now();
        head.skip_body(&mut stream, &mut bytes)?;
        if head.method == Method::Options {
            book.preflights.fetch_add(1, Relaxed);
            stream.write_all(&answer(""))?;
            continue;
        }
        book.begun.fetch_add(1, Relaxed);
        let delay = book.delay.lock().unwrap().draw(&mut rng);
        thread::sleep(std::time::Duration::from_micros(delay.0).saturating_sub(came.elapsed()));
        stream.write_all(&answer(if head.method == Method::Head { "" } else { BODY }))?;
        let took = came.elapsed();
        book.truth.lock().unwrap().record(Micros(took.as_micros() as u64));
        book.answered.fetch_add(1, Relaxed);
    }
    Ok(())
}

fn answer(body: &str) -> Vec<u8> {
    let allowed = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\n\
         Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 7200\r\nTiming-Allow-Origin: *\r\n\
         Cross-Origin-Resource-Policy: cross-origin\r\n";
    let length = body.len();
    let text = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n{allowed}\
         Content-Length: {length}\r\n\r\n{body}"
    );
    text.into_bytes()
}

#[derive(PartialEq, Eq)]
enum Method {
    Options,
    Head,
    Other,
}

/// What matters of a request's head.
struct Head {
    method: Method,
    body_bytes: usize,
}

impl Head {
    /// Reads the next head off the front of `bytes`; `None` at the connection's end.
    fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<Option<Self>> {
        loop {
            if let Some((head, length)) = Self::parse(bytes)? {
                bytes.drain(..length);
                return Ok(Some(head));
            }
            if !read_more(stream, bytes)? {
                return Ok(None);
            }
        }
    }

    fn parse(bytes: &[u8]) -> std::io::Result<Option<(Self, usize)>> {
        let malformed = || std::io::Error::from(ErrorKind::InvalidData);
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        let length = match request.parse(bytes).map_err(|_| malformed())? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial if bytes.len() > MAX_HEAD_BYTES => return Err(malformed()),
            httparse::Status::Partial => return Ok(None),
        };
        let body = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let body = body.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok());
        let method = match request.method {
            Some("OPTIONS") => Method::Options,
            Some("HEAD") => Method::Head,
            _ => Method::Other,
        };
        Ok(Some((Self { method, body_bytes: body.unwrap_or(0) }, length)))
    }

    fn skip_body(&self, stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<()> {
        while bytes.len() < self.body_bytes {
            if !read_more(stream, bytes)? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        bytes.drain(..self.body_bytes);
        Ok(())
    }
}

fn read_more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<bool> {
    let mut chunk = [0; 4096];
    let length = stream.read(&mut chunk)?;
    bytes.extend_from_slice(&chunk[..length]);
    Ok(length > 0)
}
