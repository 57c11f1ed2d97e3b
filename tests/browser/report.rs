//! Reports on the page: opened, refused, sorted, read second by second, and closed again.

use std::collections::BTreeSet;

use leptos::task::tick;
use oddiya_load::browser::page::address::{Views, fragment};
use oddiya_load::browser::page::files::FileError;
use oddiya_load::core::base::units::Micros;
use oddiya_load::core::config::run_config::RunConfigText;
use oddiya_load::core::http::request::Request;
use oddiya_load::core::library::id::ReportId;
use oddiya_load::core::run::example;
use oddiya_load::core::run::sim::Reply;
use oddiya_load::ui::files::open_reports::Source;
use oddiya_load::ui::navigation::{ReportRef, View};
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::page::TestPage;
use crate::world;

const FIXTURE: &str = include_str!("../fixtures/reports/v1/sim.json");

async fn open(page: &TestPage, text: &str) {
    page.state.open_bytes("a.json".to_owned(), Ok(text.as_bytes().to_vec()));
    tick().await;
}

async fn with_report() -> TestPage {
    let page = TestPage::open().await;
    open(&page, FIXTURE).await;
    page
}

/// The id of the only report that is open.
fn opened(page: &TestPage) -> ReportId {
    page.state.reports.all()[0].id
}

fn cell(page: &TestPage, method: &str, name: &str, field: &str) -> String {
    let row = format!("tr[data-method=\"{method}\"][data-name=\"{name}\"]");
    page.element(&format!("[data-testid=\"statistics\"] {row} [data-field=\"{field}\"]"))
        .text_content()
        .unwrap()
}

#[test]
async fn with_views_off_nothing_is_drawn_until_there_is_something_to_read() {
    let page = TestPage::open_with(Views::Off).await;
    assert!(page.has("export-json") && page.has("welcome"), "no run is under way");
    open(&page, FIXTURE).await;
    assert!(page.has("tile-rps") && page.has("statistics"), "an opened report is read like any other");
}

#[test]
async fn an_opened_report_is_shown_like_a_finished_run() {
    let page = with_report().await;
    assert_eq!(page.text("opened-file"), "a.json");
    assert_eq!(page.text("tile-rps"), "9.7");
    assert_eq!(page.text("tile-failures"), "1.55");
    assert_eq!(page.text("tile-users"), "6");
    assert_eq!(cell(&page, "GET", "/api/users/me", "requests"), "73");
    assert_eq!(cell(&page, "GET", "/api/users/me", "latency_ms.p99"), "1.48");
    assert_eq!(cell(&page, "", "Aggregated", "requests"), "194");
    assert_eq!(cell(&page, "GET", "/api/plans", "latency_ms.min"), "1.37");
    assert_eq!(cell(&page, "GET", "/api/plans", "mean_bytes"), "100");
    let spans = ["tile-rps", "tile-failures", "tile-p95", "tile-users", "tile-in-flight"];
    let spans = spans.map(|tile| page.text(&format!("{tile}-span")));
    assert_eq!(spans, ["whole run", "whole run", "whole run", "whole run", "at the end"]);
    assert!(!page.has("finding"));
    assert!(!page.has("no-failures"));
    assert!(page.text("trust").contains("kept up in every second"));
    assert!(!page.named("export-json").has_attribute("disabled"));
    assert!(!page.has("welcome"));
    let line = page.element("[data-testid=\"chart-throughput\"] .chart-plot .line-requests");
    assert!(line.get_attribute("d").unwrap().starts_with('M'));
}

#[test]
async fn a_report_by_arrival_rate_leads_with_the_corrected_latency_and_what_was_dropped() {
    let text = RunConfigText {
        rate: "20".into(),
        max_users: "5".into(),
        run_time: "10s".into(),
        ..RunConfigText::default()
    };
    let (report, _) = world::run(&text, 1, world::steady(Micros::SECOND));
    let page = TestPage::open().await;
    assert!(!page.has("tile-dropped"));
    open(&page, &report.to_json()).await;
    assert_eq!((page.text("tile-dropped"), page.text("tile-p50-note")), ("150".into(), "corrected".into()));
    assert!(page.has("sort-corrected_ms.p50"));
    assert!(page.text("chart-latency").contains("Corrected latency"));
    let due = page.element("[data-testid=\"chart-throughput\"] .chart-plot .line-due");
    assert!(due.get_attribute("d").unwrap().starts_with('M'));
    assert!(page.text("trust").contains("150 arrivals started no request"));
    open(&page, FIXTURE).await;
    assert!(!page.has("tile-dropped") && !page.has("sort-corrected_ms.p50"), "users drop nothing");
}

