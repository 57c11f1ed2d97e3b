//! Where a run stands.

use super::trouble::Trouble;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RunState {
    /// No run was started, or its start was stopped.
    #[default]
    Idle,
    /// The worker loads and the host is probed.
    Starting,
    /// Requests are being started.
    Running,
    /// The last answers are awaited.
    Stopping,
    /// The report is complete.
    Done,
    /// It could not start or broke off: why, and what to do next.
    Failed(Trouble),
}

impl RunState {
    /// The word that the page shows and tests wait for.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Starting => "starting",
            Self::Running => "running",
            Self::Stopping => "stopping",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether a run has started its first user, and did not break off.
    pub const fn has_begun(&self) -> bool {
        matches!(self, Self::Running | Self::Stopping | Self::Done)
    }

    /// Whether a run has ended, by itself or by a trouble.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Done | Self::Failed(_))
    }

    /// Whether a run is under way.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}
