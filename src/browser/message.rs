//! What page and worker tell each other. Plain data, sent as JSON text.
//!
//! The worker posts first: a command that is sent before its program is ready would be lost.

use serde::{Deserialize, Serialize};

use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::RunConfig;
use crate::core::report::Calibration;
use crate::core::run::health::Visibility;
use crate::core::run::recorder::Snapshot;

/// From the page to the worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Start this run. A worker serves one run.
    Start {
        /// What to run, checked by the page.
        config: Box<RunConfig>,
        /// Where requests go.
        destination: Destination,
    },
    /// Change the load from now on.
    ChangeLoad(LoadChange),
    /// Start no further request.
    Stop,
    /// Start no further request, and drop those in flight.
    Abandon,
    /// The page was hidden or shown.
    SetVisibility(Visibility),
    /// Make the example report, in virtual time.
    MakeExample,
}

/// From the worker to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// It takes commands; which build it is.
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
    /// The companion went, or came back.
    Companion(CompanionNews),
    /// The load was changed.
    LoadChanged {
        /// When, on the worker's clock, which is the run's.
        at: Micros,
        /// The new load.
        to: LoadChange,
    },
    /// The run has ended.
    Ended {
        /// No request was started after this moment.
        stopped: Micros,
        /// When the last answer had come.
        ended: Micros,
    },
    /// It cannot start the run.
    Refused {
        /// Why.
        problem: String,
    },
    /// The example report, as it stands in a file.
    Example {
        /// The file's text.
        json: String,
    },
}

/// What the worker notices of the companion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanionNews {
    /// It does, or the run needs none.
    #[default]
    Present,
    /// It was stopped, or has no processor; it may go on by itself.
    Silent,
    /// Nothing answers in its place.
    Gone,
    /// A companion came back, for another host than the run's.
    OfAnotherHost {
        /// The host that it relays to.
        host: String,
    },
}

/// Where the worker's requests go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Straight to the run's host.
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
        /// What every request must carry.
        token: String,
        /// How users reach it.
        lanes: Lanes,
    },
}

impl Destination {
    /// Whether requests go straight to the host.
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
