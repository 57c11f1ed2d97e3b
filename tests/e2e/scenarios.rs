//! Scenarios in the built page: written, checked while they are typed, kept, shared, and run with counts equal to the host's.

use std::time::{Duration, Instant};

use fantoccini::key::Key;
use oddiya_load::core::report::read;
use oddiya_load::core::scenario::shipped;
use serde_json::{Value, json};

use crate::chromium::Chromium;
use crate::load::World;
use crate::looks::picture;
use crate::stub_talk::{ask, counted_by_the_report, counted_by_the_stub};

const SOON: Duration = Duration::from_secs(15);

/// A right text.
pub const RIGHT: &str = "\
scenario: checkout
about: People who look around, and some who plan.

users:
  Reader:
    weight: 3
    think_time: 20ms..50ms
    variables: { user_id: \"${int 1..100}\" }
    headers: { X-User-Id: \"${user_id}\" }
    tasks:
      - weight: 3
        get: /api/plans
      - weight: 1
        get: /api/users/me
  Planner:
    think_time: 20ms..50ms
    headers: { X-User-Id: \"7\" }
    tasks:
      - group: look twice
        steps:
          - get: /api/plans
          - get: /actuator/health
";

/// The same with two mistakes.
pub const BROKEN: &str = "\
scenario: checkout
users:
  Reader:
    wieght: 3
    tasks:
      - get: /api/plans
        checks:
          - $.id exsits
";

/// A text that leaves a secret, a service's address and a profile to be given for the run.
pub const ASKING: &str = "\
scenario: asking
about: It asks for a password.
services:
  gateway: http://localhost:8080
  llm: {}
profiles:
  small: { settings: { size: 5 } }
  large: { settings: { size: 500 } }
settings:
  size: 20
  password: { env: ODDIYA_PASSWORD, about: The password of all test users. }
users:
  Reader:
    think_time: 20ms
    tasks:
      - get: /api/plans
        headers: { X-User-Id: \"1\", X-Password: \"${password}\" }
  Streamer:
    think_time: 50ms
    tasks:
      - post: /api/v1/plans/generate/stream
        service: llm
        stream: true
        json: { location: Seoul, startDate: \"2026-05-01\", endDate: \"2026-05-03\", budget: medium }
";

const SET_TEXT: &str = "const area = document.querySelector('[data-testid=scenario-text]')
    area.value = arguments[0]
    area.dispatchEvent(new Event('input', { bubbles: true }))";

/// Puts a text in place of the one in the editor, as pasting does.
pub async fn write(browser: &Chromium, text: &str) {
    browser.by_testid("scenario-text").await;
    browser.client().execute(SET_TEXT, vec![json!(text)]).await.unwrap();
}

async fn script(browser: &Chromium, script: &str) -> Value {
    browser.client().execute(script, Vec::new()).await.unwrap()
}

/// The names of one's own scenarios in the list, from the top.
async fn names(browser: &Chromium) -> Vec<String> {
    const READ: &str = "return [...document.querySelectorAll('[data-testid=scenario-row]:has([data-testid=delete-scenario]) [data-field=name] > a')].map(a => a.textContent)";
    serde_json::from_value(script(browser, READ).await).unwrap()
}

async fn wait_for_names(browser: &Chromium, expected: &[&str]) {
    let deadline = Instant::now() + SOON;
    let mut seen = names(browser).await;
    while seen != expected {
        let console = browser.console().await;
        assert!(Instant::now() < deadline, "the list has {seen:?}, not {expected:?}; {console:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        seen = names(browser).await;
    }
}

/// Clicks a button in the last row of a scenario of one's own.
async fn click_in_last_row(browser: &Chromium, button: &str) {
    const CLICK: &str = "[...document.querySelectorAll('[data-testid=scenario-row]:has([data-testid=delete-scenario])')].at(-1)
        .querySelector(`[data-testid=${arguments[0]}]`).click()";
    browser.client().execute(CLICK, vec![json!(button)]).await.unwrap();
}

/// The name of the scenario that a run does when it names none.
fn shipped_name() -> &'static str {
    let [first, ..] = shipped::ALL;
    first.name
}

/// Makes a scenario of one's own with a text, saved.
async fn keep(world: &World, text: &str) {
    world.browser.open(&world.url("#/scenarios")).await;
    world.browser.click("new-scenario").await;
    write(&world.browser, text).await;
    world.browser.click("save-scenario").await;
    world.browser.wait_until_text_contains("saved-state", "Saved 20", SOON).await;
}

async fn address(browser: &Chromium) -> String {
    browser.client().current_url().await.unwrap().to_string()
}

#[tokio::test]
async fn a_broken_text_names_its_lines_and_mending_it_clears_them_and_saving_keeps_it() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("#/scenarios")).await;
    browser.click("new-scenario").await;
    browser.wait_for_text("problem-count", "No problems", SOON).await;
    write(browser, BROKEN).await;
    browser.wait_for_text("problem-count", "2 problems", SOON).await;
    let first = browser.text_of("problem-0").await;
    assert!(first.starts_with("4:5") && first.contains("did you mean `weight`?"), "{first}");
    assert!(browser.text_of("problem-1").await.starts_with("8:"), "{}", browser.text_of("problem-1").await);
    let marked = "return [...document.querySelectorAll('.area-row.is-wrong')].map(row => [row.dataset.line, row.querySelector('.area-mark').textContent])";
    assert_eq!(script(browser, marked).await[0], json!(["4", "wieght"]));
    assert!(!browser.by_testid("run-this").await.is_enabled().await.unwrap());

    // Choosing a problem selects the wrong word, and what is typed then replaces it.
    browser.click("problem-0").await;
    let area = browser.by_testid("scenario-text").await;
    let selected = "const area = document.activeElement; return area.value.slice(area.selectionStart, area.selectionEnd)";
    assert_eq!(script(browser, selected).await, json!("wieght"));
    area.send_keys("weight").await.unwrap();
    browser.wait_for_text("problem-count", "1 problem", SOON).await;
    write(browser, &BROKEN.replace("wieght", "weight").replace("exsits", "exists")).await;
    browser.wait_for_text("problem-count", "No problems", SOON).await;
    browser.wait_until_text_contains("words", "Reader: 100 % of users", SOON).await;
    assert_eq!(script(browser, marked).await, json!([]));

    // Ctrl+S saves, and a reload shows what was saved.
    browser.wait_for_text("saved-state", "Changes are not saved", SOON).await;
    let keys = format!("{}s{}", char::from(Key::Control), char::from(Key::Null));
    browser.by_testid("scenario-text").await.send_keys(&keys).await.unwrap();
    browser.wait_until_text_contains("saved-state", "Saved 20", SOON).await;
    browser.client().refresh().await.unwrap();
    browser.wait_for_text("scenario-title", "checkout", SOON).await;
    assert!(browser.value_of("scenario-text").await.contains("$.id exists"));
    browser.click("nav-scenarios").await;
    wait_for_names(browser, &["checkout"]).await;
}

#[tokio::test]
async fn changes_that_are_not_saved_stay_while_other_views_are_on_screen_and_the_page_asks_before_it_goes() {
    let world = World::start().await;
    let browser = &world.browser;
    keep(&world, RIGHT).await;
    write(browser, &RIGHT.replace("weight: 3", "weight: 4")).await;
    browser.click("nav-scenarios").await;
    browser.by_testid("unsaved-mark").await;
    let asks = "const leaving = new Event('beforeunload', { cancelable: true }); window.dispatchEvent(leaving); return leaving.defaultPrevented";
    assert_eq!(script(browser, asks).await, json!(true));
    browser.by_css("[data-testid=scenario-row] [data-field=name] > a").await.click().await.unwrap();
    browser.wait_until("scenario-text", "a text", SOON, |_| true).await;
    assert!(browser.value_of("scenario-text").await.contains("weight: 4"));
    browser.click("discard-changes").await;
    browser.wait_until_text_contains("saved-state", "Saved 20", SOON).await;
    assert!(browser.value_of("scenario-text").await.contains("weight: 3"));
    assert_eq!(script(browser, asks).await, json!(false));
}

/// What a screen reader says of the first button that copies.
const COPY_BUTTON: &str = "const button = document.querySelector('[data-testid=copy-scenario]')
    return [button.getAttribute('aria-label'), button.hasAttribute('aria-pressed'), button.disabled]";

#[tokio::test]
async fn scenarios_are_copied_and_deleted_and_come_back_by_undo() {
    let world = World::start().await;
    let browser = &world.browser;
    let copies = [2, 3].map(|number| format!("{} {number}", shipped_name()));
    let [first, second] = [copies[0].as_str(), copies[1].as_str()];
    browser.open(&world.url("#/scenarios")).await;
    browser.by_testid("no-own-scenarios").await;
    assert_eq!(script(browser, COPY_BUTTON).await, json!([format!("Copy {}", shipped_name()), false, false]));
    browser.click("copy-scenario").await;
    wait_for_names(browser, &[first]).await;
    click_in_last_row(browser, "copy-scenario").await;
    wait_for_names(browser, &[second, first]).await;
    click_in_last_row(browser, "delete-scenario").await;
    wait_for_names(browser, &[second]).await;
    browser.click("undo-scenario").await;
    wait_for_names(browser, &[second, first]).await;
    click_in_last_row(browser, "delete-scenario").await;
    browser.wait_for_text("scenario-news", &format!("Deleted {first}."), SOON).await;
    browser.click("dismiss-scenario-news").await;
    browser.wait_for_text("scenario-count", "1 scenario of your own", SOON).await;
    browser.client().refresh().await.unwrap();
    wait_for_names(browser, &[second]).await;

    // A shipped one is read only, and its copy is not.
    browser.open(&world.url(&format!("#/scenario/{}", shipped_name()))).await;
    let is_read_only = browser.by_testid("scenario-text").await.prop("readOnly").await.unwrap();
    assert_eq!(is_read_only.as_deref(), Some("true"));
    browser.click("copy-to-edit").await;
    browser.wait_for_text("scenario-title", first, SOON).await;
    browser.by_testid("save-scenario").await;
}

const DROP: &str = "const files = new DataTransfer()
    files.items.add(new File([arguments[0]], arguments[1]))
    window.dispatchEvent(new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true }))";

#[tokio::test]
async fn an_exported_scenario_is_imported_by_another_browser_as_it_was() {
    let world = World::start().await;
    keep(&world, RIGHT).await;
    world.browser.click("export-text").await;
    let file = world.browser.wait_for_download("checkout.yaml", SOON).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), RIGHT);

    let other = Chromium::start().await;
    other.open(&world.url("#/scenarios")).await;
    other.choose_file("import-scenario", &file).await;
    other.wait_for_text("scenario-title", "checkout", SOON).await;
    assert_eq!(other.value_of("scenario-text").await, RIGHT);
    other.client().execute(DROP, vec![json!(RIGHT), json!("again.yml")]).await.unwrap();
    other.click("nav-scenarios").await;
    other.wait_for_text("scenario-news", "again.yml is here already.", SOON).await;
    wait_for_names(&other, &["checkout"]).await;

    // Another text of the same name gets a name of its own, and a broken file is kept to be mended.
    other.client().execute(DROP, vec![json!(BROKEN), json!("broken.yaml")]).await.unwrap();
    other.wait_for_text("scenario-title", "checkout 2", SOON).await;
    other.wait_for_text("problem-count", "2 problems", SOON).await;
    other.click("nav-scenarios").await;
    wait_for_names(&other, &["checkout 2", "checkout"]).await;
    assert_eq!(other.text_of("broken-mark").await, "2 problems");
}

