//! Loads with a name: the three of Oddiya's README, and a day of the mobile app.

use super::options::SetOption;
use crate::core::config::run_config::Field;

/// A load with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    /// The load in a few words.
    pub load: &'static str,
    pub time: &'static str,
    fields: &'static [(Field, &'static str)],
    /// The scenario that it is for; `None` when it is for any.
    pub scenario: Option<&'static str>,
}

use Field::{RunTime, SpawnRate, Stages, Users};

/// The arrivals of a day in 24 minutes, one for each hour, in sessions per second: few by night, peaks before work, at noon
/// and in the evening. The shape is a guess, as nobody has measured Oddiya's days.
const DAY: &str = "0.3/s,6m; 0.3..1.5/s,2m; 1.5..1/s,3m; 1..2/s,1m; 2..1.2/s,2m; 1.2/s,4m; 1.2..3/s,2m; 3/s,1m; \
                   3..0.3/s,3m";

/// All of them.
pub const PRESETS: [Preset; 4] = [
    Preset {
        name: "normal",
        load: "10 at 1/s",
        time: "5 min",
        fields: &[(Users, "10"), (SpawnRate, "1"), (RunTime, "5m")],
        scenario: None,
    },
    Preset {
        name: "peak",
        load: "50 at 5/s",
        time: "10 min",
        fields: &[(Users, "50"), (SpawnRate, "5"), (RunTime, "10m")],
        scenario: None,
    },
    Preset {
        name: "stress",
        load: "100 at 10/s",
        time: "5 min",
        fields: &[(Users, "100"), (SpawnRate, "10"), (RunTime, "5m")],
        scenario: None,
    },
    Preset {
        name: "day",
        load: "up to 3/s",
        time: "24 min",
        fields: &[(Stages, DAY)],
        scenario: Some("mobile-day"),
    },
];

impl Preset {
    /// The preset of that name.
    pub fn named(name: &str) -> Option<Self> {
        PRESETS.into_iter().find(|preset| preset.name.eq_ignore_ascii_case(name.trim()))
    }

    /// What it says, field by field.
    pub const fn fields(self) -> &'static [(Field, &'static str)] {
        self.fields
    }

    /// What it says, by the names of the flags.
    pub fn options(self) -> Vec<SetOption> {
        let fields = self.fields.iter().map(|(field, value)| (field.flag().trim_start_matches("--"), *value));
        let scenario = self.scenario.map(|scenario| ("scenario", scenario));
        fields.chain(scenario).map(|(name, value)| SetOption::new(name, value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::units::Micros;
    use crate::core::config::run_config::RunConfigText;
    use crate::core::scenario::shipped;

    fn filled(preset: Preset) -> RunConfigText {
        let mut text = RunConfigText::default();
        preset.fields().iter().for_each(|(field, value)| *text.part_mut(*field) = (*value).to_owned());
        text
    }

    #[test]
    fn the_presets_of_the_readme_are_its_three_loads() {
        let loads = ["Normal", "peak", "STRESS"].map(|name| {
            let config = filled(Preset::named(name).unwrap()).check(0).unwrap();
            (config.load.most_users(), config.run_time.unwrap())
        });
        let minutes = |minutes: u64| Micros::from_secs(60 * minutes);
        assert_eq!(loads, [(10, minutes(5)), (50, minutes(10)), (100, minutes(5))]);
        assert_eq!(Preset::named("noon"), None);
    }

    #[test]
    fn a_day_has_a_minute_for_each_hour_and_a_scenario_of_its_own() {
        let day = Preset::named("day").unwrap();
        let config = filled(day).check(0).unwrap();
        assert_eq!(config.run_time, Some(Micros::from_secs(24 * 60)));
        assert_eq!(config.load.stages().peak(), 3.0);
        assert!(shipped::named(day.scenario.unwrap()).is_some());
        assert_eq!(day.options().last(), Some(&SetOption::new("scenario", "mobile-day")));
    }
}
