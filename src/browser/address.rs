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
