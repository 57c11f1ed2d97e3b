//! How quickly the page shows reports, and how quickly it may.

use super::outcome::median_of;

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Showing {
    /// A kept report of ten minutes and ten endpoints, from the click to its charts and tables.
    TenMinutes,
    /// The same with an hour and fifty endpoints.
    Hour,
    /// A step of a dragged range in the report of ten minutes.
    Brush,
    /// The list of 500 reports.
    Library,
}

impl Showing {
    pub const ALL: [Self; 4] = [Self::TenMinutes, Self::Hour, Self::Brush, Self::Library];

    /// For tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TenMinutes => "a report of 10 minutes, 10 endpoints, opened and drawn",
            Self::Hour => "a report of an hour, 50 endpoints, opened and drawn",
            Self::Brush => "a step of a dragged range, redrawn",
            Self::Library => "500 reports listed",
        }
    }

    /// What it may take, in milliseconds.
    pub const fn limit_ms(self) -> f64 {
        match self {
            Self::TenMinutes | Self::Library => 200.0,
            Self::Hour => 1_000.0,
            Self::Brush => 50.0,
        }
    }
}

/// All rounds of one.
#[derive(Clone, Debug)]
pub struct ShowingResult {
    pub showing: Showing,
    /// In milliseconds.
    pub rounds: Vec<f64>,
}

impl ShowingResult {
    /// The median of the rounds; `None` without any.
    pub fn median_ms(&self) -> Option<f64> {
        median_of(&self.rounds, |ms| *ms)
    }
}
