//! Checks the configuration that a person typed. The form, the address bar and the flags share its rules and messages.
//!
//! The input is texts; the output is a [`RunConfig`], or one [`FieldError`] for each wrong field. Nothing is started
//! here.

use serde_json::{Map, Value};

use super::load::{self, Load};
use crate::core::base::host::Host;
use crate::core::base::typed::whole_number;
use crate::core::base::units::{Micros, parse_duration};
use crate::core::scenario::{NotAThinkTime, Scenario, ThinkTime};

/// The checked configuration of a run.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RunConfig {
    pub host: Host,
    /// What virtual users do. It contains only the classes that take part.
    pub scenario: Scenario,
    pub load: Load,
    /// How long new requests are started; `None` means until a person stops the run. If it is longer than the stages of
    /// the load, the last level stays. If it is shorter, the remaining stages are left out.
    pub run_time: Option<Micros>,
    /// The think time that replaces the think time of every class; `None` when none was given.
    pub think_time: Option<ThinkTime>,
    /// How long the run waits for requests in flight after `run_time` is over or the run is stopped.
    pub stop_timeout: Micros,
    /// The seed of all random draws.
    pub seed: u64,
    /// After how many tasks of all users the run ends; `None` when their number does not end it.
    pub iterations: Option<u64>,
}

impl RunConfig {
    /// The host of each service: the typed one of the main service, and of each that has none of its own.
    pub fn hosts(&self) -> Vec<Host> {
        self.scenario.hosts(&self.host)
    }

    /// The hosts that requests go to, each once.
    pub fn used_hosts(&self) -> Vec<Host> {
        let mut used = Vec::new();
        let services: Vec<_> =
            self.scenario.request_steps().iter().map(|step| step.request.service.0).collect();
        let hosts = self.hosts().into_iter().enumerate().filter(|(service, _)| services.contains(service));
        hosts.for_each(|(_, host)| {
            if !used.contains(&host) {
                used.push(host)
            }
        });
        used
    }
}

/// The configuration of a run as typed. It is stored as a JSON object with the names of [`Field::name`]; a missing
/// field has its default text.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct RunConfigText {
    pub host: String,
    /// The number of virtual users. Empty means one, or as `rate` or `stages` say.
    pub users: String,
    /// Users started per second. Empty means one.
    pub spawn_rate: String,
    /// Arrivals per second, which select the open model. Empty means the closed model, unless `stages` say otherwise.
    pub rate: String,
    /// `constant` or `poisson`. Empty means constant.
    pub arrivals: String,
    /// Empty means as many as a host that never answers would keep busy; see [`load::default_max_users`].
    pub max_users: String,
    /// The form that [`Stages::parse`](crate::core::base::stages::Stages::parse) reads. Empty means one level during
    /// the whole run.
    pub stages: String,
    /// Empty means as long as the stages last, or without stages until a person stops the run.
    pub run_time: String,
    /// Names separated by commas or spaces. Empty means all classes that need not be named.
    pub classes: String,
    /// Empty means that each class has its own think time.
    pub think_time: String,
    pub stop_timeout: String,
    /// Empty means that a random seed is drawn.
    pub seed: String,
}

impl Default for RunConfigText {
    fn default() -> Self {
        Self {
            host: "http://localhost:8080".to_owned(),
            users: String::new(),
            spawn_rate: String::new(),
            rate: String::new(),
            arrivals: String::new(),
            max_users: String::new(),
            stages: String::new(),
            run_time: String::new(),
            classes: String::new(),
            think_time: String::new(),
            stop_timeout: "30s".to_owned(),
            seed: String::new(),
        }
    }
}

impl From<Map<String, Value>> for RunConfigText {
    fn from(written: Map<String, Value>) -> Self {
        let mut text = Self::default();
        for field in Field::ALL {
            if let Some(Value::String(typed)) = written.get(field.name()) {
                text.part_mut(field).clone_from(typed);
            }
        }
        text
    }
}

