//! The life of users from task to task: sequences, state machines, sessions with a start and an end, rows of data, pacing,
//! a number of iterations, in both load models. In virtual time.

use std::collections::BTreeSet;

use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::load::Share;
use oddiya_load::core::config::run_config::{RunConfig, RunConfigText};
use oddiya_load::core::http::request::Request;
use oddiya_load::core::run::assignment::{Assignment, Control};
use oddiya_load::core::run::sim;
use oddiya_load::core::scenario::model::class::{Next, Number, State, Task, Tasks, UserClass, Way};
use oddiya_load::core::scenario::model::data::{Cell, DataSet, NextRow, RowOrder, RowOrigin, RowUse};
use oddiya_load::core::scenario::model::request::{OnFailure, RequestStep};
use oddiya_load::core::scenario::model::scenario::DataId;
use oddiya_load::core::scenario::model::step::{End, Repeat, Step, Times};
use oddiya_load::core::scenario::model::text::{Escape, Part, Slot, Source, Template};
use oddiya_load::core::scenario::{Scenario, ThinkTime};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::scenarios::{Plan, Sent, class, config, json, lines, row, run, step, task};

fn tasks(plan: &mut Plan, paths: &[&str]) -> Vec<Task> {
    paths.iter().map(|path| task(path, vec![step(plan.get(path))])).collect()
}

fn quick(_: &Sent, _: &Request) -> sim::Reply {
    json(10, 200, "")
}

/// A task every 1.1 s, so that none is due at the end of a run.
fn paced(mut class: UserClass) -> UserClass {
    class.think_time = ThinkTime::Pacing { every: Micros::from_millis(1_100) };
    class
}

#[test]
fn a_sequence_is_done_in_order_and_a_session_has_a_start_and_an_end() {
    let mut plan = Plan::default();
    let all = tasks(&mut plan, &["/a", "/b", "/c"]);
    let mut class = paced(class(Vec::new(), 1));
    class.tasks = Tasks::Sequence(all);
    class.on_start = vec![step(plan.get("/login"))];
    class.on_stop = vec![step(plan.get("/logout"))];
    let (report, sent) = run(&config(plan.with(class), 1, "5s"), quick);
    let expected = ["GET /login", "GET /a", "GET /b", "GET /c", "GET /a", "GET /b", "GET /logout"];
    assert_eq!(lines(&sent), expected);
    assert_eq!(sent[6].at_ms, 5_000, "the last steps are done when the run stops, and waited for");
    assert_eq!((report.total.requests, report.total.in_flight_at_end), (7, Some(0)));
}

#[test]
fn a_state_machine_walks_its_ways_and_begins_a_new_session_at_its_end() {
    let mut plan = Plan::default();
    let [a, b, c] = ["/a", "/b", "/c"].map(|path| task(path, vec![step(plan.get(path))]));
    let way = |weight, to| Way { weight, to };
    let mut class = paced(class(Vec::new(), 1));
    class.tasks = Tasks::States(vec![
        State { task: a, next: vec![way(1, Next::State(1)), way(3, Next::State(2))] },
        State { task: b, next: vec![way(1, Next::EndOfSession)] },
        State { task: c, next: vec![way(1, Next::EndOfSession)] },
    ]);
    class.on_stop = vec![step(plan.get("/end"))];
    let (report, sent) = run(&config(plan.with(class), 40, "200s"), quick);
    let of = |path| row(&report, path).requests;
    let sessions = of("/b") + of("/c");
    assert!(of("/a").abs_diff(sessions) <= 40 && sessions > 3_500, "{sessions}");
    let share = of("/b") as f64 / sessions as f64;
    assert!((0.22..0.28).contains(&share), "{share}");
    assert!(of("/end") >= sessions);
    let first: Vec<_> = sent.iter().filter(|sent| sent.user == 0).take(3).collect();
    assert_eq!((first[0].line.as_str(), first[2].line.as_str()), ("GET /a", "GET /end"));
}

#[test]
fn users_end_early_where_a_step_says_so() {
    let of = |end: End| {
        let mut plan = Plan::default();
        let steps = vec![step(plan.get("/a")), Step::End(end), step(plan.get("/never"))];
        let mut class = paced(class(vec![task("t", steps)], 1));
        class.on_start = vec![step(plan.get("/start"))];
        let (_, sent) = run(&config(plan.with(class), 1, "3s"), quick);
        lines(&sent).join(" ")
    };
    assert_eq!(of(End::Task), "GET /start GET /a GET /a GET /a");
    assert_eq!(of(End::Session), "GET /start GET /a GET /start GET /a GET /start GET /a");
    assert_eq!(of(End::User), "GET /start GET /a");
}

