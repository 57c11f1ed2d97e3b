//! The form: presets, classes, and what it says of wrong fields.

use leptos::task::tick;
use oddiya_load::ui::navigation::View;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::HtmlInputElement;

use crate::page::TestPage;

#[test]
async fn opens_idle_with_a_word_on_what_to_do() {
    let page = TestPage::open().await;
    assert_eq!(page.text("run-state"), "idle");
    assert!(page.has("welcome"));
    assert_eq!(page.text("tile-rps"), "–", "no data is not zero");
    assert!(page.named("export-json").has_attribute("disabled"));
}

#[test]
async fn a_preset_fills_users_rate_and_time() {
    let page = TestPage::open().await;
    for (preset, filled) in [
        ("preset-normal", ["10", "1", "5m"]),
        ("preset-peak", ["50", "5", "10m"]),
        ("preset-stress", ["100", "10", "5m"]),
    ] {
        page.click(preset).await;
        assert_eq!(["users", "spawn-rate", "run-time"].map(|field| page.value(field)), filled);
    }
}

#[test]
async fn the_preset_of_a_day_fills_in_its_arrivals_and_chooses_its_scenario() {
    let page = TestPage::open().await;
    page.enter("run-time", "1m").await;
    page.click("preset-day").await;
    page.wait_until("the stages of the day", || !page.value("stages").is_empty()).await;
    assert!(page.value("stages").starts_with("0.3/s,6m; "), "{}", page.value("stages"));
    assert_eq!(page.value("run-time"), "", "a run time would cut the day off");
    assert_eq!(page.value("scenario"), "mobile-day");
}

#[test]
async fn the_suite_fills_in_its_first_stage_and_its_view_lists_all_four() {
    let page = TestPage::open().await;
    page.click("suite").await;
    assert_eq!(["users", "spawn-rate", "run-time"].map(|field| page.value(field)), ["10", "1", "1m"]);
    assert!(!page.text("suite-progress").is_empty());
    page.state.navigation.go(View::Suite);
    tick().await;
    assert_eq!(page.all("[data-testid=suite-table] tbody tr").len(), 4);
    page.click("suite-stop").await;
    assert_eq!(page.text("suite-headline"), "4 stages: 4 not run");
}

#[test]
async fn each_wrong_field_is_named_beside_it_and_what_was_typed_stays() {
    let page = TestPage::open().await;
    let wrong = [
        ("host", "localhost:8080", "Host: "),
        ("users", "0", "Users: `0` is no number of users; write a whole number"),
        ("spawn-rate", "0", "Spawn rate: `0` is no rate; write users per second"),
        ("run-time", "5x", "Run time: `5x` is not a duration"),
        ("classes", "Nobody", "User classes: unknown user class `Nobody`"),
        ("think-time", "3s..1s", "Think time: `3s..1s` is no think time; write a duration"),
        ("stop-timeout", "soon", "Stop timeout: "),
        ("seed", "-1", "Seed: `-1` is no seed"),
    ];
    for (field, text, _) in wrong {
        page.enter(field, text).await;
        assert!(!page.has(&format!("{field}-error")), "{field} is blamed before anybody pressed Start");
    }
    page.click("start").await;
    for (field, text, problem) in wrong {
        let shown = page.text(&format!("{field}-error"));
        assert!(shown.starts_with(problem), "{field}: {shown}");
        assert_eq!(page.value(field), text);
        let control = page.named(field);
        assert_eq!(control.get_attribute("aria-invalid").as_deref(), Some("true"));
        let description = control.get_attribute("aria-describedby").unwrap();
        assert_eq!(page.element(&format!("#{description}")).text_content().unwrap(), shown);
    }
    assert_eq!(page.text("run-state"), "idle", "nothing was started");
    assert!(
        page.element("details:not(.scenario-values)").has_attribute("open"),
        "a wrong field is not hidden"
    );
}