#[test]
async fn a_long_table_is_shown_in_windows_and_sorted_as_a_whole() {
    let mut report = example::report().unwrap();
    let one = report.requests[0].clone();
    let named = |i: u64| {
        let mut entry = one.clone();
        (entry.name, entry.requests, entry.sent) = (format!("/{i}"), i + 1, Some(i + 1));
        entry.latency_ms = None;
        entry
    };
    report.requests = (0..125).map(named).collect();
    report.intervals = None;
    let page = TestPage::open().await;
    open(&page, &report.to_json()).await;
    let rows = || page.all("[data-testid=\"statistics\"] tbody tr");
    let first = || rows()[0].get_attribute("data-name").unwrap();
    assert_eq!((rows().len(), first()), (50, "/0".to_owned()));
    assert_eq!(page.text("statistics-rows"), "Rows 1 to 50 of 125");
    page.click("statistics-after").await;
    page.click("statistics-after").await;
    assert_eq!((rows().len(), first()), (25, "/100".to_owned()));
    assert!(page.named("statistics-after").has_attribute("disabled"));
    page.click("sort-requests").await;
    page.click("sort-requests").await;
    page.click("statistics-before").await;
    page.click("statistics-before").await;
    assert_eq!(first(), "/124", "the most requests of all rows");
    assert!(page.text("finding").contains("These figures contradict each other"), "the total is another");
    assert!(page.text("trust").contains("its figures contradict each other"));
    open(&page, FIXTURE).await;
    assert!(!page.has("statistics-rows") && !page.has("failures-rows"), "a short table has no windows");
}

#[test]
async fn text_of_a_file_is_shown_with_its_invisible_characters_and_shortened() {
    let text =
        FIXTURE.replace("/api/users/me", "/a\\u202e\\nb").replace("http://localhost:8080", &"h".repeat(500));
    let page = TestPage::open().await;
    open(&page, &text).await;
    let names: Vec<_> = page
        .all("[data-testid=\"statistics\"] tbody th")
        .iter()
        .map(|name| name.text_content().unwrap())
        .collect();
    assert!(names.contains(&"/a\\u{202e}\\nb".to_owned()), "{names:?}");
    assert_eq!(page.text("report-host").chars().count(), 120);
}

#[test]
async fn closing_it_leads_to_the_list_that_has_it() {
    let page = with_report().await;
    let id = opened(&page);
    assert_eq!(fragment(), format!("#/report/{id}"));
    page.click("close-report").await;
    assert!(page.has("report-table") && !page.has("opened"));
    assert_eq!(fragment(), "#/reports");
    page.state.show(Source::Example, example::report().unwrap());
    tick().await;
    page.click("close-report").await;
    assert!(page.has("welcome"), "the example is no report of anybody's");
    assert_eq!((page.text("tile-rps"), fragment()), ("–".to_owned(), "#/run".to_owned()));
}

#[test]
async fn a_file_that_is_no_report_is_named_with_the_reason_and_nothing_is_lost() {
    let page = with_report().await;
    let newer = FIXTURE.replacen("\"version\": 1", "\"version\": 99", 1);
    let wrong = [
        (Ok("hello".to_owned()), "not JSON"),
        (Ok(FIXTURE[..5_000].to_owned()), "ends in the middle"),
        (Ok("{\"schema\": \"k6\", \"version\": 1}".to_owned()), "no Oddiya Load report"),
        (Ok(newer), "version 99"),
        (Err(FileError::TooLarge(200_000_000)), "200 MB"),
        (Err(FileError::Unreadable), "could not read"),
    ];
    for (content, reason) in wrong {
        page.state.open_bytes("b.json".to_owned(), content.map(String::into_bytes));
        tick().await;
        let shown = page.text("import-error");
        assert!(shown.contains("b.json") && shown.contains(reason), "{shown}");
        assert_eq!(page.text("opened-file"), "a.json", "what was on screen is still there");
        assert_eq!(page.text("tile-rps"), "9.7");
    }
    open(&page, FIXTURE).await;
    assert!(!page.has("import-error"), "the message goes with the next file that opens");
}

#[test]
async fn headings_sort_up_then_down_then_not_at_all_and_the_total_stays_last() {
    let page = with_report().await;
    let names = || {
        page.all("[data-testid=\"statistics\"] tbody tr")
            .iter()
            .map(|row| {
                format!(
                    "{} {}",
                    row.get_attribute("data-method").unwrap(),
                    row.get_attribute("data-name").unwrap()
                )
            })
            .collect::<Vec<_>>()
    };
    let sorted = || {
        page.all("[data-testid=\"statistics\"] th[aria-sort]")
            .iter()
            .filter_map(|heading| heading.get_attribute("aria-sort").filter(|sort| sort != "none"))
            .collect::<Vec<_>>()
    };
    let original = names();
    assert!(sorted().is_empty());
    page.click("sort-requests").await;
    let ascending = names();
    assert_ne!(ascending, original);
    assert_eq!(sorted(), ["ascending"]);
    page.click("sort-requests").await;
    assert_eq!((names().first(), sorted()), (ascending.last(), vec!["descending".to_owned()]));
    assert_eq!(page.all("[data-testid=\"statistics\"] tfoot tr").len(), 1);
    page.click("sort-requests").await;
    assert_eq!((names(), sorted().len()), (original, 0));
}

