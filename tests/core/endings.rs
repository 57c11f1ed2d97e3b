//! How users end, and what they leave behind: refreshes and polls at the end of a run, numbers that are given anew, tasks
//! that nobody is left to do. In virtual time, from the texts of scenario files.

use std::collections::BTreeMap;

use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::StopReason;
use oddiya_load::core::run::sim::Reply;
use oddiya_load::core::scenario::Scenario;
use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::scenarios::{Sent, config, failures, json, lines, row, run};
use crate::world::posted;

/// The scenario of one class `U` with these fields, each line as it stands below the class.
fn scenario(class: &str) -> Scenario {
    let class: String = class.lines().map(|line| format!("    {line}\n")).collect();
    read("test.yaml", &format!("scenario: test\nusers:\n  U:\n{class}"), &Choices::default(), &Nothing)
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

const AUTH: &str = "think_time: 10m
auth:
  bearer: ${access}
  refresh: { within: 10s, steps: [{ post: /refresh, auth: false, extract: { access: $.token } }] }
on_start: [{ set: { access: old } }]
";

/// A host that takes the token `new` alone, which a refresh gives after so long.
fn renewing(refresh_ms: u64) -> impl Fn(&Sent, &Request) -> Reply + Clone {
    move |sent: &Sent, _: &Request| match sent.line.as_str() {
        "POST /refresh" => json(refresh_ms, 200, r#"{"token": "new"}"#),
        _ => json(20, if sent.header("Authorization") == Some("Bearer new") { 200 } else { 401 }, ""),
    }
}

#[test]
fn a_refresh_that_is_under_way_at_the_end_of_the_run_is_no_failure() {
    let of = |refresh_ms| {
        run(&config(scenario(&format!("{AUTH}tasks: [get: /a]")), 1, "1s"), renewing(refresh_ms))
    };
    let (report, sent) = of(2_000);
    assert_eq!(lines(&sent), ["GET /a", "POST /refresh"], "what was refused is not sent again after the end");
    assert_eq!((report.total.requests, failures(&report)), (2, Vec::new()));
    assert_eq!(lines(&of(100).1), ["GET /a", "POST /refresh", "GET /a"]);
}

#[test]
fn a_token_that_expired_before_the_last_steps_is_refreshed_for_them() {
    let class = format!(
        "{AUTH}on_stop: [get: /logout]\ntasks: [{{ task: t, steps: [get: /a, set: {{ access: old }}] }}]"
    );
    let (report, sent) = run(&config(scenario(&class), 1, "1s"), renewing(100));
    assert_eq!(lines(&sent)[3..], ["GET /logout", "POST /refresh", "GET /logout"]);
    assert_eq!(failures(&report), [""; 0]);
}

#[test]
fn a_refresh_ends_at_its_deadline_whatever_it_does() {
    for steps in [
        "{ post: /refresh, auth: false, extract: { access: $.token }, retry: { attempts: 3, without_answer: true } }",
        "{ wait: 1h }, { post: /refresh, auth: false, extract: { access: $.token } }",
    ] {
        let class = AUTH.replace("{ post: /refresh, auth: false, extract: { access: $.token } }", steps);
        let class = format!("{class}sequence: [get: /a, get: /b]");
        let class =
            class.replace("within: 10s,", "within: 10s, refused: continue,").replace("think_time: 10m\n", "");
        let (report, sent) = run(&config(scenario(&class), 1, "15s"), renewing(1_000_000));
        let b = sent.iter().find(|sent| sent.line == "GET /b").unwrap();
        assert_eq!(b.at_ms, 10_020, "{steps}");
        assert!(failures(&report).contains(&"/a: Refresh the refresh got no answer in time x1".to_owned()));
    }
}

#[test]
fn a_request_that_is_repeated_carries_the_token_that_was_renewed_meanwhile() {
    let burst = "tasks: [{ task: t, steps: [parallel: [{ get: /a, retry: { attempts: 3, on: 503, first: 500ms } }, get: /b]] }]";
    let (report, sent) =
        run(&config(scenario(&format!("{AUTH}{burst}")), 1, "5s"), |sent: &Sent, request: &Request| {
            if sent.line == "GET /a" && sent.at_ms < 100 {
                json(10, 503, "")
            } else {
                renewing(100)(sent, request)
            }
        });
    assert_eq!(lines(&sent), ["GET /a", "GET /b", "POST /refresh", "GET /b", "GET /a"]);
    assert_eq!(row(&report, "/a").statuses.as_ref().unwrap().get(&401), None);
}

#[test]
fn arrivals_never_share_a_number_while_users_come_and_go() {
    let rows: Vec<_> = (0..40).map(|row| format!("{{ name: r{row} }}")).collect();
    let text = format!(
        "scenario: test\ndata: {{ accounts: {{ order: unique, rows: [{}] }} }}\nusers:\n  U:\n    sequence:\n      - get: /${{accounts.name}}\n        name: /a\n      - {{ task: leave, steps: [{{ if: chance 20 %, end: user }}] }}\n      - get: /${{accounts.name}}\n        name: /b\n",
        rows.join(", ")
    );
    let scenario =
        read("test.yaml", &text, &Choices::default(), &Nothing).unwrap_or_else(|p| panic!("{p:?}"));
    let typed = RunConfigText {
        rate: "20".to_owned(),
        max_users: "40".to_owned(),
        run_time: "30s".to_owned(),
        ..RunConfigText::default()
    };
    let config = RunConfig { scenario, ..typed.check(2026).unwrap() };
    let (_, sent) = run(&config, |_: &Sent, _: &Request| json(500, 200, ""));
    let mut last = BTreeMap::new();
    for sent in &sent {
        let before = last.insert(sent.line.clone(), sent.at_ms);
        assert!(
            before.is_none_or(|before| before + 500 <= sent.at_ms),
            "{} twice at {}",
            sent.line,
            sent.at_ms
        );
    }
    assert!(sent.len() > 800 && last.len() < 40, "{} {}", sent.len(), last.len());
}

#[test]
fn the_time_of_the_last_steps_is_nobodys_lateness() {
    let class = "on_stop: [get: /logout]\nstates:\n  a: { next: { end: 1 }, steps: [get: /a] }";
    let (report, sent) = run(&config(scenario(class), 1, "20s"), |sent: &Sent, _: &Request| {
        json(if sent.line == "GET /logout" { 2_000 } else { 10 }, 200, "")
    });
    assert!(sent.len() > 15);
    let corrected = row(&report, "/a").corrected_ms.as_ref().unwrap().figures.p99.unwrap();
    assert!(corrected < 20.0, "{corrected}");
}

#[test]
fn only_who_has_a_task_begins_and_ends_a_session() {
    for (class, expected) in [
        ("on_stop: [delete: /session]\ntasks: [get: /a]", vec!["GET /a", "DELETE /session"]),
        (
            "on_start: [post: /session]\non_stop: [delete: /session]\ntasks: [get: /a]",
            vec!["POST /session", "GET /a", "DELETE /session"],
        ),
        (
            "on_stop: [delete: /session]\nstates: { a: { next: { end: 1 }, steps: [get: /a] } }",
            vec!["GET /a", "DELETE /session"],
        ),
    ] {
        let config = RunConfig { iterations: Some(1), ..config(scenario(class), 10, "1h") };
        let (report, sent) = run(&config, |_: &Sent, _: &Request| json(10, 200, ""));
        assert_eq!(lines(&sent), expected);
        assert_eq!(report.run.stopped_by, Some(StopReason::Iterations));
    }
}

#[test]
fn a_run_of_so_many_tasks_ends_when_nobody_is_left_to_do_them() {
    let class = "tasks: [{ task: t, steps: [get: /a, end: user] }]";
    let config = RunConfig { iterations: Some(100), ..config(scenario(class), 3, "1h") };
    let (report, sent) = run(&config, |_: &Sent, _: &Request| json(10, 200, ""));
    assert_eq!((sent.len(), report.run.stopped_by), (3, Some(StopReason::Iterations)));
    assert!(report.run.duration_s < 5.0, "{}", report.run.duration_s);
}

const POLL: &str = "tasks:
  - task: t
    steps:
      - poll: it is done
        until: ${s} == DONE
        every: 1s
        at_most: 2
        steps: ";

#[test]
fn what_a_poll_holds_back_is_counted_when_its_user_is_dropped() {
    let class = format!("{POLL}[{{ get: /v, extract: {{ s: $.s }} }}, {{ wait: 10m }}]");
    let (report, sent) =
        run(&config(scenario(&class), 20, "10s"), |_: &Sent, _: &Request| json(10, 200, r#"{"s": 1}"#));
    assert_eq!((sent.len(), report.total.requests, report.total.in_flight_at_end), (20, 20, Some(0)));
    assert_eq!(report.total.failures, 0);
}

#[test]
fn a_poll_in_vain_is_a_failed_check_whatever_its_steps_are() {
    for steps in [
        "[parallel: [{ get: /a, extract: { s: $.s } }, get: /b]]",
        "[{ get: /b, extract: { s: $.s }, again: { how: in parallel, times: 2, same: $.s } }]",
    ] {
        let class = format!("think_time: 10m\n{POLL}{steps}");
        let (report, sent) =
            run(&config(scenario(&class), 1, "10s"), |_: &Sent, _: &Request| json(10, 200, r#"{"s": 1}"#));
        assert_eq!(failures(&report), ["/b: Check it is done x1"]);
        assert_eq!(report.total.requests, sent.len() as u64);
    }
}

#[test]
fn a_branch_that_pauses_does_not_hold_the_end_of_the_run() {
    let class =
        "tasks: [{ task: t, steps: [parallel: [get: /a, { steps: [get: /b, wait: 20s, get: /c] }]] }]";
    let (snapshots, _) = posted(&config(scenario(class), 1, "2s"), 1, |_: u32, _, request: &Request| {
        json(if request.path == "/a" { 2_500 } else { 10 }, 200, "")
    });
    let last = snapshots.iter().map(|snapshot| snapshot.second).max();
    assert_eq!(last, Some(2), "the answer to /a came after 2.5 s");
}
