//! What page and worker say to each other. Plain data, sent as JSON text.
//!
//! The worker speaks first: a message sent before its code is ready would be lost.

use serde::{Deserialize, Serialize};

use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::RunConfigText;
use crate::core::report::Calibration;
use crate::core::run::health::Visibility;
use crate::core::run::recorder::Snapshot;

/// From the page to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Start this run; once only, a worker serves one run.
    Start {
        /// As typed, with its seed filled in.
        text: Box<RunConfigText>,
        /// Where requests go.
        target: Destination,
    },
    /// Another load, from now on.
    ChangeLoad(LoadChange),
    /// Start nothing more.
    Stop,
    /// The same, and drop what is in flight.
    Abandon,
    /// The page was hidden or shown.
    See(Visibility),
}

/// From the worker to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// It can take orders; which build it is.
    Ready {
        /// The package's version.
        version: String,
    },
    /// The first user starts now.
    Started {
        /// What the page can do at its best, where it could be measured.
        calibration: Option<Calibration>,
    },
    /// A second is over.
    Second(Box<Snapshot>),
    /// All is over.
    Ended {
        /// When the last request was started at the latest.
        stopped: Micros,
        /// When the last answer had come.
        ended: Micros,
    },
    /// It cannot do what it was ordered to.
    Refused {
        /// Why.
        problem: String,
    },
}

/// Where the worker's requests go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Straight to the plan's host.
    Direct {
        /// How users reach it.
        lanes: Lanes,
    },
    /// Through the companion that served the page.
    Companion {
        /// Its authority: `localhost:8089`.
        authority: String,
        /// The port of it.
        port: u16,
        /// What it wants to see in every request.
        token: String,
        /// How users reach it.
        lanes: Lanes,
    },
}

impl Destination {
    /// Whether nothing of ours is between page and host.
    pub const fn is_direct(&self) -> bool {
        matches!(self, Self::Direct { .. })
    }
}

/// How users reach the companion, or a host on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lanes {
    /// Each by a name of its own under `.localhost`, so each with connections of its own.
    PerUser,
    /// All by the same address, so all over six connections.
    Shared,
}
