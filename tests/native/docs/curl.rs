//! `curl` lines, sent over a plain connection, so that the tests need no curl.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A request as its curl line says it.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub port: u16,
    pub path: String,
    pub body: String,
}

impl Request {
    pub fn get(port: u16, path: &str) -> Self {
        Self { method: "GET".to_owned(), port, path: path.to_owned(), body: String::new() }
    }

    /// Reads the words behind `curl`.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let (mut method, mut body, mut address) = (None, None, None);
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            match word {
                "-X" => method = words.next(),
                "-d" => body = words.next(),
                url if url.starts_with("http://localhost:") => {
                    address = url.strip_prefix("http://localhost:")
                }
                other => return Err(format!("`{other}` is not known here; use -X, -d and a local address")),
            }
        }
        let (port, path) = address.and_then(|rest| rest.split_once('/')).ok_or("no local address")?;
        let usual_method = if body.is_some() { "POST" } else { "GET" };
        Ok(Self {
            method: method.unwrap_or(usual_method).to_owned(),
            port: port.parse().map_err(|error| format!("port {port}: {error}"))?,
            path: format!("/{path}"),
            body: body.unwrap_or_default().to_owned(),
        })
    }

    /// Sends it to this machine. A status of 400 or more is a failure, with the answer as its text.
    pub async fn send(&self) -> Result<(), String> {
        let answer = self.exchange().await.map_err(|error| error.to_string())?;
        let status = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        if status.is_some_and(|status| status < 400) { Ok(()) } else { Err(answer) }
    }

    async fn exchange(&self) -> std::io::Result<String> {
        let Self { method, port, path, body } = self;
        let mut stream = TcpStream::connect(("127.0.0.1", *port)).await?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n\
             {body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

#[test]
fn a_body_makes_it_a_post() {
    let words = ["-d", "{}", "http://localhost:8080/__stub/faults"].map(str::to_owned);
    let expected =
        Request { method: "POST".into(), port: 8080, path: "/__stub/faults".into(), body: "{}".into() };
    assert_eq!(Request::parse(&words), Ok(expected));
}
