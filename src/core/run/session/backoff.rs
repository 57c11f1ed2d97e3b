//! How long to wait before a request is tried again, and whether it may be: exponential backoff with jitter, and a budget
//! that keeps retries from multiplying the load of a host that fails. Reads no clock.

use std::cell::Cell;

use crate::core::base::rng::Rng;
use crate::core::base::units::Micros;

/// The wait before retry number `retry` (from 0): `first` × `factor`^`retry`, at most `longest`, and of that the share
/// from 1 − `jitter` to 1 that is drawn.
pub fn delay(retry: u32, first: Micros, factor: f64, longest: Micros, jitter: f64, rng: &mut Rng) -> Micros {
    let grown = first.as_secs_f64() * factor.powi(i32::try_from(retry).unwrap_or(i32::MAX));
    let bounded = grown.min(longest.as_secs_f64());
    Micros::from_secs_f64(bounded * (1.0 - jitter.clamp(0.0, 1.0) * rng.unit()))
}

/// How many retries are left, as a bucket of tokens: each request adds a share of a token, each retry takes a whole one
/// (the throttle of gRPC's retry design, A6).
#[derive(Debug)]
pub struct Budget {
    per_request: f64,
    most: f64,
    tokens: Cell<f64>,
}

impl Budget {
    /// A full bucket of `most` tokens, which each request refills by `per_request`.
    pub const fn new(per_request: f64, most: f64) -> Self {
        Self { per_request, most, tokens: Cell::new(most) }
    }

    /// A request was sent for the first time.
    pub fn on_request(&self) {
        self.tokens.set((self.tokens.get() + self.per_request).min(self.most));
    }

    /// Takes a token for a retry; `false` when none is left.
    pub fn take(&self) -> bool {
        let left = self.tokens.get() - 1.0;
        // Shares such as 0.1 do not add up to exactly one.
        let is_enough = left > -1e-9;
        if is_enough {
            self.tokens.set(left.max(0.0));
        }
        is_enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Micros = Micros::from_millis(100);
    const LONGEST: Micros = Micros::from_secs(2);

    #[test]
    fn the_wait_doubles_up_to_the_longest_one() {
        let mut rng = Rng::new(1);
        let waits: Vec<_> = (0..7).map(|retry| delay(retry, FIRST, 2.0, LONGEST, 0.0, &mut rng)).collect();
        assert_eq!(waits, [100, 200, 400, 800, 1_600, 2_000, 2_000].map(Micros::from_millis));
        assert_eq!(delay(u32::MAX, FIRST, 2.0, LONGEST, 0.0, &mut rng), LONGEST);
    }

    #[test]
    fn jitter_spreads_the_wait_over_its_share_and_no_further() {
        let mut rng = Rng::new(1);
        let drawn: Vec<_> = (0..1_000).map(|_| delay(2, FIRST, 2.0, LONGEST, 0.5, &mut rng).0).collect();
        let (least, most) = (drawn.iter().min().unwrap(), drawn.iter().max().unwrap());
        assert!((200_000..210_000).contains(least) && (390_000..=400_000).contains(most), "{least} {most}");
        assert!((0..1_000).any(|_| delay(2, FIRST, 2.0, LONGEST, 1.0, &mut rng).0 < 10_000));
    }

    #[test]
    fn a_budget_of_a_tenth_allows_one_retry_for_ten_requests() {
        let budget = Budget::new(0.1, 2.0);
        assert_eq!([budget.take(), budget.take(), budget.take()], [true, true, false]);
        (0..9).for_each(|_| budget.on_request());
        assert!(!budget.take());
        budget.on_request();
        assert_eq!([budget.take(), budget.take()], [true, false]);
        (0..1_000).for_each(|_| budget.on_request());
        assert_eq!((0..10).filter(|_| budget.take()).count(), 2, "what is saved up is bounded");
    }
}
