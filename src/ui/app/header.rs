//! The page's head: its name, where the run stands, how far it is, and the colours.

use leptos::prelude::*;

use super::state::page_state;
use crate::browser::theme;
use crate::core::base::units::format_clock;

/// The head.
#[component]
pub fn Header() -> impl IntoView {
    view! {
        <header class="header">
            <h1 class="header-name">"Oddiya "<span>"Load"</span></h1>
            <RunState />
            <Progress />
            <ThemeButton />
        </header>
    }
}

/// Where the run stands: a word, and a shape of its own for each.
#[component]
fn RunState() -> impl IntoView {
    let state = page_state();
    let word = move || state.phase.with(|phase| phase.word());
    view! {
        <p class="run-state" role="status" data-state=move || word()>
            <span class="run-state-shape" aria-hidden="true"></span>
            <span class="visually-hidden">"Run: "</span>
            <span data-testid="run-state">{move || word()}</span>
        </p>
    }
}

/// How long it has been, of how long it will be.
#[component]
fn Progress() -> impl IntoView {
    let state = page_state();
    let limit = move || state.live.with(|report| report.as_ref()?.run.run_time_s);
    let started = move || state.live.with(Option::is_some);
    let elapsed = move || started().then(|| format_clock(state.elapsed_s.get()));
    let of = move || limit().map(|limit| format!(" / {}", format_clock(limit)));
    let share = move || limit().map_or(0.0, |limit| (state.elapsed_s.get() / limit).clamp(0.0, 1.0));
    view! {
        <p class="run-clock" data-testid="elapsed" title="Elapsed, and the run time">
            {move || elapsed()}<span class="run-limit">{move || of()}</span>
        </p>
        <progress class="run-progress" aria-label="Run time" max="1" prop:value=move || share()></progress>
    }
}

/// System, light or dark.
#[component]
fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(theme::chosen());
    Effect::new(move || theme::choose(theme.get()));
    let label = move || format!("Colours: {}", theme.get().word());
    view! {
        <button
            type="button"
            class="theme-button"
            data-testid="theme"
            data-choice=move || theme.get().word()
            title=move || label()
            aria-label=move || label()
            on:click=move |_| theme.update(|theme| *theme = theme.next())
        >
            <span class="theme-button-shape" aria-hidden="true"></span>
        </button>
    }
}
