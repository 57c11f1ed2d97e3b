//! Indexes into the lists of a scenario.

use serde::{Deserialize, Serialize};

/// Index of a [`Service`](super::scenario::Service) in [`Scenario::services`](super::scenario::Scenario::services).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceId(pub usize);

impl ServiceId {
    /// The service whose address `--host` gives.
    pub const MAIN: Self = Self(0);
}

/// Index of an [`EntryKey`](super::scenario::EntryKey) in [`Scenario::entries`](super::scenario::Scenario::entries).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryId(pub usize);

/// Index of a [`DataSet`](super::data::DataSet) in [`Scenario::data`](super::scenario::Scenario::data).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DataId(pub usize);

/// Index of a [`Blob`](super::data::Blob) in [`Scenario::blobs`](super::scenario::Scenario::blobs).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobId(pub usize);

/// Identifies one of a scenario's request templates without blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateId(pub usize);
