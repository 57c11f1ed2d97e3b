//! What the page says of its companion: gone, silent, back with another host, or the wrong one for the typed host.

use gloo_timers::future::TimeoutFuture;
use leptos::mount::mount_to;
use leptos::prelude::*;
use oddiya_load::browser::page::companion_state::CompanionState;
use oddiya_load::browser::page::probe::companion::Companion;
use oddiya_load::ui::run::companion_banner::CompanionBanner;
use oddiya_load::ui::run::route::{CompanionLookup, DirectRun, Hosts, Past};
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::HtmlElement;

use crate::page::TestPage;

const HOST: &str = "http://localhost:8080";

async fn with_companion_for(host: &str) -> TestPage {
    let page = TestPage::open().await;
    page.enter("host", HOST).await;
    let companion = Companion { host: host.to_owned(), services: Default::default(), token: String::new() };
    page.state.companion.set(CompanionLookup::Found(companion));
    leptos::task::tick().await;
    page
}

#[test]
async fn a_companion_that_is_not_there_is_an_alert_with_the_command_that_starts_it() {
    let companion = RwSignal::new(CompanionState::Present);
    let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    document().body().unwrap().append_child(&root).unwrap();
    let hosts = Hosts { main: HOST.to_owned(), services: Vec::new() };
    let _mounted = mount_to(root.clone(), move || view! { <CompanionBanner companion hosts=hosts /> });
    let banner = || root.query_selector("[role=alert] [data-testid=companion-banner]").unwrap();
    let shown = async |now: CompanionState| {
        companion.set(now);
        leptos::task::tick().await;
        banner().unwrap().text_content().unwrap()
    };
    assert!(banner().is_none());
    let gone = shown(CompanionState::Gone { for_s: 3 }).await;
    assert!(gone.starts_with("The companion is gone. (for 0:03)"), "{gone}");
    assert!(gone.contains(&format!("oddiya-load serve -H {HOST}")), "{gone}");
    let first = banner().unwrap();
    let later = shown(CompanionState::Gone { for_s: 64 }).await;
    assert!(later.contains("(for 1:04)"), "{later}");
    assert!(first.is_connected(), "a second that passes is no new alert");
    let silent = shown(CompanionState::Silent { for_s: 2 }).await;
    assert!(silent.starts_with("The companion does not answer. (for 0:02)"), "{silent}");
    let other = CompanionState::BackWithAnotherHost { host: "http://localhost:9".to_owned() };
    assert!(shown(other).await.contains("It relays to http://localhost:9 now"));
    companion.set(CompanionState::Present);
    leptos::task::tick().await;
    assert!(banner().is_none());
    root.remove();
}

#[test]
async fn before_the_start_the_form_says_what_a_run_past_the_companion_costs_and_how_to_avoid_it() {
    let page = with_companion_for(HOST).await;
    assert!(page.text("route").starts_with("Through the companion."));
    page.enter("host", "http://localhost:9999").await;
    let route = page.text("route");
    for words in [
        "Directly: the companion relays only to http://localhost:8080",
        "oddiya-load serve -H http://localhost:9999",
        "six connections",
        "page's own clock",
    ] {
        assert!(route.contains(words), "{words}: {route}");
    }
}

#[test]
async fn the_question_before_a_run_past_the_companion_goes_when_another_host_is_typed() {
    let page = with_companion_for("http://localhost:1").await;
    let past = Past { relays_to: "http://localhost:1".to_owned(), not_to: HOST.to_owned() };
    let asked = DirectRun::Asked { host: HOST.to_owned(), past };
    page.state.direct_run.set(asked);
    leptos::task::tick().await;
    let question = page.text("direct-question");
    assert!(question.contains("relays to http://localhost:1, not to http://localhost:8080"), "{question}");
    assert!(question.contains(&format!("oddiya-load serve -H {HOST}")), "{question}");
    page.enter("host", "http://localhost:808").await;
    assert!(!page.has("direct-question"));
    page.enter("host", HOST).await;
    page.click("do-not-start").await;
    assert!(!page.has("direct-question"));
    assert_eq!(page.text("run-state"), "idle");
}

#[test]
async fn a_companion_that_went_away_is_blamed_for_it_and_not_the_host() {
    // What served these tests is no companion, which the page finds out when it looks again.
    let page = with_companion_for(HOST).await;
    page.click("start").await;
    while !page.has("trouble") {
        TimeoutFuture::new(10).await;
    }
    let trouble = page.text("trouble");
    assert!(trouble.contains("The companion that served this page does not answer."), "{trouble}");
    assert!(
        trouble.contains(&format!("oddiya-load serve -H {HOST}")) && !trouble.contains("cannot be reached")
    );
    assert!(page.text("route").starts_with("Through the companion."), "the route stays");
}
