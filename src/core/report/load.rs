//! What a report says of the load: which model, its stages, and the same in words.
//!
//! Only data and text; what follows a load while a run goes on is `core::load`.

use serde::{Deserialize, Serialize};

use super::RunInfo;
use crate::core::load::{ArrivalProcess, Load};
use crate::core::units::{Micros, group_thousands};

/// What decided when requests started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadInfo {
    /// Users or arrivals.
    pub model: LoadModel,
    /// The levels over time: users, or arrivals per second.
    pub stages: Vec<StageInfo>,
    /// How arrivals were spaced; absent for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<ArrivalProcess>,
    /// Users that there might be at the same time; absent for users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_users: Option<u32>,
}

/// The two load models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadModel {
    /// Closed: users who start their next request when the one before is answered.
    #[default]
    Users,
    /// Open: requests that start when they are due, whatever became of the ones before.
    ArrivalRate,
}

/// A stage of the load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageInfo {
    /// The level at its start.
    pub from: f64,
    /// The level at its end.
    pub to: f64,
    /// How long it lasts, in seconds; absent for a level that is held as long as the run lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_s: Option<f64>,
}

impl From<&Load> for LoadInfo {
    fn from(load: &Load) -> Self {
        let stages = load.stages().iter().map(|stage| StageInfo {
            from: stage.from,
            to: stage.to,
            duration_s: (stage.length > Micros::ZERO).then(|| stage.length.as_secs_f64()),
        });
        let (model, arrivals, max_users) = match load {
            Load::Closed { .. } => (LoadModel::Users, None, None),
            Load::Open { process, max_users, .. } => {
                (LoadModel::ArrivalRate, Some(*process), Some(*max_users))
            }
        };
        Self { model, stages: stages.collect(), arrivals, max_users }
    }
}

impl RunInfo {
    /// Users or arrivals.
    pub fn model(&self) -> LoadModel {
        self.load.as_ref().map(|load| load.model).unwrap_or_default()
    }

    /// The load in words: `50 users at 5/s`, `50 arrivals/s, evenly spaced, by at most 1 500 users`.
    pub fn load_in_words(&self) -> String {
        let stages = self.load.as_ref().map(|load| in_stages(&load.stages)).unwrap_or_default();
        match (self.model(), stages) {
            (LoadModel::Users, None) if self.users == 1 => "1 user".to_owned(),
            (LoadModel::Users, None) => {
                format!("{} users at {}/s", group_thousands(u64::from(self.users)), self.spawn_rate)
            }
            (LoadModel::Users, Some(stages)) => format!("users in stages: {stages}"),
            (LoadModel::ArrivalRate, stages) => {
                let held =
                    || self.load.iter().flat_map(|load| &load.stages).map(|stage| stage.to).sum::<f64>();
                let rate = match stages {
                    None => format!("{} arrivals/s", held()),
                    Some(stages) => format!("arrivals/s in stages: {stages}"),
                };
                let spaced = match self.load.as_ref().and_then(|load| load.arrivals) {
                    Some(ArrivalProcess::Poisson) => "Poisson",
                    _ => "evenly spaced",
                };
                format!("{rate}, {spaced}, by at most {} users", group_thousands(u64::from(self.users)))
            }
        }
    }
}

/// `0..50 in 30s; 50 for 1m`; `None` for a level that is held.
fn in_stages(stages: &[StageInfo]) -> Option<String> {
    let stage = |stage: &StageInfo| {
        let duration = Micros::from_secs_f64(stage.duration_s?);
        Some(if stage.from == stage.to {
            format!("{} for {duration}", stage.to)
        } else {
            format!("{}..{} in {duration}", stage.from, stage.to)
        })
    };
    let texts: Option<Vec<String>> = stages.iter().map(stage).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.join("; "))
}

#[cfg(test)]
mod tests {
    use crate::core::plan::PlanText;
    use crate::core::report::{Generator, GeneratorKind, Route};
    use crate::core::run::Run;

    fn words(text: PlanText) -> String {
        let generator = Generator {
            kind: GeneratorKind::Sim,
            version: String::new(),
            shards: 1,
            route: Route::Direct,
            timing: crate::core::exchange::TimingSource::Wire,
            calibration: None,
            notes: Vec::new(),
        };
        let run = Run::new(&text.check(0).unwrap(), generator, String::new());
        run.report(crate::core::report::Detail::Figures).run.load_in_words()
    }

    #[test]
    fn a_load_reads_as_people_say_it() {
        let default = PlanText::default;
        assert_eq!(words(default()), "1 user");
        assert_eq!(
            words(PlanText { users: "50".into(), spawn_rate: "5".into(), ..default() }),
            "50 users at 5/s"
        );
        assert_eq!(
            words(PlanText { stages: "..50,30s; 50,2m".into(), ..default() }),
            "users in stages: 0..50 in 30s; 50 for 2m"
        );
        assert_eq!(
            words(PlanText { rate: "50".into(), ..default() }),
            "50 arrivals/s, evenly spaced, by at most 1\u{202f}500 users"
        );
        let poisson = PlanText {
            stages: "10/s,1m; ..50/s,5m".into(),
            arrivals: "poisson".into(),
            max_users: "80".into(),
            ..default()
        };
        assert_eq!(
            words(poisson),
            "arrivals/s in stages: 10 for 1m; 10..50 in 5m, Poisson, by at most 80 users"
        );
    }
}
