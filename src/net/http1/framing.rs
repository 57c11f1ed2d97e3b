//! How a response is delimited: by length, by chunks, or by the end of the connection. Pure.

use super::super::unpack::Encoding;

/// Why bytes are not HTTP/1.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("bad head: {0}")]
    Head(httparse::Error),
    #[error("the host wants to switch protocols")]
    Switched,
    #[error("status line and headers are over 64 KB")]
    HeadTooLarge,
    /// A length that cannot be read, or two lengths that differ.
    #[error("bad Content-Length")]
    Length,
    #[error("bad chunk")]
    Chunk,
}

/// Whether the connection can be used after a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// It can carry another request.
    KeepAlive,
    /// The host closes it.
    Close,
}

/// Where in a response the next byte belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Head,
    Length { left: u64 },
    Chunk(Chunk),
    UntilClose,
    Complete,
}

/// Where in a chunked body the next byte belongs (RFC 9112, §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// In the hexadecimal size.
    Size { so_far: u64, digits: u8 },
    /// Between the size and the end of its line.
    Extension { size: u64 },
    /// Within the data.
    Data { left: u64 },
    /// In the line break after the data.
    DataEnd,
    /// At the start of a trailer line.
    TrailerStart,
    /// Within a trailer line.
    Trailer,
}

impl Chunk {
    /// The state after one byte that is not data.
    pub fn next(self, byte: u8) -> Result<State, Malformed> {
        let next = match (self, byte) {
            (Self::Size { so_far, digits }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') if digits < 15 => {
                let digit = (byte as char).to_digit(16).map_or(0, u64::from);
                Self::Size { so_far: so_far << 4 | digit, digits: digits + 1 }
            }
            (Self::Size { so_far, digits: 1.. }, b';' | b' ' | b'\t' | b'\r') => {
                Self::Extension { size: so_far }
            }
            (Self::Size { so_far: size, digits: 1.. } | Self::Extension { size }, b'\n') => match size {
                0 => Self::TrailerStart,
                left => Self::Data { left },
            },
            (Self::Extension { size }, _) => Self::Extension { size },
            (Self::DataEnd, b'\r') => Self::DataEnd,
            (Self::DataEnd, b'\n') => Self::Size { so_far: 0, digits: 0 },
            (Self::TrailerStart, b'\r') => Self::TrailerStart,
            (Self::TrailerStart, b'\n') => return Ok(State::Complete),
            (Self::Trailer, b'\n') => Self::TrailerStart,
            (Self::TrailerStart | Self::Trailer, _) => Self::Trailer,
            _ => return Err(Malformed::Chunk),
        };
        Ok(State::Chunk(next))
    }
}

/// How a response's body is delimited (RFC 9112, §6.3), and what becomes of the connection after it.
pub struct Framing {
    pub body: State,
    pub afterwards: Afterwards,
    pub encoding: Encoding,
}

impl Framing {
    pub fn read(is_1_1: bool, headers: &[httparse::Header<'_>]) -> Result<Self, Malformed> {
        let mut framing = Self {
            body: State::UntilClose,
            afterwards: if is_1_1 { Afterwards::KeepAlive } else { Afterwards::Close },
            encoding: Encoding::Identity,
        };
        let mut length = None;
        for header in headers {
            if header.name.eq_ignore_ascii_case("content-length") {
                let text = std::str::from_utf8(header.value).map_err(|_| Malformed::Length)?;
                // `parse` alone would take a sign.
                let digits = Some(text.trim()).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let value: u64 = digits.and_then(|digits| digits.parse().ok()).ok_or(Malformed::Length)?;
                if length.is_some_and(|known| known != value) {
                    return Err(Malformed::Length);
                }
                length = Some(value);
            } else if header.name.eq_ignore_ascii_case("transfer-encoding") && lists(header.value, "chunked")
            {
                framing.body = State::Chunk(Chunk::Size { so_far: 0, digits: 0 });
            } else if header.name.eq_ignore_ascii_case("content-encoding") {
                framing.encoding = framing.encoding.and(header.value);
            } else if header.name.eq_ignore_ascii_case("connection") {
                if lists(header.value, "close") {
                    framing.afterwards = Afterwards::Close;
                } else if lists(header.value, "keep-alive") {
                    framing.afterwards = Afterwards::KeepAlive;
                }
            }
        }
        if let (State::UntilClose, Some(left)) = (framing.body, length) {
            framing.body = if left == 0 { State::Complete } else { State::Length { left } };
        }
        Ok(framing)
    }
}

/// Whether a comma-separated header value has the token.
fn lists(value: &[u8], token: &str) -> bool {
    value.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}
