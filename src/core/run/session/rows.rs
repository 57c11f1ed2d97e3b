//! Which row of a data file comes next: in sequence, shuffled, at random, or one for each user. All shards of a run
//! together hand out rows as one would, without talking to each other.

use std::cell::{Cell, OnceCell};

use super::draw::permutation;
use crate::core::base::rng::Rng;
use crate::core::config::load::Share;

/// Makes the order of shuffled rows independent of what users draw.
const ROWS: u64 = 0x3c6e_f372_fe94_f82b;

/// The rows of one data file that a shard hands out.
#[derive(Debug)]
pub struct Rows {
    rows: usize,
    share: Share,
    seed: u64,
    /// How many rows this shard has handed out in sequence.
    handed_out: Cell<u64>,
    shuffled: OnceCell<Vec<u32>>,
}

impl Rows {
    /// `file` tells the data files of a scenario apart.
    pub fn new(rows: usize, share: Share, seed: u64, file: usize) -> Self {
        let seed = Rng::split(seed ^ ROWS, file as u64).next_u64();
        Self { rows, share, seed, handed_out: Cell::new(0), shuffled: OnceCell::new() }
    }

    /// The next row; after the last one comes the first again. The shards take turns.
    pub fn in_sequence(&self) -> Option<usize> {
        let number = self.handed_out.replace(self.handed_out.get() + 1);
        let number = number * u64::from(self.share.shards.max(1)) + u64::from(self.share.shard);
        number.checked_rem(self.rows as u64).map(|row| row as usize)
    }

    /// The next row of an order that is drawn once for the whole run.
    pub fn shuffled(&self) -> Option<usize> {
        let order = self.shuffled.get_or_init(|| permutation(self.rows, &mut Rng::new(self.seed)));
        order.get(self.in_sequence()?).map(|row| *row as usize)
    }

    /// A row that is drawn, each equally likely.
    pub fn at_random(&self, rng: &mut Rng) -> Option<usize> {
        (self.rows > 0).then(|| rng.below(self.rows as u64) as usize)
    }

    /// The row that belongs to user number `user` of the run and to no other; `None` when there are more users than rows.
    pub fn of_user(&self, user: u32) -> Option<usize> {
        Some(user as usize).filter(|row| *row < self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(rows: usize, shards: u32) -> Vec<Rows> {
        (0..shards).map(|shard| Rows::new(rows, Share { shard, shards }, 7, 0)).collect()
    }

    #[test]
    fn all_shards_together_hand_out_every_row_once_before_one_comes_again() {
        for next in [Rows::in_sequence, Rows::shuffled] {
            let mut seen: Vec<_> =
                shards(6, 3).iter().flat_map(|rows| [next(rows).unwrap(), next(rows).unwrap()]).collect();
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2, 3, 4, 5]);
        }
        let alone = &shards(2, 1)[0];
        assert_eq!(
            [alone.in_sequence(), alone.in_sequence(), alone.in_sequence()],
            [Some(0), Some(1), Some(0)]
        );
    }

    #[test]
    fn a_user_has_a_row_of_its_own_or_none() {
        let rows = &shards(3, 2)[1];
        assert_eq!([0, 2, 3].map(|user| rows.of_user(user)), [Some(0), Some(2), None]);
    }

    #[test]
    fn the_seed_decides_the_order() {
        let order = |seed, file| {
            let rows = Rows::new(50, Share { shard: 0, shards: 1 }, seed, file);
            (0..50).map(|_| rows.shuffled().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(order(1, 0), order(1, 0));
        assert_ne!(order(1, 0), order(2, 0));
        assert_ne!(order(1, 0), order(1, 1));
    }

    #[test]
    fn an_empty_file_has_no_row() {
        let rows = &shards(0, 1)[0];
        assert_eq!(
            (rows.in_sequence(), rows.shuffled(), rows.at_random(&mut Rng::new(1))),
            (None, None, None)
        );
    }
}