#[tokio::test]
async fn a_link_has_the_whole_scenario_and_opens_in_another_browser() {
    let world = World::start().await;
    let browser = &world.browser;
    let granted = json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]});
    browser.devtools("Browser.grantPermissions", granted).await;
    keep(&world, RIGHT).await;
    browser.click("copy-link").await;
    browser.wait_until_text_contains("editor-said", "link", SOON).await;
    let read =
        "const done = arguments[0]; navigator.clipboard.readText().then(done, error => done(String(error)))";
    let link = browser.client().execute_async(read, Vec::new()).await.unwrap();
    let link = link.as_str().unwrap();
    assert!(link.starts_with(&world.url("#/scenario/link?text=1")) && link.len() < 1_000, "{link}");

    let other = Chromium::start().await;
    other.open(link).await;
    other.wait_for_text("saved-state", "From a link, not kept", SOON).await;
    assert_eq!(other.value_of("scenario-text").await, RIGHT);
    other.open(&world.url("#/scenarios")).await;
    other.by_testid("no-own-scenarios").await;
    other.open(link).await;
    other.click("keep-scenario").await;
    other.by_testid("save-scenario").await;
    other.client().refresh().await.unwrap();
    other.wait_for_text("scenario-title", "checkout", SOON).await;

    other.open(&link[..link.len() - 40]).await;
    assert!(other.text_of("unreadable-link").await.contains("damaged"));
    // Letters that cannot be packed.
    let next = |n: &u32| Some(n.wrapping_mul(1_103_515_245).wrapping_add(12_345));
    let drawn = std::iter::successors(Some(1), next).map(|n: u32| char::from(b'0' + (n >> 16) as u8 % 75));
    let long: String = drawn.take(9_000).collect();
    write(browser, &format!("{RIGHT}# {long}\n")).await;
    browser.click("copy-link").await;
    browser.wait_until_text_contains("editor-said", "share the file instead", SOON).await;
}

