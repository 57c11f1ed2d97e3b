//! How soon the page can be used: from the navigation's start until its Start button can be pressed.
//!
//! The page says nothing of this by itself. A script that the browser runs before the page's own sees the button
//! appear, so that nothing is asked of the browser while it loads.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::chromium::Chromium;
use crate::drive::World;
use crate::figures::load::{Load, LoadResult, LoadWay};

/// 10 Mbit/s and a round trip of 40 ms: a modest line at home, or a good mobile one.
const LINK_BYTES_PER_SECOND: u32 = 10_000_000 / 8;
const LINK_ROUND_TRIP_MS: u32 = 40;
/// A fresh browser is busy with itself for about that long.
const SETTLING: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

const WATCH: &str = "
    const observer = new MutationObserver(() => {
      if (!document.querySelector('[data-testid=start]:not([disabled])')) return
      window.interactiveMs = performance.now()
      observer.disconnect()
    })
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ['disabled'] })";

const READ: &str = "
    const entries = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
    return [window.interactiveMs ?? null, entries.reduce((sum, entry) => sum + entry.transferSize, 0)]";

/// Loads the page by every way, `rounds` times in turns.
pub async fn measure(world: &World, rounds: usize) -> Vec<LoadResult> {
    let mut results = LoadWay::ALL.map(|way| LoadResult { way, rounds: Vec::new() });
    for _ in 0..rounds {
        let companion = world.companion();
        let url = format!("http://localhost:{}/", companion.port);
        let near = fresh_browser().await;
        let first = load(&near, &url).await;
        // Otherwise the browser takes the second navigation for a reload, which asks for every file again.
        near.open("about:blank").await;
        let again = load(&near, &url).await;
        drop(near);
        let far = fresh_browser().await;
        simulate_link(&far).await;
        let slow = load(&far, &url).await;
        for (result, load) in results.iter_mut().zip([first, again, slow]) {
            result.rounds.push(load);
        }
    }
    results.into()
}

async fn fresh_browser() -> Chromium {
    let browser = Chromium::start().await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
    sleep(SETTLING).await;
    browser
}

/// Every answer's head comes a round trip after its request, and all bodies share the bandwidth.
async fn simulate_link(browser: &Chromium) {
    browser.devtools("Network.enable", json!({})).await;
    let link = json!({
        "offline": false,
        "latency": LINK_ROUND_TRIP_MS,
        "downloadThroughput": LINK_BYTES_PER_SECOND,
        "uploadThroughput": LINK_BYTES_PER_SECOND,
    });
    browser.devtools("Network.emulateNetworkConditions", link).await;
}

async fn load(browser: &Chromium, url: &str) -> Load {
    browser.open(url).await;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let read = browser.client().execute(READ, Vec::new()).await.unwrap();
        if let (Some(interactive_ms), Some(received_bytes)) = (read[0].as_f64(), read[1].as_f64()) {
            return Load { interactive_ms, received_bytes };
        }
        if Instant::now() > deadline {
            let console = browser.console().await.join("; ");
            panic!("Start cannot be pressed {PATIENCE:?} after {url} was opened: {console}");
        }
        sleep(LOOK_AGAIN).await;
    }
}
