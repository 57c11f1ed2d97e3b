//! By which way the page reaches the host, and that it says what each costs.

use std::collections::BTreeSet;
use std::time::Duration;

use oddiya_load::core::base::timing_source::TimingSource;
use oddiya_load::core::present::notes::sentences;
use oddiya_load::core::report::{Report, Route};
use oddiya_load::stub;

use crate::fake_host::FakeHost;
use crate::load::World;

const EIGHT_USERS: &str =
    "users=8&spawn_rate=8&run_time=4s&think_time=0.1s&classes=StressTestUser&autostart=1";
const LASTS: Duration = Duration::from_secs(15);

const OPEN: &str = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\
                    Access-Control-Max-Age: 600\r\nContent-Length: 2\r\n\r\nok";
pub const OPEN_AND_TIMED: &str = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\
                              Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: 600\r\n\
                              Timing-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nok";

/// A run of eight users straight to a host that gives this answer, and what the host saw of it.
async fn straight_to(answer: &'static str) -> (Report, FakeHost) {
    let host = FakeHost::answering(answer).await;
    let world = World::start().await;
    let query = format!("?host=http://localhost:{}&{EIGHT_USERS}", host.port);
    let report = world.run(&query, LASTS).await;
    assert_eq!(
        (report.generator.route.unwrap(), report.total.failures),
        (Route::Direct, 0),
        "{:?}",
        report.failures
    );
    let asked = host.load().iter().filter(|seen| seen.method == "GET" && seen.target != "/").count();
    assert_eq!(report.total.requests, asked as u64);
    (report, host)
}

fn connections(host: &FakeHost) -> usize {
    host.load().iter().map(|seen| seen.connection).collect::<BTreeSet<_>>().len()
}

fn notes(report: &Report) -> String {
    sentences(&report.generator).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn where_names_do_not_resolve_all_users_share_six_connections_and_the_report_says_so() {
    let host = FakeHost::answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    let stub = stub::start(stub::Options::default()).await.unwrap();
    let flags = ["--host-resolver-rules=MAP *.localhost ~NOTFOUND"];
    let world = World::in_browser(stub, &host.url(), &flags).await;
    let report = world.run(&format!("?{EIGHT_USERS}"), LASTS).await;
    assert_eq!(
        (report.total.failures, report.total.page_clock.unwrap_or_default()),
        (0, 0),
        "{:?}",
        report.failures
    );
    assert_eq!(report.total.requests, host.load().len() as u64);
    assert!(connections(&host) <= 6, "{} connections", connections(&host));
    assert!(notes(&report).contains("all users share six connections"), "{}", notes(&report));
    assert!(world.browser.text_of("trust").await.contains("all users share six connections"));
}

#[tokio::test]
async fn a_host_on_this_machine_that_lets_the_page_see_its_timing_gets_a_name_for_each_user() {
    let (report, host) = straight_to(OPEN_AND_TIMED).await;
    assert_eq!(
        (report.generator.timing.unwrap(), report.total.page_clock.unwrap_or_default()),
        (TimingSource::Wire, 0)
    );
    let names: BTreeSet<_> =
        host.load().iter().filter_map(|seen| seen.header("host").map(str::to_owned)).collect();
    assert!(names.contains(&format!("u7.localhost:{}", host.port)), "{names:?}");
    assert!(connections(&host) >= 8, "{} connections", connections(&host));
    assert!(notes(&report).contains("a name of its own"), "{}", notes(&report));
}

#[tokio::test]
async fn a_host_that_withholds_its_timing_is_timed_by_the_pages_clock_and_the_report_says_so() {
    let (report, host) = straight_to(OPEN).await;
    assert_eq!(report.generator.timing.unwrap(), TimingSource::PageClock);
    assert_eq!(report.total.page_clock.unwrap_or_default(), report.total.requests);
    assert!(connections(&host) <= 8, "six, and two of looks before the run: {}", connections(&host));
    assert!(notes(&report).contains("six connections for all users"), "{}", notes(&report));
    assert!(notes(&report).contains("no Timing-Allow-Origin"), "{}", notes(&report));
}
