//! The scenarios inside the program, run by the page in each Oddiya in which they can work: green, with the host's own counts.

use std::time::Duration;

use oddiya_load::companion;
use oddiya_load::stub::{self, Front, Profile, RunningStub, ServicePorts};

use crate::load::World;
use crate::shipped_cases::{CASES, Case, both_counts, failures, word};
use crate::stub_talk::ask;

const SOON: Duration = Duration::from_secs(15);
const LASTS: Duration = Duration::from_secs(40);

fn url(stub: &RunningStub, front: Front) -> String {
    format!("http://localhost:{}", stub.address(front).unwrap().port())
}

/// A companion with this main service, which knows all others.
fn companion_options(stub: &RunningStub, main: Front) -> companion::Options {
    let others =
        [("auth", Front::Auth), ("user", Front::User), ("plan", Front::Plan), ("video", Front::Video)];
    let others = others.into_iter().chain([("llm", Front::Llm)]).filter(|(_, front)| *front != main);
    let services = others.map(|(name, front)| (name.to_owned(), url(stub, front).parse().unwrap())).collect();
    companion::Options { services, ..companion::Options::new(url(stub, main).parse().unwrap()) }
}

async fn run_case(world: &World, case: &Case, profile: Profile) {
    let browser = &world.browser;
    let query = format!("?scenario={}&users=4&spawn_rate=20&run_time=2s&think_time=20ms", case.name);
    browser.open(&world.url(&query)).await;
    browser.by_testid("scenario-values").await;
    let open = "document.querySelector('[data-testid=scenario-values]').open = true";
    browser.client().execute(open, Vec::new()).await.unwrap();
    let option = format!("[data-testid=profile] option[value={}]", word(profile));
    browser.by_css(&option).await.click().await.unwrap();
    for (service, front) in case.services() {
        browser.type_into(&format!("service-{service}"), &url(&world.stub, front)).await;
    }
    for setting in case.settings {
        let (name, value) = setting.split_once('=').unwrap();
        browser.type_into(&format!("setting-{name}"), value).await;
    }
    browser.wait_until_text_contains("route", "Through the companion.", SOON).await;
    ask(world.stub.gateway, "DELETE", "/__stub/stats", "").await;
    browser.click("start").await;
    browser.wait_for_run_state("running", SOON).await;
    browser.wait_for_run_state("done", LASTS).await;
    let report = oddiya_load::core::report::read::read(world.exported().await.as_bytes()).unwrap();
    let place = format!("{} in {}", case.name, word(profile));
    assert_eq!(report.total.failures, 0, "{place}: {:?}", failures(&report));
    assert!(report.total.requests >= 4, "{place}: {}", report.total.requests);
    let [of_report, of_stub] = both_counts(&report, &world.stats().await);
    // A first request that is given up has no answer in the report, and the stub may have answered it.
    if case.name != "idempotency" {
        assert_eq!(of_report, of_stub, "{place}");
    }
}

/// Runs each scenario that works in a profile and has this main service.
async fn run_all(profile: Profile, main: Front) {
    let options = stub::Options { profile, services: Some(ServicePorts::FREE), ..stub::Options::default() };
    let stub = stub::start(options).await.unwrap();
    let options = companion_options(&stub, main);
    let world = World::serving(options, stub, &[]).await;
    world.browser.set_viewport(1440, 2_000).await;
    let cases = CASES.iter().filter(|case| case.profiles.contains(&profile) && case.main(profile) == main);
    for case in cases {
        run_case(&world, case, profile).await;
    }
}

#[tokio::test]
async fn every_shipped_scenario_is_green_behind_todays_gateway() {
    run_all(Profile::Gateway, Front::Gateway).await;
}

#[tokio::test]
async fn every_shipped_scenario_is_green_behind_the_locustfiles_gateway() {
    run_all(Profile::Locust, Front::Gateway).await;
}

#[tokio::test]
async fn every_shipped_scenario_is_green_at_the_services_themselves() {
    run_all(Profile::Direct, Front::Plan).await;
    run_all(Profile::Direct, Front::Video).await;
}
