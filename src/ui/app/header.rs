//! The head of the page: its name, links to the views, the state and the time of the run, and the button for colours.

use leptos::prelude::*;

use crate::core::base::units::format_clock;
use crate::ui::navigation::View;
use crate::ui::run::state::{OnScreen, page_state};
use crate::ui::widgets::theme_button::ThemeButton;

#[component]
pub fn Header() -> impl IntoView {
    view! {
        <header class="header">
            <h1 class="header-name">"Oddiya "<span>"Load"</span></h1>
            <Links />
            <RunStateBadge />
            <Progress />
            <ThemeButton />
        </header>
    }
}

/// The links to the views.
#[component]
fn Links() -> impl IntoView {
    let state = page_state();
    let link = |label: &'static str, view: View| {
        let is_here = move || match state.navigation.view() {
            View::Report(_) => view == View::Reports,
            View::Scenario(_) | View::SharedScenario => view == View::Scenarios,
            View::Suite => view == View::Run,
            here => here == view,
        };
        let current = move || is_here().then_some("page");
        view! {
            <a class="nav-link" href=view.fragment() aria-current=current data-testid=format!("nav-{}", label.to_lowercase())>
                {label}
            </a>
        }
    };
    view! {
        <nav class="nav" aria-label="Views">
            {link("Run", View::Run)}
            {link("Scenarios", View::Scenarios)}
            {link("Reports", View::Reports)}
            {link("Compare", View::Compare)}
        </nav>
    }
}

/// The state of the run as a word. Each state also has its own shape, for people who cannot tell the colours apart.
#[component]
fn RunStateBadge() -> impl IntoView {
    let state = page_state();
    let word = move || state.run_state.with(|run_state| run_state.word());
    view! {
        <p class="run-state" role="status" data-state=word>
            <span class="run-state-shape" aria-hidden="true"></span>
            <span class="visually-hidden">"Run: "</span>
            <span data-testid="run-state">{word}</span>
        </p>
    }
}

/// How long the run has been under way, and its time limit.
#[component]
fn Progress() -> impl IntoView {
    let state = page_state();
    let limit = move || {
        state.on_screen.with(|shown| match shown {
            OnScreen::ThisRun(report) => report.run.run_time_s,
            OnScreen::Nothing | OnScreen::EarlierRun(_) => None,
        })
    };
    let has_started = move || state.on_screen.with(|shown| matches!(shown, OnScreen::ThisRun(_)));
    let elapsed = move || has_started().then(|| format_clock(state.elapsed_s.get()));
    let of = move || limit().map(|limit| format!(" / {}", format_clock(limit)));
    let share = move || limit().map_or(0.0, |limit| (state.elapsed_s.get() / limit).clamp(0.0, 1.0));
    view! {
        <p class="run-clock" data-testid="elapsed" title="Elapsed, and the run time">
            {elapsed}<span class="run-limit">{of}</span>
        </p>
        <progress class="run-progress" aria-label="Run time" max="1" prop:value=share></progress>
    }
}
