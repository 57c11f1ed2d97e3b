//! What a user does when things go wrong or have to be done twice: expired tokens, retries, the same key again; and
//! streams of cached plans. In virtual time.

use std::cell::Cell;
use std::rc::Rc;

use oddiya_load::core::base::failure::{Failure, FailureKind};
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::run::sim::Reply;
use oddiya_load::core::scenario::model::again::{Again, AgainHow, Backoff, Retry, RetryWithoutAnswer};
use oddiya_load::core::scenario::model::answer::{Place, Segment};
use oddiya_load::core::scenario::model::auth::{AfterRefusal, Auth, Refresh};
use oddiya_load::core::scenario::model::condition::{Comparison, Condition};
use oddiya_load::core::scenario::model::request::ProgressRule;
use oddiya_load::core::scenario::model::scenario::RetryBudget;
use oddiya_load::core::scenario::model::step::{End, Step};
use oddiya_load::core::scenario::model::text::{Escape, Generator, LastAnswer, Part, Source, Template};
use oddiya_load::core::scenario::{Method, Scenario, ThinkTime};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::scenarios::{
    Plan, Sent, config, extract, failures, json, lines, p50, path, row, run, statuses, step, with_slot,
};

/// Users who show a token that they fetch when they start, and refresh when it has expired: two requests at once, every
/// ten seconds.
fn with_tokens(deadline: Micros, refused: AfterRefusal) -> Scenario {
    let mut plan = Plan::default();
    let both = Step::Parallel(vec![vec![step(plan.get("/plans"))], vec![step(plan.get("/videos"))]]);
    let mut refresh = plan.request(Method::Post, "/refresh");
    refresh.extractions = vec![extract(0, Place::Json(path(&["token"])))];
    let mut scenario = plan.of(vec![both]);
    let class = &mut scenario.classes[0];
    class.think_time = ThinkTime::Pacing { every: Micros::from_secs(10) };
    class.auth = Some(Auth {
        headers: vec![("Authorization".to_owned(), with_slot("Bearer ", 0, ""))],
        refresh: Some(Refresh { statuses: statuses(&[401]), steps: vec![step(refresh)], deadline, refused }),
    });
    scenario
}

