//! How quickly the page shows reports: opened from the browser's storage, brushed, and listed. Timed in the page, from the
//! click to the frame that has everything.

use std::path::Path;
use std::time::Duration;

use oddiya_load::core::report::Report;
use serde_json::json;

use crate::chromium::Chromium;
use crate::drive::World;
use crate::figures::views::{Showing, ShowingResult};
use crate::long_report::long_report;

const SOON: Duration = Duration::from_secs(60);
const LISTED: usize = 500;

/// Clicks on the link with this text, and gives the milliseconds until charts and tables are drawn.
const OPEN: &str = r#"
    const [name, done] = arguments
    const link = [...document.querySelectorAll('[data-testid=report-row] a')].find(link => link.textContent === name)
    const began = performance.now()
    link.click()
    const look = () => {
      const drawn = document.querySelector('.chart-plot path.line')
        && document.querySelector('[data-testid=heat-map]')
        && document.querySelector('[data-testid=statistics] tbody tr')
      if (!drawn) return requestAnimationFrame(look)
      document.body.getBoundingClientRect()
      done(performance.now() - began)
    }
    look()"#;

/// Drags over the first chart in steps, and gives the milliseconds of each until it is drawn.
const BRUSH: &str = r#"
    const [steps, done] = arguments
    const surface = document.querySelector('.chart-surface')
    const box = surface.getBoundingClientRect()
    const tell = (type, share) => surface.dispatchEvent(new PointerEvent(type, {
      bubbles: true, button: 0, buttons: 1, pointerId: 1, clientX: box.left + share * box.width, clientY: box.top + 9}))
    const frame = () => new Promise(resolve => requestAnimationFrame(() => resolve(document.body.getBoundingClientRect())))
    const drag = async () => {
      const took = []
      tell('pointerdown', 0.2)
      await frame()
      for (let step = 1; step <= steps; step += 1) {
        const began = performance.now()
        tell('pointermove', 0.2 + 0.6 * step / steps)
        await frame()
        took.push(performance.now() - began)
      }
      tell('pointerup', 0.8)
      return took
    }
    drag().then(done)"#;

const FILL_LIBRARY: &str = include_str!("../../support/fill_library.js");

/// Goes to the list, and gives the milliseconds until its rows are drawn.
const LIST: &str = r#"
    const [done] = arguments
    const began = performance.now()
    document.querySelector('[data-testid=nav-reports]').click()
    const look = () => {
      if (!document.querySelector('[data-testid=report-row]')) return requestAnimationFrame(look)
      document.body.getBoundingClientRect()
      done(performance.now() - began)
    }
    look()"#;

/// Every showing, `rounds` times.
pub async fn measure(world: &World, rounds: usize) -> Vec<ShowingResult> {
    let folder = tempfile::tempdir().unwrap();
    let mut results = Showing::ALL.map(|showing| ShowingResult { showing, rounds: Vec::new() });
    let companion = world.companion();
    let url = format!("http://localhost:{}/", companion.port);
    let browser = Chromium::start().await;
    browser.open(&url).await;
    keep(&browser, folder.path(), "ten.json", &long_report(Duration::from_secs(600), 10, 1)).await;
    keep(&browser, folder.path(), "hour.json", &long_report(Duration::from_secs(3_600), 50, 2)).await;
    let [ten, hour, brush, library] = &mut results;
    for _ in 0..rounds {
        ten.rounds.push(opened(&browser, &url, "ten.json").await);
        brush.rounds.extend(brushed(&browser).await);
        hour.rounds.push(opened(&browser, &url, "hour.json").await);
    }
    browser.client().execute_async(FILL_LIBRARY, vec![json!(LISTED)]).await.unwrap();
    for _ in 0..rounds {
        fresh(&browser, &url).await;
        let took = browser.client().execute_async(LIST, Vec::new()).await.unwrap();
        library.rounds.push(took.as_f64().unwrap());
    }
    results.into()
}

async fn keep(browser: &Chromium, folder: &Path, name: &str, report: &Report) {
    let file = folder.join(name);
    std::fs::write(&file, report.to_json()).unwrap();
    browser.choose_file("import-file", &file).await;
    browser.wait_for_text("opened-file", name, SOON).await;
    browser.click("nav-reports").await;
    browser.wait_until_text_contains("report-table", name, SOON).await;
    browser.wait_until_text_contains("report-table", "Delete", SOON).await;
}

/// The page as after a reload, which has no report open.
async fn fresh(browser: &Chromium, url: &str) {
    browser.open("about:blank").await;
    browser.open(url).await;
    browser.by_testid("start").await;
}

async fn opened(browser: &Chromium, url: &str, name: &str) -> f64 {
    fresh(browser, url).await;
    browser.click("nav-reports").await;
    browser.wait_until_text_contains("report-table", name, SOON).await;
    browser.client().execute_async(OPEN, vec![json!(name)]).await.unwrap().as_f64().unwrap()
}

async fn brushed(browser: &Chromium) -> Vec<f64> {
    let took = browser.client().execute_async(BRUSH, vec![json!(10)]).await.unwrap();
    serde_json::from_value(took).unwrap()
}
