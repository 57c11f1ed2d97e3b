//! What requests are filled with: values that keep their kinds, and values that must not be sent or must not grow. In
//! virtual time, from the texts of scenario files.

use oddiya_load::core::http::request::Request;
use oddiya_load::core::report::Report;
use oddiya_load::core::scenario::file::read;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::scenarios::{Sent, config, failures, json, lines, row, run};

/// Runs one user with these steps once, against a host that gives `body` as the answer to `/a`.
fn once(steps: &str, body: &'static str) -> (Report, Vec<Sent>) {
    let steps: String = steps.lines().map(|line| format!("          {line}\n")).collect();
    let text = format!(
        "scenario: test\ndata: {{ budgets: {{ rows: [{{ amount: 50000, code: \"007\" }}] }} }}\nusers:\n  U:\n    \
         think_time: 10m\n    tasks:\n      - task: t\n        steps:\n{steps}"
    );
    let scenario =
        read("test.yaml", &text, &Choices::default(), &Nothing).unwrap_or_else(|p| panic!("{p:?}"));
    run(&config(scenario, 1, "1s"), move |sent: &Sent, _: &Request| {
        json(10, 200, if sent.line == "GET /a" { body } else { "{}" })
    })
}

#[test]
fn a_number_stays_one_in_lists_rows_loops_and_defaults() {
    let steps = r#"- get: /a
  extract:
    ids: { from: "$[*].id", take: all }
    none: { from: "$[0].none", default: 1 }
- post: /b
  json: { id: "${pick ids}", amount: "${budgets.amount}", code: "${budgets.code}", none: "${none}", all: "${ids}" }
- append: { more: "${pick ids}" }
- append: { more: x }
- for_each: more
  as: entry
  steps: [{ post: /c, json: { entry: "${entry}" } }]"#;
    let (_, sent) = once(steps, r#"[{"id": 7}]"#);
    let bodies: Vec<_> = sent.iter().map(|sent| sent.body.as_str()).collect();
    let first = r#"{"id":7,"amount":50000,"code":"007","none":1,"all":[7]}"#;
    assert_eq!(bodies, ["", first, r#"{"entry":7}"#, r#"{"entry":"x"}"#]);
}

#[test]
fn a_value_that_no_header_can_have_is_a_failure_and_nothing_is_sent() {
    let steps = "- get: /a\n  extract: { token: $.token }\n- post: /b\n  headers: { X-CSRF: \"${token}\" }\n- get: /c";
    for body in [r#"{"token": "abc\n"}"#, r#"{"token": "a\r\nX-Admin: 1"}"#, r#"{"token": "부산"}"#] {
        let (report, sent) = once(steps, body);
        assert_eq!(lines(&sent), ["GET /a", "GET /c"]);
        assert_eq!(
            failures(&report),
            ["/b: Other the header X-CSRF has a value that HTTP does not allow x1"]
        );
        assert_eq!((report.total.requests, report.total.sent), (3, Some(3)));
    }
    assert_eq!(lines(&once(steps, r#"{"token": "a b"}"#).1), ["GET /a", "POST /b", "GET /c"]);
}

#[test]
fn a_path_from_an_answer_stays_with_its_service() {
    let steps = "- get: /a\n  extract: { next: $.next }\n- get: ${next}\n  name: next";
    let own = ["/items?page=2", "http://localhost:8080/items?page=2"];
    for next in own {
        let body = Box::leak(format!(r#"{{"next": "{next}"}}"#).into_boxed_str());
        assert_eq!(lines(&once(steps, body).1), ["GET /a", "GET /items?page=2"]);
    }
    for next in
        ["https://localhost:8080/x", "http://evil.example/x", ".evil.example/x", ":8443/x", "items", ""]
    {
        let body = Box::leak(format!(r#"{{"next": "{next}"}}"#).into_boxed_str());
        let (report, sent) = once(steps, body);
        assert_eq!(lines(&sent), ["GET /a"], "{next}");
        assert_eq!(
            failures(&report),
            ["next: Other the path is none of the service: it must begin with / x1"]
        );
    }
}

#[test]
fn a_value_that_grows_without_end_ends_its_task() {
    let steps = "- set: { a: x }\n- group: growing\n  steps:\n    - repeat: 60\n      steps: [set: { a: \"x${a}${a}\" }]\n- get: /never";
    let (report, sent) = once(steps, "");
    assert_eq!((lines(&sent), row(&report, "growing").failures), (Vec::new(), 1));
    let (report, _) = once("- get: \"/${text 1000000}${text 1000000}\"\n  name: long\n- get: /after", "");
    assert_eq!(report.total.failures, 0, "two megabytes are no problem");
    let blanks = "${text 1000000}".repeat(17);
    let (report, _) = once(&format!("- post: /b\n  text: \"{blanks}\""), "");
    assert_eq!(failures(&report), ["/b: Other a text of the request has more than 16 MB x1"]);
}

#[test]
fn loops_within_loops_rest_and_the_rest_is_nobodys_lateness() {
    let mut steps = "- repeat: 999\n  steps: [set: { a: 1 }]".to_owned();
    for _ in 0..3 {
        let inner: String = steps.lines().map(|line| format!("    {line}\n")).collect();
        steps = format!("- repeat: 999\n  steps:\n{}", inner.trim_end());
    }
    // Without rests, this would never come to the end of the run.
    assert_eq!(lines(&once(&steps, "").1), Vec::<&str>::new());
    let (report, _) = once("- repeat: 10000\n  steps: [set: { a: 1 }]\n- get: /b", "");
    let corrected = row(&report, "/b").corrected_ms.as_ref().unwrap().figures.p99.unwrap();
    assert!(corrected < 12.0, "{corrected}");
}

#[test]
fn the_first_of_several_with_one_key_is_compared_too_where_it_was_answered_in_time() {
    let steps = "- post: /b\n  again: { how: after timeout, after: 200ms, same: $.id, name: one id }";
    let text = format!(
        "scenario: test\nusers:\n  U:\n    think_time: 10m\n    tasks:\n      - task: t\n        steps:\n          {}",
        steps.replace('\n', "\n          ")
    );
    let scenario =
        read("test.yaml", &text, &Choices::default(), &Nothing).unwrap_or_else(|p| panic!("{p:?}"));
    let (report, sent) = run(&config(scenario, 1, "1s"), |sent: &Sent, _: &Request| {
        json(50, 200, if sent.at_ms == 0 { r#"{"id": 1}"# } else { r#"{"id": 2}"# })
    });
    assert_eq!((sent.len(), failures(&report)), (2, vec!["/b: Check one id x1".to_owned()]));
}