fn with_rows(order: RowOrder, when: NextRow) -> Scenario {
    let mut plan = Plan::default();
    let mut get = plan.get("/u/{name}");
    let column = Source::Column { data: DataId(0), column: 0 };
    let parts = vec![Part::Text("/u/".to_owned()), Part::Blank { source: column, escape: Escape::Path }];
    get.request.path = Template { parts };
    let mut class = paced(class(vec![task("t", vec![step(get)])], 1));
    class.rows = vec![RowUse { data: DataId(0), when }];
    let mut scenario = plan.with(class);
    let rows = (0..6).map(|row| vec![Cell::Text(format!("r{row}"))]).collect();
    let columns = vec!["name".to_owned()];
    scenario.data = vec![DataSet { name: "users".to_owned(), columns, rows, order, origin: RowOrigin::Text }];
    scenario
}

#[test]
fn rows_are_handed_out_in_sequence_shuffled_or_one_to_each_user() {
    let names = |order, when| {
        let (_, sent) = run(&config(with_rows(order, when), 2, "3s"), quick);
        sent.iter().map(|sent| sent.line["GET /u/".len()..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(RowOrder::Sequential, NextRow::EachTask), ["r0", "r1", "r2", "r3", "r4", "r5"]);
    let shuffled = names(RowOrder::Shuffled, NextRow::EachTask);
    assert_eq!(shuffled.iter().collect::<BTreeSet<_>>().len(), 6, "{shuffled:?}");
    assert_ne!(shuffled, ["r0", "r1", "r2", "r3", "r4", "r5"]);
    assert_eq!(names(RowOrder::Unique, NextRow::EachUser), ["r0", "r1", "r0", "r1", "r0", "r1"]);
}

#[test]
fn rows_are_unique_to_users_across_shards() {
    let config = config(with_rows(RowOrder::Unique, NextRow::EachUser), 6, "1s");
    let seen = std::rc::Rc::new(std::cell::RefCell::new(BTreeSet::new()));
    for shard in 0..3 {
        let seen = std::rc::Rc::clone(&seen);
        let script = move |user: u32, _: Micros, request: &Request| {
            seen.borrow_mut().insert((user, request.path.clone()));
            sim::Reply::default()
        };
        let (_keep, controls) = futures_channel::mpsc::unbounded::<Control>();
        sim::run(Assignment::of(&config, Share { shard, shards: 3 }), controls, script);
    }
    let expected = (0..6).map(|user| (user, format!("/u/r{user}"))).collect();
    assert_eq!(*seen.borrow(), expected);
}

#[test]
fn a_task_starts_every_so_often_and_at_once_after_one_that_took_longer() {
    let mut plan = Plan::default();
    let class = paced(class(tasks(&mut plan, &["/a"]), 1));
    let (report, sent) = run(&config(plan.with(class), 1, "5s"), |sent: &Sent, _: &Request| {
        json(if sent.at_ms == 1_100 { 1_500 } else { 100 }, 200, "")
    });
    assert_eq!(sent.iter().map(|sent| sent.at_ms).collect::<Vec<_>>(), [0, 1_100, 2_600, 3_700, 4_800]);
    assert_eq!(report.total.requests, 5);
}

#[test]
fn a_run_of_so_many_iterations_ends_after_them() {
    for shards in 1..=3 {
        let mut plan = Plan::default();
        let class = paced(class(tasks(&mut plan, &["/a"]), 1));
        let config = RunConfig { run_time: None, ..config(plan.with(class), 4, "1h") };
        let mut sent = 0;
        for shard in 0..shards {
            let (_keep, controls) = futures_channel::mpsc::unbounded::<Control>();
            let assignment =
                Assignment { iterations: Some(10), ..Assignment::of(&config, Share { shard, shards }) };
            let script = |_: u32, _: Micros, _: &Request| sim::Reply::default();
            let (snapshots, stopped) = sim::run(assignment, controls, script);
            sent += snapshots.iter().flat_map(|s| &s.tallies).map(|(_, tally)| tally.sent).sum::<u64>();
            assert!(stopped < Micros::from_secs(20), "{stopped}");
        }
        assert_eq!(sent, 10, "{shards} shards");
    }
}

#[test]
fn a_run_of_so_many_iterations_ends_although_no_session_can_start() {
    let mut plan = Plan::default();
    let mut class = paced(class(tasks(&mut plan, &["/never"]), 1));
    class.on_start = vec![step(RequestStep { on_failure: OnFailure::EndSession, ..plan.get("/login") })];
    let config = RunConfig { run_time: None, iterations: Some(10), ..config(plan.with(class), 4, "1h") };
    let (report, _) = run(&config, |_: &Sent, _: &Request| json(10, 500, ""));
    assert_eq!((report.total.requests, row(&report, "/never").requests), (10, 0));
}

#[test]
fn a_user_whose_start_fails_thinks_as_its_class_says_and_not_as_its_first_task() {
    let exactly = |secs| ThinkTime::Between { from: Micros::from_secs(secs), to: Micros::from_secs(secs) };
    let mut plan = Plan::default();
    let mut all = tasks(&mut plan, &["/never"]);
    all[0].think_time = Some(exactly(60));
    let mut class = class(all, 1);
    class.think_time = exactly(1);
    class.on_start = vec![step(RequestStep { on_failure: OnFailure::EndSession, ..plan.get("/login") })];
    let (_, sent) = run(&config(plan.with(class), 1, "3s"), |_: &Sent, _: &Request| json(10, 500, ""));
    assert_eq!(sent.iter().map(|sent| sent.at_ms).collect::<Vec<_>>(), [0, 1_010, 2_020]);
}

#[test]
fn classes_of_a_fixed_number_come_first() {
    let mut plan = Plan::default();
    let many = paced(class(tasks(&mut plan, &["/many"]), 1));
    let mut few = paced(class(tasks(&mut plan, &["/few"]), 1));
    few.number = Number::Fixed(2);
    let mut scenario = plan.with(many);
    scenario.classes.push(few);
    let (_, sent) = run(&config(scenario, 5, "1s"), quick);
    let few: BTreeSet<_> = sent.iter().filter(|s| s.line == "GET /few").map(|s| s.user).collect();
    assert_eq!(few.into_iter().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn an_arrival_is_one_pass_through_a_sequence() {
    let mut plan = Plan::default();
    let all = tasks(&mut plan, &["/a", "/b"]);
    let mut class = paced(class(Vec::new(), 1));
    class.tasks = Tasks::Sequence(all);
    class.on_start = vec![step(plan.get("/login"))];
    class.on_stop = vec![step(plan.get("/logout"))];
    let text = RunConfigText { rate: "2".to_owned(), run_time: "10s".to_owned(), ..RunConfigText::default() };
    let config = RunConfig { scenario: plan.with(class), ..text.check(2026).unwrap() };
    let (report, sent) = run(&config, quick);
    let of = |path| row(&report, path).requests;
    assert_eq!((of("/a"), report.total.dropped), (20, Some(0)));
    assert!((18..=20).contains(&of("/b")), "the last passes are cut off by the end of the run");
    let users: BTreeSet<_> = sent.iter().map(|sent| sent.user).collect();
    assert_eq!(of("/login"), users.len() as u64, "a user begins its session once");
    assert_eq!(of("/logout"), users.len() as u64, "and ends it at the end of the run");
}

#[test]
fn a_dismissed_user_does_its_last_steps_and_one_without_any_is_gone_at_once() {
    use futures_channel::mpsc;
    let users_after = |on_stop: bool| {
        let mut plan = Plan::default();
        let pause = Step::Wait(ThinkTime::Between { from: Micros::from_secs(60), to: Micros::from_secs(60) });
        let mut class = class(vec![task("t", vec![step(plan.get("/a")), pause])], 1);
        if on_stop {
            class.on_stop = vec![step(plan.get("/logout"))];
        }
        let config = config(plan.with(class), 3, "10s");
        let (_, _controls) = mpsc::unbounded::<Control>();
        let to = oddiya_load::core::config::load::LoadChange::Users { users: 1, spawn_rate: 1_000.0 };
        let at = Micros::from_secs(5);
        let steering = vec![(at, Control::ChangeLoad { at, to })];
        let script = |_: u32, _: Micros, _: &Request| sim::Reply {
            after: Micros::from_millis(10),
            ..sim::Reply::default()
        };
        let (snapshots, _) =
            sim::run_steered(Assignment::of(&config, Share { shard: 0, shards: 1 }), steering, script);
        let sent: u64 = snapshots.iter().flat_map(|s| &s.tallies).map(|(_, tally)| tally.sent).sum();
        (snapshots[7].gauges.users, sent)
    };
    assert_eq!(users_after(false), (1, 3));
    assert_eq!(users_after(true), (1, 6), "two when they are dismissed, one at the end of the run");
}

#[test]
fn users_who_send_nothing_and_never_pause_let_the_others_go_on() {
    let again =
        |steps| Step::Repeat(Repeat { times: Times::Count { from: 1_000_000, to: 1_000_000 }, steps });
    let set = || Step::Set { slot: Slot(0), value: Template::plain("1") };
    for idle in [vec![set()], vec![again(vec![again(vec![set()])])], vec![Step::End(End::Session)]] {
        let mut plan = Plan::default();
        let busy = class(vec![task("read", vec![step(plan.get("/a"))])], 1);
        let mut scenario = plan.with(class(vec![task("idle", idle)], 1));
        scenario.classes.push(busy);
        let (report, _) = run(&config(scenario, 2, "2s"), quick);
        assert_eq!(report.total.requests, 200, "one user whose answers take 10 ms");
    }
}
