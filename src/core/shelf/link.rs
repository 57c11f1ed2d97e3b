//! A scenario's text in a link: packed, in letters that every address may have.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// The most letters of a packed text. Mail programs and chats cut longer addresses.
pub const MOST_LETTERS: usize = 8_000;
/// The most bytes that a link may unpack to: a small link could otherwise fill the memory.
const MOST_BYTES: u64 = 1 << 20;
/// The form of the packed text: its first letter.
const FORM: char = '1';

/// Why a text is not shared by a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the link would have {letters} letters, and many programs cut those over {MOST_LETTERS}; share the file instead"
)]
pub struct TooLong {
    pub letters: usize,
}

/// Why a link has no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotALink {
    #[error("the link was made by a later version of this page; ask for the file instead")]
    Later,
    #[error("the link is damaged, perhaps cut off on its way; ask for it again, or for the file")]
    Damaged,
    #[error("the link unpacks to more than a scenario may have; ask for the file instead")]
    TooLarge,
}

/// Packs a text.
///
/// # Errors
/// When the link would be too long.
pub fn pack(text: &str) -> Result<String, TooLong> {
    let mut packer = DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to memory does not fail.
    let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish()).unwrap_or_default();
    let packed = format!("{FORM}{}", URL_SAFE_NO_PAD.encode(packed));
    if packed.len() > MOST_LETTERS { Err(TooLong { letters: packed.len() }) } else { Ok(packed) }
}

/// Unpacks what [`pack`] has packed.
///
/// # Errors
/// When it is no such text.
pub fn unpack(packed: &str) -> Result<String, NotALink> {
    let packed = match packed.strip_prefix(FORM) {
        Some(packed) => packed,
        None if packed.starts_with(|c: char| c.is_ascii_digit()) => return Err(NotALink::Later),
        None => return Err(NotALink::Damaged),
    };
    let packed = URL_SAFE_NO_PAD.decode(packed).map_err(|_| NotALink::Damaged)?;
    let mut bytes = Vec::new();
    let unpacked = DeflateDecoder::new(packed.as_slice()).take(MOST_BYTES + 1).read_to_end(&mut bytes);
    unpacked.map_err(|_| NotALink::Damaged)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(NotALink::TooLarge);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty()).ok_or(NotALink::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_from_its_link_and_the_link_has_only_letters_of_addresses() {
        let text = "scenario: 여행\nusers:\n  A: { tasks: [get: /] } # ?&=\n".repeat(20);
        let packed = pack(&text).unwrap();
        assert!(packed.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)), "{packed}");
        assert!(packed.len() < 200, "{}", packed.len());
        assert_eq!(unpack(&packed), Ok(text));
    }

    #[test]
    fn a_long_text_says_that_its_link_would_be_too_long() {
        let noise: String = (0..9_000_u32).map(|n| char::from(b'!' + (n * n % 8_191 % 90) as u8)).collect();
        let problem = pack(&noise).unwrap_err().to_string();
        assert!(problem.contains("share the file instead"), "{problem}");
    }

    #[test]
    fn links_that_are_cut_of_a_later_form_or_bombs_say_so() {
        let packed = pack("scenario: a\nusers: {}\n").unwrap();
        assert_eq!(unpack(&packed[..packed.len() - 6]), Err(NotALink::Damaged));
        assert_eq!(unpack(&packed.replacen('1', "2", 1)), Err(NotALink::Later));
        for damaged in ["", "x", "1", "1%", "1AAAA", &format!("{packed}/")] {
            assert_eq!(unpack(damaged), Err(NotALink::Damaged), "{damaged:?}");
        }
        let bomb = pack(&" ".repeat(2 << 20)).unwrap();
        assert_eq!(unpack(&bomb), Err(NotALink::TooLarge));
    }
}
