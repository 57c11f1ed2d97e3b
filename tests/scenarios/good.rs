//! Files that are right, one for each construct, and what becomes of them.

use oddiya_load::core::base::units::Micros;
use oddiya_load::core::scenario::file::surroundings::{Choices, Nothing, Surroundings};
use oddiya_load::core::scenario::method::Method;
use oddiya_load::core::scenario::model::again::AgainHow;
use oddiya_load::core::scenario::model::answer::{JsonType, Missing, Must, Place, Take, Test};
use oddiya_load::core::scenario::model::auth::AfterRefusal;
use oddiya_load::core::scenario::model::class::{Next, Number, Presence, Tasks, UserClass};
use oddiya_load::core::scenario::model::condition::{Comparison, Condition};
use oddiya_load::core::scenario::model::data::{Cell, NextRow, RowOrder, RowOrigin};
use oddiya_load::core::scenario::model::request::{
    Body, BodyPiece, OnFailure, PlanModel, Redirects, RequestStep,
};
use oddiya_load::core::scenario::model::scenario::{Scenario, ServiceId};
use oddiya_load::core::scenario::model::step::{End, Step, Times};
use oddiya_load::core::scenario::model::text::{Escape, Generator, Part, Source, Template};

use super::{files, folder, good, good_with, name, read_file};

/// The steps of a class's task.
fn steps(class: &UserClass, task: usize) -> &[Step] {
    &class.tasks.all().nth(task).unwrap().steps
}

fn request(step: &Step) -> &RequestStep {
    match step {
        Step::Request(request) => request,
        Step::If { then, .. } => request(&then[0]),
        other => panic!("{other:?}"),
    }
}

fn nth(scenario: &Scenario, task: usize) -> &RequestStep {
    request(&steps(&scenario.classes[0], task)[0])
}

/// A template as it was written, with the slots' names, and marks for the escapes.
fn shown(template: &Template, class: &UserClass) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Blank { source, escape } => {
            let mark = match escape {
                Escape::Plain => "",
                Escape::JsonString => "string ",
                Escape::JsonValue => "json ",
                Escape::Path => "path ",
                Escape::Query => "query ",
            };
            format!("<{mark}{}>", source_shown(source, class))
        }
    };
    template.parts.iter().map(part).collect()
}

fn source_shown(source: &Source, class: &UserClass) -> String {
    let name = |slot: &oddiya_load::core::scenario::model::text::Slot| class.slots[slot.0].clone();
    match source {
        Source::Slot(slot) => name(slot),
        Source::Pick(slot) => format!("pick {}", name(slot)),
        Source::Count(slot) => format!("count {}", name(slot)),
        Source::Column { data, column } => format!("data {} {column}", data.0),
        Source::Json(text) => text.clone(),
        Source::User => "user".to_owned(),
        Source::Iteration => "iteration".to_owned(),
        Source::Last(last) => format!("{last:?}"),
        Source::Generator(Generator::Base64(inner)) => format!("base64 {}", shown(inner, class)),
        Source::Generator(Generator::MintedToken(inner)) => format!("minted {}", shown(inner, class)),
        Source::Generator(generator) => format!("{generator:?}"),
    }
}

fn entry(scenario: &Scenario, request: &RequestStep) -> String {
    let key = &scenario.entries[request.entry.0];
    format!("{} {}", key.kind.as_str(), key.name)
}

fn body(request: &RequestStep, class: &UserClass) -> String {
    match &request.request.body {
        Body::Text(template) => shown(template, class),
        other => panic!("{other:?}"),
    }
}

fn header<'r>(request: &'r RequestStep, name: &str) -> Option<&'r Template> {
    request.request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[test]
fn every_good_file_is_right_and_travels_as_json() {
    for path in files(&folder("good")) {
        let scenario = read_file(&path, &Choices::default()).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(
            format!("{}.yaml", scenario.name.replace(' ', "-")),
            name(&path),
            "its name is its file's"
        );
        let sent = serde_json::to_string(&scenario).unwrap();
        assert_eq!(serde_json::from_str::<Scenario>(&sent).unwrap(), scenario, "{}", name(&path));
    }
}

#[test]
fn seven_lines_are_a_scenario() {
    let scenario = good("minimal");
    assert_eq!(scenario.services[0].url, None, "the host is the command line's");
    let request = nth(&scenario, 0);
    assert_eq!(entry(&scenario, request), "GET /api/plans");
    assert!(request.request.id.is_some() && request.expect.is_none());
    assert_eq!(request.timeout, Micros::from_secs(30));
}

