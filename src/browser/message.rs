//! What page and worker tell each other: plain data. Events are JSON text; commands are bytes of postcard, because reading a
//! scenario from JSON would take a quarter of the worker's program.
//!
//! The worker posts first: a command that is sent before its program is ready would be lost.

use serde::{Deserialize, Serialize};

use crate::core::base::units::Micros;
use crate::core::config::load::LoadChange;
use crate::core::config::run_config::RunConfig;
use crate::core::report::Calibration;
use crate::core::run::health::Visibility;
use crate::core::run::recorder::Snapshot;

/// A message from the page to the worker.
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
}

impl Command {
    /// As the page sends it.
    ///
    /// # Errors
    /// For values that postcard has no form for; commands have none.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }

    /// As the worker gets it.
    ///
    /// # Errors
    /// When the bytes are not a command of this version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, postcard::Error> {
        postcard::from_bytes(bytes)
    }
}

/// A message from the worker to the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Event {
    /// The worker takes commands from now on.
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
    /// The worker cannot start the run.
    Refused {
        /// The reason, as it is shown.
        problem: String,
    },
}

/// What the worker notices of the companion.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CompanionNews {
    /// The companion answers, or the run needs none.
    #[default]
    Present,
    /// The companion was stopped, or has no processor; it may go on by itself.
    Silent,
    /// Nothing answers at the companion's address.
    Gone,
    /// A companion came back that does not relay to all of the run's hosts.
    OfAnotherHost {
        /// What it relays to.
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
    /// All users by the same address, so all over six connections.
    Shared,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::config::run_config::RunConfigText;
    use crate::core::scenario::file::read;
    use crate::core::scenario::file::surroundings::{Choices, Nothing};
    use crate::core::scenario::shipped::ALL;

    const EVERY_CONSTRUCT: &str = include_str!("../../tests/fixtures/scenarios/lives/constructs.yaml");

    #[test]
    fn a_run_with_every_construct_and_every_shipped_scenario_reaches_the_worker_as_it_was() {
        let shipped = ALL.iter().map(|shipped| (shipped.name, shipped.text));
        for (name, text) in shipped.chain([("constructs", EVERY_CONSTRUCT)]) {
            let scenario = read(name, text, &Choices::default(), &Nothing);
            let scenario = scenario.map_err(|problems| problems.to_string()).unwrap();
            let config = RunConfigText::default().check_for(scenario, 7).unwrap();
            let destination = Destination::Direct { lanes: Lanes::Shared };
            let sent = Command::Start { config: Box::new(config.clone()), destination };
            let got = Command::from_bytes(&sent.to_bytes().unwrap()).unwrap();
            let Command::Start { config: read, .. } = got else { panic!("{got:?}") };
            assert_eq!(*read, config, "{name}");
        }
    }

    #[test]
    fn bytes_of_another_version_are_no_command() {
        assert!(Command::from_bytes(&[200, 1]).is_err());
        let cut = Command::ChangeLoad(LoadChange::Users { users: 7, spawn_rate: 2.0 }).to_bytes().unwrap();
        assert!(Command::from_bytes(&cut[..cut.len() - 1]).is_err());
    }
}
