//! Keeps what is looked at in a report in the address, so that a link reopens it.

use std::time::Duration;

use leptos::prelude::*;

use crate::ui::navigation::Navigation;
use crate::ui::report::Focus;

/// The pause between two changes of the address: browsers refuse one that changes with every move of the pointer.
const SETTLED: Duration = Duration::from_millis(250);

/// What is looked at: first what the address says, then what the reader chooses.
pub fn focus_in_address(navigation: Navigation) -> RwSignal<Focus> {
    let focus = RwSignal::new(Focus::read(&untrack(move || navigation.query())));
    let write = debounce(SETTLED, move |query: String| {
        // The reader may have left the view meanwhile.
        if focus.try_get_untracked().is_some() {
            navigation.look_at(&query);
        }
    });
    let mut write = write;
    Effect::new(move |was: Option<String>| {
        let query = focus.read().to_string();
        if was.is_some_and(|was| was != query) {
            write(query.clone());
        }
        query
    });
    // Back, and a link to another part of the same report.
    Effect::new(move |was: Option<String>| {
        let query = navigation.query();
        let asked_for = Focus::read(&query);
        if was.is_some_and(|was| was != query) && focus.get_untracked() != asked_for {
            focus.set(asked_for);
        }
        query
    });
    focus
}
