//! How much load there is when: the two load models, as data.
//!
//! | file | what lives there |
//! |---|---|
//! | `stages.rs` | a level over time, its text and its integral |
//! | `pace.rs` | the closed model: how many users there should be |
//! | `arrivals.rs` | the open model: who is due when |
//! | `text.rs` | from what was typed to a load |
//!
//! Pure: the engine asks and acts.

pub mod arrivals;
pub mod pace;
pub mod text;

use serde::{Deserialize, Serialize};

use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;
use pace::Pace;

/// What decides when requests start (Schroeder, Wierman, Harchol-Balter: "Open Versus Closed", NSDI 2006).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Load {
    /// Users: each starts its next task when the one before is answered and thought over. A slow host gets fewer
    /// requests.
    Closed {
        /// How many there are when.
        users: Stages,
        /// How many come or go per second where the stages make a jump.
        spawn_rate: f64,
    },
    /// Arrivals: each starts one task at its moment, whatever became of the ones before. A slow host gets as many
    /// requests as a quick one.
    Open {
        /// Arrivals per second.
        rate: Stages,
        /// How they are spaced.
        process: ArrivalProcess,
        /// Users that there may be at the same time; an arrival that finds all of them busy is dropped.
        max_users: u32,
    },
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArrivalProcess {
    /// Evenly.
    #[default]
    Constant,
    /// Independently of each other, as people come who do not know of each other.
    Poisson,
}

/// A shard's part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which shard, from 0.
    pub shard: u32,
    /// How many there are; at least one.
    pub shards: u32,
}

impl Share {
    /// How many of `whole` things it has, when thing `i` belongs to shard `i % shards`.
    pub const fn of(self, whole: u32) -> u32 {
        whole.saturating_sub(self.shard).div_ceil(self.shards)
    }
}

/// Users that an open run has at most when nobody says, whatever its rate: their connections come from some 28 000
/// ports that a machine has towards one host.
const MOST_USERS: f64 = 20_000.0;

/// Users that an open run may have when nobody says: enough for a host that answers nothing at all, when no request
/// outlives `time_limit`. They are made only as arrivals need them.
pub fn default_max_users(rate: &Stages, time_limit: Micros) -> u32 {
    (rate.peak() * time_limit.as_secs_f64()).ceil().clamp(1.0, MOST_USERS) as u32
}

impl Load {
    /// So many users, started at `spawn_rate` per second.
    pub fn users(users: u32, spawn_rate: f64) -> Self {
        Self::Closed { users: Stages::held(f64::from(users)), spawn_rate }
    }

    /// The stages, of users or of arrivals per second.
    pub const fn stages(&self) -> &Stages {
        match self {
            Self::Closed { users, .. } => users,
            Self::Open { rate, .. } => rate,
        }
    }

    /// As a live change of a run under way; `None` for stages, which only a run's start can give.
    pub fn as_change(&self) -> Option<LoadChange> {
        let level = self.stages().peak();
        let change = match self {
            Self::Closed { spawn_rate, .. } => {
                LoadChange::Users { users: level as u32, spawn_rate: *spawn_rate }
            }
            Self::Open { .. } => LoadChange::Rate { per_second: level },
        };
        self.length().is_none().then_some(change)
    }

    /// The most users that there may be.
    pub fn most_users(&self) -> u32 {
        match self {
            Self::Closed { users, .. } => users.peak() as u32,
            Self::Open { max_users, .. } => *max_users,
        }
    }

    /// How long the stages last, where there are any.
    pub fn length(&self) -> Option<Micros> {
        Some(self.stages().length()).filter(|length| *length > Micros::ZERO)
    }
}

/// A live change of the load; what the stages still had in mind is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadChange {
    /// Another number of users, in a run by users.
    Users {
        /// Users to reach.
        users: u32,
        /// Users per second on the way there.
        spawn_rate: f64,
    },
    /// Another arrival rate, in a run by arrival rate; users stay limited as they were.
    Rate {
        /// Arrivals per second.
        per_second: f64,
    },
}

/// The load that a run should be under: as configured, and the live changes since.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadTarget {
    /// Users who should be there.
    Users(Pace),
    /// Arrivals per second, by stages that begin at a moment.
    Rate(Stages, Micros),
}

impl LoadTarget {
    /// As configured.
    pub fn of(load: &Load) -> Self {
        match load {
            Load::Closed { users, spawn_rate } => Self::Users(Pace::new(users, *spawn_rate)),
            Load::Open { rate, .. } => Self::Rate(rate.clone(), Micros::ZERO),
        }
    }

    /// Follows a live change; one of the other model's changes nothing, as in a shard.
    pub fn change(&mut self, at: Micros, change: LoadChange) {
        match (&mut *self, change) {
            (Self::Users(pace), LoadChange::Users { users, spawn_rate }) => {
                *pace = pace.changed(at, users, spawn_rate);
            }
            (Self::Rate(rate, origin), LoadChange::Rate { per_second }) => {
                (*rate, *origin) = (Stages::held(per_second), at);
            }
            _ => {}
        }
    }

    /// Users at the end of a second, or the arrivals that are due in it.
    pub fn in_second(&self, second: u64) -> (Option<u32>, Option<f64>) {
        let (from, to) = (Micros::from_secs(second), Micros::from_secs(second + 1));
        match self {
            Self::Users(pace) => (Some(pace.users_at(Micros(to.0 - 1))), None),
            Self::Rate(rate, origin) => {
                let by = |moment: Micros| rate.area_by(moment.saturating_sub(*origin));
                (None, Some(((by(to) - by(from)) * 1e6).round() / 1e6))
            }
        }
    }
}