#[test]
fn classes_have_weights_or_numbers_and_may_have_to_be_named() {
    let scenario = good("classes");
    let numbers: Vec<_> = scenario.classes.iter().map(|class| class.number).collect();
    assert_eq!(numbers, [Number::Weight(3), Number::Weight(1), Number::Fixed(1), Number::Weight(1)]);
    assert_eq!(scenario.classes[3].presence, Presence::Named);
    assert_eq!(scenario.classes[0].tags, ["read"]);
}

#[test]
fn think_times_are_of_five_kinds() {
    let scenario = good("think-times");
    let shown: Vec<_> = scenario.classes.iter().map(|class| class.think_time.to_string()).collect();
    assert_eq!(shown, ["2s", "1s..3s", "normal 3s 500ms", "poisson 2s", "pacing 10s", "0ms"]);
}

#[test]
fn tasks_have_weights_tags_and_think_times_of_their_own() {
    let scenario = good("weights");
    let tasks: Vec<_> = scenario.classes[0].tasks.all().collect();
    assert_eq!(tasks.iter().map(|task| task.weight).collect::<Vec<_>>(), [10, 5, 1]);
    assert_eq!((tasks[1].tags[0].as_str(), tasks[2].steps.len()), ("slow", 3));
    assert_eq!(tasks[2].think_time.unwrap().to_string(), "5s..15s");
    assert_eq!(tasks[2].name, "read a plan and the videos");
}

#[test]
fn a_sequence_uses_what_its_tasks_extracted_and_expects_a_404() {
    let scenario = good("sequence");
    assert!(matches!(&scenario.classes[0].tasks, Tasks::Sequence(tasks) if tasks.len() == 4));
    let confirm = nth(&scenario, 1);
    assert_eq!(shown(&confirm.request.path, &scenario.classes[0]), "/api/plans/<path plan>/confirm");
    assert_eq!(entry(&scenario, confirm), "PATCH /api/plans/{plan}/confirm");
    let missing = nth(&scenario, 3).expect.as_ref().unwrap();
    assert!(missing.contain(404) && !missing.contain(200));
}

#[test]
fn a_state_machine_has_ways_with_probabilities() {
    let scenario = good("states");
    let Tasks::States(states) = &scenario.classes[0].tasks else { panic!("no states") };
    let ways: Vec<_> = states[0].next.iter().map(|way| (way.weight, way.to)).collect();
    let expected = [
        (45_000, Next::EndOfSession),
        (30_000, Next::State(0)),
        (15_000, Next::State(1)),
        (10_000, Next::State(2)),
    ];
    assert_eq!(ways, expected);
    assert_eq!(states[2].task.think_time.unwrap().to_string(), "10s..1m");
}

