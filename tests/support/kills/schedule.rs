//! When kills happen. The seed is printed, so that the moments of a run that failed can be repeated.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use oddiya_load::core::base::rng::Rng;

/// How many kills of each kind a soak makes.
const KILLS: &str = "SOAK_KILLS";
/// How many `make test` makes.
const DEFAULT_KILLS: usize = 5;
/// Repeats the moments of an earlier test.
const SEED: &str = "KILL_SEED";

pub fn kills_of_each() -> usize {
    number(KILLS).map_or(DEFAULT_KILLS, |kills| kills as usize)
}

/// Draws the moments of kills.
pub struct Schedule {
    rng: Rng,
}

impl Schedule {
    /// The schedule of the seed in the environment, or of a new one.
    #[expect(clippy::print_stderr, reason = "only who reads the seed can repeat the kills")]
    pub fn from_environment() -> Self {
        let seed = number(SEED).unwrap_or_else(|| {
            SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| u64::from(now.subsec_nanos()))
        });
        eprintln!("{SEED}={seed} repeats these kills");
        Self { rng: Rng::new(seed) }
    }

    /// A moment from now until `longest` from now.
    pub fn moment(&mut self, longest: Duration) -> Duration {
        Duration::from_micros(self.rng.below(longest.as_micros() as u64))
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no whole number")))
}