impl From<RunConfigText> for Map<String, Value> {
    fn from(text: RunConfigText) -> Self {
        let typed = |field: Field| (field.name().to_owned(), Value::from(text.part(field)));
        Field::ALL.map(typed).into_iter().collect()
    }
}

/// The fields of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    Host,
    Users,
    SpawnRate,
    Rate,
    Arrivals,
    MaxUsers,
    Stages,
    RunTime,
    Classes,
    ThinkTime,
    StopTimeout,
    Seed,
}

impl Field {
    pub const ALL: [Self; 12] = [
        Self::Host,
        Self::Users,
        Self::SpawnRate,
        Self::Rate,
        Self::Arrivals,
        Self::MaxUsers,
        Self::Stages,
        Self::RunTime,
        Self::Classes,
        Self::ThinkTime,
        Self::StopTimeout,
        Self::Seed,
    ];

    /// The name in the address bar and in a stored configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Users => "users",
            Self::SpawnRate => "spawn_rate",
            Self::Rate => "rate",
            Self::Arrivals => "arrivals",
            Self::MaxUsers => "max_users",
            Self::Stages => "stages",
            Self::RunTime => "run_time",
            Self::Classes => "classes",
            Self::ThinkTime => "think_time",
            Self::StopTimeout => "stop_timeout",
            Self::Seed => "seed",
        }
    }

    /// The label in the form of the page.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Host => "Host",
            Self::Users => "Users",
            Self::SpawnRate => "Spawn rate",
            Self::Rate => "Arrival rate",
            Self::Arrivals => "Arrivals",
            Self::MaxUsers => "Max users",
            Self::Stages => "Stages",
            Self::RunTime => "Run time",
            Self::Classes => "User classes",
            Self::ThinkTime => "Think time",
            Self::StopTimeout => "Stop timeout",
            Self::Seed => "Seed",
        }
    }

    /// The flag on the command line.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Host => "--host",
            Self::Users => "--users",
            Self::SpawnRate => "--spawn-rate",
            Self::Rate => "--rate",
            Self::Arrivals => "--arrivals",
            Self::MaxUsers => "--max-users",
            Self::Stages => "--stages",
            Self::RunTime => "--run-time",
            Self::Classes => "user class",
            Self::ThinkTime => "--think-time",
            Self::StopTimeout => "--stop-timeout",
            Self::Seed => "--seed",
        }
    }
}

/// The error of one field: it says what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: Field,
    /// A sentence that continues the name of the field and does not repeat it.
    pub problem: String,
}

impl RunConfigText {
    /// Checks every field, for the scenario that a run does when it names none. `fresh_seed` is the seed when none was
    /// typed.
    ///
    /// # Errors
    /// There is one error for each wrong field.
    pub fn check(&self, fresh_seed: u64) -> Result<RunConfig, Vec<FieldError>> {
        self.check_for(Scenario::oddiya(), fresh_seed)
    }