#[tokio::test]
async fn an_edited_scenario_runs_and_counts_what_the_host_counted() {
    let world = World::start().await;
    let browser = &world.browser;
    keep(&world, RIGHT).await;
    write(
        browser,
        &RIGHT.replace(
            "get: /api/users/me",
            "get: /api/videos/${int 1..10}\n        name: /api/videos/{id}\n        expect: 200, 500",
        ),
    )
    .await;
    browser.wait_for_text("run-this", "Save and run", SOON).await;
    browser.click("run-this").await;
    browser.wait_until("scenario", "the form", SOON, |_| true).await;
    assert_eq!(browser.value_of("classes").await, "Reader, Planner");
    // High enough for the whole form, whose last fields lie behind its buttons otherwise.
    browser.set_viewport(1440, 1500).await;
    for (field, text) in [("users", "8"), ("spawn-rate", "20"), ("run-time", "5s"), ("seed", "3")] {
        if field == "seed" {
            browser.by_css(".advanced:not(.scenario-values) summary").await.click().await.unwrap();
        }
        browser.type_into(field, text).await;
    }
    browser.click("start").await;
    browser.wait_for_run_state("done", Duration::from_secs(40)).await;
    let report = read::read(world.exported().await.as_bytes()).unwrap();
    assert_eq!(counted_by_the_report(&report), counted_by_the_stub(&world.stats().await));
    assert_eq!((report.run.scenario.as_deref(), report.total.failures), (Some("checkout"), 0));
    // How many more depends on the machine.
    assert!(report.total.requests >= 8, "{} requests", report.total.requests);
    assert!(report.requests.iter().any(|entry| entry.name == "/api/videos/{id}"), "the saved text ran");
    assert_eq!(report.run.classes, ["Reader", "Planner"]);
}

