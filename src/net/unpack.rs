//! Unpacks a body in the codings of its `Content-Encoding`, as it arrives, and says at its end whether it was whole.
//!
//! Only `gzip` is asked for. A host that sends another common coding all the same is read as browsers read it. `zstd` is
//! not: no crate in Rust alone gives what is unpacked before a whole window of it has come, which would delay events.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};

/// More codings on one body are a mistake or an attack.
const MAX_CODINGS: usize = 3;
/// How much is unpacked at a time.
const BUFFER_BYTES: usize = 4 * 1024;
/// Codings that are registered and cannot be unpacked here.
const NAMED: [&str; 5] = ["zstd", "compress", "x-compress", "dcb", "dcz"];

/// One coding that can be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// How a body is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Identity,
    /// In these codings, in the order in which they were applied.
    Packed([Option<Coding>; MAX_CODINGS]),
    /// In a way that cannot be unpacked here, by its name where that is a known one.
    Unknown(&'static str),
}

impl Encoding {
    /// Reads the value of one `Content-Encoding`, which may have several items, after those of earlier ones.
    pub fn and(self, value: &[u8]) -> Self {
        value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).fold(self, Self::and_item)
    }

    fn and_item(self, item: &[u8]) -> Self {
        let is = |name: &str| item.eq_ignore_ascii_case(name.as_bytes());
        let coding = match () {
            () if is("identity") || is("") => return self,
            () if is("gzip") || is("x-gzip") => Coding::Gzip,
            () if is("deflate") => Coding::Deflate,
            () if is("br") => Coding::Brotli,
            // The host's own text is not repeated: it may be anything.
            () => {
                return Self::Unknown(NAMED.into_iter().find(|name| is(name)).unwrap_or("an unknown coding"));
            }
        };
        let mut codings = match self {
            Self::Identity => [None; MAX_CODINGS],
            Self::Packed(codings) => codings,
            Self::Unknown(_) => return self,
        };
        match codings.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(coding),
            None => return Self::Unknown("more than three codings"),
        }
        Self::Packed(codings)
    }

    /// What is said of a body that cannot be unpacked.
    pub const fn damaged(self) -> &'static str {
        match self {
            Self::Packed([Some(Coding::Gzip), None, _]) => "its gzip is damaged",
            Self::Packed([Some(Coding::Deflate), None, _]) => "its deflate is damaged",
            Self::Packed([Some(Coding::Brotli), None, _]) => "its br is damaged",
            _ => "one of its codings is damaged",
        }
    }
}

/// Takes packed bytes and hands the unpacked ones to the next.
pub trait Unpacker: Write {
    /// The body is over. An error where something of it is missing or wrong.
    fn end(&mut self) -> io::Result<()>;
}

/// Unpacks into `sink`; the coding that was applied last is undone first.
pub fn unpacker(codings: [Option<Coding>; MAX_CODINGS], sink: Box<dyn Unpacker>) -> Box<dyn Unpacker> {
    codings.into_iter().flatten().fold(sink, |next, coding| match coding {
        Coding::Gzip => Box::new(Gzip { member: Some(GzDecoder::new(next)), place: Place::Within }),
        Coding::Deflate => Box::new(Deflate { next, inflate: None, place: Place::Within }),
        Coding::Brotli => {
            Box::new(Brotli { stream: DecompressorWriter::new(next, BUFFER_BYTES), place: Place::Within })
        }
    })
}

/// Where the next byte belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Within,
    /// After the end of the stream or of a member. What follows is padding, which browsers pass over too.
    After,
}

/// One or more members (RFC 1952, §2.2), each with a checksum, and zeros as padding between and after them.
struct Gzip {
    /// `None` only after an error.
    member: Option<GzDecoder<Box<dyn Unpacker>>>,
    place: Place,
}

