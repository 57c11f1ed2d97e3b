//! The load of a run, described in words.

use crate::core::base::units::{Micros, format_clock, group_thousands};
use crate::core::base::visible::sentence;
use crate::core::report::RunInfo;
use crate::core::report::load::{ArrivalProcess, Level, Load, Stage};

/// Describes the load with its live changes: `50 users at 5/s, from 0:12 on 20 users at 5/s`.
pub fn load_in_words(run: &RunInfo) -> String {
    let changes = run.changes.iter().map(|change| {
        let at = format_clock(change.at_s);
        match (change.users, change.spawn_rate, change.rate) {
            (_, _, Some(rate)) => format!(", from {at} on {rate} arrivals/s"),
            (Some(users), Some(rate), None) => format!(", from {at} on {users} users at {rate}/s"),
            _ => String::new(),
        }
    });
    let planned = run.load.as_ref().map_or_else(|| "load not known".to_owned(), planned_load_in_words);
    // A file may have thousands of stages and changes.
    sentence(&std::iter::once(planned).chain(changes).collect::<String>())
}

/// Describes the load at the start: `50 users at 5/s`, `50 arrivals/s, evenly spaced, by at most 1 500 users`.
pub fn planned_load_in_words(load: &Load) -> String {
    match load {
        Load::Closed { users: Level::Stages(stages), .. } => {
            format!("users in stages: {}", as_typed(stages, ""))
        }
        Load::Closed { users: Level::Held(1.0), .. } => "1 user".to_owned(),
        Load::Closed { users: Level::Held(users), spawn_rate } => {
            let at = spawn_rate.map_or_else(String::new, |rate| format!(" at {rate}/s"));
            format!("{} users{at}", group_thousands(*users as u64))
        }
        Load::Open { rate, process, max_users } => {
            let rate = match rate {
                Level::Stages(stages) => format!("arrivals in stages: {}", as_typed(stages, "/s")),
                Level::Held(rate) => format!("{rate} arrivals/s"),
            };
            let spaced = match process {
                Some(ArrivalProcess::Constant) => ", evenly spaced",
                Some(ArrivalProcess::Poisson) => ", Poisson",
                Some(ArrivalProcess::Other) | None => "",
            };
            let most = max_users.map_or_else(String::new, |users| {
                format!(", by at most {} users", group_thousands(u64::from(users)))
            });
            format!("{rate}{spaced}{most}")
        }
        Load::Other => "a load that this version does not know".to_owned(),
    }
}

/// Writes stages in the notation of the form and the command: `0..50,30s; 50,2m`.
fn as_typed(stages: &[Stage], unit: &str) -> String {
    let typed = stages.iter().map(|stage| {
        let length = Micros::from_secs_f64(stage.duration_s);
        if stage.from == stage.to {
            format!("{}{unit},{length}", stage.to)
        } else {
            format!("{}..{}{unit},{length}", stage.from, stage.to)
        }
    });
    typed.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(load: Load) -> String {
        planned_load_in_words(&load)
    }

    fn stage(from: f64, to: f64, duration_s: f64) -> Stage {
        Stage { from, to, duration_s }
    }

    #[test]
    fn a_load_is_described_in_words() {
        let closed = |users, spawn_rate| words(Load::Closed { users, spawn_rate });
        assert_eq!(closed(Level::Held(1.0), Some(1.0)), "1 user");
        assert_eq!(closed(Level::Held(50.0), Some(5.0)), "50 users at 5/s");
        assert_eq!(closed(Level::Held(50.0), None), "50 users", "of a tool that does not say");
        let stages = Level::Stages(vec![stage(0.0, 50.0, 30.0), stage(50.0, 50.0, 120.0)]);
        assert_eq!(closed(stages, Some(1.0)), "users in stages: 0..50,30s; 50,2m");
        let open = |rate, process, max_users| words(Load::Open { rate, process, max_users });
        assert_eq!(
            open(Level::Held(50.0), Some(ArrivalProcess::Constant), Some(1_500)),
            "50 arrivals/s, evenly spaced, by at most 1\u{202f}500 users"
        );
        let stages = Level::Stages(vec![stage(10.0, 10.0, 60.0), stage(10.0, 50.0, 90.0)]);
        assert_eq!(
            open(stages, Some(ArrivalProcess::Poisson), Some(80)),
            "arrivals in stages: 10/s,1m; 10..50/s,1m 30s, Poisson, by at most 80 users"
        );
    }
}
