//! Whether the generator kept up, as a report says it. Each part is absent where it was not measured.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::distribution::Distribution;

/// What is known of the generator's own health.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Health {
    /// Users' lateness: due → running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lateness_ms: Option<Distribution>,
    /// Seconds that were marked. Absent where nobody watched the generator: then trust is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspect_seconds: Option<u64>,
    /// Seconds in which the generator's rate was held back while its latencies stayed true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_back_seconds: Option<u64>,
    /// How many seconds for which reason; one second may have several.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "sum_by_key")]
    pub reasons: BTreeMap<SuspectReason, u64>,
    /// Arrivals that were due and started nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<u64>,
}

impl Health {
    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a second's figures should not be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SuspectReason {
    /// Users woke up late.
    Late,
    /// Requests waited inside the generator.
    Queued,
    /// The shard's thread was busy with something else.
    Blocked,
    /// The page was hidden.
    Hidden,
    /// The machine slept, or the generator was stopped, and no second was kept.
    Asleep,
    /// Starts were dropped.
    Dropped,
    /// The browser withholds when requests left, so its queue is in their latencies.
    Unseen,
    /// The machine had no port or file handle left.
    Exhausted,
    /// The companion, which measures, had no processor.
    CompanionBlocked,
    /// The companion was gone, so no request could start.
    CompanionGone,
    /// The generator lost requests, whose outcome is not known.
    Lost,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

impl SuspectReason {
    /// For people, in a few words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Late => "users started late",
            Self::Queued => "requests queued in the generator",
            Self::Blocked => "the generator's thread was blocked",
            Self::Hidden => "the page was hidden",
            Self::Asleep => "the machine slept",
            Self::Dropped => "starts were dropped",
            Self::Unseen => "latencies have the browser's queue in them",
            Self::Exhausted => "the machine had no ports or file handles left",
            Self::CompanionBlocked => "the companion had no processor",
            Self::CompanionGone => "the companion was gone",
            Self::Lost => "the generator lost requests",
            Self::Other => "a reason that this version does not know",
        }
    }
}

/// Reads a map of counts. Several words of a later version read as the same key, so counts are added up.
pub fn sum_by_key<'de, D, K>(deserializer: D) -> Result<BTreeMap<K, u64>, D::Error>
where
    D: Deserializer<'de>,
    K: Deserialize<'de> + Ord,
{
    struct Sum<K>(std::marker::PhantomData<K>);
    impl<'de, K: Deserialize<'de> + Ord> serde::de::Visitor<'de> for Sum<K> {
        type Value = BTreeMap<K, u64>;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a map of counts")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut counts = BTreeMap::<K, u64>::new();
            while let Some((key, count)) = map.next_entry::<K, u64>()? {
                let sum = counts.entry(key).or_default();
                *sum = sum.saturating_add(count);
            }
            Ok(counts)
        }
    }
    deserializer.deserialize_map(Sum(std::marker::PhantomData))
}