    /// Checks every field, for a scenario.
    ///
    /// # Errors
    /// There is one error for each wrong field.
    pub fn check_for(&self, scenario: Scenario, fresh_seed: u64) -> Result<RunConfig, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut scenario = keep(&mut errors, Field::Classes, self.chosen_classes(scenario));
        let think_time =
            keep(&mut errors, Field::ThinkTime, optional(&self.think_time, parse_think_time)).flatten();
        if let (Some(known), Some(wait)) = (&scenario, think_time) {
            scenario = Some(known.clone().with_think_time(wait));
        }
        let host =
            keep(&mut errors, Field::Host, self.host.parse::<Host>().map_err(|error| error.to_string()));
        let time_limit = scenario.as_ref().map_or_else(Micros::default, Scenario::longest_request);
        let load = load::text::check(self, time_limit).map_err(|found| errors.extend(found)).ok();
        let rows =
            (scenario.as_ref().zip(load.as_ref())).map_or(Ok(()), |(s, load)| s.rows_for(load.most_users()));
        keep(&mut errors, Field::Users, rows);
        // An arrival is of no particular user, so that a fixed number is a weight among arrivals.
        let places = match (&scenario, &load) {
            (Some(scenario), Some(load @ Load::Closed { .. })) => scenario.places_for(load.most_users()),
            _ => Ok(()),
        };
        keep(&mut errors, Field::Users, places);
        let run_time = keep(&mut errors, Field::RunTime, optional(&self.run_time, parse_run_time));
        let stop_timeout = keep(&mut errors, Field::StopTimeout, duration(&self.stop_timeout));
        let seed = keep(&mut errors, Field::Seed, optional(&self.seed, parse_seed));
        let config = (|| {
            Some(RunConfig {
                host: host?,
                scenario: scenario?,
                run_time: run_time?.or_else(|| load.as_ref().and_then(Load::length)),
                load: load?,
                think_time,
                stop_timeout: stop_timeout?,
                seed: seed?.unwrap_or(fresh_seed),
                iterations: None,
            })
        })();
        config.filter(|_| errors.is_empty()).ok_or(errors)
    }

    /// The text of a field.
    pub fn part(&self, field: Field) -> &str {
        match field {
            Field::Host => &self.host,
            Field::Users => &self.users,
            Field::SpawnRate => &self.spawn_rate,
            Field::Rate => &self.rate,
            Field::Arrivals => &self.arrivals,
            Field::MaxUsers => &self.max_users,
            Field::Stages => &self.stages,
            Field::RunTime => &self.run_time,
            Field::Classes => &self.classes,
            Field::ThinkTime => &self.think_time,
            Field::StopTimeout => &self.stop_timeout,
            Field::Seed => &self.seed,
        }
    }

    /// The text of a field, to be changed.
    pub const fn part_mut(&mut self, field: Field) -> &mut String {
        match field {
            Field::Host => &mut self.host,
            Field::Users => &mut self.users,
            Field::SpawnRate => &mut self.spawn_rate,
            Field::Rate => &mut self.rate,
            Field::Arrivals => &mut self.arrivals,
            Field::MaxUsers => &mut self.max_users,
            Field::Stages => &mut self.stages,
            Field::RunTime => &mut self.run_time,
            Field::Classes => &mut self.classes,
            Field::ThinkTime => &mut self.think_time,
            Field::StopTimeout => &mut self.stop_timeout,
            Field::Seed => &mut self.seed,
        }
    }

    /// The scenario with the classes that take part.
    fn chosen_classes(&self, scenario: Scenario) -> Result<Scenario, String> {
        let names = self.classes.split([',', ' ']).filter(|name| !name.is_empty()).map(str::to_owned);
        scenario.with_classes(&names.collect::<Vec<_>>()).map_err(|error| error.to_string())
    }
}

fn keep<T>(errors: &mut Vec<FieldError>, field: Field, parsed: Result<T, String>) -> Option<T> {
    parsed.map_err(|problem| errors.push(FieldError { field, problem })).ok()
}

fn optional<T>(text: &str, parse: fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if text.trim().is_empty() { Ok(None) } else { parse(text).map(Some) }
}

fn parse_think_time(text: &str) -> Result<ThinkTime, String> {
    text.parse().map_err(|error: NotAThinkTime| error.to_string())
}

fn duration(text: &str) -> Result<Micros, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

fn parse_run_time(text: &str) -> Result<Micros, String> {
    let run_time = duration(text)?;
    if run_time < Micros::SECOND {
        Err(format!("`{text}` is too short; write 1s or more"))
    } else {
        Ok(run_time)
    }
}

