//! What a user does with answers: values, checks, expected statuses, conditions, loops, polls, groups, branches. In virtual
//! time, each construct with the requests that it sends and the figures that it leaves.

use oddiya_load::core::base::units::Micros;
use oddiya_load::core::convert::csv;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::present::table::Column;
use oddiya_load::core::present::text::summary;
use oddiya_load::core::present::words::NO_DATA;
use oddiya_load::core::report::{Entry, Report};
use oddiya_load::core::run::sim::Reply;
use oddiya_load::core::scenario::model::answer::{JsonPath, Missing, Must, Place, Segment, Take, Test};
use oddiya_load::core::scenario::model::condition::{Comparison, Condition};
use oddiya_load::core::scenario::model::request::{Body, OnFailure};
use oddiya_load::core::scenario::model::step::{End, GivenUp, Poll, Repeat, Step, Times};
use oddiya_load::core::scenario::model::text::{Escape, Generator, LastAnswer, Part, Slot, Source, Template};
use oddiya_load::core::scenario::{Method, ThinkTime};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::scenarios::{
    Plan, Sent, check, config, extract, failures, json, lines, p50, path, row, run, statuses, step, with_slot,
};

const SECOND: &str = "1s";

/// A task every 1.1 s, so that none is due at the end of a run.
fn paced(plan: Plan, steps: Vec<Step>) -> oddiya_load::core::scenario::Scenario {
    let mut scenario = plan.of(steps);
    scenario.classes[0].think_time = ThinkTime::Pacing { every: Micros::from_millis(1_100) };
    scenario
}

