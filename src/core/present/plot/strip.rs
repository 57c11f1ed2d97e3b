//! A strip of bars as small as a line of text: when something happened, over the whole run.

use std::fmt::Write as _;

/// Bars as one path in SVG's notation, in a box of this size. `counts` has the second and the count of each; one pixel may
/// stand for several seconds. The highest bar fills the box, and no bar that counts anything is lower than one pixel.
pub fn strip(counts: &[(u64, u64)], seconds: u64, width: f64, height: f64) -> String {
    let columns = (width / 2.0).max(1.0) as usize;
    let mut sums = vec![0_u64; columns];
    for (second, count) in counts {
        let place = (*second as f64 / seconds.max(1) as f64 * columns as f64) as usize;
        if let Some(sum) = sums.get_mut(place.min(columns - 1)) {
            *sum += count;
        }
    }
    let most = sums.iter().copied().max().unwrap_or_default();
    let mut path = String::new();
    for (place, sum) in sums.iter().enumerate().filter(|(_, sum)| **sum > 0) {
        let tall = (*sum as f64 / most as f64 * height).max(1.0);
        // Writing to a string cannot fail.
        let _ = write!(path, "M{} {height}v-{tall:.1}", place as f64 * 2.0 + 1.0);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::strip;

    #[test]
    fn every_second_has_a_bar_and_the_highest_fills_the_box() {
        assert_eq!(strip(&[(0, 5), (9, 10)], 10, 20.0, 12.0), "M1 12v-6.0M19 12v-12.0");
        assert_eq!(
            strip(&[(3, 1), (5, 1_000)], 10, 20.0, 12.0),
            "M7 12v-1.0M11 12v-12.0",
            "one is seen beside many"
        );
        assert_eq!(strip(&[], 10, 20.0, 12.0), "");
    }

    #[test]
    fn seconds_of_a_long_run_share_bars() {
        let counts: Vec<_> = (0..3_600).map(|second| (second, 1)).collect();
        assert_eq!(strip(&counts, 3_600, 20.0, 12.0).matches('M').count(), 10);
    }
}
