//! The types of events that the llm-agent sends: the field `type` in an event's data. How events are read is not here.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A type of event. Any type that is not known here is [`EventKind::Other`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A step begins.
    Status,
    /// A step is over.
    Progress,
    /// A piece of the model's answer.
    Chunk,
    /// The plan is there.
    Complete,
    /// The generation failed.
    Error,
    /// Nothing more comes.
    Done,
    #[default]
    #[serde(other)]
    Other,
}

impl EventKind {
    /// The type's name on the wire and in reports.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Progress => "progress",
            Self::Chunk => "chunk",
            Self::Complete => "complete",
            Self::Error => "error",
            Self::Done => "done",
            Self::Other => "other",
        }
    }
}
