//! Conditions of a run that a reader must know before comparing it. Typed, with their figures, so that "not comparable,
//! because" can be computed; `core::present` has the sentences.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A condition of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// The generator, not the host, limited the rate: it was near the best that it can do.
    CeilingReached {
        /// In how many seconds.
        seconds: u64,
        /// Of how many.
        of_seconds: u64,
        /// The highest rate in those seconds, in requests per second.
        peak_rps: f64,
        /// What the generator could do at its best, where that was measured before the run.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        best_rps: Option<f64>,
    },
    /// The generator was held up, at a rate that it can do or whose best is not known. A second may count in several
    /// parts.
    HeldUp {
        /// In how many seconds.
        seconds: u64,
        /// Of how many.
        of_seconds: u64,
        /// In how many of them users started late.
        late: u64,
        /// In how many of them requests queued.
        queued: u64,
        /// In how many of them its thread had no processor.
        blocked: u64,
        /// In how many of them the page was hidden.
        hidden: u64,
    },
    /// The companion's records of some requests did not come, so the page's own timing counts for them.
    RecordsMissing {
        /// Of how many requests.
        requests: u64,
        /// Of how many that ended.
        of_requests: u64,
    },
    /// The generator lost requests, because its companion was gone or the browser lost the response.
    RequestsLost {
        /// How many. They are in no latency and are no failures.
        requests: u64,
        /// In how many seconds the companion was gone.
        gone_seconds: u64,
    },
    /// Nobody checked the host's certificate (`--insecure`).
    CertificatesUnchecked,
    /// The browser withheld when requests left, so their latencies are by the page's clock, with its queue in them.
    TimingWithheld {
        /// Of how many requests.
        requests: u64,
        /// Of how many that ended.
        of_requests: u64,
    },
    /// The machine slept while requests were in flight: they are counted, but in no latency.
    SleptInFlight {
        /// How many.
        requests: u64,
    },
    /// Plans in the answers are placeholders, which a mocked model and a model that fails give alike.
    PlaceholderPlans {
        /// How many.
        placeholders: u64,
        /// Of how many.
        of_plans: u64,
        /// How many of them are failures.
        failed: u64,
    },
    /// All users share the browser's six connections to one name.
    SharedConnections,
    /// Each user went straight to the host under a name of its own, which the host reads in `Host`.
    HostNamePerUser,
    /// The browser keeps nothing, so a run that is cut off is lost.
    RecoveryOff,
    /// Another tab, perhaps of an older version, kept the browser's database busy, so a run that is cut off is lost.
    RecoveryBlocked,
    /// The browser kept less than the run, so a run that is cut off lacks some of it.
    RecoveryIncomplete,
    /// Records of the run's journal could not be read after it was cut off: what is in them is missing.
    RecordsUnreadable {
        /// How many.
        records: u64,
        /// Of how many.
        of_records: u64,
    },
    /// The statistics were set back while the run went on: figures, timeline and duration begin there.
    StatisticsReset {
        /// When, in seconds from the start of the run.
        at_s: f64,
        /// Requests that had ended before and are in no figure.
        requests_before: u64,
        /// Requests that were started before and were unanswered then. They count once they end, but not as sent.
        in_flight: u64,
    },
    /// A shard broke off: its users stopped, and their last requests are not counted.
    ShardLost {
        /// Which, from 0.
        shard: u32,
        /// Why, for people.
        why: String,
    },
    /// The system lets the process open fewer files than the run has users.
    FewFileHandles {
        /// Files that the process may open.
        allowed: u64,
        /// Users asked for.
        users: u64,
        /// How many connections each of them may keep open.
        #[serde(default = "one")]
        connections_per_user: u64,
    },
    /// The report is an example: virtual time and a made-up host.
    Example,
    /// A sentence, of version 1 or of another tool.
    Text { text: String },
    /// A kind that a later version knows.
    #[serde(other)]
    Other,
}

const fn one() -> u64 {
    1
}
