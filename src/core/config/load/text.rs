//! Makes a [`Load`] from the fields that were typed: it selects the model and refuses fields that exclude each other.
//!
//! The rules of each field of the load are here; `run_config.rs` reads all other fields.

use super::{ArrivalProcess, Load, default_max_users};
use crate::core::base::stages::{Level, Stages};
use crate::core::base::typed::whole_number;
use crate::core::base::units::{Micros, parse_number};
use crate::core::config::run_config::{Field, FieldError, RunConfigText};

/// The largest number of users in a run. A larger number is a typing mistake.
const MAX_USERS: u32 = 1_000_000;
/// The highest arrival rate of a run, per second. No single machine can send more.
const MAX_RATE: f64 = 1e5;
/// The lowest rate of arrivals or starts, per second: one in a quarter of an hour.
const MIN_RATE: f64 = 1e-3;
/// The highest rate at which users start, per second: all of them at once.
const MAX_SPAWN_RATE: f64 = 1e6;

/// Makes the load from stages, from an arrival rate, or from a number of users (one when none was typed). `time_limit`
/// is the longest time that a request can take; the default limit of users follows from it.
///
/// # Errors
/// There is one error for each wrong field and for each field of the other model.
pub fn check(text: &RunConfigText, time_limit: Micros) -> Result<Load, Vec<FieldError>> {
    let mut errors = Vec::new();
    let load = match (non_empty(&text.stages), non_empty(&text.rate)) {
        (Some(stages), rate) => {
            if rate.is_some() {
                let problem =
                    "cannot go with stages (--stages), which say the rate themselves: 10/s,1m; 50/s,5m";
                errors.push(field_error(Field::Rate, problem));
            }
            if non_empty(&text.users).is_some() {
                let problem = "cannot go with stages (--stages), which say themselves how many users there are; leave one out";
                errors.push(field_error(Field::Users, problem));
            }
            in_stages(text, stages, time_limit, &mut errors)
        }
        (None, Some(rate)) => {
            if non_empty(&text.users).is_some() {
                let problem = "cannot go with an arrival rate (--rate), which takes users as it needs them; limit those by \
                               --max-users, or leave --rate out to keep that many users all the time";
                errors.push(field_error(Field::Users, problem));
            }
            let rate = parse_arrival_rate(rate).map_err(|problem| field_error(Field::Rate, problem));
            let rate = keep(rate, &mut errors);
            open(text, rate.map(Stages::held), time_limit, &mut errors)
        }
        (None, None) => {
            let users = non_empty(&text.users).map_or(Ok(1), parse_users);
            let users = keep(users.map_err(|problem| field_error(Field::Users, problem)), &mut errors);
            closed(text, users.map(|users| Stages::held(f64::from(users))), &mut errors)
        }
    };
    load.filter(|_| errors.is_empty()).ok_or(errors)
}

fn in_stages(
    text: &RunConfigText,
    stages: &str,
    time_limit: Micros,
    errors: &mut Vec<FieldError>,
) -> Option<Load> {
    let stages = Stages::parse(stages).and_then(|(level, stages)| check_levels(level, stages));
    let (level, stages) = keep(stages.map_err(|problem| field_error(Field::Stages, problem)), errors)?;
    match level {
        Level::Users => closed(text, Some(stages), errors),
        Level::PerSecond => open(text, Some(stages), time_limit, errors),
    }
}

fn check_levels(level: Level, stages: Stages) -> Result<(Level, Stages), String> {
    let users = |level: f64| level.fract() == 0.0 && level <= f64::from(MAX_USERS);
    let allowed = |number: f64| if level == Level::Users { users(number) } else { number <= MAX_RATE };
    if let Some(stage) = stages.iter().find(|stage| !allowed(stage.from) || !allowed(stage.to)) {
        return Err(match level {
            Level::Users => {
                format!("`{stage}` are no users; write whole numbers up to {MAX_USERS}, or /s for a rate")
            }
            Level::PerSecond => format!("`{stage}/s` is too much; write up to {MAX_RATE} per second"),
        });
    }
    if stages.peak() == 0.0 {
        return Err("start nobody; write at least one level above 0".to_owned());
    }
    if stages.length() < Micros::SECOND {
        return Err("last under a second; write 1s or more".to_owned());
    }
    Ok((level, stages))
}

