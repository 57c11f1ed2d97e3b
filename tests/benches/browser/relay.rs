//! The relay's own cost, without a browser: 200 requests a second through the companion and straight, in turns.
//!
//! Open loop on one kept connection: each request is due 5 ms after the one before, whatever became of that one.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::figures::quantiles::Quantiles;
use oddiya_load::core::base::histogram::Histogram;
use oddiya_load::core::base::units::Micros;

use crate::figures::outcome::RelayRound;

const RATE: u32 = 200;
const LIMIT: Duration = Duration::from_secs(5);
/// The first requests open connections and fill caches; they are not counted.
const WARM_UP: u32 = 50;

/// Where to send, and what.
pub struct Way {
    pub port: u16,
    pub path: String,
}

/// One round of both ways, each for `lasts`.
pub fn round(straight: &Way, relayed: &Way, lasts: Duration) -> RelayRound {
    RelayRound { straight: measure(straight, lasts), relayed: measure(relayed, lasts) }
}

fn measure(way: &Way, lasts: Duration) -> Quantiles {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, way.port)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let request = format!("GET {} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", way.path, way.port);
    let mut spans = Histogram::new();
    let due = |number: u32| Duration::from_secs(1) * number / RATE;
    let began = Instant::now();
    for number in 0.. {
        if due(number) >= lasts + due(WARM_UP) {
            break;
        }
        thread::sleep(due(number).saturating_sub(began.elapsed()));
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        read_answer(&mut stream);
        if number >= WARM_UP {
            spans.record(Micros(sent.elapsed().as_micros() as u64));
        }
    }
    Quantiles::of(&spans).unwrap()
}

/// Reads one whole answer of status 200 and a stated length.
fn read_answer(stream: &mut TcpStream) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    while !is_whole(&bytes) {
        let length = stream.read(&mut chunk).expect("no answer in time");
        assert!(length > 0, "the connection was closed");
        bytes.extend_from_slice(&chunk[..length]);
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut answer = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = answer.parse(bytes) else { return false };
    assert_eq!(answer.code, Some(200), "the way is blocked");
    let length = answer.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length: usize = std::str::from_utf8(length.unwrap().value).unwrap().parse().unwrap();
    bytes.len() >= head + length
}
