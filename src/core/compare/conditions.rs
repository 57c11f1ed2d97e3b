//! Under which conditions a run was made, and whether runs under different ones can be compared at all.
//!
//! A condition that is not known of a run makes no difference.

use crate::core::base::renamed::scenario_now;
use crate::core::base::timing_source::TimingSource;
use crate::core::report::load::Load;
use crate::core::report::{Change, GeneratorKind, Report, Route, StopReason};

/// Seconds that may be suspect by chance, as a share of a run.
const SUSPECT_SHARE: f64 = 0.05;
/// This many seconds without any answer are a freeze, if the host answers `USUAL_ANSWERS` requests a second otherwise.
const FROZEN_SECONDS: u64 = 3;
const USUAL_ANSWERS: u64 = 5;
/// A run that is longer than another by more than this has more of a warm host in it.
const LONGER: f64 = 2.0;
/// The share of failed requests from which a base is useless: its latencies say how fast the host refuses, not how fast it
/// serves.
const MOSTLY: f64 = 0.5;

/// What must be alike for runs to be comparable, of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    pub host: Option<String>,
    pub load: Option<Load>,
    pub changes: Vec<Change>,
    /// The scenario's name, its classes, and the think time that overrode theirs.
    pub scenario: Scenario,
    /// Which Oddiya the scenario took the host for.
    pub profile: Option<String>,
    pub generator: GeneratorKind,
    pub timing: Option<TimingSource>,
    pub route: Option<Route>,
    pub seconds: f64,
    pub suspect_seconds: Option<u64>,
    /// Seconds in which nothing was answered although requests waited, one after the other.
    pub frozen_seconds: u64,
    pub failure_ratio: Option<f64>,
    pub is_unfinished: bool,
}

/// What virtual users did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    pub name: Option<String>,
    pub classes: Vec<String>,
    pub think_time: Option<String>,
}

/// Why two runs cannot be compared, or why a run cannot be.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The run that differs, as the user named it.
    pub run: String,
    pub kind: ReasonKind,
}

/// What is different from the first base run (`first`), or wrong with the run itself.
#[derive(Clone, Debug, PartialEq)]
pub enum ReasonKind {
    Load {
        first: Box<Load>,
        this: Box<Load>,
    },
    /// The load was changed by hand while the run went on.
    ChangedByHand,
    Duration {
        first: f64,
        this: f64,
    },
    Scenario {
        first: Scenario,
        this: Scenario,
    },
    Profile {
        first: String,
        this: String,
    },
    Generator {
        first: GeneratorKind,
        this: GeneratorKind,
    },
    Timing {
        first: TimingSource,
        this: TimingSource,
    },
    Route {
        first: Route,
        this: Route,
    },
    Suspect {
        seconds: u64,
        of: f64,
    },
    Frozen {
        seconds: u64,
    },
    BaseFailed {
        ratio: f64,
    },
    /// No endpoint is in both groups with a request.
    NothingInCommon,
}

impl Conditions {
    pub fn of(report: &Report) -> Self {
        let run = &report.run;
        Self {
            host: run.host.clone(),
            load: run.load.clone(),
            changes: run.changes.clone(),
            scenario: Scenario {
                name: run.scenario.as_deref().map(|name| scenario_now(name).to_owned()),
                classes: run.classes.clone(),
                think_time: run.think_time.clone(),
            },
            profile: run.profile.clone(),
            generator: report.generator.kind,
            timing: report.generator.timing,
            route: report.generator.route,
            seconds: run.duration_s,
            suspect_seconds: report.health.suspect_seconds,
            frozen_seconds: longest_freeze(report),
            failure_ratio: report.total.failure_ratio,
            is_unfinished: run.stopped_by == Some(StopReason::Unfinished),
        }
    }

    /// What makes this run unfit for any comparison.
    pub fn own_faults(&self) -> Vec<ReasonKind> {
        let suspect = self.suspect_seconds.filter(|seconds| *seconds as f64 > SUSPECT_SHARE * self.seconds);
        let frozen = Some(self.frozen_seconds).filter(|seconds| *seconds >= FROZEN_SECONDS);
        let suspect = suspect.map(|seconds| ReasonKind::Suspect { seconds, of: self.seconds });
        suspect.into_iter().chain(frozen.map(|seconds| ReasonKind::Frozen { seconds })).collect()
    }

    /// A base that mostly failed is no base. A new version that mostly fails is a result.
    pub fn fault_as_base(&self) -> Option<ReasonKind> {
        self.failure_ratio.filter(|ratio| *ratio > MOSTLY).map(|ratio| ReasonKind::BaseFailed { ratio })
    }

    /// The conditions that differ from those of the first base run.
    pub fn differences_from(&self, first: &Self) -> Vec<ReasonKind> {
        let mut found = Vec::new();
        if let Some((first, this)) =
            differing(&first.load, &self.load).filter(|(first, this)| !is_same_load(first, this))
        {
            found.push(ReasonKind::Load { first: Box::new(first), this: Box::new(this) });
        }
        if first.changes != self.changes {
            found.push(ReasonKind::ChangedByHand);
        }
        let longer = first.seconds.max(self.seconds) / first.seconds.min(self.seconds);
        if longer > LONGER {
            found.push(ReasonKind::Duration { first: first.seconds, this: self.seconds });
        }
        if first.scenario != self.scenario {
            found.push(ReasonKind::Scenario { first: first.scenario.clone(), this: self.scenario.clone() });
        }
        let profile = differing(&first.profile, &self.profile);
        found.extend(profile.map(|(first, this)| ReasonKind::Profile { first, this }));
        if first.generator != self.generator {
            found.push(ReasonKind::Generator { first: first.generator, this: self.generator });
        }
        let timing = differing(&first.timing, &self.timing);
        found.extend(timing.map(|(first, this)| ReasonKind::Timing { first, this }));
        let route = differing(&first.route, &self.route);
        found.extend(route.map(|(first, this)| ReasonKind::Route { first, this }));
        found
    }
}

/// Two values that are known and not equal.
fn differing<T: Clone + PartialEq>(first: &Option<T>, this: &Option<T>) -> Option<(T, T)> {
    match (first, this) {
        (Some(first), Some(this)) if first != this => Some((first.clone(), this.clone())),
        _ => None,
    }
}

/// The most users that arrivals may keep busy are a limit and no load.
fn is_same_load(first: &Load, this: &Load) -> bool {
    match (first, this) {
        (Load::Open { rate: a, process: p, .. }, Load::Open { rate: b, process: q, .. }) => a == b && p == q,
        (first, this) => first == this,
    }
}

/// The longest row of seconds in which nothing ended while requests waited.
fn longest_freeze(report: &Report) -> u64 {
    let mut ended: Vec<u64> = report.timeline.iter().map(|row| row.requests).collect();
    ended.sort_unstable();
    if ended.get(ended.len() / 2).is_none_or(|usual| *usual < USUAL_ANSWERS) {
        return 0;
    }
    let (mut longest, mut current) = (0, 0);
    for row in report.timeline.iter() {
        let is_frozen = row.requests == 0 && row.in_flight.is_some_and(|waiting| waiting > 0);
        current = if is_frozen { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}
