//! What one shard is told to do: its part of a run, and the messages to it while it runs.

use super::health::Visibility;
use crate::core::base::units::Micros;
use crate::core::config::load::{Load, LoadChange, Share};
use crate::core::config::run_config::RunConfig;
use crate::core::http::relay_record::RecordBatch;
use crate::core::scenario::Scenario;

/// One shard's part of a run.
#[derive(Clone, Debug)]
pub struct Assignment {
    /// The shard has the users and arrivals with `number % shards == shard`.
    pub share: Share,
    pub scenario: Scenario,
    /// All random draws follow from the seed.
    pub seed: u64,
    /// The load of all shards together.
    pub load: Load,
    /// No request starts after this time; `None` runs until [`Control::Stop`].
    pub run_time: Option<Micros>,
    /// How long requests in flight may take to end after the run time.
    pub stop_timeout: Micros,
    /// How many tasks all shards together begin; `None` for any number. The run ends after the last of them.
    pub iterations: Option<u64>,
    /// Milliseconds from 1970 to the start of the run, for the dates and times that requests carry.
    pub began_unix_ms: u64,
}

impl Assignment {
    /// One shard's part of a configuration.
    pub fn of(config: &RunConfig, share: Share) -> Self {
        Self {
            share,
            scenario: config.scenario.clone().at(&config.host),
            seed: config.seed,
            load: config.load.clone(),
            run_time: config.run_time,
            stop_timeout: config.stop_timeout,
            iterations: config.iterations,
            began_unix_ms: 0,
        }
    }
}

/// When a shard's run was over, on the run's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finish {
    /// No request was started after this moment.
    pub stopped: Micros,
    /// No answer was awaited after this moment.
    pub ended: Micros,
}

/// A message to a shard while it runs.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// Change the load to `to`. `at` is on the run's clock and the same for all shards. Model and run time stay.
    ChangeLoad { at: Micros, to: LoadChange },
    /// Start no more requests and let requests in flight end.
    Stop,
    /// Start no more requests and drop requests in flight.
    Abandon,
    /// The page was hidden or shown.
    See(Visibility),
    /// The machine slept, and the run's clock stood still during the sleep.
    Slept,
    /// The companion measured requests.
    Batch(RecordBatch),
    /// The companion is gone: no request can start, and none must.
    CompanionGone,
    /// The companion is back.
    CompanionBack,
}
