//! Buttons that fill in the loads of Oddiya's README and a day of the app, and the one that runs a suite.

use leptos::prelude::*;

use crate::core::config::project::presets::{PRESETS, Preset};
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;
use crate::ui::suite::progress::Progress;

#[component]
pub fn Presets() -> impl IntoView {
    let state = page_state();
    let button = |preset: Preset| {
        view! {
            <button
                type="button"
                class="preset"
                data-testid=format!("preset-{}", preset.name)
                disabled=state.is_active
                on:click=move |_| state.fill_in_preset(preset)
            >
                <strong>{capitalised(preset.name)}</strong>
                <span>{preset.load}</span>
                <span>{preset.time}</span>
            </button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Presets: users and spawn rate or arrivals, run time">
            {PRESETS.map(button).into_iter().collect_view()}
        </div>
        <SuiteLine />
    }
}

/// The button that runs the suite, and during one what is under way.
#[component]
fn SuiteLine() -> impl IntoView {
    let state = page_state();
    let words = Memo::new(move |_| state.suite.with(|suite| suite.as_ref().map(Progress::words)));
    view! {
        <div class="suite-line">
            <button
                type="button"
                class="button"
                data-testid="suite"
                disabled=move || state.is_active.get() || state.is_suite_under_way.get()
                title="Runs four loads in turn, one to two minutes each, and sums them up; the scenario and the host stay"
                on:click=move |_| state.start_suite()
            >
                "Suite: 10, 25, 50, 100 users in turn"
            </button>
            <p role="status" data-testid="suite-progress">
                {move || words.get().map(|words| view! { <a href=View::Suite.fragment()>{words}</a> })}
            </p>
        </div>
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buttons_bear_the_readmes_names() {
        assert_eq!(PRESETS.map(|preset| capitalised(preset.name)), ["Normal", "Peak", "Stress", "Day"]);
    }
}
