//! The load of a run in words, and which of the two models it was of.
//!
//! Only text; the fields are `RunInfo`'s, what follows a load while a run goes on is `core::load`.

use super::RunInfo;
use crate::core::base::units::{format_clock, group_thousands};
use crate::core::config::load::ArrivalProcess;

/// The two load models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadModel {
    /// Closed: users who start their next request when the one before is answered.
    #[default]
    Users,
    /// Open: requests that start when they are due, whatever became of the ones before.
    ArrivalRate,
}

impl RunInfo {
    /// Users or arrivals: only those have a spacing.
    pub const fn model(&self) -> LoadModel {
        if self.arrivals.is_some() { LoadModel::ArrivalRate } else { LoadModel::Users }
    }

    /// The load in words, with its live changes: `50 users at 5/s, 0:12 20 users at 5/s`.
    pub fn load_in_words(&self) -> String {
        let changes = self.changes.iter().map(|change| {
            let at = format_clock(change.at_s);
            match (change.users, change.spawn_rate, change.rate) {
                (_, _, Some(rate)) => format!(", from {at} on {rate} arrivals/s"),
                (Some(users), Some(rate), None) => format!(", from {at} on {users} users at {rate}/s"),
                _ => String::new(),
            }
        });
        std::iter::once(self.planned_load_in_words()).chain(changes).collect()
    }

    /// As it was planned: `50 users at 5/s`, `50 arrivals/s, evenly spaced, by at most 1 500 users`.
    fn planned_load_in_words(&self) -> String {
        let users = group_thousands(u64::from(self.users));
        let Some(arrivals) = self.arrivals else {
            return match &self.stages {
                Some(stages) => format!("users in stages: {stages}"),
                None if self.users == 1 => "1 user".to_owned(),
                None => format!("{users} users at {}/s", self.spawn_rate),
            };
        };
        let rate = match &self.stages {
            Some(stages) => format!("arrivals in stages: {stages}"),
            None => format!("{} arrivals/s", self.rate.unwrap_or_default()),
        };
        let spaced = match arrivals {
            ArrivalProcess::Constant => "evenly spaced",
            ArrivalProcess::Poisson => "Poisson",
        };
        format!("{rate}, {spaced}, by at most {users} users")
    }
}

#[cfg(test)]
mod tests {
    use crate::core::config::run_config::RunConfigText;
    use crate::core::report::{Detail, Generator, GeneratorKind, Route};
    use crate::core::run::coordinator::Run;

    fn words(text: RunConfigText) -> String {
        let generator = Generator {
            kind: GeneratorKind::Sim,
            version: String::new(),
            shards: 1,
            route: Route::Direct,
            timing: crate::core::http::exchange::TimingSource::Wire,
            calibration: None,
            notes: Vec::new(),
        };
        let run = Run::new(&text.check(0).unwrap(), generator, String::new());
        run.report(Detail::Figures).run.load_in_words()
    }

    #[test]
    fn a_load_reads_as_people_say_it() {
        let default = RunConfigText::default;
        let fifty = RunConfigText { users: "50".into(), spawn_rate: "5".into(), ..default() };
        let stages = RunConfigText { stages: "..50,30s; 50,2m".into(), ..default() };
        let rate = RunConfigText { rate: "50".into(), ..default() };
        let poisson = RunConfigText {
            stages: "10/s,1m;..50/s,90s".into(),
            arrivals: "poisson".into(),
            max_users: "80".into(),
            ..default()
        };
        assert_eq!(words(default()), "1 user");
        assert_eq!(words(fifty), "50 users at 5/s");
        assert_eq!(words(stages), "users in stages: 0..50,30s; 50,2m");
        assert_eq!(words(rate), "50 arrivals/s, evenly spaced, by at most 1\u{202f}500 users");
        assert_eq!(
            words(poisson),
            "arrivals in stages: 10/s,1m; 10..50/s,1m 30s, Poisson, by at most 80 users"
        );
    }
}