fn closed(text: &RunConfigText, users: Option<Stages>, errors: &mut Vec<FieldError>) -> Option<Load> {
    for (field, typed) in [(Field::Arrivals, &text.arrivals), (Field::MaxUsers, &text.max_users)] {
        if non_empty(typed).is_some() {
            let problem =
                "is only for runs by arrival rate; add --rate, or write the stages per second (10/s,1m)";
            errors.push(field_error(field, problem));
        }
    }
    let spawn_rate = keep(
        non_empty(&text.spawn_rate)
            .map_or(Ok(1.0), parse_spawn_rate)
            .map_err(|problem| field_error(Field::SpawnRate, problem)),
        errors,
    );
    Some(Load::Closed { users: users?, spawn_rate: spawn_rate? })
}

fn open(
    text: &RunConfigText,
    rate: Option<Stages>,
    time_limit: Micros,
    errors: &mut Vec<FieldError>,
) -> Option<Load> {
    if non_empty(&text.spawn_rate).is_some() {
        let problem =
            "is only for runs by number of users; a rate that grows is a stage: --stages \"0..50/s,1m\"";
        errors.push(field_error(Field::SpawnRate, problem));
    }
    if non_empty(&text.think_time).is_some() {
        let problem = "is only for runs by number of users; an arrival does one task and does not think";
        errors.push(field_error(Field::ThinkTime, problem));
    }
    let process = non_empty(&text.arrivals).map_or(Ok(ArrivalProcess::default()), parse_process);
    let process = keep(process.map_err(|problem| field_error(Field::Arrivals, problem)), errors);
    let max_users = non_empty(&text.max_users).map(parse_users).transpose();
    let max_users = keep(max_users.map_err(|problem| field_error(Field::MaxUsers, problem)), errors);
    let rate = rate?;
    let max_users = max_users?.unwrap_or_else(|| default_max_users(&rate, time_limit));
    Some(Load::Open { rate, process: process?, max_users })
}

