//! Requests on one connection, which is opened again when the server closes it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A request, of user 1 unless it says otherwise.
pub struct Request {
    method: &'static str,
    path: String,
    body: String,
    /// Nobody when absent.
    user: Option<u32>,
    /// Of its `Idempotency-Key`.
    key: u32,
}

impl Request {
    pub fn new(method: &'static str, path: impl Into<String>, body: impl Into<String>) -> Self {
        Self { method, path: path.into(), body: body.into(), user: Some(1), key: 0 }
    }

    pub fn by(self, user: impl Into<Option<u32>>) -> Self {
        Self { user: user.into(), ..self }
    }

    pub fn with_key(self, key: u32) -> Self {
        Self { key, ..self }
    }

    fn text(&self, port: u16) -> String {
        let Self { method, path, body, key, .. } = self;
        let user = self.user.map(headers_of).unwrap_or_default();
        let length = body.len();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{user}Content-Type: application/json\r\n\
             Idempotency-Key: 00000000-0000-4000-8000-{key:012}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }
}

/// The headers that name a user to the gateway and to a service, a line each.
fn headers_of(user: u32) -> String {
    format!("Authorization: {}\r\nX-User-Id: {user}\r\n", token(user))
}

/// An unsigned token, which the gateway takes.
pub fn token(user: u32) -> String {
    format!("Bearer e30.{}.x", URL_SAFE_NO_PAD.encode(format!(r#"{{"userId":{user}}}"#)))
}

/// An answer's body, and how long its first byte and its last took.
pub struct Answer {
    pub body: Vec<u8>,
    pub first: Duration,
    pub last: Duration,
}

impl Answer {
    /// A field of its JSON, as text.
    pub fn field(&self, name: &str) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        json[name].as_str().map_or_else(|| json[name].to_string(), str::to_owned)
    }
}

/// The connection.
pub struct Kept {
    port: u16,
    stream: BufReader<TcpStream>,
}

impl Kept {
    pub fn open(port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { port, stream: BufReader::new(stream) }
    }

    /// Sends a request and reads the answer to its end.
    pub fn answer(&mut self, request: &Request) -> Answer {
        let text = request.text(self.port);
        let began = Instant::now();
        self.stream.get_mut().write_all(text.as_bytes()).unwrap();
        let (length, closes) = self.head();
        let mut answer = Answer { body: Vec::new(), first: began.elapsed(), last: Duration::ZERO };
        match length {
            Some(length) => self.read(length, &mut answer.body),
            None => self.chunks(began, &mut answer),
        }
        answer.last = began.elapsed();
        if closes {
            *self = Self::open(self.port);
        }
        answer
    }

    /// The announced length, and whether the server closes.
    fn head(&mut self) -> (Option<usize>, bool) {
        let (mut length, mut closes) = (None, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            let announced = line.strip_prefix("content-length: ").map(|text| text.parse().unwrap());
            length = length.or(announced);
            closes |= line == "connection: close";
            if line.is_empty() {
                return (length, closes);
            }
        }
    }

    fn chunks(&mut self, began: Instant, answer: &mut Answer) {
        for place in 0.. {
            let length = usize::from_str_radix(&self.line(), 16).unwrap();
            if place == 0 {
                answer.first = began.elapsed();
            }
            self.read(length, &mut answer.body);
            self.line();
            if length == 0 {
                return;
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn read(&mut self, length: usize, body: &mut Vec<u8>) {
        let start = body.len();
        body.resize(start + length, 0);
        self.stream.read_exact(&mut body[start..]).unwrap();
    }
}