#[test]
async fn the_load_is_by_users_by_rate_or_in_stages_and_each_has_its_fields() {
    let page = TestPage::open().await;
    let shown = |fields: [&str; 5]| fields.map(|field| page.named(field).offset_parent().is_some());
    let fields = ["users", "spawn-rate", "rate", "max-users", "stages"];
    page.enter("users", "7").await;
    assert_eq!(shown(fields), [true, true, false, false, false]);
    page.click("load-rate").await;
    assert_eq!(shown(fields), [false, false, true, true, false]);
    page.click("start").await;
    assert_eq!(page.text("rate-error"), "Arrival rate: is missing");
    page.enter("rate", "50").await;
    assert!(!page.has("rate-error"));
    page.enter("max-users", "x").await;
    page.click("start").await;
    assert!(page.text("max-users-error").starts_with("Max users: `x` is no number of users"));
    page.click("load-stages").await;
    assert_eq!(shown(fields), [false, true, false, false, true], "stages of users");
    page.enter("stages", "5/s,1m").await;
    assert_eq!(shown(fields), [false, false, false, true, true], "stages of arrivals");
    page.enter("max-users", "").await;
    page.enter("stages", "5,1m; 5/s,1m").await;
    page.click("start").await;
    assert!(page.text("stages-error").contains("mixes users and arrivals per second"));
    page.click("preset-peak").await;
    assert_eq!((page.value("users"), page.has("stages-error")), ("50".to_owned(), false));
    page.click("load-rate").await;
    assert_eq!(page.value("rate"), "50", "what was typed stays");
}

#[test]
async fn a_message_goes_as_soon_as_its_field_is_right() {
    let page = TestPage::open().await;
    page.enter("users", "-1").await;
    page.enter("seed", "x").await;
    page.click("start").await;
    page.enter("users", "12").await;
    assert!(!page.has("users-error"));
    assert!(page.has("seed-error"), "the other one is still wrong");
    assert_eq!(page.named("users").get_attribute("aria-invalid").as_deref(), Some("false"));
}

#[test]
async fn chips_and_text_say_the_same() {
    let page = TestPage::open().await;
    let ticked = || {
        let chips = page.all(".chip input");
        chips.iter().map(|chip| chip.unchecked_ref::<HtmlInputElement>().checked()).collect::<Vec<_>>()
    };
    assert_eq!(ticked(), [true, true, true, false], "all classes but the one for another host");
    assert_eq!(
        page.value("classes"),
        "OddiyaUser, StressTestUser, DatabaseStressUser",
        "what is ticked is written"
    );
    page.enter("classes", "StressTestUser").await;
    assert_eq!(ticked(), [false, true, false, false]);
    page.all(".chip input")[0].click();
    leptos::task::tick().await;
    assert_eq!(page.value("classes"), "OddiyaUser, StressTestUser");
}

#[test]
async fn what_is_ticked_is_what_runs_and_nothing_ticked_is_said_at_the_field() {
    let page = TestPage::open().await;
    let chips = page.all(".chip input");
    for chip in &chips[..3] {
        chip.click();
        leptos::task::tick().await;
    }
    let ticked = || chips.iter().filter(|chip| chip.unchecked_ref::<HtmlInputElement>().checked()).count();
    assert_eq!((ticked(), page.value("classes")), (0, String::new()), "they stay unticked");
    page.click("start").await;
    assert!(page.text("classes-error").contains("nothing would run"), "{}", page.text("classes-error"));
    assert_eq!(page.text("run-state"), "idle");
    chips[3].click();
    leptos::task::tick().await;
    assert_eq!((ticked(), page.value("classes")), (1, "PlanStreamUser".to_owned()));
    assert!(!page.has("classes-error"));
}

#[test]
async fn a_streaming_class_alone_is_offered_the_llm_agent_beside_the_gateway() {
    let page = TestPage::open().await;
    assert!(!page.has("host-advice"));
    page.enter("classes", "PlanStreamUser").await;
    assert!(page.text("host-advice").contains("llm-agent"));
    page.click("take-agent").await;
    assert_eq!(page.value("host"), "http://localhost:8000");
    assert!(!page.has("host-advice"), "the host is right now");
    page.enter("classes", "PlanStreamUser, OddiyaUser").await;
    assert!(page.text("host-advice").contains("one after the other"));
}

#[test]
async fn every_control_has_a_label() {
    let page = TestPage::open().await;
    for input in page.all("input") {
        let input: HtmlInputElement = input.unchecked_into();
        let has_label = input.labels().is_some_and(|labels| labels.length() > 0);
        assert!(has_label || input.has_attribute("aria-label"), "{}", input.outer_html());
    }
    for button in page.all("button") {
        let named = button.has_attribute("aria-label") || !button.text_content().unwrap().trim().is_empty();
        assert!(named, "{}", button.outer_html());
    }
}
