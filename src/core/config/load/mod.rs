//! The two load models, closed and open, as data: how much load a run has at which moment.
//!
//! | file | what lives there |
//! |---|---|
//! | `pace.rs` | the closed model: how many users there should be at a moment |
//! | `arrivals.rs` | the open model: the moments of the arrivals |
//! | `text.rs` | checks what was typed and makes a load of it |
//!
//! Everything here is pure; a shard asks and acts. The level over time and its text are in `core/base/stages.rs`.

pub mod arrivals;
pub mod pace;
pub mod text;

use serde::{Deserialize, Serialize};

use crate::core::base::stages::Stages;
use crate::core::base::units::Micros;
use pace::Pace;

/// The load of a run and its model, which decides when requests start (Schroeder, Wierman, Harchol-Balter: "Open Versus
/// Closed", NSDI 2006).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Load {
    /// The closed model: a number of virtual users. A user starts its next task after the answer to the task before it
    /// and the think time. A slow host gets fewer requests.
    Closed {
        /// The number of users over time.
        users: Stages,
        /// Users that start or stop per second where the stages make a jump.
        spawn_rate: f64,
    },
    /// The open model: arrivals at a rate. An arrival starts one task at its moment and does not wait for earlier
    /// tasks. A slow host gets as many requests as a quick one.
    Open {
        /// Arrivals per second over time.
        rate: Stages,
        process: ArrivalProcess,
        /// The largest number of users at the same time. An arrival is dropped when all of them are busy.
        max_users: u32,
    },
}

/// How arrivals are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ArrivalProcess {
    /// The gaps are equal while the rate is constant.
    #[default]
    Constant,
    /// Arrivals are independent of each other, as those of people who do not know each other.
    Poisson,
}

/// The part of a run that one shard has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The index of the shard, from 0.
    pub shard: u32,
    /// The number of shards in the run; at least one.
    pub shards: u32,
}

impl Share {
    /// How many of `whole` things this shard has when thing `i` belongs to shard `i % shards`.
    pub const fn of(self, whole: u32) -> u32 {
        whole.saturating_sub(self.shard).div_ceil(self.shards)
    }

    /// The same for more things than users can be.
    pub const fn of_many(self, whole: u64) -> u64 {
        whole.saturating_sub(self.shard as u64).div_ceil(self.shards as u64)
    }
}

/// The upper limit of [`default_max_users`] at any rate. The reason is that a machine has about 28 000 ports for
/// connections to one host.
const MOST_USERS: f64 = 20_000.0;

/// The largest number of users in an open run when no limit was typed. It is enough for a host that never answers,
/// since no request takes longer than `time_limit`. A user is created only when an arrival needs it.
pub fn default_max_users(rate: &Stages, time_limit: Micros) -> u32 {
    (rate.peak() * time_limit.as_secs_f64()).ceil().clamp(1.0, MOST_USERS) as u32
}

impl Load {
    /// The closed model with `users` users, which start at `spawn_rate` per second.
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

    /// The change of load that brings a running run to this load. `None` for stages, which only a new run can have.
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

    /// The largest number of users at the same time.
    pub fn most_users(&self) -> u32 {
        match self {
            Self::Closed { users, .. } => users.peak() as u32,
            Self::Open { max_users, .. } => *max_users,
        }
    }

    /// When the load first is at its highest: all users have started, or arrivals come at the highest rate.
    pub fn ramp_end(&self) -> Micros {
        match self {
            Self::Closed { users, spawn_rate } => Pace::new(users, *spawn_rate).peak_at(),
            Self::Open { rate, .. } => rate.peak_at(),
        }
    }

    /// How long the stages last; `None` when the load is one level.
    pub fn length(&self) -> Option<Micros> {
        Some(self.stages().length()).filter(|length| *length > Micros::ZERO)
    }
}

/// A change of load during a run. It replaces the remaining stages.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadChange {
    /// Changes the number of users, in the closed model.
    Users {
        /// The new number of users.
        users: u32,
        /// Users that start or stop per second until the new number is reached.
        spawn_rate: f64,
    },
    /// Changes the arrival rate, in the open model. The limit of users stays the same.
    Rate {
        /// Arrivals per second.
        per_second: f64,
    },
}

/// The load that a run should have: the configured load, with every change of load since the start.
#[derive(Clone, Debug, PartialEq)]
pub enum LoadTarget {
    Users(Pace),
    /// Arrivals per second, and the moment when these stages begin.
    Rate(Stages, Micros),
}

impl LoadTarget {
    /// The target at the start of a run.
    pub fn of(load: &Load) -> Self {
        match load {
            Load::Closed { users, spawn_rate } => Self::Users(Pace::new(users, *spawn_rate)),
            Load::Open { rate, .. } => Self::Rate(rate.clone(), Micros::ZERO),
        }
    }

    /// Applies a change of load. A change for the other model has no effect, as in a shard.
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

    /// The number of users at the end of a second (closed model), or the number of arrivals due within it (open model).
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
