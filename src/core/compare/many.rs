//! Many tests at once: a false alarm in any of them must stay as rare as in one.

/// The share of comparisons of unchanged runs that may be called different, whatever the number of endpoints.
pub const FALSE_ALARMS: f64 = 0.05;

/// One probability for several figures of one endpoint, which move together (Simes, Biometrika 73, 1986). It stays valid
/// for figures that are positively dependent, and loses little where all of them say the same.
pub fn simes(probabilities: &[f64]) -> f64 {
    let mut sorted = probabilities.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    sorted.iter().zip(1u32..).map(|(p, rank)| p * count / f64::from(rank)).fold(1.0, f64::min)
}

/// What the smallest of `left` probabilities must not exceed (Holm, Scandinavian Journal of Statistics 6, 1979).
pub fn holm(left: usize) -> f64 {
    FALSE_ALARMS / left.max(1) as f64
}
