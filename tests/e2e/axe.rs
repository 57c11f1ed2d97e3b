//! Every view of the page as axe-core sees it: no violation of the rules by which screen readers and keyboards work.

use serde::Deserialize;

use crate::chromium::{Chromium, ColourScheme, SOON};
use crate::comparing::{addressed, six_reports};
use crate::load::World;
use crate::scenarios;

const AXE: &str = include_str!("axe-core/axe.min.js");
const RUN: &str = "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']}).then(found => done(
    found.violations.map(rule => ({rule: rule.id, help: rule.help, at: rule.nodes.map(node => node.html)}))))";

#[derive(Debug, Deserialize)]
#[allow(dead_code, reason = "printed when there are any")]
struct Violation {
    rule: String,
    help: String,
    at: Vec<String>,
}

/// What was found, by view.
#[derive(Default)]
struct Found(Vec<(String, Vec<Violation>)>);

impl Found {
    /// Looks at the view on screen, light and dark, because colours may lack contrast in one of them.
    async fn look(&mut self, browser: &Chromium, view: &str) {
        browser.client().execute(AXE, Vec::new()).await.unwrap();
        for scheme in [ColourScheme::Light, ColourScheme::Dark] {
            browser.set_colour_scheme(scheme).await;
            let found = browser.client().execute_async(RUN, Vec::new()).await.unwrap();
            let found: Vec<Violation> = serde_json::from_value(found).unwrap();
            if !found.is_empty() {
                self.0.push((format!("{view}, {scheme:?}"), found));
            }
        }
    }
}

#[tokio::test]
async fn axe_finds_nothing_in_any_view() {
    let folder = tempfile::tempdir().unwrap();
    let reports = six_reports(folder.path());
    let world = World::with_reports(folder.path()).await;
    let (browser, mut found) = (&world.browser, Found::default());
    browser.open(&world.url("")).await;
    browser.wait_for_run_state("idle", SOON).await;
    found.look(browser, "the form").await;
    browser.open(&world.url("?users=3&spawn_rate=3&run_time=60s&autostart=1")).await;
    browser.wait_for_run_state("running", SOON).await;
    world.wait_until_elapsed(2, SOON).await;
    found.look(browser, "a run").await;
    browser.click("stop").await;
    browser.wait_for_run_state("done", SOON).await;
    found.look(browser, "a finished run").await;
    browser.open(&world.url("#/report/example")).await;
    browser.wait_until_text_contains("range", "The whole run", SOON).await;
    found.look(browser, "a report").await;
    browser.open(&world.url("#/reports")).await;
    browser.wait_until_text_contains("report-table", "before-1.json", SOON).await;
    found.look(browser, "the library").await;
    browser.open(&world.url("#/scenarios")).await;
    browser.by_testid("no-own-scenarios").await;
    found.look(browser, "the scenarios").await;
    browser.click("new-scenario").await;
    browser.by_testid("save-scenario").await;
    found.look(browser, "a scenario").await;
    scenarios::write(browser, scenarios::BROKEN).await;
    browser.by_testid("problem-0").await;
    found.look(browser, "a broken scenario").await;
    scenarios::write(browser, scenarios::ASKING).await;
    browser.by_testid("wants").await;
    browser.click("run-this").await;
    browser.by_testid("setting-password").await;
    found.look(browser, "the form of a scenario that asks").await;
    browser.open(&world.url("#/compare")).await;
    browser.by_testid("add-base").await;
    found.look(browser, "an empty comparison").await;
    browser.open(&world.url(&addressed(&reports))).await;
    browser.by_testid("compared-timelines").await;
    found.look(browser, "a comparison").await;
    browser.open(&world.url("viewer.html")).await;
    browser.by_testid("viewer-empty").await;
    found.look(browser, "the viewer").await;
    assert!(found.0.is_empty(), "{:#?}", found.0);
}