impl Gzip {
    fn member(&mut self) -> io::Result<&mut GzDecoder<Box<dyn Unpacker>>> {
        self.member.as_mut().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn next_member(&mut self) -> io::Result<()> {
        let next = self.member.take().ok_or(io::ErrorKind::InvalidData)?.finish()?;
        (self.member, self.place) = (Some(GzDecoder::new(next)), Place::Within);
        Ok(())
    }
}

impl Write for Gzip {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.place == Place::After {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            if zeros > 0 || bytes.is_empty() {
                return Ok(zeros);
            }
            self.next_member()?;
        }
        let taken = self.member()?.write(bytes)?;
        if taken == 0 && !bytes.is_empty() {
            self.member()?.try_finish()?;
            self.place = Place::After;
            return self.write(bytes);
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.member()?.flush()
    }
}

impl Unpacker for Gzip {
    fn end(&mut self) -> io::Result<()> {
        let member = self.member()?;
        member.try_finish()?;
        member.get_mut().end()
    }
}

/// The zlib format, as the name means (RFC 9110, §8.4.1.2), or bare deflate, as some servers send.
struct Deflate {
    next: Box<dyn Unpacker>,
    /// Made when the first byte shows the format.
    inflate: Option<Decompress>,
    place: Place,
}

/// The first byte of zlib names the method 8; deflate itself never begins so (RFC 1950, §2.2).
const fn begins_zlib(first: u8) -> bool {
    first & 0x0F == 8 && first >> 4 <= 7
}

impl Write for Deflate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(first) = bytes.first() else { return Ok(0) };
        let inflate = self.inflate.get_or_insert_with(|| Decompress::new(begins_zlib(*first)));
        let (mut left, mut unpacked) = (bytes, [0; BUFFER_BYTES]);
        while self.place == Place::Within {
            let before = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(left, &mut unpacked, FlushDecompress::None)?;
            let used = (inflate.total_in() - before.0) as usize;
            let made = (inflate.total_out() - before.1) as usize;
            left = left.get(used..).unwrap_or_default();
            self.next.write_all(unpacked.get(..made).unwrap_or_default())?;
            if status == Status::StreamEnd {
                self.place = Place::After;
            }
            // A full buffer may mean that there is more.
            if made < BUFFER_BYTES && (left.is_empty() || used == 0) {
                break;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.next.flush()
    }
}

impl Unpacker for Deflate {
    fn end(&mut self) -> io::Result<()> {
        match self.place {
            Place::After => self.next.end(),
            Place::Within => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

/// Brotli (RFC 7932).
struct Brotli {
    stream: DecompressorWriter<Box<dyn Unpacker>>,
    place: Place,
}

impl Write for Brotli {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.place == Place::Within && self.stream.write(bytes)? < bytes.len() {
            self.place = Place::After;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Unpacker for Brotli {
    fn end(&mut self) -> io::Result<()> {
        self.stream.close()?;
        self.stream.get_mut().end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_are_read_in_their_order_from_one_header_or_several() {
        let read = |values: &[&str]| {
            values.iter().fold(Encoding::Identity, |encoding, value| encoding.and(value.as_bytes()))
        };
        let packed = |first, second| Encoding::Packed([Some(first), second, None]);
        assert_eq!(read(&["GZIP"]), packed(Coding::Gzip, None));
        assert_eq!(read(&["identity", ""]), Encoding::Identity);
        assert_eq!(read(&["br, x-gzip"]), packed(Coding::Brotli, Some(Coding::Gzip)));
        assert_eq!(read(&["deflate", "gzip"]), packed(Coding::Deflate, Some(Coding::Gzip)));
        assert_eq!(read(&["gzip, zstd"]), Encoding::Unknown("zstd"));
        assert_eq!(read(&["zstd, gzip"]), Encoding::Unknown("zstd"));
        assert_eq!(read(&["secret-7"]), Encoding::Unknown("an unknown coding"));
        assert_eq!(read(&["gzip, gzip, gzip, gzip"]), Encoding::Unknown("more than three codings"));
    }
}
