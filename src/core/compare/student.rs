//! Student's t distribution: the probability of a value as far from 0, and the value of a probability.
//!
//! The probability is a regularized incomplete beta function, by its continued fraction (Lentz's method; Press et al.,
//! "Numerical Recipes", §6.4). With infinite degrees of freedom it is the normal distribution.

/// From here on the normal distribution is the same to five digits.
const AS_GOOD_AS_NORMAL: f64 = 1e6;
const STEPS: u32 = 300;
const PRECISION: f64 = 1e-7;
const LARGEST: f64 = 1e12;

/// The probability that |t| is this large or larger without any difference; 1 where it cannot be computed.
pub fn two_sided(t: f64, freedom: f64) -> f64 {
    if t.is_nan() || freedom <= 0.0 || freedom.is_nan() {
        return 1.0;
    }
    if t.is_infinite() {
        return 0.0;
    }
    let freedom = freedom.min(AS_GOOD_AS_NORMAL);
    incomplete_beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The t that |t| exceeds with this probability.
///
/// By the Illinois method on logarithms, where a heavy tail is nearly a straight line.
pub fn critical(probability: f64, freedom: f64) -> f64 {
    let above = |t: f64| two_sided(t, freedom).max(f64::MIN_POSITIVE).ln() - probability.ln();
    let (mut low, mut high): (f64, f64) = (0.5, 1.0);
    while above(high) > 0.0 && high < LARGEST {
        (low, high) = (high, 2.0 * high);
    }
    let (mut at_low, mut at_high) = (above(low), above(high));
    for _ in 0..STEPS {
        let share = at_low / (at_low - at_high);
        let middle = low * (high / low).powf(share.clamp(0.0, 1.0));
        let at_middle = above(middle);
        if at_middle.abs() < PRECISION || high - low < PRECISION * low {
            return middle;
        }
        if at_middle > 0.0 {
            (low, at_low, at_high) = (middle, at_middle, at_high / 2.0);
        } else {
            (high, at_high, at_low) = (middle, at_middle, at_low / 2.0);
        }
    }
    high
}

fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(x, a, b) / a
    } else {
        1.0 - front * continued_fraction(1.0 - x, b, a) / b
    }
}

fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = away_from_zero(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut result = d;
    for step in 1..=STEPS {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = away_from_zero(1.0 + term * d).recip();
            c = away_from_zero(1.0 + term / c);
            change = c * d;
            result *= change;
        }
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    result
}

/// The logarithm of the gamma function (Lanczos' approximation, g = 7), for positive arguments.
fn ln_gamma(x: f64) -> f64 {
    const FACTORS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // The reflection formula.
        return std::f64::consts::PI.ln() - (std::f64::consts::PI * x).sin().ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = FACTORS
        .iter()
        .zip(1u32..)
        .fold(0.999_999_999_999_809_9, |sum, (factor, i)| sum + factor / (x + f64::from(i)));
    let t = x + 7.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_printed_tables_come_out() {
        for (freedom, t) in
            [(1.0, 12.706), (2.0, 4.303), (4.0, 2.776), (8.0, 2.306), (30.0, 2.042), (f64::INFINITY, 1.960)]
        {
            assert!((critical(0.05, freedom) - t).abs() < 6e-4, "{freedom}: {}", critical(0.05, freedom));
            assert!((two_sided(t, freedom) - 0.05).abs() < 1e-4);
        }
        assert!((critical(0.0125, 4.0) - 4.3147).abs() < 1e-3, "{}", critical(0.0125, 4.0));
        assert_eq!(
            (two_sided(0.0, 3.0), two_sided(f64::INFINITY, 3.0), two_sided(f64::NAN, 3.0)),
            (1.0, 0.0, 1.0)
        );
    }
}
