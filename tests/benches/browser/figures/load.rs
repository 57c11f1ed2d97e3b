//! How long the page takes to load, by several ways, and what it is to take at most.

use super::outcome::median_of;

/// By which way the page comes to a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadWay {
    /// From a companion on the same machine, into an empty cache.
    Companion,
    /// From the same companion a second time, with what the browser's cache kept of the first.
    CompanionAgain,
    /// From a companion at the far end of a simulated link, into an empty cache.
    SlowLink,
}

impl LoadWay {
    pub const ALL: [Self; 3] = [Self::Companion, Self::CompanionAgain, Self::SlowLink];

    /// For tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Companion => "from the companion",
            Self::CompanionAgain => "from the companion again, cached",
            Self::SlowLink => "over 10 Mbit/s, 40 ms",
        }
    }

    /// What the page may take until it is interactive, in milliseconds; `None` where nothing is to be reached.
    pub const fn limit_ms(self) -> Option<f64> {
        match self {
            Self::Companion => Some(500.0),
            Self::CompanionAgain => None,
            Self::SlowLink => Some(2_500.0),
        }
    }
}

/// One loading of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    /// Navigation started → Start can be pressed, in milliseconds.
    pub interactive_ms: f64,
    /// What the browser received for it, headers included, in bytes.
    pub received_bytes: f64,
}

/// All loadings by one way.
#[derive(Clone, Debug)]
pub struct LoadResult {
    pub way: LoadWay,
    pub rounds: Vec<Load>,
}

impl LoadResult {
    /// The median of the rounds; `None` without any.
    pub fn median_ms(&self) -> Option<f64> {
        median_of(&self.rounds, |load| load.interactive_ms)
    }

    /// The median of the rounds; `None` without any.
    pub fn median_bytes(&self) -> Option<f64> {
        median_of(&self.rounds, |load| load.received_bytes)
    }
}
