//! The first run in the page on an Oddiya that nobody prepared: the page says what it found, and the run is green.

use std::time::Duration;

use oddiya_load::stub::{Options, Profile, Videos};

use crate::load::World;
use crate::looks::picture;
use crate::shipped_cases::{both_counts, failures, word};

/// A run as Start makes it, shorter and with less thinking.
const RUN: &str = "?users=10&spawn_rate=20&run_time=4s&think_time=100ms&autostart=1";
const LASTS: Duration = Duration::from_secs(30);

#[tokio::test]
async fn the_first_run_on_an_empty_host_is_green_in_each_profile_and_says_what_it_found() {
    for (profile, said) in [
        (Profile::Gateway, "is today's Oddiya gateway"),
        (Profile::Locust, "is the earlier Oddiya gateway"),
        (Profile::Direct, "is Oddiya's services without the gateway"),
    ] {
        let options = Options { profile, videos: Videos::Samples, ..Options::default() };
        let world = World::with(options).await;
        let report = world.run(RUN, LASTS).await;
        let found = world.browser.text_of("host-found").await;
        assert!(found.contains(said), "{profile:?}: {found}");
        assert!(found.contains("Users: 10 found or made"), "{found}");
        let total = &report.total;
        assert!(total.failures * 100 <= total.requests, "{profile:?}: {:?}", failures(&report));
        assert!(total.requests >= 10, "{}", total.requests);
        let stats = world.stats().await;
        let [of_report, of_stub] = both_counts(&report, &stats);
        assert_eq!(of_report, of_stub, "{profile:?}");
        // The companion's questions and the users; each is counted apart from the load.
        assert!(stats["preparing"].as_u64().unwrap() >= 12, "{}", stats["preparing"]);
        picture(&world, &format!("first-run-{}", word(profile))).await;
    }
}

#[tokio::test]
async fn the_llm_agent_is_recognised_and_its_plans_are_streamed() {
    let options = Options { llm_latency: Some("0".parse().unwrap()), ..Options::default() };
    let stub = oddiya_load::stub::start(options).await.unwrap();
    let host = format!("http://localhost:{}", stub.llm.port());
    let world = World::of(stub, &host).await;
    let report = world.run(RUN, LASTS).await;
    let found = world.browser.text_of("host-found").await;
    assert!(found.contains("is Oddiya's llm-agent"), "{found}");
    assert_eq!(report.run.classes, ["PlanStreamUser"]);
    assert_eq!(report.total.failures, 0, "{:?}", failures(&report));
    assert!(report.total.requests >= 10);
}
