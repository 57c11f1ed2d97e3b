//! The name of a kept scenario in addresses and storage. It stays the same while its text and its name change.

use std::fmt;
use std::str::FromStr;

use crate::core::library::id::{NotAnId, ReportId};

/// The name of a kept scenario, formed as that of a report is: by the moment at which it was first kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScenarioId(ReportId);

impl ScenarioId {
    /// The id of a scenario that is kept at a moment, in milliseconds since 1970. Two of one moment differ by chance.
    pub const fn kept_at(unix_ms: u64, random: u64) -> Self {
        Self(ReportId::kept_at(unix_ms, random))
    }
}

impl fmt::Display for ScenarioId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for ScenarioId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.parse().map(Self)
    }
}