#[test]
fn a_value_of_an_answer_is_used_in_the_next_request() {
    let mut plan = Plan::default();
    let mut create = plan.request(Method::Post, "/plans");
    create.extractions = vec![extract(0, Place::Json(path(&["plan", "id"])))];
    let mut read = plan.get("/plans/{id}");
    read.request.path = with_slot("/plans/", 0, "");
    let mut list = plan.request(Method::Post, "/lists");
    let number = Part::Blank { source: Source::Slot(Slot(0)), escape: Escape::JsonValue };
    let parts = vec![Part::Text(r#"{"id":"#.to_owned()), number, Part::Text("}".to_owned())];
    list.request.body = Body::Text(Template { parts });
    let scenario = paced(plan, vec![step(create), step(read), step(list)]);
    let (report, sent) =
        run(&config(scenario, 1, "2s"), |sent: &Sent, _: &Request| match sent.line.as_str() {
            "POST /plans" => json(10, 200, &format!(r#"{{"plan": {{"id": {}}}}}"#, 70 + sent.at_ms / 1_000)),
            _ => json(10, 200, "{}"),
        });
    assert_eq!(
        lines(&sent),
        ["POST /plans", "GET /plans/70", "POST /lists", "POST /plans", "GET /plans/71", "POST /lists"]
    );
    assert_eq!(sent[5].body, r#"{"id":71}"#, "a number stays one");
    assert_eq!((row(&report, "/plans/{id}").requests, report.total.failures), (2, 0));
}

#[test]
fn an_expected_404_is_a_success_and_an_unexpected_200_is_not() {
    let mut plan = Plan::default();
    let mut gone = plan.get("/gone");
    gone.expect = Some(statuses(&[404]));
    let scenario = paced(plan, vec![step(gone)]);
    let answers = |sent: &Sent, _: &Request| json(5, if sent.at_ms < 1_000 { 404 } else { 200 }, "");
    let (report, _) = run(&config(scenario, 1, "2s"), answers);
    assert_eq!((report.total.requests, report.total.failures), (2, 1));
    assert_eq!(failures(&report), ["/gone: Status HTTP 200, which is not expected x1"]);
    let statuses = report.total.statuses.as_ref().unwrap();
    assert_eq!((statuses[&404], statuses[&200]), (1, 1), "what was answered is counted either way");
}

#[test]
fn a_200_that_fails_a_check_is_a_failure_with_the_checks_name() {
    let mut plan = Plan::default();
    let mut create = plan.get("/plan");
    create.checks = vec![
        check("has days", Test::Json { path: path(&["days"]), must: Must::Count { from: 1, to: 9 } }),
        check("no placeholder", Test::Body(Must::NotContain(Template::plain("City Center")))),
        check("fast", Test::Latency { at_most: Micros::from_millis(100) }),
        check("typed", Test::Header { name: "content-type".to_owned(), must: Must::Exist }),
    ];
    let scenario = paced(plan, vec![step(create)]);
    let (report, _) = run(&config(scenario, 1, "5s"), |sent: &Sent, _: &Request| {
        let mut reply = match sent.at_ms / 1_000 {
            0 => json(10, 200, r#"{"days": ["서울"]}"#),
            1 => json(10, 200, r#"{"days": []}"#),
            2 => json(10, 200, r#"{"days": ["City Center"]}"#),
            3 => json(200, 200, r#"{"days": ["서울"]}"#),
            _ => json(10, 500, r#"{"days": []}"#),
        };
        reply.headers.push("Content-Type", "application/json");
        reply
    });
    let mut found = failures(&report);
    found.sort();
    assert_eq!(
        found,
        [
            "/plan: Check fast x1",
            "/plan: Check has days x1",
            "/plan: Check no placeholder x1",
            "/plan: Status HTTP 500 x1"
        ]
    );
    assert_eq!(report.total.statuses.as_ref().unwrap()[&200], 4);
}

#[test]
fn an_extraction_that_finds_nothing_fails_skips_or_takes_a_default() {
    let sent_with = |missing: Missing| {
        let mut plan = Plan::default();
        let mut first = plan.get("/first");
        let mut id = extract(0, Place::Json(path(&["id"])));
        id.missing = missing;
        first.extractions = vec![id];
        let mut second = plan.get("/second");
        second.request.path = with_slot("/second/", 0, "");
        let (report, sent) =
            run(&config(paced(plan, vec![step(first), step(second)]), 1, SECOND), |_: &Sent, _: &Request| {
                json(5, 200, "{}")
            });
        (lines(&sent).join(" "), failures(&report))
    };
    let failed = vec!["/first: Check extract slot0 x1".to_owned()];
    assert_eq!(sent_with(Missing::Fail), ("GET /first".to_owned(), failed));
    assert_eq!(sent_with(Missing::Skip), ("GET /first".to_owned(), vec![]));
    let default = Missing::Default(Template::plain("9"));
    assert_eq!(sent_with(default), ("GET /first GET /second/9".to_owned(), vec![]));
    assert_eq!(sent_with(Missing::EmptyList), ("GET /first GET /second/[]".to_owned(), vec![]));
}

#[test]
fn a_list_is_added_to_and_picked_from() {
    let mut plan = Plan::default();
    let mut list = plan.get("/plans");
    let ids = JsonPath(vec![Segment::All, Segment::Field("id".to_owned())]);
    list.extractions = vec![extract(0, Place::Json(ids))];
    list.extractions[0].take = Take::All;
    let more = Step::Append { slot: Slot(0), value: Template::plain("99") };
    let mut read = plan.get("/plans/{id}");
    let pick = Part::Blank { source: Source::Pick(Slot(0)), escape: Escape::Path };
    read.request.path = Template { parts: vec![Part::Text("/plans/".to_owned()), pick] };
    let each = Step::Repeat(Repeat {
        times: Times::ForEach { list: Slot(0), item: Slot(1) },
        steps: vec![{
            let mut one = plan.get("/each");
            one.request.path = with_slot("/each/", 1, "");
            step(one)
        }],
    });
    let (_, sent) = run(
        &config(paced(plan, vec![step(list), more, step(read), each]), 1, SECOND),
        |_: &Sent, _: &Request| json(5, 200, r#"[{"id": 1}, {"id": "b"}]"#),
    );
    let sent = lines(&sent);
    assert_eq!(sent[2..], ["GET /each/1", "GET /each/b", "GET /each/99"]);
    assert!(["GET /plans/1", "GET /plans/b", "GET /plans/99"].contains(&sent[1]), "{sent:?}");
}

#[test]
fn a_condition_decides_which_steps_follow() {
    let mut plan = Plan::default();
    let first = plan.get("/first");
    let status = Part::Blank { source: Source::Last(LastAnswer::Status), escape: Escape::Plain };
    let is_gone = Condition::Compare {
        left: Template { parts: vec![status] },
        comparison: Comparison::Equal,
        right: Template::plain("404"),
    };
    let branch = Step::If {
        condition: is_gone,
        then: vec![step(plan.get("/then"))],
        otherwise: vec![step(plan.get("/otherwise"))],
    };
    let answers = |sent: &Sent, _: &Request| json(5, if sent.at_ms < 1_000 { 404 } else { 200 }, "");
    let (_, sent) = run(&config(paced(plan, vec![step(first), branch]), 1, "2s"), answers);
    assert_eq!(lines(&sent), ["GET /first", "GET /then", "GET /first", "GET /otherwise"]);
}

#[test]
fn steps_repeat_so_often_or_as_long_as_a_condition_holds() {
    let mut plan = Plan::default();
    let thrice =
        Step::Repeat(Repeat { times: Times::Count { from: 3, to: 3 }, steps: vec![step(plan.get("/a"))] });
    let count = Step::Set {
        slot: Slot(0),
        value: Template {
            parts: vec![Part::Blank {
                source: Source::Generator(Generator::Counter(Slot(1))),
                escape: Escape::Plain,
            }],
        },
    };
    let below = |limit: &str| {
        Condition::Not(Box::new(Condition::Compare {
            left: Template { parts: vec![crate::scenarios::blank(1)] },
            comparison: Comparison::AtLeast,
            right: Template::plain(limit),
        }))
    };
    let times = Times::While { condition: below("2"), at_most: 10 };
    let until = Step::Repeat(Repeat { times, steps: vec![count, step(plan.get("/b"))] });
    let (_, sent) =
        run(&config(paced(plan, vec![thrice, until]), 1, SECOND), |_: &Sent, _: &Request| json(5, 200, ""));
    assert_eq!(lines(&sent), ["GET /a", "GET /a", "GET /a", "GET /b", "GET /b"]);
}

fn poll(plan: &mut Plan, at_most: u32, given_up: GivenUp) -> Step {
    let mut status = plan.get("/video");
    status.extractions = vec![extract(0, Place::Json(path(&["status"])))];
    Step::Poll(Poll {
        check: "the video is ready".to_owned(),
        until: Condition::Compare {
            left: Template { parts: vec![crate::scenarios::blank(0)] },
            comparison: Comparison::Equal,
            right: Template::plain("COMPLETED"),
        },
        every: Micros::from_secs(5),
        at_most,
        within: None,
        steps: vec![step(status)],
        given_up,
    })
}

fn video(ready_ms: u64) -> impl Fn(&Sent, &Request) -> Reply + Clone {
    move |sent: &Sent, _: &Request| {
        let status = if sent.at_ms >= ready_ms { "COMPLETED" } else { "PENDING" };
        json(10, 200, &format!(r#"{{"status": "{status}"}}"#))
    }
}

#[test]
fn a_poll_asks_every_five_seconds_until_it_is_done() {
    let mut plan = Plan::default();
    let steps = vec![poll(&mut plan, 36, GivenUp::Fail), step(plan.get("/after")), Step::End(End::User)];
    let (report, sent) = run(&config(plan.of(steps), 1, "1m"), video(14_000));
    let at: Vec<_> = sent.iter().map(|sent| (sent.line.as_str(), sent.at_ms)).collect();
    let expected = [
        ("GET /video", 0),
        ("GET /video", 5_010),
        ("GET /video", 10_020),
        ("GET /video", 15_030),
        ("GET /after", 15_040),
    ];
    assert_eq!(at, expected);
    assert_eq!(report.total.failures, 0);
}

#[test]
fn a_poll_that_gives_up_fails_its_last_request_or_goes_on() {
    for (given_up, after, failed) in [
        (GivenUp::Fail, 0, vec!["/video: Check the video is ready x1".to_owned()]),
        (GivenUp::Continue, 1, Vec::new()),
    ] {
        let mut plan = Plan::default();
        let steps = vec![poll(&mut plan, 3, given_up), step(plan.get("/after")), Step::End(End::User)];
        let mut scenario = plan.of(steps);
        scenario.classes[0].think_time = ThinkTime::Pacing { every: Micros::from_secs(60) };
        let (report, sent) = run(&config(scenario, 1, "30s"), video(u64::MAX));
        let of = |line: &str| sent.iter().filter(|sent| sent.line == line).count();
        assert_eq!((of("GET /video"), of("GET /after")), (3, after));
        assert_eq!(
            (failures(&report), report.total.requests),
            (failed, 3 + after as u64),
            "counted once each"
        );
    }
}

#[test]
fn a_group_is_a_row_of_its_own_that_is_timed_as_one_journey() {
    let mut plan = Plan::default();
    let pause = Step::Wait(ThinkTime::Between { from: Micros::from_secs(2), to: Micros::from_secs(2) });
    let (a, b) = (step(plan.get("/a")), step(plan.get("/b")));
    let journey = plan.group("create a plan", vec![a, pause, b]);
    let mut scenario = plan.of(vec![journey]);
    scenario.classes[0].think_time = ThinkTime::Pacing { every: Micros::from_secs(10) };
    let answers = |sent: &Sent, _: &Request| {
        json(100, if sent.line == "GET /b" && sent.at_ms > 10_000 { 503 } else { 200 }, "")
    };
    let (report, _) = run(&config(scenario, 1, "19s"), answers);
    let group = row(&report, "create a plan");
    assert_eq!((group.method.as_str(), group.requests, group.failures), ("GROUP", 2, 1));
    assert!((2_190.0..2_210.0).contains(&p50(group)), "{}", p50(group));
    assert_eq!((report.total.requests, report.total.failures), (4, 1), "a group is no request");
    assert_eq!(report.requests.len(), 2);
    assert_eq!(report.timeline.iter().map(|row| row.requests).sum::<u64>(), 4);
    says_no_size_of(&report, group);
}

/// A group has no body: its size is absent, a dash in the terminal, and the CSV files' word for what is not known.
fn says_no_size_of(report: &Report, group: &Entry) {
    assert_eq!((group.received_bytes, Column::MeanBytes.text(group).as_str()), (None, NO_DATA));
    let shown = summary(report);
    let line = shown.lines().find(|line| line.contains(&group.name)).unwrap();
    assert!(line.ends_with(NO_DATA), "{line}");
    let [(_, stats), ..] = csv::files(report);
    let sizes = ["Name", group.name.as_str(), "/a"].map(|name| {
        let row = stats.lines().find(|row| row.split(',').nth(1) == Some(name)).unwrap();
        row.split(',').nth(8).unwrap()
    });
    assert_eq!(sizes[..2], ["Average Content Size", "N/A"]);
    assert!(sizes[2].parse::<f64>().is_ok(), "{sizes:?}");
}

#[test]
fn branches_are_done_at_once_and_the_step_ends_with_the_last() {
    let mut plan = Plan::default();
    let branches = vec![
        vec![step(plan.get("/me"))],
        vec![step(plan.get("/plans")), step(plan.get("/plans/1"))],
        vec![step(plan.get("/videos"))],
    ];
    let burst = Step::Parallel(branches);
    let burst = plan.group("app start", vec![burst]);
    let after = step(plan.get("/after"));
    let (report, sent) =
        run(&config(paced(plan, vec![burst, after]), 1, SECOND), |sent: &Sent, _: &Request| {
            json(if sent.line == "GET /videos" { 300 } else { 100 }, 200, "")
        });
    let at: Vec<_> = sent.iter().map(|sent| (sent.line.as_str(), sent.at_ms)).collect();
    let expected =
        [("GET /me", 0), ("GET /plans", 0), ("GET /videos", 0), ("GET /plans/1", 100), ("GET /after", 300)];
    assert_eq!(at, expected);
    assert!((299.0..302.0).contains(&p50(row(&report, "app start"))));
    let most = report.timeline.iter().filter_map(|row| row.in_flight).max();
    assert_eq!((report.total.sent, most), (Some(5), Some(0)));
}

#[test]
fn a_failed_request_ends_its_task_or_its_session_where_the_step_says_so() {
    let sent_with = |on_failure: OnFailure| {
        let mut plan = Plan::default();
        let mut first = plan.get("/first");
        first.on_failure = on_failure;
        let steps = vec![step(first), step(plan.get("/second"))];
        let start = vec![step(plan.get("/start"))];
        let mut scenario = paced(plan, steps);
        scenario.classes[0].on_start = start;
        let (_, sent) = run(&config(scenario, 1, "2s"), |sent: &Sent, _: &Request| {
            json(5, if sent.line == "GET /first" { 500 } else { 200 }, "")
        });
        lines(&sent).join(" ")
    };
    assert_eq!(sent_with(OnFailure::Continue), "GET /start GET /first GET /second GET /first GET /second");
    assert_eq!(sent_with(OnFailure::EndTask), "GET /start GET /first GET /first");
    assert_eq!(sent_with(OnFailure::EndSession), "GET /start GET /first GET /start GET /first");
}
