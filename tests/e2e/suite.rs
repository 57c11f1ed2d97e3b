//! The suite's button: stage after stage from the form, and one view that sums them up.

use std::time::Duration;

use crate::load::World;
use crate::looks::picture;

const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_suite_that_is_stopped_ends_in_its_summary_with_the_stages_that_did_not_run() {
    let world = World::start().await;
    let browser = &world.browser;
    // High enough for the whole form, whose last fields lie behind its buttons otherwise.
    browser.set_viewport(1440, 1500).await;
    browser.open(&world.url("")).await;
    browser.wait_for_run_state("idle", SOON).await;
    browser.click("suite").await;
    browser.wait_for_run_state("running", SOON).await;
    browser.wait_until_text_contains("suite-progress", "Stage 1 of 4: baseline", SOON).await;
    assert_eq!(browser.value_of("users").await, "10");
    world.wait_until_elapsed(2, SOON).await;
    browser.click("stop").await;
    browser.wait_until_text_contains("suite-headline", "4 stages", SOON).await;
    let headline = browser.text_of("suite-headline").await;
    assert_eq!(headline, "4 stages: 1 cut short; 3 not run");
    let text = browser.by_css("main").await.text().await.unwrap();
    for part in ["baseline", "normal", "peak", "stress", "the suite was stopped before"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    picture(&world, "suite-stopped").await;
}

#[tokio::test]
async fn a_suite_goes_on_after_stages_that_could_not_run_and_says_why() {
    let stub = oddiya_load::stub::start(oddiya_load::stub::Options::default()).await.unwrap();
    // Nothing listens there.
    let world = World::of(stub, "http://localhost:1").await;
    let browser = &world.browser;
    browser.set_viewport(1440, 1500).await;
    browser.open(&world.url("")).await;
    browser.wait_for_run_state("idle", SOON).await;
    browser.click("suite").await;
    browser.wait_until_text_contains("suite-progress", "next is stage 2 of 4: normal", SOON).await;
    assert!(
        !browser.by_testid("start").await.is_enabled().await.unwrap(),
        "the suite's runs are the only ones"
    );
    // Whoever looks at something else is not taken away from it when the next stage begins.
    browser.client().execute("location.hash = '#/suite'", vec![]).await.unwrap();
    let lasts = Duration::from_secs(90);
    browser.wait_until_text_contains("suite-headline", "4 stages: 3 not run", lasts).await;
    browser.wait_until_text_contains("suite-headline", "4 stages: 4 not run", lasts).await;
    let remarks = browser.text_of("suite-remarks").await;
    assert!(remarks.contains("stress: http://localhost:1"), "{remarks}");
    picture(&world, "suite-not-run").await;
}
