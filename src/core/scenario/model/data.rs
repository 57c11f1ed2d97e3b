//! Data read from files before the run: rows that users take, and contents that are sent.

use serde::{Deserialize, Serialize};

pub use super::ids::BlobId;
use super::ids::DataId;

/// The rows of a CSV or JSON file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSet {
    pub name: String,
    pub columns: Vec<String>,
    /// At least one row, each with a field for every column.
    pub rows: Vec<Vec<Cell>>,
    pub order: RowOrder,
    #[serde(default)]
    pub origin: RowOrigin,
}

/// Where rows come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowOrigin {
    /// The scenario, or a file that it names.
    #[default]
    Text,
    /// The host: its users, found or made before the run. Until then there are rows of users that may exist.
    HostUsers,
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    Text(String),
    /// JSON that is no string: a number, a truth value, `null`, a list, an object.
    Json {
        json: String,
    },
}

/// Which row a user takes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowOrder {
    /// In the order of the file over all users, and from the start again.
    Sequential,
    /// As sequential, over the rows shuffled once by the run's seed.
    Shuffled,
    /// Any row, each equally likely.
    Random,
    /// As sequential, but no row twice: user number n has row n. A run with more users than rows is refused.
    Unique,
}

/// A class's use of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowUse {
    pub data: DataId,
    pub when: NextRow,
}

/// When a user takes the next row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NextRow {
    /// Once, when it starts.
    EachUser,
    /// Before each task.
    EachTask,
}

/// The content of a file that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob(pub Vec<u8>);

impl Serialize for Blob {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = String::deserialize(deserializer)?;
        base64::engine::general_purpose::STANDARD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}