fn non_empty(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

fn field_error(field: Field, problem: impl Into<String>) -> FieldError {
    FieldError { field, problem: problem.into() }
}

fn keep<T>(parsed: Result<T, FieldError>, errors: &mut Vec<FieldError>) -> Option<T> {
    parsed.map_err(|error| errors.push(error)).ok()
}

fn parse_users(text: &str) -> Result<u32, String> {
    whole_number(text, "number of users", 1..=MAX_USERS)
}

fn parse_spawn_rate(text: &str) -> Result<f64, String> {
    let rate = parse_number(text).filter(|rate| (MIN_RATE..=MAX_SPAWN_RATE).contains(rate));
    rate.ok_or_else(|| {
        format!("`{}` is no rate; write users per second, from {MIN_RATE} to {MAX_SPAWN_RATE}", text.trim())
    })
}

/// Reads an arrival rate: `50`, `0.5` or `50/s`.
fn parse_arrival_rate(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let rate = parse_number(text.strip_suffix("/s").unwrap_or(text));
    let rate = rate.filter(|rate| (MIN_RATE..=MAX_RATE).contains(rate));
    rate.ok_or_else(|| {
        format!("`{text}` is no arrival rate; write arrivals per second, from {MIN_RATE} to {MAX_RATE}")
    })
}

fn parse_process(text: &str) -> Result<ArrivalProcess, String> {
    match text {
        "constant" => Ok(ArrivalProcess::Constant),
        "poisson" => Ok(ArrivalProcess::Poisson),
        _ => Err(format!("`{text}` is no kind of arrivals; write constant or poisson")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Micros = Micros::from_secs(30);

    fn typed(fields: &[(Field, &str)]) -> RunConfigText {
        let mut text = RunConfigText::default();
        fields.iter().for_each(|(field, typed)| *text.part_mut(*field) = (*typed).to_owned());
        text
    }

    fn problem(fields: &[(Field, &str)]) -> (Field, String) {
        let mut errors = check(&typed(fields), LIMIT).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        let error = errors.remove(0);
        (error.field, error.problem)
    }

    #[test]
    fn empty_fields_give_one_user() {
        assert_eq!(check(&RunConfigText::default(), LIMIT), Ok(Load::users(1, 1.0)));
    }

    #[test]
    fn a_rate_selects_the_open_model_with_enough_users_for_a_host_that_never_answers() {
        let open = |rate, process, max_users| Load::Open { rate: Stages::held(rate), process, max_users };
        let load = check(&typed(&[(Field::Rate, "50/s")]), LIMIT);
        assert_eq!(load, Ok(open(50.0, ArrivalProcess::Constant, 1_500)));
        let load = check(&typed(&[(Field::Rate, "0.01")]), LIMIT);
        assert_eq!(load, Ok(open(0.01, ArrivalProcess::Constant, 1)));
        let load = check(
            &typed(&[(Field::Rate, "20000"), (Field::Arrivals, "poisson"), (Field::MaxUsers, "100")]),
            LIMIT,
        );
        assert_eq!(load, Ok(open(20_000.0, ArrivalProcess::Poisson, 100)));
    }

    #[test]
    fn the_unit_of_the_stages_decides_the_model() {
        let users =
            check(&typed(&[(Field::Stages, "0..50,30s;50,1m"), (Field::SpawnRate, "5")]), LIMIT).unwrap();
        assert_eq!((users.most_users(), users.length()), (50, Some(Micros::from_secs(90))));
        assert!(matches!(users, Load::Closed { spawn_rate: 5.0, .. }));
        let rate =
            check(&typed(&[(Field::Stages, "10/s,1m;10..50/s,5m"), (Field::MaxUsers, "80")]), LIMIT).unwrap();
        assert_eq!((rate.most_users(), rate.length()), (80, Some(Micros::from_secs(360))));
    }

    #[test]
    fn fields_that_exclude_each_other_are_refused_with_what_to_use_instead() {
        use Field::*;
        type Typed<'a> = &'a [(Field, &'a str)];
        let cases: [(Typed<'_>, Field, &str); 12] = [
            (&[(Rate, "50"), (Users, "10")], Users, "cannot go with an arrival rate (--rate), which takes"),
            (
                &[(Rate, "50"), (SpawnRate, "2")],
                SpawnRate,
                "is only for runs by number of users; a rate that",
            ),
            (
                &[(Rate, "50"), (Stages, "10/s,1m")],
                Rate,
                "cannot go with stages (--stages), which say the rate",
            ),
            (
                &[(Users, "5"), (Stages, "10,1m")],
                Users,
                "cannot go with stages (--stages), which say themselves",
            ),
            (&[(Arrivals, "poisson")], Arrivals, "is only for runs by arrival rate; add --rate"),
            (&[(MaxUsers, "5"), (Stages, "10,1m")], MaxUsers, "is only for runs by arrival rate"),
            (&[(Rate, "0")], Rate, "`0` is no arrival rate; write arrivals per second, from 0.001 to 100000"),
            (
                &[(Rate, "5"), (Arrivals, "x")],
                Arrivals,
                "`x` is no kind of arrivals; write constant or poisson",
            ),
            (&[(Stages, "1.5,1m")], Stages, "`1.5` are no users; write whole numbers up to 1000000"),
            (&[(Stages, "0/s,1m")], Stages, "start nobody; write at least one level above 0"),
            (&[(Stages, "5,0.5s")], Stages, "last under a second"),
            (&[(Stages, "5,1m;5/s,1m")], Stages, "mixes users and arrivals per second"),
        ];
        for (fields, field, words) in cases {
            let found = problem(fields);
            assert!(found.0 == field && found.1.starts_with(words), "{fields:?}: {found:?}");
        }
    }
}