#[tokio::test]
async fn an_address_names_the_scenario_of_a_run() {
    let world = World::start().await;
    let browser = &world.browser;
    keep(&world, RIGHT).await;
    let here = address(browser).await;
    let id = here.rsplit('/').next().unwrap();
    let run = format!("?scenario={id}&classes=Planner&users=2&spawn_rate=10&run_time=1s&autostart=1");
    let report = world.run(&run, SOON).await;
    assert_eq!(
        (report.run.scenario.as_deref(), report.run.classes),
        (Some("checkout"), vec!["Planner".to_owned()])
    );
    assert_eq!(
        counted_by_the_report(&read::read(world.exported().await.as_bytes()).unwrap()),
        counted_by_the_stub(&world.stats().await)
    );
    browser.open(&world.url("?scenario=nothing&autostart=1")).await;
    browser.wait_for_run_state("failed", SOON).await;
    assert!(browser.text_of("trouble").await.contains("`nothing` is no scenario"));
}

#[tokio::test]
async fn a_run_over_two_services_with_a_secret_counts_what_both_hosts_counted_and_stores_no_secret() {
    let world = World::with_llm().await;
    let browser = &world.browser;
    keep(&world, ASKING).await;
    browser.wait_until_text_contains("wants", "a value for `password`", SOON).await;
    browser.click("run-this").await;
    browser.by_testid("setting-password").await;
    browser.click("start").await;
    browser.wait_until_text_contains("scenario-error", "it needs a value for `password`", SOON).await;
    assert_eq!(
        browser.by_testid("setting-password").await.attr("type").await.unwrap().as_deref(),
        Some("password")
    );
    browser.type_into("setting-password", "s3cret-9-word").await;
    browser.type_into("service-llm", &format!("http://localhost:{}", world.stub.llm.port())).await;
    browser.wait_until_text_contains("route", "Through the companion.", SOON).await;
    browser.by_css("[data-testid=profile] option[value=large]").await.click().await.unwrap();
    for (field, text) in [("users", "4"), ("spawn-rate", "20"), ("run-time", "4s")] {
        browser.type_into(field, text).await;
    }
    browser.click("start").await;
    browser.wait_for_run_state("running", SOON).await;
    assert!(!stored(browser).await.contains("s3cret-9-word"));
    browser.wait_for_run_state("done", Duration::from_secs(40)).await;
    let exported = world.exported().await;
    assert!(!exported.contains("s3cret-9-word"));
    let report = read::read(exported.as_bytes()).unwrap();
    // The stub counts its services together, and streams of the cache are a row of their own.
    let mut counted = counted_by_the_report(&report);
    let cached: Vec<_> = counted.keys().filter(|(_, name, _)| name.ends_with(" (cached)")).cloned().collect();
    for key in cached {
        let count = counted.remove(&key).unwrap();
        let fresh = (key.0, key.1.trim_end_matches(" (cached)").to_owned(), key.2);
        *counted.entry(fresh).or_default() += count;
    }
    let stats = ask(world.stub.gateway, "GET", "/__stub/stats", "").await;
    assert_eq!(counted, counted_by_the_stub(&stats));
    assert!(
        report
            .requests
            .iter()
            .any(|entry| entry.name == "/api/v1/plans/generate/stream" && entry.requests > 0)
    );
    assert!(!stored(browser).await.contains("s3cret-9-word"));
}

