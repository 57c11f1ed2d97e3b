//! What an encoded histogram holds, read without room for its empty buckets.
//!
//! A text of 60 characters can claim a range of an hour, for which a histogram reserves 190 KB. A file holds a hundred
//! thousand of them, so they are read here bucket by bucket; `histogram.rs` makes a whole histogram of one where it must.
//! The format is HdrHistogram's V2, deflated and in base64, of our geometry alone: 1 µs, three significant digits.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::{Decompress, FlushDecompress, Status};

use super::units::Micros;

/// The longest span that has a bucket, in microseconds (one hour).
pub const HIGHEST: u64 = 3_600_000_000;
pub const SIGNIFICANT_DIGITS: u8 = 3;
/// An encoded histogram of our geometry is under 40 KB even when every bucket is in use; a foreign file that is larger is
/// refused before it is unpacked.
pub const MAX_ENCODED_BYTES: usize = 256 * 1024;
/// The length of the uncompressed header.
const HEADER_BYTES: usize = 40;
/// The largest uncompressed form: the header, and at most nine bytes for each of about 23 500 buckets.
const MAX_DECODED_BYTES: usize = HEADER_BYTES + 9 * 24_000;
/// The most values that a histogram counts. No run has as many, and sums of such counts stay far from the ends of `u64`.
pub const MOST_VALUES: u64 = 1 << 40;
/// What the histograms of one file may come to, unpacked; the largest report that fits into a file has less.
const MAX_UNPACKED_BYTES: u64 = 128 * 1024 * 1024;

const COMPRESSED_COOKIE: u32 = 0x1c84_9314;
const COOKIE: u32 = 0x1c84_9313;
/// Buckets of one width: below 2048 each value has its own, and then the width doubles every 1024 buckets.
const HALF: usize = 1024;

/// Why an encoded histogram is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The text is larger than any histogram with 1 µs and three digits can be.
    #[error("an encoded histogram is over {MAX_ENCODED_BYTES} bytes")]
    TooLarge,
    /// The text is not base64, not in V2 format, or damaged.
    #[error("an encoded histogram is damaged ({0})")]
    Damaged(String),
    #[error("an encoded histogram has another resolution than 1 µs with three digits")]
    OtherGeometry,
    /// All histograms of a file together.
    #[error("its histograms come to more than {} MB when they are unpacked", MAX_UNPACKED_BYTES / 1_000_000)]
    TooMany,
}

/// The buckets in use, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Place and count of each.
    filled: Vec<(usize, u64)>,
    count: u64,
    min: Micros,
    max: Micros,
    sum: u64,
}

impl Buckets {
    /// How many values they hold.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// For each bucket the highest value that it holds, and its count.
    pub fn iter(&self) -> impl Iterator<Item = (Micros, u64)> + '_ {
        self.filled.iter().map(|(place, count)| (Micros(highest_in(*place)), *count))
    }

    /// Smallest value, largest value and sum: exact where they were given, else estimated from the buckets.
    pub const fn bounds(&self) -> (Micros, Micros, u64) {
        (self.min, self.max, self.sum)
    }

    /// Gives the buckets what their encoded form lacks. Bounds that contradict each other are ignored.
    pub fn with_exact(mut self, min: Micros, max: Micros, sum: u64) -> Self {
        if min <= max {
            (self.min, self.max, self.sum) = (min, max, sum);
        }
        self
    }

    /// Narrows the smallest and the largest value to bounds that are known from elsewhere.
    pub fn keep_within(&mut self, min: Micros, max: Micros) {
        (self.min, self.max) = narrowed((self.min, self.max), (min, max));
    }

    /// The value at a quantile in [0, 1], as [`super::histogram::Histogram::quantile`] gives it.
    pub fn quantile(&self, quantile: f64) -> Option<Micros> {
        let rank = ((quantile.clamp(0.0, 1.0) * self.count as f64).ceil() as u64).max(1);
        let mut counted = 0;
        let reached = self.filled.iter().find(|(_, count)| {
            counted += count;
            counted >= rank
        });
        let (place, _) = reached.or(self.filled.last())?;
        let value = if quantile == 0.0 { lowest_in(*place) } else { highest_in(*place) };
        Some(Micros(value).max(self.min).min(self.max))
    }
}