fn parse_seed(text: &str) -> Result<u64, String> {
    whole_number(text, "seed", 0..=u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_configuration_reads_back_and_a_missing_field_has_its_default() {
        let mut text = RunConfigText::default();
        Field::ALL.iter().for_each(|field| *text.part_mut(*field) = format!("{}!", field.name()));
        let written = serde_json::to_string(&text).unwrap();
        assert!(written.starts_with(r#"{"host":"host!","users":"users!","#), "{written}");
        assert_eq!(serde_json::from_str::<RunConfigText>(&written).unwrap(), text);
        let with_one_field: RunConfigText = serde_json::from_str(r#"{"users":"7"}"#).unwrap();
        assert_eq!(with_one_field, RunConfigText { users: "7".into(), ..RunConfigText::default() });
    }

    fn text() -> RunConfigText {
        RunConfigText { run_time: "1m".to_owned(), ..RunConfigText::default() }
    }

    fn problem(text: &RunConfigText) -> (Field, String) {
        let mut errors = text.check(0).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        let error = errors.remove(0);
        (error.field, error.problem)
    }

    #[test]
    fn a_right_form_becomes_a_configuration() {
        let config =
            RunConfigText { classes: "StressTestUser, OddiyaUser".into(), think_time: "0".into(), ..text() };
        let config = config.check(42).unwrap();
        assert_eq!(
            (&config.load, config.run_time, config.seed),
            (&Load::users(1, 1.0), Some(Micros::from_secs(60)), 42)
        );
        assert_eq!(config.scenario.classes.len(), 2);
        assert!(config.scenario.classes.iter().all(|class| class.think_time == ThinkTime::NONE));
    }

    #[test]
    fn each_wrong_field_is_named_with_what_to_write_instead() {
        let users = |users: &str| problem(&RunConfigText { users: users.into(), ..text() });
        assert_eq!(
            users("0"),
            (Field::Users, "`0` is no number of users; write a whole number from 1 to 1000000".into())
        );
        assert_eq!(users("-1").0, Field::Users);
        assert_eq!(users("ten").0, Field::Users);
        let rate = problem(&RunConfigText { spawn_rate: "0".into(), ..text() });
        assert_eq!(
            rate,
            (Field::SpawnRate, "`0` is no rate; write users per second, from 0.001 to 1000000".into())
        );
        let run_time = problem(&RunConfigText { run_time: "5x".into(), ..text() });
        assert_eq!(run_time.0, Field::RunTime);
        assert!(run_time.1.contains("`5x` is not a duration; write seconds, or forms such as"));
        let classes = problem(&RunConfigText { classes: "Nobody".into(), ..text() });
        assert!(classes.1.starts_with("unknown user class `Nobody`; this scenario has OddiyaUser"));
        assert_eq!(problem(&RunConfigText { seed: "x".into(), ..text() }).0, Field::Seed);
        assert_eq!(problem(&RunConfigText { think_time: "3s..1s".into(), ..text() }).0, Field::ThinkTime);
    }

    #[test]
    fn a_run_lasts_as_long_as_its_stages_unless_a_run_time_is_typed() {
        let run_time = |stages: &str, run_time: &str| {
            let text = RunConfigText {
                stages: stages.into(),
                run_time: run_time.into(),
                ..RunConfigText::default()
            };
            text.check(0).unwrap().run_time
        };
        assert_eq!(run_time("0..50,30s; 50,1m", ""), Some(Micros::from_secs(90)));
        assert_eq!(run_time("10/s,1m", "20s"), Some(Micros::from_secs(20)));
        assert_eq!(run_time("10/s,1m", "1h"), Some(Micros::from_secs(3600)));
        assert_eq!(run_time("", ""), None);
    }

    #[test]
    fn the_default_limit_of_users_is_enough_for_a_host_that_never_answers() {
        let most_users = |classes: &str| {
            let text =
                RunConfigText { rate: "10".into(), classes: classes.into(), ..RunConfigText::default() };
            text.check(0).unwrap().load.most_users()
        };
        assert_eq!((most_users(""), most_users("PlanStreamUser")), (300, 1_200));
    }

    #[test]
    fn every_wrong_field_is_reported_at_once() {
        let errors = RunConfigText { users: "0".into(), spawn_rate: "0".into(), host: "x".into(), ..text() };
        assert_eq!(errors.check(0).unwrap_err().len(), 3);
    }
}
