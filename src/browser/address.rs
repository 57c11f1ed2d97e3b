//! The run in the address bar: `/?host=&users=&spawn_rate=&run_time=&classes=&think_time=&autostart=1`.

use crate::core::plan::PlanText;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The fields that it names, over the defaults.
    pub text: PlanText,
    /// Whether `host` is among them.
    pub names_host: bool,
    /// Whether to start at once.
    pub autostart: bool,
}

/// Reads the page's own address.
pub fn read() -> Asked {
    Asked::default()
}

/// Whether it asks for the example report: `/?demo=1`.
pub fn asks_for_example() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok());
    let parameters = search.and_then(|search| web_sys::UrlSearchParams::new_with_str(&search).ok());
    parameters.and_then(|parameters| parameters.get("demo")).is_some_and(|demo| demo == "1")
}
