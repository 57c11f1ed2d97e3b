//! The load that a run was asked for, as a value: closed with users, open with arrivals, each held or in stages.
//!
//! Data only. `core::config::load` and `core::run` know how a run follows a load, `core::present` has its words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;

/// What decides when requests start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum Load {
    /// Virtual users: each starts its next task after the answer to the one before, and its think time.
    Closed {
        /// How many users there are when.
        users: Level,
        /// Users started or stopped per second where the number jumps.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spawn_rate: Option<f64>,
    },
    /// Arrivals: each starts one task when it is due, whatever became of the ones before.
    Open {
        /// Arrivals per second.
        rate: Level,
        /// How arrivals are spaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        process: Option<ArrivalProcess>,
        /// The most users that arrivals may keep busy at a time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_users: Option<u32>,
    },
    /// A model that a later version knows.
    #[serde(other)]
    Other,
}

/// One number for the whole run, or stages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Level {
    /// The same all the time.
    Held(f64),
    /// Steps and ramps, one after the other.
    Stages(Vec<Stage>),
}

/// A straight line between two levels, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stage {
    /// The level at its start.
    pub from: f64,
    /// The level at its end.
    pub to: f64,
    /// How long it lasts, in seconds.
    pub duration_s: f64,
}

impl From<&Stages> for Level {
    fn from(stages: &Stages) -> Self {
        if stages.length() == Micros::ZERO {
            return Self::Held(stages.peak());
        }
        let stages = stages.iter().map(|stage| Stage {
            from: stage.from,
            to: stage.to,
            duration_s: stage.length.as_secs_f64(),
        });
        Self::Stages(stages.collect())
    }
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalProcess {
    /// Evenly.
    #[default]
    Constant,
    /// Independently of each other, as people come who do not know of each other.
    Poisson,
    /// A word of a later version.
    #[serde(other)]
    Other,
}

/// The two load models (Schroeder, Wierman, Harchol-Balter: "Open Versus Closed", NSDI 2006).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadModel {
    /// Users who start their next request after the answer to the one before.
    #[default]
    Closed,
    /// Requests that start when they are due.
    Open,
}