/// The bounds that two pairs have in common, or the first pair when the second contradicts it.
pub fn narrowed(bounds: (Micros, Micros), to: (Micros, Micros)) -> (Micros, Micros) {
    let (min, max) = (bounds.0.max(to.0), bounds.1.min(to.1));
    if min <= max { (min, max) } else { bounds }
}

/// Reads encoded histograms one after the other, and keeps the room that it needs for that.
pub struct Unpacker {
    inflate: Decompress,
    bytes: Vec<u8>,
    plain: Vec<u8>,
    /// How much more it unpacks.
    left: u64,
}

impl Default for Unpacker {
    fn default() -> Self {
        Self {
            inflate: Decompress::new(true),
            bytes: Vec::new(),
            plain: Vec::new(),
            left: MAX_UNPACKED_BYTES,
        }
    }
}

impl Unpacker {
    /// The buckets of an encoded histogram.
    ///
    /// # Errors
    /// When it is damaged, too large, or of another geometry.
    pub fn buckets(&mut self, text: &str) -> Result<Buckets, DecodeError> {
        let mut filled = Vec::new();
        let count = self.walk(text, |place, count| filled.push((place, count)))?;
        let min = filled.first().map_or(u64::MAX, |(place, _)| lowest_in(*place));
        let max = filled.last().map_or(0, |(place, _)| highest_in(*place));
        let of_bucket = |(place, count): &(usize, u64)| middle_of(*place).saturating_mul(*count);
        let sum = filled.iter().map(of_bucket).fold(0, u64::saturating_add);
        Ok(Buckets { filled, count, min: Micros(min), max: Micros(max), sum })
    }

    /// How many values an encoded histogram holds.
    ///
    /// # Errors
    /// When it is damaged, too large, or of another geometry.
    pub fn count(&mut self, text: &str) -> Result<u64, DecodeError> {
        self.walk(text, |_, _| ())
    }

    /// Calls `bucket` with the place and the count of each bucket in use, and returns the sum of the counts.
    fn walk(&mut self, text: &str, mut bucket: impl FnMut(usize, u64)) -> Result<u64, DecodeError> {
        self.unpack(text)?;
        let places = check_header(&self.plain)?;
        let mut rest = self.plain.get(HEADER_BYTES..).unwrap_or_default();
        let (mut place, mut sum) = (0_usize, 0_u64);
        while let Some(number) = take_number(&mut rest) {
            if let Ok(count) = u64::try_from(number) {
                if count > 0 {
                    sum = sum.saturating_add(count);
                    if place >= places || sum > MOST_VALUES {
                        return Err(damaged("more than it can hold"));
                    }
                    bucket(place, count);
                }
                place += 1;
            } else {
                let zeros = usize::try_from(number.unsigned_abs()).unwrap_or(usize::MAX);
                place = place.saturating_add(zeros).min(places);
            }
        }
        if rest.is_empty() { Ok(sum) } else { Err(damaged("cut off")) }
    }

