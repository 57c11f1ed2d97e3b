//! A part of the host that is broken as a whole: the rows of the table of faults that were provoked on the real host.

use serde::Serialize;

/// What is broken. Only one at a time: of two together nothing was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// PostgreSQL does not answer.
    DatabaseDown,
    /// The plans' tables are locked: statements on them wait.
    DatabaseLocked,
    /// The plan service's process is stopped.
    PlanFrozen,
    /// The gateway's process is stopped.
    GatewayFrozen,
    /// The user service's process is gone.
    UserDead,
    /// Redis does not answer.
    RedisDown,
    /// The llm-agent's process is gone.
    AgentDead,
    /// The llm-agent's process is stopped.
    AgentFrozen,
    /// The model fails inside a living agent.
    ModelFailing {
        /// Share of the generations that fail, in [0, 1].
        share: f64,
    },
    /// SQS does not answer.
    QueueDead,
}

/// The kinds without fields of their own, by name.
const PLAIN: [(&str, Outage); 9] = [
    ("database_down", Outage::DatabaseDown),
    ("database_locked", Outage::DatabaseLocked),
    ("plan_frozen", Outage::PlanFrozen),
    ("gateway_frozen", Outage::GatewayFrozen),
    ("user_dead", Outage::UserDead),
    ("redis_down", Outage::RedisDown),
    ("agent_dead", Outage::AgentDead),
    ("agent_frozen", Outage::AgentFrozen),
    ("queue_dead", Outage::QueueDead),
];

impl Outage {
    /// The outage of a kind that has no fields of its own.
    pub fn plain(kind: &str) -> Option<Self> {
        PLAIN.iter().find(|(name, _)| *name == kind).map(|(_, outage)| *outage)
    }

    /// Whether the process behind a port is gone, so that the port refuses connections.
    pub fn closes_a_port(self) -> bool {
        matches!(self, Self::UserDead | Self::AgentDead)
    }

    pub fn name(self) -> &'static str {
        PLAIN.iter().find(|(_, outage)| *outage == self).map_or("model_failing", |(name, _)| name)
    }
}