/// All that the browser keeps for the page, as one text.
async fn stored(browser: &Chromium) -> String {
    const READ: &str = "const done = arguments[0]
        const opening = indexedDB.open('oddiya-load')
        opening.onsuccess = async () => {
          const database = opening.result
          const all = [...database.objectStoreNames].map(name => new Promise(resolve => {
            const reading = database.transaction(name).objectStore(name).getAll()
            reading.onsuccess = () => resolve(reading.result)
          }))
          const kept = await Promise.all(all)
          database.close()
          done(JSON.stringify([kept, { ...localStorage }, { ...sessionStorage }, location.href]))
        }";
    let text = browser.client().execute_async(READ, Vec::new()).await.unwrap();
    let text = text.as_str().unwrap().to_owned();
    assert!(text.contains("ODDIYA_PASSWORD"), "the scenario itself is kept");
    text
}

#[tokio::test]
async fn a_scenario_whose_service_the_companion_does_not_relay_to_is_not_run_by_accident() {
    let world = World::start().await;
    let browser = &world.browser;
    let text = ASKING
        .replace("llm: {}", "llm: http://localhost:9")
        .replace("env: ODDIYA_PASSWORD", "default: none-at-all");
    keep(&world, &text).await;
    browser.click("run-this").await;
    browser.wait_until_text_contains("route", "the service llm at http://localhost:9", SOON).await;
    assert!(browser.text_of("route").await.contains("--service llm=http://localhost:9"));
    browser.click("start").await;
    browser.wait_until_text_contains("direct-question", "not to the service llm", SOON).await;
    assert_eq!(counted_by_the_stub(&world.stats().await), Default::default());
}

