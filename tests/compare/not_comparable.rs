//! Runs that must not be compared, and what is said of them.

use oddiya_load::core::compare::assemble::{Options, compare};
use oddiya_load::core::compare::conditions::Conditions;
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::input::Run;
use oddiya_load::core::compare::outcome::Verdict;
use oddiya_load::core::present::comparison::reasons::reason_sentence;
use oddiya_load::core::present::comparison::words::endpoint_name;
use oddiya_load::core::report::load::{Level, Load};
use oddiya_load::core::report::read::read;
use oddiya_load::core::report::{Entry, GeneratorKind, Report, Timeline, TimelineRow};

fn report() -> Report {
    read(include_bytes!("../fixtures/reports/v2/sim.json")).unwrap()
}

/// The reasons against comparing the report with a changed one.
fn reasons(change: impl Fn(&mut Report)) -> Vec<String> {
    let mut other = report();
    change(&mut other);
    let runs = Groups {
        base: vec![Run::of(&report(), "a.json")],
        new: vec![Run::of(&other, "b.json")],
        like: vec![],
    };
    let comparison = compare(&runs, &Options::default());
    assert_eq!(comparison.verdict == Verdict::NotComparable, !comparison.reasons.is_empty());
    comparison.reasons.iter().map(reason_sentence).collect()
}

#[test]
fn the_same_report_is_comparable_with_itself() {
    assert_eq!(reasons(|_| {}), Vec::<String>::new());
}

/// beneficiary-fhir-data PR#1318: 30 s and 10 users against 300 s and 50 users.
#[test]
fn another_load_is_named_with_both_loads() {
    let closed = |users| Some(Load::Closed { users: Level::Held(users), spawn_rate: None });
    let mut base = report();
    (base.run.load, base.run.duration_s) = (closed(10.0), 30.0);
    let mut new = report();
    (new.run.load, new.run.duration_s) = (closed(50.0), 300.0);
    let runs =
        Groups { base: vec![Run::of(&base, "a.json")], new: vec![Run::of(&new, "b.json")], like: vec![] };
    let sentences: Vec<_> = compare(&runs, &Options::default()).reasons.iter().map(reason_sentence).collect();
    assert!(
        sentences[0].starts_with("another load: b.json had 50 users, the first base run 10 users;"),
        "{sentences:?}"
    );
    assert!(
        sentences[1].starts_with("another duration: b.json took 300 s, the first base run 30 s;"),
        "{sentences:?}"
    );
}

#[test]
fn another_scenario_and_another_generator_are_named() {
    let sentences = reasons(|report| {
        report.run.classes = vec!["StressTestUser".to_owned()];
        report.generator.kind = GeneratorKind::Browser;
    });
    assert!(sentences[0].starts_with("another scenario: b.json ran "), "{sentences:?}");
    assert!(sentences[1].starts_with("another generator: b.json is from the page,"), "{sentences:?}");
}

#[test]
fn another_profile_is_named_and_one_that_is_not_known_makes_no_difference() {
    let in_profile = |profile: &str, name: &str| {
        let mut report = report();
        report.run.profile = Some(profile.to_owned());
        Run::of(&report, name)
    };
    let (base, new) = (vec![in_profile("locust", "a.json")], vec![in_profile("gateway", "b.json")]);
    let found = compare(&Groups { base, new, like: vec![] }, &Options::default()).reasons;
    let right =
        "another profile: b.json sent what profile gateway takes, the first base run what locust takes;";
    assert!(reason_sentence(&found[0]).starts_with(right), "{found:?}");
    assert_eq!(reasons(|report| report.run.profile = Some("locust".to_owned())), Vec::<String>::new());
}

#[test]
fn another_host_is_comparable_since_hosts_are_what_is_compared() {
    assert_eq!(reasons(|report| report.run.host = Some("http://other:1".to_owned())), Vec::<String>::new());
}

#[test]
fn a_suspect_second_is_forgiven_and_a_tenth_of_them_is_not() {
    assert_eq!(
        reasons(|report| (report.run.duration_s, report.health.suspect_seconds) =
            (report.run.duration_s, Some(0))),
        Vec::<String>::new()
    );
    let sentences =
        reasons(|report| report.health.suspect_seconds = Some(report.run.duration_s as u64 / 10 + 1));
    assert!(sentences[0].starts_with("suspect seconds: in "), "{sentences:?}");
}

#[test]
fn a_host_that_froze_is_named_with_the_seconds() {
    let row = |second: u64| TimelineRow {
        second,
        requests: if (10..15).contains(&second) { 0 } else { 40 },
        in_flight: Some(8),
        ..TimelineRow::default()
    };
    let frozen = |report: &mut Report| report.timeline = (0..30).map(row).collect::<Timeline>();
    assert!(
        reasons(frozen)[0].starts_with("host frozen: in b.json nothing was answered for 5 seconds;"),
        "{:?}",
        reasons(frozen)
    );
}

#[test]
fn a_base_that_mostly_failed_is_no_baseline_and_a_new_version_that_fails_is_a_result() {
    let mut failed = report();
    failed.total.failure_ratio = Some(0.9);
    let conditions = Conditions::of(&failed);
    assert!(conditions.fault_as_base().is_some() && conditions.own_faults().is_empty());
}

#[test]
fn journeys_are_compared_like_endpoints() {
    let mut report = report();
    let journey = Entry { method: "GROUP".to_owned(), name: "plan".to_owned(), ..report.requests[0].clone() };
    report.groups.push(journey);
    let run = || vec![Run::of(&report, "a.json")];
    let comparison = compare(&Groups { base: run(), new: run(), like: vec![] }, &Options::default());
    assert_eq!(comparison.entries.iter().filter(|entry| endpoint_name(entry) == "GROUP plan").count(), 1);
}
