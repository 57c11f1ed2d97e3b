//! The reader's clock: how far it is from UTC, and whether charts are to show its time. The choice is remembered.

use super::local_storage;

const KEY: &str = "oddiya-load.time-of-day";

/// Whether charts show the time of day or the time since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockChoice {
    #[default]
    SinceStart,
    TimeOfDay,
}

impl ClockChoice {
    /// The other choice.
    pub const fn other(self) -> Self {
        match self {
            Self::SinceStart => Self::TimeOfDay,
            Self::TimeOfDay => Self::SinceStart,
        }
    }
}

/// The last choice.
pub fn chosen() -> ClockChoice {
    match local_storage::read(KEY).as_deref() {
        Some("1") => ClockChoice::TimeOfDay,
        _ => ClockChoice::SinceStart,
    }
}

/// Remembers a choice.
pub fn choose(choice: ClockChoice) {
    local_storage::write(KEY, if choice == ClockChoice::TimeOfDay { "1" } else { "0" });
}

/// How many minutes the reader's clock was ahead of UTC at a moment in RFC 3339; it changes with summer time.
pub fn minutes_ahead_of_utc(moment: &str) -> i64 {
    minutes_ahead(&moment.into())
}

/// The same at a moment in milliseconds since 1970.
pub fn minutes_ahead_at(unix_ms: u64) -> i64 {
    minutes_ahead(&(unix_ms as f64).into())
}

fn minutes_ahead(moment: &wasm_bindgen::JsValue) -> i64 {
    let date = js_sys::Date::new(moment);
    let behind = date.get_timezone_offset();
    if behind.is_finite() { -(behind as i64) } else { 0 }
}
