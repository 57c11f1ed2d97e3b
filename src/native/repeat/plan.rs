//! Which runs follow each other.

/// Which of two hosts a run loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Base,
    New,
}

impl Side {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::New => "new",
        }
    }
}

/// The order of sides: A B B A A B B A …, so that a drift, such as of the machine's temperature, affects both sides alike.
pub fn interleaved(pairs: u32) -> Vec<Side> {
    let pair = |number: u32| {
        if number.is_multiple_of(2) { [Side::Base, Side::New] } else { [Side::New, Side::Base] }
    };
    (0..pairs).flat_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hosts_take_turns_so_that_drift_cancels() {
        let order = |pairs| interleaved(pairs).into_iter().map(Side::name).collect::<Vec<_>>();
        assert_eq!(order(2), ["base", "new", "new", "base"]);
        assert_eq!(order(3), ["base", "new", "new", "base", "base", "new"]);
        for pairs in 1..20 {
            let base = interleaved(pairs).iter().filter(|side| **side == Side::Base).count();
            assert_eq!(base, pairs as usize);
        }
    }
}
