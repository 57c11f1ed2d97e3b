//! Looks into the companion's folder while a view that lists reports is on screen.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::run::state::State;

/// How often it looks.
const FOLDER_INTERVAL: Duration = Duration::from_secs(3);

/// Looks into the companion's folder now and then, so that new reports appear by themselves.
pub fn watch_folder(state: State) {
    Effect::new(move || {
        state.companion.track();
        spawn_local(state.look_into_folder());
    });
    let look = move || spawn_local(state.look_into_folder());
    let handle = set_interval_with_handle(look, FOLDER_INTERVAL).ok();
    on_cleanup(move || handle.into_iter().for_each(|handle| handle.clear()));
}