#[tokio::test]
async fn a_tab_that_was_overtaken_asks_which_text_is_right() {
    let world = World::start().await;
    let browser = &world.browser;
    keep(&world, RIGHT).await;
    let (client, here) = (browser.client(), address(browser).await);
    let first = client.window().await.unwrap();
    let second = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(second.clone()).await.unwrap();
    browser.open(&here).await;
    browser.wait_for_text("scenario-title", "checkout", SOON).await;

    // A tab without changes follows; one with changes asks.
    client.switch_to_window(first.clone()).await.unwrap();
    write(browser, &RIGHT.replace("checkout", "first")).await;
    browser.click("save-scenario").await;
    client.switch_to_window(second.clone()).await.unwrap();
    browser.wait_for_text("scenario-title", "first", SOON).await;
    write(browser, &RIGHT.replace("checkout", "second")).await;
    client.switch_to_window(first.clone()).await.unwrap();
    write(browser, &RIGHT.replace("checkout", "third")).await;
    browser.click("save-scenario").await;
    client.switch_to_window(second).await.unwrap();
    browser.by_testid("overtaken").await;
    assert!(!browser.by_testid("save-scenario").await.is_enabled().await.unwrap());
    browser.click("keep-mine").await;
    browser.wait_until_text_contains("saved-state", "Saved 20", SOON).await;
    client.switch_to_window(first).await.unwrap();
    browser.wait_for_text("scenario-title", "second", SOON).await;
}

#[tokio::test]
async fn where_the_browser_keeps_nothing_a_scenario_is_kept_by_its_tab_and_runs() {
    let world = World::start().await;
    let browser = &world.browser;
    let refuse = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }";
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": refuse})).await;
    browser.open(&world.url("#/scenarios")).await;
    browser.wait_until_text_contains("scenarios-kept", "keeps nothing for this page", SOON).await;
    browser.click("new-scenario").await;
    browser.by_testid("scenario-not-kept").await;
    write(browser, RIGHT).await;
    browser.click("save-scenario").await;
    browser.click("nav-scenarios").await;
    wait_for_names(browser, &["checkout"]).await;
    assert!(browser.text_of("scenario-table").await.contains("only in this tab"));
    click_in_last_row(browser, "run-scenario").await;
    browser.type_into("run-time", "1s").await;
    browser.click("start").await;
    browser.wait_for_run_state("done", SOON).await;
    assert_eq!(
        counted_by_the_report(&read::read(world.exported().await.as_bytes()).unwrap()),
        counted_by_the_stub(&world.stats().await)
    );
}

#[tokio::test]
async fn a_full_storage_is_said_and_the_scenario_is_kept_once_there_is_room() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("#/scenarios")).await;
    browser.by_testid("no-own-scenarios").await;
    let origin = world.url("");
    let origin = origin.trim_end_matches('/');
    browser.devtools("Storage.overrideQuotaForOrigin", json!({"origin": origin, "quotaSize": 1})).await;
    browser.click("new-scenario").await;
    browser.wait_until_text_contains("scenario-not-kept", "no more room", SOON).await;
    browser.devtools("Storage.overrideQuotaForOrigin", json!({"origin": origin})).await;
    browser.click("keep-scenario-again").await;
    browser.click("nav-scenarios").await;
    browser.wait_for_text("scenarios-kept", "Kept in this browser", SOON).await;
    browser.client().refresh().await.unwrap();
    wait_for_names(browser, &["My scenario"]).await;
}

