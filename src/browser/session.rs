//! One run as the page sees it: started, watched, steered and ended, while a worker does the loading.
//!
//! Keeps the merged [`Run`]; views ask for a report of it. No component and no statistics live here.

use crate::core::plan::PlanText;
use crate::core::report::Report;

/// Where a run stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing was started, or a report was opened and closed again.
    #[default]
    Idle,
    /// The worker loads, the host is looked for.
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

impl Phase {
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

    /// Whether a run is under way.
    pub const fn is_active(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}

/// What went wrong and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence: what is the matter.
    pub problem: String,
    /// What to do next, a sentence each.
    pub advice: Vec<String>,
    /// Whether the run may be started all the same (the host did not answer the check before the start).
    pub may_insist: bool,
}

/// How a run is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preflight {
    /// Look for the host first, and fail within three seconds when it is not there.
    Check,
    /// Start whatever the check would say.
    Skip,
}

/// One page's session. Clones share it.
#[derive(Clone)]
pub struct Session {}

impl Session {
    /// `on_update` is called whenever [`Session::phase`] or the report has changed: about once a second.
    pub fn new(_on_update: impl Fn() + 'static) -> Self {
        Self {}
    }

    /// Starts a run of a text that [`PlanText::check`] accepted; a run under way is left alone.
    pub fn start(&self, _text: &PlanText, _preflight: Preflight) {}

    /// Another number of users and rate, from now on; the time limit stays.
    pub fn redirect(&self, _users: u32, _spawn_rate: f64) {}

    /// Starts no further request; a second call drops what is in flight.
    pub fn stop(&self) {}

    /// Where the run stands.
    pub fn phase(&self) -> Phase {
        Phase::Idle
    }

    /// The report so far with figures only, or the complete one once done; `None` before the first run.
    pub fn report(&self) -> Option<Report> {
        None
    }

    /// Seconds since the first user started; 0 before.
    pub fn elapsed_s(&self) -> f64 {
        0.0
    }
}
