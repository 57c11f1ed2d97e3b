//! The address bar: the run it asks for, and the fragment that names the view.
//!
//! A run is `?host=&scenario=&users=&spawn_rate=&run_time=&classes=&think_time=&autostart=1`, or by arrival rate
//! (`rate=&max_users=&arrivals=`), or in stages (`stages=`). The view is what follows `#`.
//!
//! With `views=off` the page shows no charts and tables, and no report until the run is over: a run without
//! anything that is drawn, which the benchmark compares with one as people see it.

use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::core::config::run_config::{Field, RunConfigText};

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressParameters {
    /// The fields that it names, over the defaults.
    pub text: RunConfigText,
    /// Whether `host` is among them.
    pub names_host: bool,
    /// The scenario of the run: the name of one inside the program, or the id of one's own.
    pub scenario: Option<String>,
    /// Whether to start at once.
    pub autostart: bool,
    /// Whether to show the example report.
    pub demo: bool,
    /// What to show of the run.
    pub views: Views,
    /// Parameters that the page does not know, which are probably misspelt.
    pub unknown: Vec<String>,
}

/// What the page shows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Views {
    /// Tiles, charts and tables, redrawn every second.
    #[default]
    On,
    /// Only the state of the run, and its report once it is over: `views=off`.
    Off,
}

/// Reads the page's own address.
pub fn read() -> AddressParameters {
    let Some(parameters) = parameters() else { return AddressParameters::default() };
    let mut text = RunConfigText::default();
    for field in Field::ALL {
        parameters.get(field.name()).into_iter().for_each(|value| *text.part_mut(field) = value);
    }
    let is_on = |name: &str| parameters.get(name).is_some_and(|value| value == "1");
    let views = if parameters.get("views").as_deref() == Some("off") { Views::Off } else { Views::On };
    let names = js_sys::Array::from(&parameters.keys());
    let unknown = names.iter().filter_map(|name| name.as_string()).filter(|name| !is_known(name)).collect();
    AddressParameters {
        text,
        names_host: parameters.has("host"),
        scenario: parameters.get("scenario"),
        autostart: is_on("autostart"),
        demo: is_on("demo"),
        views,
        unknown,
    }
}

/// Takes `autostart` out of the address, so that Reload and Back do not start a second run.
pub fn forget_autostart() {
    let Some(parameters) = parameters() else { return };
    parameters.delete("autostart");
    let query = String::from(parameters.to_string());
    let query = if query.is_empty() { query } else { format!("?{query}") };
    replace(&format!("{}{query}{}", path(), fragment()));
}

/// What follows the path and the query, with its `#`; empty when there is nothing.
pub fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Goes to a fragment, which is a step in the browser's history.
pub fn go_to_fragment(fragment: &str) {
    if let Some(window) = web_sys::window() {
        // Fails only for documents that are not shown.
        let _ = window.location().set_hash(fragment);
    }
}

/// Puts a fragment in place of the one in the address, without a step in the history.
pub fn replace_fragment(fragment: &str) {
    replace(&format!("{}{}{fragment}", path(), search()));
}

/// The address of this page with a fragment, and without the run that its own may ask for.
pub fn with_fragment(fragment: &str) -> String {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    format!("{origin}{}{fragment}", path())
}

/// The port that the page came from, where its address names one.
pub fn port() -> Option<u16> {
    web_sys::window()?.location().port().ok()?.parse().ok()
}

fn replace(address: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // Fails only for other origins and for documents that are not shown.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(address));
    }
}

fn path() -> String {
    web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default()
}

fn search() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Parameters that are no field of a run.
const OTHERS: [&str; 4] = ["scenario", "autostart", "views", "demo"];

fn is_known(name: &str) -> bool {
    OTHERS.contains(&name) || Field::ALL.iter().any(|field| field.name() == name)
}

fn parameters() -> Option<UrlSearchParams> {
    UrlSearchParams::new_with_str(&search()).ok()
}
