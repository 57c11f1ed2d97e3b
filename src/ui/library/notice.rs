//! The notice that reports of this tab are not kept, above whatever view is on screen. The run goes on.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::ui::keeping::{Keeping, problem};
use crate::ui::navigation::View;
use crate::ui::run::state::page_state;

#[component]
pub fn NotKeptNotice() -> impl IntoView {
    let state = page_state();
    let library = state.library;
    let notice = move || {
        let count = library.kept.unkept.with(|unkept| unkept.len());
        let Keeping::NotKept(error) = library.kept.keeping.get() else { return None };
        let what = match count {
            0 => return None,
            1 => "A report of this tab is not kept".to_owned(),
            count => format!("{count} reports of this tab are not kept"),
        };
        Some(view! {
            <section class="notice notice-trouble" data-testid="not-kept" aria-label="Not kept">
                <p><strong>{what}</strong>": "{problem(error)}"."</p>
                <a class="button" href=View::Reports.fragment()>"Reports"</a>
                <button
                    type="button"
                    class="button"
                    data-testid="keep-again"
                    on:click=move |_| spawn_local(state.keep_again())
                >
                    "Try again"
                </button>
            </section>
        })
    };
    view! { <div role="status">{notice}</div> }
}
