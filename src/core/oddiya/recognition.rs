//! What recognising a host found: which Oddiya it is, by what that shows, and which profile of a scenario belongs to it.

use serde::{Deserialize, Serialize};

use crate::core::base::failure::{FailureKind, Status};
use crate::core::base::host::Host;

/// What a host was recognised as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recognition {
    Oddiya(Oddiya),
    /// It is none of Oddiya's, or it could not be found out.
    None(NotSeen),
}

/// One of the three Oddiyas, or its llm-agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Oddiya {
    /// Today's gateway, which wants a token.
    Gateway,
    /// The gateway that the locustfile knows, which wants none.
    Locust { user_service: Service },
    /// Services without the gateway.
    Direct {
        /// The services that were found, each with its host.
        parts: Vec<(Part, Host)>,
    },
    /// The llm-agent.
    Agent,
}

/// Whether a service behind the gateway answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    Up,
    /// The gateway answers in its place, with this status.
    Down(Status),
}

/// Why a host was not recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotSeen {
    /// No answer came, for this reason.
    NoAnswer(FailureKind),
    /// The time for it was over before enough answers had come.
    OutOfTime,
    /// It answers even a path that cannot be there with success, as a development server or a login page does.
    AnswersEverything(Status),
    Redirects(Status),
    /// It says no in a way that none of Oddiya's does.
    Another(Status),
}

/// A service of Oddiya.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    User,
    Plan,
    Video,
    Auth,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::User, Self::Plan, Self::Video, Self::Auth];

    /// Its name among the services of a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Plan => "plan",
            Self::Video => "video",
            Self::Auth => "auth",
        }
    }

    /// The port on which it listens where nobody chose another one.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::Auth => 8081,
            Self::User => 8082,
            Self::Plan => 8083,
            Self::Video => 8084,
        }
    }
}

/// How the requests of a run must look: the three profiles of the program's scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Locust,
    Gateway,
    Direct,
}

impl Target {
    pub const ALL: [Self; 3] = [Self::Locust, Self::Gateway, Self::Direct];

    /// The name of its profile.
    pub const fn profile(self) -> &'static str {
        match self {
            Self::Locust => "locust",
            Self::Gateway => "gateway",
            Self::Direct => "direct",
        }
    }

    pub fn of_profile(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.profile() == name)
    }
}

impl Recognition {
    /// How requests to the host must look. `None` for a host that is no Oddiya, and for the llm-agent, to which all requests look
    /// alike.
    pub const fn target(&self) -> Option<Target> {
        match self {
            Self::Oddiya(Oddiya::Gateway) => Some(Target::Gateway),
            Self::Oddiya(Oddiya::Locust { .. }) => Some(Target::Locust),
            Self::Oddiya(Oddiya::Direct { .. }) => Some(Target::Direct),
            Self::Oddiya(Oddiya::Agent) | Self::None(_) => None,
        }
    }

    pub const fn is_agent(&self) -> bool {
        matches!(self, Self::Oddiya(Oddiya::Agent))
    }

    /// The services without the gateway that were found.
    pub fn parts(&self) -> &[(Part, Host)] {
        match self {
            Self::Oddiya(Oddiya::Direct { parts }) => parts,
            _ => &[],
        }
    }
}
