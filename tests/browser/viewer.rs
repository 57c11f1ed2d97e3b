//! What a reader looks at in a report: a part of the run, chosen endpoints, columns, a search.

use std::sync::Arc;

use leptos::task::tick;
use oddiya_load::browser::page::address::fragment;
use oddiya_load::core::analyse::part::part;
use oddiya_load::core::analyse::stretches::Stretches;
use oddiya_load::core::base::units::{format_millis, group_thousands};
use oddiya_load::core::library::id::ReportId;
use oddiya_load::core::report::Report;
use oddiya_load::core::run::example;
use oddiya_load::ui::files::open_reports::Source;
use oddiya_load::ui::navigation::{ReportRef, View};
use oddiya_load::ui::report::SharedReport;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::page::TestPage;

fn whole() -> Arc<Report> {
    Arc::new(example::report().unwrap())
}

/// The example, opened as if from a file.
async fn with_example() -> (TestPage, Arc<Report>) {
    let (page, report) = (TestPage::open().await, whole());
    let shared = SharedReport::new((*report).clone());
    let number = page.state.reports.open(Source::File("a.json".to_owned()), shared);
    page.state.navigation.go(View::Report(ReportRef::Opened(number)));
    tick().await;
    (page, report)
}

fn computed(report: &Arc<Report>, range: &str) -> Report {
    part(report, &Stretches::of(Arc::clone(report)).unwrap(), range.parse().unwrap())
}

fn shows(page: &TestPage, part: &Report) {
    let latency = part.total.latency_ms.as_ref().unwrap().figures;
    assert_eq!(page.text("tile-p95"), format_millis(latency.p95.unwrap()));
    assert_eq!(page.text("tile-p99"), format_millis(latency.p99.unwrap()));
    let cell = |row: &str, field: &str| {
        let selector =
            format!("[data-testid=\"statistics\"] tr[data-name=\"{row}\"] [data-field=\"{field}\"]");
        page.element(&selector).text_content().unwrap()
    };
    assert_eq!(cell("Aggregated", "requests"), group_thousands(part.total.requests));
    let first = &part.requests[0];
    assert_eq!(cell(&first.name, "requests"), group_thousands(first.requests));
    assert_eq!(cell(&first.name, "failures"), group_thousands(first.failures));
}

#[test]
async fn a_part_chosen_by_keyboard_is_what_every_figure_is_of_until_escape() {
    let (page, report) = with_example().await;
    assert_eq!(page.text("range"), "The whole run. Drag over a chart to look at a part of it.");
    let chart = page.element("[data-testid=\"chart-latency\"] .chart-surface");
    page.press(&chart, "Home").await;
    page.press(&chart, "Enter").await;
    for _ in 0..3 {
        page.press(&chart, "PageUp").await;
    }
    page.press(&chart, "Enter").await;
    assert!(page.text("range").starts_with("From 0:00 to 0:31: 31 s."), "{}", page.text("range"));
    shows(&page, &computed(&report, "0-31"));
    assert_eq!(page.text("tile-p95-span"), "this part");
    assert!(page.maybe("[data-testid=\"chart-load\"] .outside-range").is_some());
    page.press(&chart, "ArrowRight").await;
    assert!(page.text("range").contains("31 s."), "the range has ended: the cursor moves on alone");
    page.press(&chart, "Escape").await;
    page.press(&chart, "Escape").await;
    assert!(page.text("range").starts_with("The whole run"));
    shows(&page, &report);
}

#[test]
async fn one_click_leaves_out_the_ramp_and_one_brings_it_back() {
    let (page, report) = with_example().await;
    page.click("without-ramp").await;
    // 30 users, one a second.
    let seconds = report.timeline.last().unwrap().second + 1;
    shows(&page, &computed(&report, &format!("29-{seconds}")));
    assert!(page.named("without-ramp").has_attribute("disabled"));
    page.click("whole-run").await;
    shows(&page, &report);
}

#[test]
async fn a_link_reopens_the_part_and_the_endpoints() {
    let (report, id) = (whole(), ReportId::kept_at(3, 1));
    let address = format!("#/report/{id}?range=60-100");
    let page = TestPage::open_at(&format!("{address}&endpoints=0,2")).await;
    let shared = SharedReport::new((*report).clone());
    page.state.reports.open_as(id, Source::File("a.json".to_owned()), shared);
    page.wait_for("tile-p95").await;
    shows(&page, &computed(&report, "60-100"));
    let chosen = page.all("[data-testid=\"choose-endpoint\"]:checked");
    assert_eq!(chosen.len(), 2);
    let legend = page.element("[data-testid=\"spectrum\"] .legend").text_content().unwrap();
    assert!(
        legend.contains(&report.requests[0].name) && legend.contains(&report.requests[2].name),
        "{legend}"
    );
    assert!(fragment().starts_with(&address), "{}", fragment());
}

#[test]
async fn the_spectrums_table_has_the_quantiles_of_what_is_looked_at() {
    let (page, report) = with_example().await;
    let cell = |field: &str| {
        page.element(&format!("[data-testid=\"spectrum-table\"] [data-field=\"{field}\"]"))
            .text_content()
            .unwrap()
    };
    let figures = report.total.latency_ms.as_ref().unwrap().figures;
    assert_eq!(cell("p50"), format_millis(figures.p50.unwrap()));
    assert_eq!(cell("p99.9"), format_millis(figures.p999.unwrap()));
    page.click("choose-endpoint").await;
    let first = report.requests[0].latency_ms.as_ref().unwrap().figures;
    assert_eq!(cell("p99"), format_millis(first.p99.unwrap()));
    let drawn = page.element("[data-testid=\"spectrum\"] .chart-plot .series-0").get_attribute("d").unwrap();
    assert!(drawn.starts_with('M') && drawn.contains('L'));
}

#[test]
async fn a_search_leaves_the_rows_that_it_finds_and_the_total_of_all() {
    let (page, report) = with_example().await;
    page.enter("statistics-search", "post plans").await;
    let rows = page.all("[data-testid=\"statistics\"] tbody tr");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].get_attribute("data-name").unwrap(), "/api/plans");
    let total = page.element("[data-testid=\"statistics\"] tfoot [data-field=\"requests\"]").text_content();
    assert_eq!(total, Some(group_thousands(report.total.requests)));
}

#[test]
async fn columns_that_were_turned_on_and_off_stay_so() {
    let (page, _) = with_example().await;
    let has = |page: &TestPage, field: &str| page.has(&format!("sort-{field}"));
    assert!(has(&page, "latency_ms.min") && !has(&page, "latency_ms.p90"));
    page.click("column-latency_ms.min").await;
    page.click("column-latency_ms.p90").await;
    assert!(!has(&page, "latency_ms.min") && has(&page, "latency_ms.p90"));
    drop(page);
    let (page, _) = with_example().await;
    assert!(!has(&page, "latency_ms.min") && has(&page, "latency_ms.p90"), "the browser remembers");
    page.click("column-latency_ms.min").await;
    page.click("column-latency_ms.p90").await;
}