#[tokio::test]
async fn the_editor_works_by_keyboard_and_says_what_it_finds() {
    let world = World::start().await;
    let browser = &world.browser;
    keep(&world, RIGHT).await;
    let area = browser.by_testid("scenario-text").await;
    let described = area.attr("aria-describedby").await.unwrap().unwrap();
    let words = "return arguments[0].split(' ').map(id => document.getElementById(id).textContent)";
    let words = browser.client().execute(words, vec![json!(described)]).await.unwrap();
    assert_eq!(words[0], json!("No problems"));
    assert!(words[1].as_str().unwrap().contains("Tab leaves the text"), "{words}");
    // Tab leaves the text as it is, and goes on.
    area.send_keys(&char::from(Key::Tab).to_string()).await.unwrap();
    assert_eq!(script(browser, "return document.activeElement.tagName").await, json!("SUMMARY"));
    assert_eq!(browser.value_of("scenario-text").await, RIGHT);
    // A new line begins where YAML goes on, and what was typed can be undone.
    write(browser, "scenario: a").await;
    let keys = "\nusers:\nReader:\ntasks:\n- get: /";
    browser.by_testid("scenario-text").await.send_keys(keys).await.unwrap();
    let typed = "scenario: a\nusers:\n  Reader:\n    tasks:\n      - get: /";
    assert_eq!(browser.value_of("scenario-text").await, typed);
    browser.wait_for_text("problem-count", "No problems", SOON).await;
    let undo = format!("{}z{}", char::from(Key::Control), char::from(Key::Null));
    browser.by_testid("scenario-text").await.send_keys(&undo).await.unwrap();
    assert!(browser.value_of("scenario-text").await.len() < typed.len());
    write(browser, BROKEN).await;
    browser.wait_for_text("problem-count", "2 problems", SOON).await;
    assert_eq!(
        script(browser, "return document.querySelector('[data-testid=problem-count]').getAttribute('role')")
            .await,
        json!("status")
    );
    browser.by_testid("problem-1").await.send_keys(&char::from(Key::Enter).to_string()).await.unwrap();
    assert_eq!(script(browser, "return document.activeElement.dataset.testid").await, json!("scenario-text"));
}

/// Nobody scrolls a row sideways to find its buttons.
async fn assert_buttons_are_in_sight_on_a_phone(browser: &Chromium) {
    const OUT_OF_SIGHT: &str = "const buttons = [...document.querySelectorAll('.scenario-table .row-button')]
        const out = buttons.filter(button => button.getBoundingClientRect().right > innerWidth)
        return [buttons.length > 0, out.map(button => button.dataset.testid)]";
    browser.set_viewport(360, 2400).await;
    assert_eq!(script(browser, OUT_OF_SIGHT).await, json!([true, []]));
    browser.set_viewport(1440, 1500).await;
}

#[tokio::test]
async fn nothing_sticks_out_of_the_scenarios_in_any_state() {
    let world = World::start().await;
    let browser = &world.browser;
    browser.open(&world.url("#/scenarios")).await;
    browser.by_testid("no-own-scenarios").await;
    picture(&world, "scenarios-none").await;
    browser.open(&world.url(&format!("#/scenario/{}", shipped_name()))).await;
    browser.by_testid("copy-to-edit").await;
    picture(&world, "scenario-shipped").await;
    keep(&world, RIGHT).await;
    browser.by_css("[data-testid=brief] summary").await.click().await.unwrap();
    picture(&world, "scenario-right").await;
    write(browser, BROKEN).await;
    browser.by_testid("problem-1").await;
    picture(&world, "scenario-broken").await;
    browser.click("discard-changes").await;
    keep(&world, &BROKEN.replace("checkout", "a scenario of somebody with quite a long name for it")).await;
    browser.click("nav-scenarios").await;
    browser.by_testid("broken-mark").await;
    picture(&world, "scenarios").await;
    assert_buttons_are_in_sight_on_a_phone(browser).await;
    keep(&world, ASKING).await;
    browser.by_testid("wants").await;
    picture(&world, "scenario-asking").await;
    browser.click("run-this").await;
    browser.by_testid("setting-password").await;
    browser.click("start").await;
    browser.by_testid("scenario-error").await;
    picture(&world, "scenario-form").await;
}
