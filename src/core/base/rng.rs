//! A small seeded random number generator, so that a run can be repeated.
//!
//! SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014). The code is
//! here and not in a library, because a seed must give the same numbers in every version. It is not for secrets.

use std::fmt::Write as _;

/// A generator with 64 bits of state, which start as the seed.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

const GOLDEN_GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl Rng {
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent generator for part `index` of a run. It does not depend on the order in which the parts start.
    pub fn split(seed: u64, index: u64) -> Self {
        let mut stream = Self::new(index.wrapping_mul(GOLDEN_GAMMA));
        Self::new(seed ^ stream.next_u64())
    }

    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A uniform number in [0, 1) with 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// A uniform whole number in [0, n); 0 when `n` is 0. The bias of the multiply-shift method is under n / 2⁶⁴.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// Writes a random UUID, version 4 (RFC 9562, §5.4).
    pub fn write_uuid(&mut self, out: &mut String) {
        let high = (self.next_u64() & 0xffff_ffff_ffff_0fff) | 0x4000;
        let low = (self.next_u64() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        // Cannot fail: the sink is a String.
        let _ = write!(
            out,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_sequence() {
        let mut rng = Rng::new(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([rng.next_u64(), rng.next_u64(), rng.next_u64()], expected);
    }

    #[test]
    fn stays_below_its_bound_and_reaches_every_value() {
        let mut rng = Rng::new(7);
        let mut seen = [0u32; 10];
        (0..10_000).for_each(|_| seen[rng.below(10) as usize] += 1);
        assert!(seen.iter().all(|n| (850..1150).contains(n)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
    }

    #[test]
    fn parts_of_a_run_draw_independently() {
        assert_ne!(Rng::split(1, 0).next_u64(), Rng::split(1, 1).next_u64());
        assert_eq!(Rng::split(1, 5).next_u64(), Rng::split(1, 5).next_u64());
    }
}