/// A host whose tokens hold for 15 seconds. `/videos` answers later than `/plans`.
fn expiring(refresh: Reply) -> impl Fn(&Sent, &Request) -> Reply + Clone {
    move |sent: &Sent, _: &Request| {
        let epoch = sent.at_ms / 15_000;
        match sent.line.as_str() {
            "POST /refresh" if refresh.body.is_empty() && refresh.outcome == Ok(200) => {
                json(50, 200, &format!(r#"{{"token": "t{epoch}"}}"#))
            }
            "POST /refresh" => refresh.clone(),
            line => {
                let is_good = sent.header("Authorization") == Some(&format!("Bearer t{epoch}"));
                let after = if line == "GET /videos" { 200 } else { 20 };
                json(after, if is_good { 200 } else { 401 }, "")
            }
        }
    }
}

#[test]
fn two_requests_with_an_expired_token_cost_one_refresh_and_are_sent_once_more() {
    let scenario = with_tokens(Micros::from_secs(5), AfterRefusal::EndSession);
    let (report, sent) = run(&config(scenario, 1, "35s"), expiring(Reply::default()));
    // At 0 s there is no token, at 20 s it has expired, at 30 s again.
    let refreshes: Vec<_> =
        sent.iter().filter(|sent| sent.line == "POST /refresh").map(|sent| sent.at_ms).collect();
    assert_eq!(refreshes, [20, 20_020, 30_020]);
    assert_eq!(sent[0].header("Authorization"), None, "what is unset is not sent");
    assert_eq!(report.total.failures, 0, "{:?}", failures(&report));
    for name in ["/plans", "/videos"] {
        let row = row(&report, name);
        assert_eq!((row.requests, row.statuses.as_ref().unwrap()[&401]), (7, 3), "{name}: 4 times, 3 again");
    }
    assert_eq!(row(&report, "/refresh").requests, 3);
}

#[test]
fn a_refused_refresh_is_an_outcome_of_its_own_and_nobody_waits_for_ever() {
    for (refused, plans) in [(AfterRefusal::EndSession, 4), (AfterRefusal::Continue, 4)] {
        let scenario = with_tokens(Micros::from_secs(5), refused);
        let (report, _) = run(&config(scenario, 1, "35s"), expiring(json(50, 401, "{}")));
        let mut found = failures(&report);
        found.sort();
        assert_eq!(row(&report, "/plans").requests, plans);
        assert_eq!(
            found,
            [
                "/plans: Refresh the refresh was refused x4",
                "/refresh: Status HTTP 401 x8",
                "/videos: Refresh the refresh was refused x4"
            ],
            "the second request asks again, because the first refresh was over by then"
        );
    }
}

#[test]
fn a_refresh_that_hangs_is_given_up_after_its_deadline() {
    let scenario = with_tokens(Micros::from_secs(5), AfterRefusal::Continue);
    let (report, sent) = run(&config(scenario, 1, "9s"), expiring(json(1_000_000, 200, "{}")));
    let mut found = failures(&report);
    found.sort();
    assert_eq!(
        found,
        [
            "/plans: Refresh the refresh got no answer in time x1",
            "/refresh: RequestTimeout  x1",
            "/videos: Refresh the refresh got no answer in time x1"
        ]
    );
    assert_eq!(lines(&sent), ["GET /plans", "GET /videos", "POST /refresh"], "both waited for one");
}

fn retry(attempts: u32, without_answer: RetryWithoutAnswer) -> Retry {
    let backoff =
        Backoff { first: Micros::from_millis(100), factor: 2.0, longest: Micros::from_secs(1), jitter: 0.0 };
    Retry { attempts, statuses: statuses(&[503]), without_answer, backoff }
}

#[test]
fn a_failed_request_is_sent_again_after_a_growing_pause_and_counted_each_time() {
    let mut plan = Plan::default();
    let mut create = plan.request(Method::Post, "/plans");
    create.retry = Some(retry(4, RetryWithoutAnswer::GiveUp));
    let id = Part::Blank { source: Source::Generator(Generator::Uuid), escape: Escape::Plain };
    create.request.headers = vec![("Idempotency-Key".to_owned(), Template { parts: vec![id] })];
    let scenario = plan.of(vec![step(create), Step::End(End::User)]);
    let (report, sent) = run(&config(scenario, 1, "10s"), |sent: &Sent, _: &Request| {
        json(10, if sent.at_ms < 300 { 503 } else { 200 }, "")
    });
    assert_eq!(sent.iter().map(|sent| sent.at_ms).collect::<Vec<_>>(), [0, 110, 320]);
    let keys: std::collections::BTreeSet<_> =
        sent.iter().map(|sent| sent.header("Idempotency-Key")).collect();
    assert_eq!(keys.len(), 1, "it is the same request");
    assert_eq!((report.total.requests, report.total.failures), (3, 2));
    let retries = &report.series[0];
    assert_eq!((retries.name.as_str(), retries.values[0]), ("retries", Some(2.0)));
}

#[test]
fn what_got_no_answer_is_sent_again_only_where_that_is_asked_for() {
    for (without_answer, sent) in [(RetryWithoutAnswer::GiveUp, 1), (RetryWithoutAnswer::Retry, 3)] {
        let mut plan = Plan::default();
        let mut create = plan.request(Method::Post, "/plans");
        create.retry = Some(retry(3, without_answer));
        let scenario = plan.of(vec![step(create), Step::End(End::User)]);
        let (report, _) = run(&config(scenario, 1, "10s"), |_: &Sent, _: &Request| Reply {
            outcome: Err(Failure::new(FailureKind::Reset, "")),
            ..Reply::default()
        });
        assert_eq!(report.total.requests, sent);
    }
}

#[test]
fn a_budget_of_retries_keeps_a_failing_host_from_being_loaded_many_times_over() {
    let mut plan = Plan::default();
    let mut get = plan.get("/plans");
    get.retry = Some(retry(4, RetryWithoutAnswer::Retry));
    let mut scenario = plan.of(vec![step(get)]);
    scenario.classes[0].think_time = ThinkTime::Pacing { every: Micros::from_millis(100) };
    scenario.retry_budget = Some(RetryBudget { share: 0.1 });
    let (report, sent) = run(&config(scenario, 10, "30s"), |_: &Sent, _: &Request| json(1, 503, ""));
    let series: Vec<_> = report.series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(series, ["retries", "retries denied"]);
    let retries: f64 = report.series[0].values.iter().flatten().sum();
    let first = sent.len() as f64 - retries;
    assert!(
        first > 2_000.0 && retries <= 0.1 * first + 10.0 && retries > 0.09 * first,
        "{retries} of {first}"
    );
}

fn again(how: AgainHow, times: u32) -> Scenario {
    let mut plan = Plan::default();
    let mut create = plan.request(Method::Post, "/videos");
    let id = Part::Blank { source: Source::Generator(Generator::Uuid), escape: Escape::Plain };
    create.request.headers = vec![("Idempotency-Key".to_owned(), Template { parts: vec![id] })];
    let same = oddiya_load::core::scenario::model::answer::JsonPath(vec![Segment::Field("id".to_owned())]);
    create.again =
        Some(Again { how, times, same, tolerated: Some(statuses(&[500])), check: "one id".to_owned() });
    plan.of(vec![step(create), Step::End(End::User)])
}

/// A host that makes a video for each new key, and answers 500 to the losers of a race.
fn videos(is_right: bool) -> impl Fn(&Sent, &Request) -> Reply + Clone {
    let made = Rc::new(Cell::new(0));
    let first_at = Rc::new(Cell::new(None));
    move |sent: &Sent, _: &Request| {
        let first = first_at.get().unwrap_or(sent.at_ms);
        first_at.set(Some(first));
        let number = made.get();
        made.set(number + 1);
        if number > 0 && sent.at_ms == first {
            return json(40, 500, "{}");
        }
        let id = if is_right { 7 } else { 7 + number };
        json(100, 202, &format!(r#"{{"id": {id}}}"#))
    }
}

#[test]
fn one_key_has_one_effect_in_sequence() {
    let (report, sent) = run(&config(again(AgainHow::InSequence, 3), 1, "10s"), videos(true));
    assert_eq!((report.total.requests, report.total.failures), (3, 0));
    let keys: std::collections::BTreeSet<_> =
        sent.iter().map(|sent| sent.header("Idempotency-Key")).collect();
    assert_eq!(keys.len(), 1);
    let (report, _) = run(&config(again(AgainHow::InSequence, 3), 1, "10s"), videos(false));
    assert_eq!(failures(&report), ["/videos: Check one id x2"]);
}

#[test]
fn one_key_has_one_effect_at_once_and_the_losers_of_the_race_may_fail() {
    let (report, sent) = run(&config(again(AgainHow::InParallel, 4), 1, "10s"), videos(true));
    assert!(sent.iter().all(|sent| sent.at_ms == 0), "at once");
    assert_eq!((report.total.requests, report.total.failures), (4, 0), "{:?}", failures(&report));
    assert_eq!(report.total.statuses.as_ref().unwrap()[&500], 3);
    let none = |_: &Sent, _: &Request| json(40, 500, "{}");
    let (report, _) = run(&config(again(AgainHow::InParallel, 4), 1, "10s"), none);
    assert_eq!(failures(&report), ["/videos: Check one id x1"], "one answer must be a success");
}

#[test]
fn a_request_that_was_given_up_is_sent_again_with_its_key() {
    let how = AgainHow::AfterTimeout { after: Micros::from_millis(50) };
    let (report, sent) = run(&config(again(how, 3), 1, "10s"), videos(true));
    assert_eq!(sent.iter().map(|sent| sent.at_ms).collect::<Vec<_>>(), [0, 50, 150]);
    assert_eq!((report.total.requests, report.total.failures), (3, 0), "{:?}", failures(&report));
}

fn events(ms: &[u64], cached: bool) -> Vec<(Micros, String)> {
    let flag = if cached { r#", "cached": true"# } else { "" };
    let datas = [
        format!(r#"{{"type": "status", "progress": 50{flag}}}"#),
        format!(r#"{{"type": "complete", "progress": 100, "plan": {{"title": "서울"}}{flag}}}"#),
        r#"{"type": "done"}"#.to_owned(),
    ];
    ms.iter().map(|ms| Micros::from_millis(*ms)).zip(datas).collect()
}

/// Every fifth plan is fresh.
fn agent(sent: &Sent, _: &Request) -> Reply {
    if sent.line == "POST /plans" {
        return json(30, 200, "{}");
    }
    let is_fresh = (sent.at_ms / 10_000).is_multiple_of(5);
    let (after, events) =
        if is_fresh { (2_110, events(&[20, 2_100, 2_110], false)) } else { (2, events(&[1, 2, 2], true)) };
    Reply { after: Micros::from_millis(after), events, ..Reply::default() }
}

#[test]
fn cached_and_fresh_streams_are_two_rows_with_the_hosts_own_medians() {
    let mut plan = Plan::default();
    let stream = plan.stream("/stream", ProgressRule::Monotone);
    let mut save = plan.request(Method::Post, "/plans");
    save.request.body = oddiya_load::core::scenario::model::request::Body::Text(with_slot("", 0, ""));
    let mut stream_with_title = stream;
    let kind = oddiya_load::core::base::event_kind::EventKind::Complete;
    stream_with_title.extractions = vec![extract(0, Place::Event { kind, path: path(&["plan", "title"]) })];
    let cached = Part::Blank { source: Source::Last(LastAnswer::Cached), escape: Escape::Plain };
    let is_fresh = Condition::Compare {
        left: Template { parts: vec![cached] },
        comparison: Comparison::Equal,
        right: Template::plain("false"),
    };
    let save_fresh = Step::If { condition: is_fresh, then: vec![step(save)], otherwise: Vec::new() };
    let mut scenario = plan.of(vec![step(stream_with_title), save_fresh]);
    scenario.classes[0].think_time = ThinkTime::Pacing { every: Micros::from_secs(10) };
    let (report, sent) = run(&config(scenario, 1, "199s"), agent);
    let (fresh, cached) = (row(&report, "/stream"), row(&report, "/stream (cached)"));
    assert_eq!((fresh.requests, cached.requests), (4, 16));
    assert_eq!((fresh.sent, cached.sent), (Some(4), Some(16)));
    assert_eq!((fresh.in_flight_at_end, cached.in_flight_at_end), (Some(0), Some(0)));
    assert!((2_108.0..2_113.0).contains(&p50(fresh)) && (1.9..2.1).contains(&p50(cached)));
    let complete = |entry: &oddiya_load::core::report::Entry| {
        entry.stream_ms.as_ref().unwrap().complete.as_ref().unwrap().figures.p50.unwrap()
    };
    assert!((2_098.0..2_103.0).contains(&complete(fresh)) && (1.9..2.1).contains(&complete(cached)));
    let saved: Vec<_> = sent.iter().filter(|sent| sent.line == "POST /plans").collect();
    assert_eq!((saved.len(), saved[0].body.as_str()), (4, "서울"), "no second save of a cached plan");
    assert_eq!(report.total.failures, 0);
    let per_second: u64 = report.timeline.iter().filter_map(|row| row.sent).sum();
    assert_eq!(Some(per_second), report.total.sent);
}

#[test]
fn a_stream_whose_progress_falls_fails_its_check() {
    let progress = |rule| {
        let mut plan = Plan::default();
        let stream = plan.stream("/stream", rule);
        let scenario = plan.of(vec![step(stream), Step::End(End::User)]);
        let (report, _) = run(&config(scenario, 1, "10s"), |_: &Sent, _: &Request| {
            let mut events = events(&[1, 3, 4], false);
            events.insert(1, (Micros::from_millis(2), r#"{"type": "progress", "progress": 40}"#.to_owned()));
            Reply { after: Micros::from_millis(4), events, ..Reply::default() }
        });
        failures(&report)
    };
    assert_eq!(progress(ProgressRule::Free), [""; 0]);
    assert_eq!(progress(ProgressRule::Monotone), ["/stream: Check progress fell x1"]);
}
