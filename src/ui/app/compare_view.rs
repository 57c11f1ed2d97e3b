//! The view at `#/compare/…`, for reports side by side. Nothing is compared yet.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::files::open::OpenButton;
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;

/// Says what this view will show, and what a person can do until then.
#[component]
pub fn CompareView() -> impl IntoView {
    let state = page_state();
    view! {
        <section class="empty-view" data-testid="compare">
            <h2>"Compare"</h2>
            <p>
                "Two reports will stand side by side here: their figures, their charts on one axis, and whether they can \
                 be compared at all. Until then, open each report and read it on its own."
            </p>
            <div class="empty-view-buttons">
                <OpenButton on_file=Callback::new(move |file| spawn_local(state.open_file(file))) />
                <a class="button" href=View::Reports.fragment()>"Reports"</a>
            </div>
        </section>
    }
}
