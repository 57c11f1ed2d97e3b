//! What the page looks like in each state, on a desk and on a phone, light and dark.
//!
//! Asserts what can be asserted (nothing sticks out of the page); the pictures in `target/pictures` are for eyes.

use std::path::PathBuf;
use std::time::Duration;

use crate::chromium::{ColourScheme, SOON};
use crate::load::World;
use crate::stalls::{is_old, stall};

/// Takes the state's picture at both widths and in both colour schemes.
pub async fn picture(world: &World, state: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (width, height, device) in [(1440, 1500, "desk"), (360, 2400, "phone")] {
        world.browser.set_viewport(width, height).await;
        for (scheme, name) in [(ColourScheme::Light, "light"), (ColourScheme::Dark, "dark")] {
            world.browser.set_colour_scheme(scheme).await;
            let file = folder.join(format!("{state}-{device}-{name}.png"));
            world.browser.screenshot(&file).await;
        }
        let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        let sticks_out = world.browser.client().execute(wider, vec![]).await.unwrap();
        assert_eq!(sticks_out, 0, "{state} at {width} px: the page scrolls sideways");
    }
    world.browser.set_viewport(1440, 1500).await;
}

#[tokio::test]
async fn nothing_sticks_out_of_the_page_in_any_state() {
    let world = World::start().await;
    world.browser.open(&world.url("")).await;
    world.browser.wait_for_run_state("idle", SOON).await;
    picture(&world, "empty").await;

    world.browser.type_into("users", "0").await;
    world.browser.click("start").await;
    picture(&world, "field-error").await;

    world.browser.open(&world.url("?users=20&spawn_rate=4&run_time=25s&autostart=1")).await;
    world.browser.wait_for_run_state("running", SOON).await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    picture(&world, "running").await;
    world.browser.wait_for_run_state("done", Duration::from_secs(30)).await;
    picture(&world, "done").await;

    world.browser.open(&world.url("?rate=20&run_time=20s&autostart=1")).await;
    world.wait_until_elapsed(3, SOON).await;
    stall(&world.stub, 7).await;
    world.browser.wait_until("tile-in-flight-note", "an age of over a second", SOON, is_old).await;
    picture(&world, "stalled").await;
    world.browser.wait_for_run_state("done", Duration::from_secs(30)).await;
    picture(&world, "was-stalled").await;

    let host = format!("?host=http://localhost:{}&autostart=1", unused_port());
    world.browser.open(&world.url(&host)).await;
    world.browser.wait_for_run_state("failed", SOON).await;
    picture(&world, "failed").await;

    world.browser.open(&world.url("?host=http://localhost:1&classes=PlanStreamUser")).await;
    world.browser.wait_until_text_contains("route", "relays only to", SOON).await;
    world.browser.click("start").await;
    world.browser.by_testid("direct-question").await;
    picture(&world, "asked").await;
}

fn unused_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
