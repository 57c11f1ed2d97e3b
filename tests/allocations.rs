//! What a request allocates: nothing, where there is nothing to substitute.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::cell::Cell;

use allocation_counter::measure;
use futures_channel::mpsc;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::sim::{self, Reply};
use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};

/// What is allocated besides: once a second, and while queues reach their size.
const BESIDES: f64 = 0.02;

/// How much four users allocate for each further request, in virtual time. Starting them and the first seconds are left
/// out.
fn allocations_per_request(users: &str) -> f64 {
    let scenario = read("users.yaml", users, &Choices::default(), &Nothing).unwrap();
    let run = |secs: u64| {
        let text = RunConfigText {
            users: "4".to_owned(),
            spawn_rate: "1000000".to_owned(),
            run_time: format!("{secs}s"),
            ..RunConfigText::default()
        };
        let config = RunConfig { scenario: scenario.clone(), ..text.check(7).unwrap() };
        let assignment = Assignment::of(&config, Share { shard: 0, shards: 1 });
        let sent = Cell::new(0_u64);
        let allocated = measure(|| {
            let (_keep_open, controls) = mpsc::unbounded::<Control>();
            let answer = |_: u32, _: Micros, _: &Request| Reply { after: Micros(100), ..Reply::default() };
            let (snapshots, _) = sim::run(assignment, controls, answer);
            let tallies = snapshots.iter().flat_map(|second| &second.tallies);
            sent.set(tallies.map(|(_, tally)| tally.sent).sum());
        });
        (allocated.count_total, sent.get())
    };
    let ((short, few), (long, many)) = (run(1), run(3));
    assert_eq!(many - few, 80_000, "four users, each 10 000 times a second, for two seconds more");
    (long - short) as f64 / (many - few) as f64
}

#[test]
fn a_request_with_nothing_to_substitute_allocates_nothing() {
    let one =
        "scenario: s\nusers:\n  U:\n    headers: { X-User-Id: '1' }\n    tasks:\n      - get: /api/plans\n";
    let each = allocations_per_request(one);
    assert!(each < BESIDES, "{each} allocations for a request");
}

#[test]
fn requests_that_take_turns_allocate_nothing_either() {
    let two = "scenario: s\nusers:\n  U:\n    sequence:\n      - get: /api/plans\n      - task: create and list\n        \
               steps:\n          - post: /api/plans\n            headers: { X-Key: abc }\n            json: { a: 1 }\n\
               \x20         - get: /api/plans?size=20\n";
    let each = allocations_per_request(two);
    assert!(each < BESIDES, "{each} allocations for a request");
}

#[test]
fn blanks_are_filled_into_memory_that_is_there() {
    let each = allocations_per_request(
        "scenario: s\nusers:\n  U:\n    headers: { X-User-Id: '${user}' }\n    tasks:\n      - get: /api/users/${int 1..9}\n",
    );
    assert!(each < BESIDES, "{each} allocations for a request");
}