#[test]
fn a_session_starts_with_a_login_and_ends_without_one() {
    let scenario = good("start-and-stop");
    let class = &scenario.classes[0];
    let login = request(&class.on_start[0]);
    assert_eq!((login.request.service.0, login.on_failure), (1, OnFailure::EndSession));
    assert_eq!(body(login, class), r#"{"email":<json email>,"password":"correct horse"}"#);
    let auth = class.auth.as_ref().unwrap();
    assert_eq!(
        (auth.headers[0].0.as_str(), shown(&auth.headers[0].1, class)),
        ("Authorization", "Bearer <token>".to_owned())
    );
    assert_eq!(nth(&scenario, 0).request.id, None, "its auth is filled in each time");
    assert_eq!(entry(&scenario, request(&class.on_stop[0])), "GET last look");
}

#[test]
fn requests_have_queries_headers_and_limits() {
    let scenario = good("requests");
    let class = &scenario.classes[0];
    let first = nth(&scenario, 0);
    assert_eq!(shown(&first.request.path, class), "/api/plans?sort=new&city=<query city>&page=1");
    let headers: Vec<_> = first
        .request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", shown(value, class)))
        .collect();
    assert_eq!(
        headers,
        ["Accept: text/plain"],
        "the own one in place of the class's, and the empty one leaves it out"
    );
    let put = nth(&scenario, 2);
    assert_eq!((put.timeout, body(put, class)), (Micros::from_secs(60), "as it is".to_owned()));
    let methods: Vec<_> = (0..7).map(|task| nth(&scenario, task).request.method).collect();
    let (get, put, patch) = (Method::Get, Method::Put, Method::Patch);
    assert_eq!(methods, [get, get, put, patch, Method::Delete, Method::Head, get]);
    assert_eq!(entry(&scenario, nth(&scenario, 4)), "DELETE delete a plan");
    assert_eq!(nth(&scenario, 6).redirects, Redirects::Kept);
}

/// An environment in which every variable has this value, and no files.
struct Environment(&'static str);

impl Surroundings for Environment {
    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        Err(format!("the file {path} cannot be read"))
    }

    fn environment(&self, _: &str) -> Option<String> {
        Some(self.0.to_owned())
    }
}

#[test]
fn a_weight_and_a_number_of_times_may_come_from_the_environment() {
    let text = "scenario: s\nsettings: { n: { env: N } }\nusers:\n  U:\n    weight: ${n}\n    tasks:\n      \
                - while: chance 50 %\n        at_most: ${n}\n        steps: [get: /]\n";
    let read = |value| super::read("s.yaml", text, &Choices::default(), &Environment(value));
    let class = read("5").unwrap().classes.remove(0);
    assert_eq!(class.number, Number::Weight(5));
    let Step::Repeat(repeat) = &steps(&class, 0)[0] else { panic!("no loop") };
    assert!(matches!(repeat.times, Times::While { at_most: 5, .. }), "{:?}", repeat.times);
    let refused = read("five").unwrap_err().to_string();
    assert!(refused.contains("this is the text `***`; write a whole number"), "{refused}");
}

#[test]
fn a_setting_within_a_generator_is_as_if_its_value_stood_there() {
    let text = "scenario: s\nsettings: { city: Seoul, most: 20 }\nusers:\n  U:\n    tasks:\n      \
                - get: \"/${one of ${city}|Busan}/${int 1..${most}}\"\n";
    let written = text.replace("${city}", "Seoul").replace("${most}", "20");
    let read = |text: &str| super::read("s.yaml", text, &Choices::default(), &Nothing).unwrap();
    assert_eq!(read(text), read(&written));
}

#[test]
fn statuses_are_one_text_or_a_list() {
    let of = |expect: &str| {
        let text = format!("scenario: s\nusers:\n U:\n  tasks:\n   - get: /\n     expect: {expect}\n");
        let scenario = super::read("s.yaml", &text, &Choices::default(), &Nothing).unwrap();
        nth(&scenario, 0).expect.clone().unwrap().ranges
    };
    assert_eq!((of("404"), of("[404]")), (vec![(404, 404)], vec![(404, 404)]));
    assert_eq!(of("[200, 404]"), of("200, 404"));
    assert_eq!(of("[200..299, \"404, 410\"]"), [(200, 299), (404, 404), (410, 410)]);
}

#[test]
fn bodies_are_json_text_forms_and_multipart() {
    let scenario = good("bodies");
    let class = &scenario.classes[0];
    let media_type = |task: usize| shown(header(nth(&scenario, task), "Content-Type").unwrap(), class);
    let json = r#"{"userId":<json user_id>,"label":"user <string user_id>","note":<json note>,"days":[1,2.5,true,null]}"#;
    assert_eq!((body(nth(&scenario, 0), class).as_str(), media_type(0).as_str()), (json, "application/json"));
    assert_eq!(
        (body(nth(&scenario, 1), class).as_str(), media_type(1).as_str()),
        ("name,city\n<note>,Seoul\n", "text/csv")
    );
    let form =
        ("user=<query user_id>&note=<query note>".to_owned(), "application/x-www-form-urlencoded".to_owned());
    assert_eq!((body(nth(&scenario, 2), class), media_type(2)), form);
    assert_eq!(
        media_type(3),
        "multipart/form-data; boundary=oddiya-load-1",
        "the photo has `oddiya-load-0` in it"
    );
    let Body::Pieces(pieces) = &nth(&scenario, 3).request.body else { panic!("no pieces") };
    let piece = |piece: &BodyPiece| match piece {
        BodyPiece::Text(text) => shown(text, class),
        BodyPiece::File(file) => format!("[{} bytes]", scenario.blobs[file.0].0.len()),
    };
    let expected = "--oddiya-load-1\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na photo\r\n\
                    --oddiya-load-1\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\n\
                    Content-Type: image/jpeg\r\n\r\n[19 bytes]\r\n--oddiya-load-1--\r\n";
    assert_eq!(pieces.iter().map(piece).collect::<String>(), expected);
}

#[test]
fn generators_are_read_with_their_ranges() {
    let scenario = good("generators");
    let class = &scenario.classes[0];
    let text = body(nth(&scenario, 0), class);
    for part in [
        r#""budget":<json Int { from: 100, to: 900 }>"#,
        r#""rating":<json Decimal { from: 5, to: 50, digits: 1 }>"#,
        r#"["Seoul", "Busan", "Jeju"], sums: [3, 4, 5] })>"#,
        r#""note":<json Text { from: 10, to: 20 }>"#,
        r#""basic":<json base64 user-<user>:secret>"#,
        r#""number":<Choice("#,
        r#""literal":"${not a blank}"}"#,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let Template { parts } = &class.variables[1].value;
    let expected = "Date { base: Slot(Slot(0)), from_days: 2, to_days: 2 }";
    assert!(
        matches!(&parts[0], Part::Blank { source: Source::Generator(date), .. } if format!("{date:?}") == expected)
    );
    assert!(class.slots.contains(&"counter orders".to_owned()), "{:?}", class.slots);
}

#[test]
fn zipfs_law_draws_the_first_choice_twice_as_often_as_the_second() {
    let scenario = good("generators");
    let text = body(nth(&scenario, 0), &scenario.classes[0]);
    let sums = text.split("\"Gangneung\"], sums: [").nth(1).unwrap().split(']').next().unwrap();
    let sums: Vec<u64> = sums.split(", ").map(|sum| sum.parse().unwrap()).collect();
    assert_eq!(sums.len(), 4);
    assert!((sums[1] - sums[0]).abs_diff(sums[0] / 2) <= 1, "{sums:?}");
    assert!((sums[3] - sums[2]).abs_diff(sums[0] / 4) <= 1, "{sums:?}");
}

#[test]
fn rows_come_from_files_and_from_the_scenario() {
    let scenario = good("data");
    let [accounts, cities, budgets] = &scenario.data[..] else { panic!("{:?}", scenario.data) };
    assert_eq!((accounts.order, accounts.rows.len()), (RowOrder::Unique, 2));
    assert_eq!((cities.order, &cities.rows[1][0]), (RowOrder::Shuffled, &Cell::Text("부산".to_owned())));
    assert_eq!(
        (budgets.columns.join(","), &budgets.rows[1][1]),
        ("name,amount".to_owned(), &Cell::Json { json: "200000".to_owned() })
    );
    let class = &scenario.classes[0];
    let uses: Vec<_> = class.rows.iter().map(|row| (row.data.0, row.when)).collect();
    assert_eq!(uses, [(1, NextRow::EachTask), (2, NextRow::EachUser), (0, NextRow::EachUser)]);
    assert_eq!(
        body(nth(&scenario, 0), class),
        r#"{"destination":<json data 1 0>,"budget":<json data 2 1>,"note":<json data 0 1>}"#
    );
    assert_eq!(steps(class, 1)[0], Step::NextRow(oddiya_load::core::scenario::model::scenario::DataId(1)));
}

#[test]
fn settings_stand_anywhere_and_the_command_line_changes_them() {
    let scenario = good("settings");
    let class = &scenario.classes[0];
    assert_eq!(class.number, Number::Weight(5));
    assert_eq!(scenario.services[0].url.as_ref().unwrap().to_string(), "http://localhost:8080");
    assert_eq!(shown(&nth(&scenario, 0).request.path, class), "/api/plans?size=20");
    assert_eq!(body(nth(&scenario, 1), class), r#"{"size":20}"#, "a number stays a number");
    assert_eq!(scenario.secrets, ["correct horse"]);
    let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let choices = Choices {
        settings: vec![set("readers", "7"), set("page_size", "all"), set("password", "x${y}")],
        ..Choices::default()
    };
    let scenario = good_with("settings", &choices);
    let class = &scenario.classes[0];
    assert_eq!(class.number, Number::Weight(7));
    assert_eq!(body(nth(&scenario, 1), class), r#"{"size":"all"}"#);
    let basic = shown(header(nth(&scenario, 1), "Authorization").unwrap(), class);
    assert_eq!(basic, "Basic <base64 test:x${y}>", "a value is not read for blanks");
}

#[test]
fn a_profile_changes_addresses_prefixes_and_settings() {
    let gateway = good("profiles");
    let choices = Choices {
        profile: Some("direct".to_owned()),
        services: vec![("llm".to_owned(), "http://localhost:9000".to_owned())],
        ..Choices::default()
    };
    let direct = good_with("profiles", &choices);
    let path = |scenario: &Scenario| shown(&nth(scenario, 0).request.path, &scenario.classes[0]);
    assert_eq!((path(&gateway), path(&direct)), ("/plans".to_owned(), "/api/v1/plans".to_owned()));
    let urls: Vec<_> =
        direct.services.iter().map(|service| service.url.as_ref().unwrap().to_string()).collect();
    assert_eq!(urls, ["http://localhost:8083", "http://localhost:9000"]);
    let expected = |scenario: &Scenario| nth(scenario, 1).expect.clone().unwrap().ranges;
    assert_eq!((expected(&gateway), expected(&direct)), (vec![(200, 200)], vec![(403, 403)]));
    // The text itself decides which profile it is.
    let third = |scenario: &Scenario| steps(&scenario.classes[0], 2).len();
    assert_eq!((third(&gateway), third(&direct)), (0, 1));
    assert!(matches!(&steps(&direct.classes[0], 2)[0], Step::Request(_)));
}

#[test]
fn rows_may_be_the_hosts_users_and_a_service_may_be_another_one() {
    let scenario = good("host-users");
    assert_eq!((scenario.data[0].origin, scenario.data[0].rows.len()), (RowOrigin::HostUsers, 100));
    assert_eq!(scenario.data[0].columns, ["id", "email", "name", "authorization"]);
    let requests = scenario.request_steps();
    assert!(requests.iter().all(|step| step.request.service == ServiceId::MAIN), "{requests:?}");
    assert_eq!(requests.iter().map(|step| step.plan).collect::<Vec<_>>(), [None, Some(PlanModel::Real)]);
    let services = vec![("plan".to_owned(), "http://localhost:8083".to_owned())];
    let choices = Choices { profile: Some("locust".to_owned()), services, ..Choices::default() };
    let apart = good_with("host-users", &choices);
    let services: Vec<_> = apart.request_steps().iter().map(|step| step.request.service.0).collect();
    assert_eq!(services, [1], "in profile locust no plan is made");
}

/// What a number of the file is as a text with blanks.
fn number(json: &str) -> Template {
    let blank = Part::Blank { source: Source::Json(json.to_owned()), escape: Escape::Plain };
    Template { parts: vec![blank] }
}

#[test]
fn values_are_taken_from_all_places_of_an_answer() {
    let scenario = good("extract");
    let extractions = &nth(&scenario, 0).extractions;
    let kinds: Vec<_> = extractions.iter().map(|extraction| (extraction.take, &extraction.missing)).collect();
    assert_eq!(kinds[0], (Take::All, &Missing::EmptyList));
    assert_eq!(kinds[1], (Take::First, &Missing::Skip));
    assert_eq!(kinds[2], (Take::Random, &Missing::Default(number("1"))));
    assert_eq!(kinds[6], (Take::First, &Missing::Fail));
    assert_eq!(extractions[3].from, Place::Header("etag".to_owned()));
    assert_eq!(extractions[4].from, Place::Cookie("SESSION".to_owned()));
    assert!(matches!(&extractions[5].from, Place::Regex { group: 1, .. }));
    assert_eq!((&extractions[6].from, extractions[6].check.as_str()), (&Place::Status, "extract code"));
    let class = &scenario.classes[0];
    let read = request(&steps(class, 0)[1]);
    assert_eq!(shown(&read.request.path, class), "/api/plans/<path pick ids>");
    assert_eq!(entry(&scenario, read), "GET /api/plans/{ids}");
}

#[test]
fn checks_say_what_must_be() {
    let scenario = good("checks");
    let class = &scenario.classes[0];
    let tests: Vec<_> = nth(&scenario, 0).checks.iter().map(|check| &check.test).collect();
    let must = |index: usize| match tests[index] {
        Test::Json { must, .. } | Test::Header { must, .. } | Test::Body(must) => must,
        other => panic!("{other:?}"),
    };
    assert_eq!((must(0), must(1), must(9)), (&Must::Exist, &Must::BeAbsent, &Must::BeAbsent));
    assert_eq!((must(2), must(3)), (&Must::Count { from: 3, to: 3 }, &Must::Count { from: 1, to: u64::MAX }));
    assert!(matches!(must(4), Must::Compare(Comparison::Equal, title) if shown(title, class) == "<title>"));
    assert!(matches!(must(5), Must::Compare(Comparison::AtLeast, _)));
    assert_eq!(must(6), &Must::BeOfType(JsonType::Array));
    assert!(matches!(must(7), Must::Match(pattern) if pattern.0 == "^[A-Z]"));
    assert_eq!(must(10), &Must::NotContain(Template::plain("City Center")));
    assert_eq!(tests[11], &Test::Size { from: 1, to: 100_000 });
    assert_eq!(tests[12], &Test::Latency { at_most: Micros::from_millis(500) });
    assert!(matches!(
        tests[13],
        Test::Condition(Condition::Compare { comparison: Comparison::NotEqual, .. })
    ));
    assert_eq!(
        nth(&scenario, 0).checks[2].name,
        "$.days count 3",
        "a check without a name is called by its text"
    );
    assert_eq!(nth(&scenario, 1).checks[0].name, "says what is missing");
}

#[test]
fn a_token_is_renewed_as_the_app_does_it() {
    let scenario = good("auth");
    let class = &scenario.classes[0];
    let refresh = class.auth.as_ref().unwrap().refresh.as_ref().unwrap();
    assert_eq!((refresh.deadline, refresh.refused), (Micros::from_secs(10), AfterRefusal::EndSession));
    assert!(refresh.statuses.contain(401) && !refresh.statuses.contain(403));
    let renewal = request(&refresh.steps[0]);
    assert_eq!(body(renewal, class), r#"{"refreshToken":<json renewal>}"#);
    assert!(renewal.request.id.is_none() && request(&class.on_start[0]).request.headers.len() == 1);
}

#[test]
fn a_minted_token_has_the_users_number() {
    let scenario = good("minted-token");
    let class = &scenario.classes[0];
    assert_eq!(shown(&class.auth.as_ref().unwrap().headers[0].1, class), "Bearer <minted <user>>");
    assert!(nth(&scenario, 1).request.id.is_some(), "a request without auth is ready-made");
}

#[test]
fn branches_are_single_steps_or_several() {
    let scenario = good("parallel");
    let Step::Parallel(branches) = &steps(&scenario.classes[0], 0)[0] else { panic!("no branches") };
    assert_eq!(branches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 2]);
}

#[test]
fn conditions_choose_guard_and_combine() {
    let scenario = good("conditions");
    let class = &scenario.classes[0];
    assert!(
        matches!(&steps(class, 0)[0], Step::If { then, otherwise, .. } if then.len() == 1 && otherwise.len() == 1)
    );
    assert!(
        matches!(&steps(class, 1)[0], Step::If { condition: Condition::Chance(share), .. } if *share == 0.1)
    );
    let Step::If { condition: Condition::All(all), .. } = &steps(class, 2)[0] else { panic!("no list") };
    assert!(
        matches!(&all[..], [Condition::Compare { .. }, Condition::Any(any), Condition::Not(_)] if any.len() == 2)
    );
    assert!(matches!(&steps(class, 3)[1], Step::If { then, .. } if then[0] == Step::End(End::Task)));
}

#[test]
fn steps_are_repeated_counted_while_and_for_each() {
    let scenario = good("loops");
    let class = &scenario.classes[0];
    let times = |step: &Step| match step {
        Step::Repeat(repeat) => repeat.times.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(times(&steps(class, 0)[0]), Times::Count { from: 3, to: 3 });
    assert_eq!(times(&steps(class, 1)[0]), Times::Count { from: 1, to: 5 });
    assert!(matches!(times(&steps(class, 2)[1]), Times::While { at_most: 20, .. }));
    let Times::ForEach { list, item } = times(&steps(class, 2)[2]) else { panic!("no list") };
    assert_eq!((class.slots[list.0].as_str(), class.slots[item.0].as_str()), ("ids", "id"));
}

#[test]
fn a_poll_asks_every_five_seconds_for_three_minutes() {
    let scenario = good("poll");
    let Step::Group { entry, steps } = &steps(&scenario.classes[0], 0)[0] else { panic!("no group") };
    let key = &scenario.entries[entry.0];
    assert_eq!((key.kind.as_str(), key.name.as_str()), ("GROUP", "make a video"));
    let Step::Poll(poll) = &steps[1] else { panic!("no poll") };
    assert_eq!(
        (poll.every, poll.at_most, poll.check.as_str()),
        (Micros::from_secs(5), 36, "the video is ready")
    );
    assert_eq!(request(&steps[0]).timeout, Micros::from_secs(60));
}

#[test]
fn retries_back_off_within_a_budget() {
    let scenario = good("retry");
    assert_eq!(scenario.retry_budget.unwrap().share, 0.1);
    let retry = nth(&scenario, 0).retry.as_ref().unwrap();
    assert_eq!((retry.attempts, retry.backoff.factor, retry.backoff.jitter), (4, 2.0, 1.0));
    assert_eq!(
        (retry.backoff.first, retry.backoff.longest),
        (Micros::from_millis(200), Micros::from_secs(5))
    );
    assert!(retry.statuses.contain(429) && retry.statuses.contain(503) && !retry.statuses.contain(500));
}

#[test]
fn a_session_may_end_early() {
    let scenario = good("end");
    let class = &scenario.classes[0];
    let ends = [1, 3, 4].into_iter().map(|task| match &steps(class, task)[0] {
        Step::If { then, .. } => then[0].clone(),
        other => panic!("{other:?}"),
    });
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [Step::End(End::Session), Step::End(End::Task), Step::End(End::User)]
    );
}

#[test]
fn cached_streams_are_counted_apart_from_fresh_ones() {
    let scenario = good("stream");
    let Step::Group { steps, .. } = &steps(&scenario.classes[0], 0)[0] else { panic!("no group") };
    let stream = request(&steps[0]);
    let cached = &scenario.entries[stream.stream.unwrap().cached_entry.0];
    assert_eq!(cached.name, "/api/v1/plans/generate/stream (cached)");
    assert_eq!((stream.timeout, stream.request.service.0), (Micros::from_secs(120), 1));
    assert!(matches!(&stream.extractions[0].from, Place::Event { .. }));
    assert!(matches!(&steps[1], Step::If { .. }), "a cached plan is not saved a second time");
}

#[test]
fn one_key_is_sent_in_sequence_in_parallel_and_after_a_timeout() {
    let scenario = good("idempotency");
    let again: Vec<_> = (0..3).map(|task| nth(&scenario, task).again.as_ref().unwrap()).collect();
    assert_eq!((again[0].how, again[0].times), (AgainHow::InSequence, 3));
    assert_eq!((again[1].how, again[1].times), (AgainHow::InParallel, 4));
    assert!(again[1].tolerated.as_ref().unwrap().contain(500));
    assert_eq!(again[2].how, AgainHow::AfterTimeout { after: Micros::from_millis(200) });
    assert_eq!(
        (again[0].check.as_str(), again[2].check.as_str()),
        ("one key, one effect", "one video for one key")
    );
}

#[test]
fn a_block_is_done_by_classes_that_set_its_values() {
    let scenario = good("blocks");
    assert_eq!(scenario.classes[0].on_start.len(), 1);
    assert_eq!(steps(&scenario.classes[0], 1).len(), 3);
    assert_eq!(steps(&scenario.classes[1], 0).len(), 1);
}

#[test]
fn a_field_that_begins_with_x_is_free_for_anchors() {
    let scenario = good("anchors");
    let headers = |class: usize| {
        let Step::Request(request) = &steps(&scenario.classes[class], 0)[0] else { panic!("no request") };
        let headers = request
            .request
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", shown(value, &scenario.classes[class])));
        headers.collect::<Vec<_>>()
    };
    assert_eq!(headers(0), ["Accept: application/json", "X-Client: load"]);
    let mut writer = headers(1);
    writer.sort();
    assert_eq!(writer, ["Accept: application/json", "Content-Type: application/json", "X-Client: writer"]);
}

#[test]
fn a_user_keeps_lists() {
    let scenario = good("lists");
    let class = &scenario.classes[0];
    assert!(matches!(&steps(class, 0)[1], Step::Append { slot, .. } if class.slots[slot.0] == "mine"));
    let Step::Set { value, .. } = &steps(class, 0)[2] else { panic!("no set") };
    assert_eq!(shown(value, class), "<count mine>");
    assert!(matches!(&steps(class, 2)[0], Step::If { then, .. } if matches!(then[0], Step::Clear(_))));
}

#[test]
fn a_group_is_an_entry_of_its_own() {
    let scenario = good("group");
    let groups = scenario.entries.iter().filter(|key| key.kind.as_str() == "GROUP").count();
    assert_eq!((groups, scenario.entries.len()), (1, 4));
}
