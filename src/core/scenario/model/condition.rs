//! When a step is done.

use serde::{Deserialize, Serialize};

use super::matching::Pattern;
use super::text::{Slot, Template};

/// A question about a user's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// Compares two filled texts: as numbers where both are numbers, else as texts.
    Compare {
        left: Template,
        comparison: Comparison,
        right: Template,
    },
    /// The filled text matches.
    Matches {
        text: Template,
        pattern: Pattern,
    },
    /// The value is set, and is no empty text or list.
    Filled(Slot),
    /// True with this probability, in [0, 1].
    Chance(f64),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    pub const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::AtMost, Self::AtLeast, Self::Less, Self::Greater];

    /// The sign in a file.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}
