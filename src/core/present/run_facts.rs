//! What ran, as pairs of a name and a value: everything that somebody needs to repeat the run, or to understand it later.

use super::connections::connection_line;
use super::load::load_in_words;
use crate::core::base::units::{format_clock, format_rate};
use crate::core::base::visible::cell;
use crate::core::report::{Change, Generator, GeneratorKind, Report, Route, StopReason};

/// A name with its value.
pub type Fact = (&'static str, String);

/// What ran. What is not known is absent.
pub fn facts(report: &Report) -> Vec<Fact> {
    let run = &report.run;
    let known = |name: &'static str, value: Option<String>| value.map(|value| (name, value));
    let classes: Vec<_> = run.classes.iter().map(|class| cell(class)).collect();
    let text = |text: &Option<String>| text.as_deref().map(cell);
    [
        known("Host", text(&run.host)),
        known("Scenario", text(&run.scenario)),
        known("Profile", text(&run.profile)),
        known("User classes", (!classes.is_empty()).then(|| classes.join(", "))),
        known("Load", Some(load_in_words(run))),
        known("Think time", text(&run.think_time)),
        known("Seed", run.seed.map(|seed| seed.to_string())),
        known("Started", run.started_at.as_deref().map(|moment| cell(&moment.replace('T', " ")))),
        known("Requests were started for", Some(format!("{:.1} s", run.duration_s))),
        known("Last answers awaited for", run.drain_s.map(|drain_s| format!("{drain_s:.1} s"))),
        known("Ended by", run.stopped_by.map(|reason| ended_by(reason).to_owned())),
        known("Generator", Some(generator(&report.generator))),
        known("Connections", report.connections.as_ref().map(connection_line)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What was changed while it ran, one line each.
pub fn changes(report: &Report) -> Vec<String> {
    report.run.changes.iter().map(change).collect()
}

fn change(change: &Change) -> String {
    let users = change.users.map(|users| format!("{users} users"));
    let spawn_rate =
        change.spawn_rate.map(|rate| format!("{} started or stopped per second", format_rate(rate)));
    let rate = change.rate.map(|rate| format!("{} arrivals per second", format_rate(rate)));
    let to: Vec<_> = [users, spawn_rate, rate].into_iter().flatten().collect();
    format!("at {}: {}", format_clock(change.at_s), to.join(", "))
}

const fn ended_by(reason: StopReason) -> &'static str {
    match reason {
        StopReason::RunTime => "its run time",
        StopReason::Iterations => "its last task",
        StopReason::Stopped => "somebody who stopped it",
        StopReason::Unfinished => "nothing: it was cut off, or had not ended",
        StopReason::Other => "a reason that this version does not know",
    }
}

fn generator(generator: &Generator) -> String {
    let kind = match generator.kind {
        GeneratorKind::Browser => "page",
        GeneratorKind::Native => "command",
        GeneratorKind::Sim => "virtual time",
        GeneratorKind::Imported => "another tool",
        GeneratorKind::Other => "a kind that this version does not know",
    };
    let version = generator.version.as_deref().map(|version| format!("version {}", cell(version)));
    let tool = generator.tool.as_ref().map(|tool| cell(&tool.name));
    let shards =
        generator.shards.map(|shards| format!("{shards} {}", if shards == 1 { "shard" } else { "shards" }));
    let route = match generator.route {
        Some(Route::Direct) => Some("straight to the host".to_owned()),
        Some(Route::Companion) => Some("through the companion".to_owned()),
        _ => None,
    };
    [Some(kind.to_owned()), tool, version, shards, route].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::report::read;

    #[test]
    fn a_run_is_described_well_enough_to_repeat_it() {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        report.run.changes = vec![Change { at_s: 75.0, users: Some(20), spawn_rate: None, rate: None }];
        let facts = facts(&report);
        let value =
            |name: &str| facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(value("Seed"), report.run.seed.map(|seed| seed.to_string()).as_deref());
        assert!(value("Generator").unwrap().starts_with("virtual time"), "{facts:?}");
        assert_eq!(changes(&report), ["at 1:15: 20 users"]);
    }

    #[test]
    fn what_is_not_known_of_a_run_is_not_listed() {
        let mut report = read::read(include_bytes!("../../../tests/fixtures/reports/v1/sim.json")).unwrap();
        (report.run.seed, report.run.host, report.connections) = (None, None, None);
        let names: Vec<_> = facts(&report).into_iter().map(|(name, _)| name).collect();
        assert!(
            !names.contains(&"Seed") && !names.contains(&"Host") && !names.contains(&"Connections"),
            "{names:?}"
        );
    }
}