    fn unpack(&mut self, text: &str) -> Result<(), DecodeError> {
        if text.len() > MAX_ENCODED_BYTES {
            return Err(DecodeError::TooLarge);
        }
        self.bytes.clear();
        BASE64.decode_vec(text, &mut self.bytes).map_err(|error| damaged(&error.to_string()))?;
        let mut rest = self.bytes.as_slice();
        let (cookie, len) = (take_u32(&mut rest), take_u32(&mut rest));
        let packed = len.and_then(|len| rest.get(..len as usize)).ok_or_else(|| damaged("too short"))?;
        if cookie != Some(COMPRESSED_COOKIE) {
            return Err(damaged("not in HdrHistogram's V2 format"));
        }
        self.plain.clear();
        self.plain.reserve(MAX_DECODED_BYTES + 1);
        self.inflate.reset(true);
        let ended = self.inflate.decompress_vec(packed, &mut self.plain, FlushDecompress::Finish);
        self.left = self.left.checked_sub(self.plain.len() as u64).ok_or(DecodeError::TooMany)?;
        match ended {
            Ok(Status::StreamEnd) if self.plain.len() <= MAX_DECODED_BYTES => Ok(()),
            Ok(_) if self.plain.len() > MAX_DECODED_BYTES => Err(DecodeError::TooLarge),
            Ok(_) => Err(damaged("cut off")),
            Err(error) => Err(damaged(&error.to_string())),
        }
    }
}

/// Checks the header, whose claims the crate's decoder believes, and returns how many buckets its range has. The length
/// of the counts must be what is there.
fn check_header(plain: &[u8]) -> Result<usize, DecodeError> {
    let mut rest = plain;
    let words = [(); 4].map(|()| take_u32(&mut rest));
    let [low, high, ratio] = [(); 3].map(|()| take_u32(&mut rest).zip(take_u32(&mut rest)));
    let [Some(cookie), Some(payload), Some(offset), Some(digits)] = words else {
        return Err(damaged("too short"));
    };
    let (Some(low), Some(high), Some(ratio)) = (low, high, ratio) else { return Err(damaged("too short")) };
    let [low, high, ratio] =
        [low, high, ratio].map(|(upper, lower)| (u64::from(upper) << 32) | u64::from(lower));
    if cookie != COOKIE {
        return Err(damaged("not in HdrHistogram's V2 format"));
    }
    if payload as usize != rest.len() {
        return Err(damaged("not as long as it claims"));
    }
    let is_ours = digits == u32::from(SIGNIFICANT_DIGITS) && low == 1 && (2..=2 * HIGHEST).contains(&high);
    if !is_ours || offset != 0 || ratio != 1.0_f64.to_bits() {
        return Err(DecodeError::OtherGeometry);
    }
    Ok(places_up_to(high))
}

fn damaged(why: &str) -> DecodeError {
    DecodeError::Damaged(why.to_owned())
}

/// How many buckets a histogram has whose highest value is this.
const fn places_up_to(high: u64) -> usize {
    let mut halves = 2;
    while (HALF as u64) << (halves - 1) <= high {
        halves += 1;
    }
    halves * HALF
}

/// By how many bits the values of a bucket differ from each other.
const fn width_bits(place: usize) -> usize {
    (place / HALF).saturating_sub(1)
}

const fn lowest_in(place: usize) -> u64 {
    let within = if place < HALF { place } else { place % HALF + HALF };
    (within as u64) << width_bits(place)
}

const fn highest_in(place: usize) -> u64 {
    lowest_in(place) + (1 << width_bits(place)) - 1
}

const fn middle_of(place: usize) -> u64 {
    lowest_in(place) + (1 << width_bits(place)) / 2
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (word, tail) = rest.split_first_chunk::<4>()?;
    *rest = tail;
    Some(u32::from_be_bytes(*word))
}

/// Takes a number off the front: LEB128 in at most nine bytes, zigzag. A negative one counts empty buckets. `None` at the
/// end, and for a number that is cut off.
fn take_number(rest: &mut &[u8]) -> Option<i64> {
    let mut value = 0_u64;
    for (i, byte) in rest.iter().take(9).enumerate() {
        let is_last = i == 8 || byte & 0x80 == 0;
        let bits = if i == 8 { *byte } else { byte & 0x7f };
        value |= u64::from(bits) << (7 * i);
        if is_last {
            *rest = rest.get(i + 1..).unwrap_or_default();
            return Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed());
        }
    }
    None
}
