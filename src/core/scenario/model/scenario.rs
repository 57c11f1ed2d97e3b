//! The whole of a checked scenario: services, entries of the report, data, classes of users.

use serde::{Deserialize, Serialize};

pub use super::ids::{DataId, EntryId, ServiceId};

use super::class::UserClass;
use super::data::{Blob, DataSet};
use crate::core::base::host::Host;
use crate::core::scenario::method::Method;

/// Everything the virtual users of a run may do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The name in reports.
    pub name: String,
    /// One sentence for lists; empty when the file has none.
    pub about: String,
    /// The name of the profile in which it was read; `None` where it has none.
    #[serde(default)]
    pub profile: Option<String>,
    /// The hosts, at least one. The first is the main one, whose address `--host` gives.
    pub services: Vec<Service>,
    /// Every entry that a step can count. A report has one row for each.
    pub entries: Vec<EntryKey>,
    /// The rows of data files. A [`DataId`] is an index here.
    pub data: Vec<DataSet>,
    /// The contents of files that are sent. A [`BlobId`](super::ids::BlobId) is an index here.
    pub blobs: Vec<Blob>,
    /// The classes, in the order of the file.
    pub classes: Vec<UserClass>,
    /// How many retries the whole run may make; `None` when retries have no budget.
    pub retry_budget: Option<RetryBudget>,
    /// Texts that no output may show: the values of settings that are secret, longest first, and before them a token from
    /// the command line.
    pub secrets: Vec<String>,
    /// The number of request templates that need no filling: each [`TemplateId`](super::ids::TemplateId) is below.
    pub ready_made: usize,
}

/// A host that requests go to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The name in the file, such as `gateway`.
    pub name: String,
    /// The base address. `None` only for the main service of a file that leaves it to `--host`.
    pub url: Option<Host>,
}

/// What identifies an entry of the report. Steps with the same key are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryKey {
    pub kind: EntryKind,
    /// The path with its variable parts in braces, or a label.
    pub name: String,
}

/// What an entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum EntryKind {
    Request(Method),
    /// A named group of steps, timed as one journey.
    Group,
}

impl EntryKind {
    /// The word in the report's column of methods.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request(method) => method.as_str(),
            Self::Group => "GROUP",
        }
    }
}

/// A limit of retries in proportion to requests, so that retries cannot multiply the load on a host that fails.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RetryBudget {
    /// Retries per request that is no retry, above 0.
    pub share: f64,
}
