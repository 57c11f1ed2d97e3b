//! Random draws of a session: a choice by weight, durations, text. Everything follows from the generator of
//! random numbers that is passed in.

use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;

/// The place of the drawn weight; `None` when all are 0 or there are none.
pub fn by_weight(weights: impl Iterator<Item = f64> + Clone, rng: &mut Rng) -> Option<usize> {
    let valid = weights.map(|weight| if weight.is_finite() { weight.max(0.0) } else { 0.0 });
    let total: f64 = valid.clone().sum();
    let mut ticket = rng.unit() * total;
    let mut last = None;
    for (place, weight) in valid.enumerate().filter(|(_, weight)| *weight > 0.0) {
        if ticket < weight {
            return Some(place);
        }
        ticket -= weight;
        last = Some(place);
    }
    last
}

/// A duration between two, both included; each is equally likely.
pub fn between(from: Micros, to: Micros, rng: &mut Rng) -> Micros {
    from + Micros(rng.below(to.saturating_sub(from).0.saturating_add(1)))
}

/// A normally distributed duration, never below zero (Marsaglia's polar method: trigonometry would be one more part of the page's
/// load worker).
pub fn normal(mean: Micros, deviation: Micros, rng: &mut Rng) -> Micros {
    let standard = loop {
        let (x, y) = (2.0 * rng.unit() - 1.0, 2.0 * rng.unit() - 1.0);
        let square = x * x + y * y;
        if square > 0.0 && square < 1.0 {
            break x * (-2.0 * square.ln() / square).sqrt();
        }
    };
    Micros::from_secs_f64((mean.as_secs_f64() + standard * deviation.as_secs_f64()).max(0.0))
}

/// The time to the next event of a Poisson process whose events are `mean` apart on average.
pub fn exponential(mean: Micros, rng: &mut Rng) -> Micros {
    Micros::from_secs_f64(-mean.as_secs_f64() * (1.0 - rng.unit()).ln())
}

/// Appends `length` random characters: lower-case letters and digits.
pub fn letters(length: u64, out: &mut String, rng: &mut Rng) {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    for _ in 0..length {
        let drawn = LETTERS.get(rng.below(LETTERS.len() as u64) as usize).copied().unwrap_or(b'a');
        out.push(char::from(drawn));
    }
}

/// A permutation of 0 … `count` − 1.
pub fn permutation(count: usize, rng: &mut Rng) -> Vec<u32> {
    let mut places: Vec<u32> = (0..count as u32).collect();
    for place in (1..count).rev() {
        places.swap(place, rng.below(place as u64 + 1) as usize);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_follows_its_weights() {
        let mut rng = Rng::new(3);
        let mut seen = [0; 4];
        (0..10_000).for_each(|_| seen[by_weight([1.0, 0.0, 3.0, -5.0].into_iter(), &mut rng).unwrap()] += 1);
        assert!((2_350..2_650).contains(&seen[0]) && seen[1] == 0 && seen[3] == 0, "{seen:?}");
        assert_eq!(by_weight([0.0, 0.0].into_iter(), &mut rng), None);
        assert_eq!(by_weight([].into_iter(), &mut rng), None);
    }

    #[test]
    fn durations_have_their_mean_and_their_spread() {
        let mean_of = |draw: fn(&mut Rng) -> Micros| {
            let mut rng = Rng::new(11);
            (0..20_000).map(|_| draw(&mut rng).as_millis_f64()).sum::<f64>() / 20_000.0
        };
        assert!((199.0..201.0).contains(&mean_of(|rng| between(
            Micros::from_millis(100),
            Micros::from_millis(300),
            rng
        ))));
        assert!((990.0..1_010.0).contains(&mean_of(|rng| normal(
            Micros::SECOND,
            Micros::from_millis(200),
            rng
        ))));
        assert!((980.0..1_020.0).contains(&mean_of(|rng| exponential(Micros::SECOND, rng))));
        let mut rng = Rng::new(1);
        let short =
            (0..1_000).filter(|_| normal(Micros(10), Micros::SECOND, &mut rng) == Micros::ZERO).count();
        assert!((400..600).contains(&short), "what would be negative is zero: {short}");
        assert_eq!(between(Micros(5), Micros(5), &mut rng), Micros(5));
    }

    #[test]
    fn a_permutation_has_each_place_once() {
        let mut places = permutation(100, &mut Rng::new(1));
        assert_ne!(places, (0..100).collect::<Vec<_>>());
        places.sort_unstable();
        assert_eq!(places, (0..100).collect::<Vec<_>>());
        assert_eq!(permutation(0, &mut Rng::new(1)), [0; 0]);
    }

    #[test]
    fn text_has_its_length() {
        let mut out = "x".to_owned();
        letters(40, &mut out, &mut Rng::new(1));
        assert_eq!(out.len(), 41);
        assert!(out.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    }
}
