//! The run in the address bar: `/?host=&users=&spawn_rate=&run_time=&classes=&think_time=&autostart=1`, or by arrival
//! rate (`rate=&max_users=&arrivals=`), or in stages (`stages=`).
//!
//! With `views=off` the page shows no charts and tables, and no report until the run is over: a run without
//! anything that is drawn, which the benchmark compares with one as people see it.

use web_sys::UrlSearchParams;

use crate::core::config::run_config::{Field, RunConfigText};

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The fields that it names, over the defaults.
    pub text: RunConfigText,
    /// Whether `host` is among them.
    pub names_host: bool,
    /// Whether to start at once.
    pub autostart: bool,
    /// What to show of the run.
    pub views: Views,
    /// Parameters that mean nothing here: slips, most likely.
    pub unknown: Vec<String>,
}

/// What the page shows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Views {
    /// Tiles, charts and tables, redrawn every second.
    #[default]
    On,
    /// Where it stands, and its report's export once it is over: `views=off`.
    Off,
}

/// Reads the page's own address.
pub fn read() -> Asked {
    let Some(parameters) = parameters() else { return Asked::default() };
    let mut text = RunConfigText::default();
    for field in Field::ALL {
        parameters.get(field.name()).into_iter().for_each(|value| *text.part_mut(field) = value);
    }
    let is_on = |name: &str| parameters.get(name).is_some_and(|value| value == "1");
    let views = if parameters.get("views").as_deref() == Some("off") { Views::Off } else { Views::On };
    let names = js_sys::Array::from(&parameters.keys());
    let unknown = names.iter().filter_map(|name| name.as_string()).filter(|name| !is_known(name)).collect();
    Asked { text, names_host: parameters.has("host"), autostart: is_on("autostart"), views, unknown }
}

/// Parameters that are no field of a run.
const OTHERS: [&str; 3] = ["autostart", "views", "demo"];

fn is_known(name: &str) -> bool {
    OTHERS.contains(&name) || Field::ALL.iter().any(|field| field.name() == name)
}

/// Whether it asks for the example report: `/?demo=1`.
pub fn asks_for_example() -> bool {
    parameters().and_then(|parameters| parameters.get("demo")).is_some_and(|demo| demo == "1")
}

fn parameters() -> Option<UrlSearchParams> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()
}
