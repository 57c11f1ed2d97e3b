//! Comparing in the built page: groups from the companion's folder, with every figure as it is computed natively.

use std::path::Path;
use std::time::{Duration, Instant};

use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::compare::assemble::{Options, compare};
use oddiya_load::core::compare::groups::Groups;
use oddiya_load::core::compare::input::Run;
use oddiya_load::core::compare::outcome::{Comparison, Verdict};
use oddiya_load::core::library::id::ReportId;
use oddiya_load::core::library::sides::Sides;
use oddiya_load::core::present::comparison::table::rows;
use oddiya_load::core::present::comparison::text::sentences;
use oddiya_load::core::report::{Report, read};
use oddiya_load::core::run::sim::Reply;

use crate::chromium::SOON;
use crate::load::World;
use crate::looks::picture;
use crate::sim_report::sim_report;

/// A run in virtual time: the plan list takes `list_ms`, and everything takes `factor` times as long.
fn run(seed: u64, list_ms: f64, factor: f64) -> Report {
    sim_report(20, Duration::from_secs(60), seed, move |user, now, request| {
        let mut rng = Rng::new(now.0 ^ (u64::from(user) << 40) ^ seed);
        let typical_ms = match request.path.as_str() {
            "/api/plans" => list_ms,
            "/actuator/health" => 4.0,
            _ => 20.0,
        };
        let spread = 0.8 + rng.below(1_000) as f64 / 2_500.0;
        let after = Micros::from_millis_f64(typical_ms * factor * spread);
        Reply { after, outcome: Ok(200), bytes: 200, ..Reply::default() }
    })
}

/// Writes three runs before and three after a change that made the plan list a third slower; gives their file names.
pub fn six_reports(folder: &Path) -> Groups<String> {
    let write = |side: &str, number: u64, list_ms: f64, factor: f64| {
        let name = format!("{side}-{number}.json");
        let report = run(number + side.len() as u64 * 100, list_ms, factor);
        std::fs::write(folder.join(&name), report.to_json()).unwrap();
        name
    };
    let factors = [1.0, 1.04, 0.97];
    let side = |side: &str, list_ms: f64| {
        (1..).zip(factors).map(|(number, factor)| write(side, number, list_ms, factor)).collect()
    };
    Groups { base: side("before", 30.0), new: side("after", 40.0), like: Vec::new() }
}

/// The address of the comparison of files.
pub fn addressed(names: &Groups<String>) -> String {
    let ids = |names: &[String]| names.iter().map(|name| ReportId::of_file(name)).collect();
    Sides { base: ids(&names.base), new: ids(&names.new) }.fragment()
}

/// What the command would find of the same files.
fn natively(folder: &Path, names: &Groups<String>, options: &Options) -> Comparison {
    let runs = names.map(|name| {
        let report = read::read(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        Run::of(&report, name.clone())
    });
    compare(&runs, options)
}

async fn cells(world: &World) -> Vec<Vec<String>> {
    const READ: &str = "return [...document.querySelectorAll('[data-testid=changes] tbody tr')].map(
        row => [...row.children].slice(1).map(cell => cell.textContent))";
    serde_json::from_value(world.browser.client().execute(READ, Vec::new()).await.unwrap()).unwrap()
}

async fn shows(world: &World, comparison: &Comparison) {
    let expected = rows(comparison);
    let deadline = Instant::now() + SOON;
    let mut seen = cells(world).await;
    while seen != expected {
        assert!(Instant::now() < deadline, "{seen:#?}\nnot\n{expected:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = cells(world).await;
    }
    let first = sentences(comparison).remove(0);
    assert_eq!(world.browser.text_of("verdict").await, first);
}

#[tokio::test]
async fn a_link_compares_two_groups_and_every_figure_is_the_one_computed_natively() {
    let folder = tempfile::tempdir().unwrap();
    let names = six_reports(folder.path());
    let world = World::with_reports(folder.path()).await;
    let options = Options { matters: 0.05, controls: Vec::new() };
    let comparison = natively(folder.path(), &names, &options);
    assert_eq!(comparison.verdict, Verdict::Slower, "{comparison:#?}");
    let slower: Vec<_> = comparison.entries.iter().filter(|entry| entry.verdict == Verdict::Slower).collect();
    assert!(slower.iter().all(|entry| entry.endpoint.name == "/api/plans"), "{slower:#?}");

    world.browser.open(&world.url(&addressed(&names))).await;
    world.browser.by_testid("outcome").await;
    shows(&world, &comparison).await;
    picture(&world, "comparison").await;

    world.browser.click("swap").await;
    let swapped = Groups { base: names.new.clone(), new: names.base.clone(), like: Vec::new() };
    let comparison = natively(folder.path(), &swapped, &options);
    assert_eq!(comparison.verdict, Verdict::Faster);
    shows(&world, &comparison).await;
    world.browser.client().refresh().await.unwrap();
    world.browser.by_testid("outcome").await;
    shows(&world, &comparison).await;

    world.browser.type_into("matters", "50\t").await;
    shows(&world, &natively(folder.path(), &swapped, &Options { matters: 0.5, ..options })).await;
}

#[tokio::test]
async fn reports_are_put_into_groups_by_button_and_one_a_side_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let names = six_reports(folder.path());
    let world = World::with_reports(folder.path()).await;
    let browser = &world.browser;
    browser.open(&world.url("#/reports")).await;
    browser.wait_until_text_contains("report-table", "before-1.json", SOON).await;
    browser.click("nav-compare").await;
    browser.by_testid("add-base").await;
    picture(&world, "comparison-empty").await;
    for (name, side) in [("before-1.json", "base"), ("after-1.json", "new")] {
        let button = format!("//li[contains(., '{name}')]//button[@data-testid='add-{side}']");
        browser.client().find(fantoccini::Locator::XPath(&button)).await.unwrap().click().await.unwrap();
        browser.wait_until_text_contains(&format!("side-{side}"), name, SOON).await;
    }
    // The four others are like runs, and tell how far unchanged runs differ.
    let one = |names: &[String]| vec![names[0].clone()];
    let rest = [&names.base[1..], &names.new[1..]].concat();
    let single = Groups { base: one(&names.base), new: one(&names.new), like: rest };
    browser.wait_until_text_contains("outcome", "that of 4 like runs is the measure", SOON).await;
    let options = Options { matters: 0.05, controls: Vec::new() };
    shows(&world, &natively(folder.path(), &single, &options)).await;
    browser
        .client()
        .find(fantoccini::Locator::Css("[data-testid=side-new] [data-testid=take-out]"))
        .await
        .unwrap()
        .click()
        .await
        .unwrap();
    browser.wait_until_text_contains("compare", "Put a report into the other group too.", SOON).await;
}
