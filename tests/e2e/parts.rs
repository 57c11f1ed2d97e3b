//! A part of a run, dragged on a chart: every figure is the one that is computed natively from the same report.

use std::sync::Arc;
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use oddiya_load::core::analyse::part::part;
use oddiya_load::core::analyse::stretches::Stretches;
use oddiya_load::core::analyse::time_range::TimeRange;
use oddiya_load::core::base::units::{format_millis, format_rate, group_thousands};
use oddiya_load::core::report::Report;
use oddiya_load::core::run::example;

use crate::chromium::SOON;
use crate::load::World;

/// Drags over a chart, from one share of its width to another.
async fn drag(world: &World, chart: &str, from: f64, to: f64) {
    let selector = format!("[data-testid=\"{chart}\"] .chart-surface");
    let client = world.browser.client();
    let surface = client.find(Locator::Css(&selector)).await.unwrap();
    let (_, _, width, _) = surface.rectangle().await.unwrap();
    // Counted from the middle of the element.
    let x = |share: f64| (share - 0.5) * width;
    let move_to = |share| PointerAction::MoveToElement {
        element: surface.clone(),
        duration: Some(Duration::from_millis(50)),
        x: x(share),
        y: 0.0,
    };
    let actions = MouseActions::new("mouse".to_owned())
        .then(move_to(from))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(move_to((from + to) / 2.0))
        .then(move_to(to))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    client.perform_actions(actions).await.unwrap();
}

async fn range_in_address(world: &World) -> Option<TimeRange> {
    let address = world.browser.client().current_url().await.unwrap();
    let (_, range) = address.fragment()?.split_once("range=")?;
    range.split('&').next()?.parse().ok()
}

async fn wait_for_range(world: &World) -> TimeRange {
    let deadline = std::time::Instant::now() + SOON;
    loop {
        if let Some(range) = range_in_address(world).await {
            return range;
        }
        assert!(std::time::Instant::now() < deadline, "no range in the address");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn shows(world: &World, report: &Report) {
    let requests = group_thousands(report.total.requests);
    let shown = |text: &str| text == requests;
    let cell = || world.browser.cell("", "Aggregated", "requests");
    let deadline = std::time::Instant::now() + SOON;
    while !cell().await.is_some_and(|text| shown(&text)) {
        assert!(std::time::Instant::now() < deadline, "{:?} instead of {requests}", cell().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let latency = report.total.latency_ms.as_ref().unwrap().figures;
    assert_eq!(world.browser.text_of("tile-rps").await, format_rate(report.total.rps));
    assert_eq!(world.browser.text_of("tile-p95").await, format_millis(latency.p95.unwrap()));
    for entry in report.requests.iter().filter(|entry| entry.is_used()) {
        let p99 = entry.latency_ms.as_ref().and_then(|family| family.figures.p99).map(format_millis);
        assert_eq!(
            world.browser.cell(&entry.method, &entry.name, "latency_ms.p99").await,
            p99,
            "{}",
            entry.name
        );
    }
}

#[tokio::test]
async fn every_figure_of_a_dragged_part_is_the_one_computed_natively_and_a_link_reopens_it() {
    let report = Arc::new(example::report().unwrap());
    let stretches = Stretches::of(Arc::clone(&report)).unwrap();
    let world = World::start().await;
    world.browser.open(&world.url("?demo=1")).await;
    world.browser.wait_until_text_contains("range", "The whole run", SOON).await;
    shows(&world, &report).await;

    drag(&world, "chart-latency", 0.4, 0.7).await;
    let range = wait_for_range(&world).await;
    let seconds = report.timeline.last().unwrap().second + 1;
    let share = range.seconds() as f64 / seconds as f64;
    assert!((0.25..0.45).contains(&share), "{range} of {seconds} s");
    let dragged = part(&report, &stretches, range);
    shows(&world, &dragged).await;

    world.browser.client().refresh().await.unwrap();
    shows(&world, &dragged).await;
    assert_eq!(range_in_address(&world).await, Some(range));

    world.browser.click("without-ramp").await;
    let level: TimeRange = format!("29-{seconds}").parse().unwrap();
    shows(&world, &part(&report, &stretches, level)).await;
    world.browser.click("whole-run").await;
    shows(&world, &report).await;
}
