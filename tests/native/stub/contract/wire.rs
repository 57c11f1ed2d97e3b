//! One exchange on a socket of its own, byte by byte, because a client library would hide framing and closing.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::exchange::Exchange;
use super::variables::Variables;

/// Longest wait for an answer; a stub without service time needs far less.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the stub answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub framing: &'static str,
    pub body: Vec<u8>,
    /// Whether the server closed the connection already while the body was read.
    pub ended: bool,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// Sends the request and reads the answer; the socket is returned to see whether the server closes it.
pub async fn exchange(
    to: SocketAddr,
    exchange: &Exchange,
    variables: &mut Variables,
) -> std::io::Result<(Answer, TcpStream)> {
    let mut stream = TcpStream::connect(to).await?;
    stream.write_all(&request(to, exchange, variables)).await?;
    let answer = tokio::time::timeout(PATIENCE, read(&mut stream, exchange.method == "HEAD")).await??;
    Ok((answer, stream))
}

fn request(to: SocketAddr, exchange: &Exchange, variables: &mut Variables) -> Vec<u8> {
    let address = |text: &str| text.replace("localhost:8080", &to.to_string());
    let path = variables.fill(&exchange.path);
    let version = exchange.with.version.as_deref().unwrap_or("1.1");
    let host = address(exchange.with.host.as_deref().unwrap_or("localhost:8080"));
    let mut request = format!("{} {path} HTTP/{version}\r\nHost: {host}\r\n", exchange.method).into_bytes();
    for (name, value) in &exchange.headers {
        let value = if name == "Origin" { address(value) } else { variables.fill(value) };
        request.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    let Some(body) = exchange.body.as_ref().map(|body| bytes_of(body, variables)) else {
        request.extend(b"\r\n");
        return request;
    };
    if exchange.with.chunked_body {
        request.extend(format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len()).into_bytes());
        request.extend(body);
        request.extend(b"\r\n0\r\n\r\n");
    } else {
        request.extend(format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes());
        request.extend(body);
    }
    request
}

fn bytes_of(body: &Value, variables: &mut Variables) -> Vec<u8> {
    match body {
        Value::String(text) => variables.fill(text).into_bytes(),
        Value::Object(fields) => match (&fields.get("latin1"), fields.get("repeat")) {
            (Some(text), _) => text.as_str().unwrap().chars().map(|c| c as u8).collect(),
            (_, Some(text)) => {
                text.as_str().unwrap().repeat(fields["times"].as_u64().unwrap() as usize).into_bytes()
            }
            _ => panic!("no kind of body: {body}"),
        },
        _ => panic!("no kind of body: {body}"),
    }
}

async fn read(stream: &mut TcpStream, is_head: bool) -> std::io::Result<Answer> {
    let mut bytes = Vec::new();
    let (mut answer, head_length) = loop {
        more(stream, &mut bytes).await?;
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        if let Ok(httparse::Status::Complete(length)) = response.parse(&bytes) {
            let text = |header: &httparse::Header<'_>| {
                (header.name.to_lowercase(), String::from_utf8_lossy(header.value).into_owned())
            };
            let headers = response.headers.iter().map(text).collect();
            let status = response.code.unwrap();
            break (Answer { status, headers, framing: "none", body: Vec::new(), ended: false }, length);
        }
    };
    bytes.drain(..head_length);
    let length = answer.header("content-length").map(|length| length.parse::<usize>().unwrap());
    match length {
        _ if is_head => {}
        Some(length) => {
            answer.framing = "length";
            while bytes.len() < length {
                more(stream, &mut bytes).await?;
            }
            answer.body = bytes;
        }
        None if answer.header("transfer-encoding").is_some() => {
            answer.framing = "chunked";
            answer.body = loop {
                match unchunked(&bytes) {
                    Some(body) => break body,
                    None => more(stream, &mut bytes).await?,
                }
            };
        }
        None => {
            answer.framing = "eof";
            stream.read_to_end(&mut bytes).await?;
            answer.body = bytes;
            answer.ended = true;
        }
    }
    Ok(answer)
}

async fn more(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    match stream.read_buf(bytes).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// The body once its last chunk is there.
fn unchunked(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let Ok(httparse::Status::Complete((start, length))) = httparse::parse_chunk_size(bytes) else {
            return None;
        };
        let end = start + length as usize;
        let chunk = bytes.get(start..end)?;
        bytes = bytes.get(end..)?.strip_prefix(b"\r\n")?;
        if chunk.is_empty() {
            return Some(body);
        }
        body.extend(chunk);
    }
}

/// Whether the server closes the connection within so long.
pub async fn is_closed_within(wait: Duration, mut stream: TcpStream) -> bool {
    let mut rest = [0; 1];
    matches!(tokio::time::timeout(wait, stream.read(&mut rest)).await, Ok(Ok(0)))
}
