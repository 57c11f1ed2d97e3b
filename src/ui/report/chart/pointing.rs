//! What pointer and keyboard do on a chart over time: the cursor, which all charts share, and the choice of a range.
//!
//! A range is dragged with the pointer, or with the keyboard: Enter begins it at the cursor, the arrow keys extend it, Enter
//! ends it. Escape goes back to the whole run (`range_bar.rs`).

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;
use leptos::web_sys::Element;

use crate::core::analyse::time_range::TimeRange;
use crate::ui::report::lens::Lens;

/// The cursor of all charts of a report, and the range that is being chosen on one of them.
#[derive(Clone, Copy)]
pub struct Pointing {
    /// The second at the cursor.
    pub cursor: RwSignal<Option<u64>>,
    /// Where the range began that is being chosen.
    anchor: RwSignal<Option<Anchor>>,
    lens: Lens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Anchor {
    /// The pointer is down since this second.
    Pointer(u64),
    /// Enter was pressed at this second.
    Keyboard(u64),
}

impl Pointing {
    pub fn new(lens: Lens) -> Self {
        Self { cursor: RwSignal::new(None), anchor: RwSignal::new(None), lens }
    }

    /// The pointer went down at a second.
    pub fn press(self, event: &PointerEvent, second: Option<u64>) {
        self.cursor.set(second);
        self.anchor.set(second.filter(|_| self.lens.is_open() && event.button() == 0).map(Anchor::Pointer));
        // So that a drag goes on outside the chart.
        let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(element) = element {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    }

    /// The pointer is at a second, or beside the plot.
    pub fn move_to(self, second: Option<u64>) {
        self.cursor.set(second);
        if let (Some(Anchor::Pointer(from)), Some(to)) = (self.anchor.get_untracked(), second) {
            // A range of the one second that was pressed on is a click.
            if from != to || self.lens.range.get_untracked().is_some_and(|range| range.contains(from)) {
                self.lens.look_at(TimeRange::between(from, to));
            }
        }
    }

    /// The pointer went up.
    pub fn release(self) {
        if matches!(self.anchor.get_untracked(), Some(Anchor::Pointer(_))) {
            self.anchor.set(None);
        }
    }

    /// The pointer or the focus has left.
    pub fn leave(self) {
        if !matches!(self.anchor.get_untracked(), Some(Anchor::Pointer(_))) {
            self.cursor.set(None);
        }
    }

    /// A key was pressed on a chart whose last second is this.
    pub fn key(self, event: &KeyboardEvent, last: u64) {
        if event.key() == "Enter" && self.lens.is_open() {
            event.prevent_default();
            let anchor = match self.anchor.get_untracked() {
                None => Some(Anchor::Keyboard(self.cursor.get_untracked().unwrap_or(last))),
                Some(_) => None,
            };
            self.anchor.set(anchor);
            return;
        }
        let Some(next) = moved(self.cursor.get_untracked(), last, &event.key(), event.shift_key()) else {
            return;
        };
        self.cursor.set(next);
        match (self.anchor.get_untracked(), next) {
            (Some(Anchor::Keyboard(from)), Some(to)) => self.lens.look_at(TimeRange::between(from, to)),
            _ => self.anchor.set(None),
        }
        // Escape without a cursor is for the range.
        if next.is_some() || self.lens.range.get_untracked().is_none() {
            event.prevent_default();
        }
    }
}

/// Returns the second to which a key moves the cursor; `None` for keys that the chart does not use.
fn moved(cursor: Option<u64>, last: u64, key: &str, shift: bool) -> Option<Option<u64>> {
    let step = if shift { 10 } else { 1 };
    let back = |step: u64| Some(Some(cursor.map_or(last, |second| second.saturating_sub(step))));
    let forth = |step: u64| Some(Some(cursor.map_or(0, |second| (second + step).min(last))));
    match key {
        "ArrowLeft" | "ArrowDown" => back(step),
        "ArrowRight" | "ArrowUp" => forth(step),
        "PageDown" => back(10),
        "PageUp" => forth(10),
        "Home" => Some(Some(0)),
        "End" => Some(Some(last)),
        "Escape" if cursor.is_some() => Some(None),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn keys_move_the_cursor_but_not_beyond_the_run() {
        assert_eq!(moved(None, 99, "ArrowLeft", false), Some(Some(99)), "from the end");
        assert_eq!(moved(None, 99, "ArrowRight", false), Some(Some(0)), "from the start");
        assert_eq!(moved(Some(0), 99, "ArrowLeft", true), Some(Some(0)));
        assert_eq!(moved(Some(95), 99, "PageUp", false), Some(Some(99)));
        assert_eq!(moved(Some(5), 99, "Escape", false), Some(None));
        assert_eq!(moved(None, 99, "Escape", false), None, "nothing to close here");
        assert_eq!(moved(Some(5), 99, "Tab", false), None);
    }
}