#[test]
async fn arrow_keys_read_a_chart_second_by_second_and_escape_only_puts_the_cursor_away() {
    let page = with_report().await;
    let surface = page.element("[data-testid=\"chart-throughput\"] [role=\"slider\"]");
    page.press(&surface, "ArrowRight").await;
    page.press(&surface, "ArrowRight").await;
    assert_eq!(surface.get_attribute("aria-valuenow").as_deref(), Some("1"));
    let words = surface.get_attribute("aria-valuetext").unwrap();
    assert!(words.starts_with("0:01: requests "), "{words}");
    let other = page.element("[data-testid=\"chart-latency\"] .chart-moment");
    assert_eq!(other.text_content().unwrap(), "at 0:01", "one cursor for all charts");
    page.press(&surface, "Escape").await;
    assert_eq!(other.text_content().unwrap(), "");
    assert!(page.has("opened"), "the report is still open");
}

#[test]
async fn a_run_that_was_only_refused_says_so_above_its_figures_and_beside_the_trust() {
    let text = RunConfigText { users: "5".into(), run_time: "5s".into(), ..RunConfigText::default() };
    let unauthorized = |_: u32, _: Micros, _: &Request| Reply {
        after: Micros::from_millis(2),
        outcome: Ok(401),
        bytes: 1,
        ..Reply::default()
    };
    let (report, _) = world::run(&text, 1, unauthorized);
    let page = TestPage::open().await;
    open(&page, &report.to_json()).await;
    let found = page.text("finding");
    assert!(found.contains("Every answer was HTTP 401") && found.contains("profile gateway"), "{found}");
    let trust = page.text("trust");
    assert!(!trust.starts_with("Yes") && trust.contains("refusals and failures"), "{trust}");
    assert!(trust.contains("Every answer was HTTP 401"), "{trust}");
}

#[test]
async fn charts_show_the_time_of_day_when_asked_and_the_choice_is_remembered() {
    let page = with_report().await;
    let label = |page: &TestPage| {
        let surface = page.element("[data-testid=\"chart-load\"] [role=\"slider\"]");
        surface.get_attribute("aria-valuetext").unwrap()
    };
    assert!(label(&page).starts_with("0:19: "), "{}", label(&page));
    page.click("time-of-day").await;
    // The run started at midnight UTC; whatever the machine's time zone, its seconds are those of the run.
    let of_day = label(&page);
    assert!(of_day[5..].starts_with(":19: users") && of_day.as_bytes()[2] == b':', "{of_day}");
    let tick = page.element("[data-testid=\"chart-load\"] .tick-time").text_content().unwrap();
    assert_eq!(tick.split(':').count(), 3, "{tick}");
    drop(page);
    let page = with_report().await;
    assert_eq!(page.named("time-of-day").get_attribute("aria-pressed").as_deref(), Some("true"));
    page.click("time-of-day").await;
    assert!(label(&page).starts_with("0:19: "));
}

#[test]
async fn the_example_shows_failures_and_suspect_seconds_and_says_what_it_is() {
    let page = TestPage::open().await;
    // In the app a load worker makes it; these tests start none.
    page.state.show(Source::Example, example::report().unwrap());
    tick().await;
    assert!(page.text("opened").contains("An example"));
    assert!(page.all("[data-testid=\"failures\"] tbody tr").len() >= 3);
    assert!(page.text("trust").contains("the page was hidden (7 s)"));
    assert_eq!(page.all("[data-testid=\"chart-latency\"] .band").len(), 1);
    page.click("log-scale").await;
    assert_eq!(page.named("log-scale").get_attribute("aria-pressed").as_deref(), Some("true"));
}

#[test]
async fn a_report_stays_open_while_other_views_are_on_screen_and_is_listed_among_the_reports() {
    let page = with_report().await;
    page.follow("nav-run").await;
    assert!(page.has("start") && !page.has("opened"));
    page.follow("nav-reports").await;
    assert!(page.text("reports").contains("a.json"), "{}", page.text("reports"));
    page.state.navigation.go(View::Report(ReportRef::Opened(opened(&page))));
    tick().await;
    assert_eq!(page.text("tile-users"), "6");
    page.state.navigation.go(View::Report(ReportRef::Opened(ReportId::kept_at(9, 9))));
    // A report that was never opened is not shown as an empty one.
    page.wait_for("not-open").await;
}

#[test]
async fn no_id_occurs_twice_with_two_reports_side_by_side() {
    let first = with_report().await;
    let second = with_report().await;
    let ids = |page: &TestPage| page.all("[id]").iter().map(|element| element.id()).collect::<BTreeSet<_>>();
    let (first, second) = (ids(&first), ids(&second));
    assert!(!first.is_empty() && first.is_disjoint(&second), "{first:?} {second:?}");
}
