//! The offer to open or discard the report of a run that was cut off, because its tab closed or crashed.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::state::{Cutoffs, page_state};
use crate::browser::page::storage::journal::{Cutoff, Unreadable};
use crate::core::base::units::format_clock;

/// The offer for the latest run that was cut off and is not open already.
#[component]
pub fn CutoffOffer() -> impl IntoView {
    let state = page_state();
    let offer = move || match state.cutoffs.get() {
        Cutoffs::Found(kept) => {
            let offered = kept.cutoffs.into_iter().find(|cutoff| !state.is_open(cutoff));
            let offered = offered.map(|cutoff| view! { <CutoffNotice cutoff /> }.into_any());
            let unreadable = || kept.unreadable.into_iter().next();
            offered.or_else(|| Some(view! { <UnreadableNotice unreadable=unreadable()? /> }.into_any()))
        }
        Cutoffs::Blocked => Some(view! { <BlockedNotice /> }.into_any()),
        Cutoffs::Looking => None,
    };
    let is_looking = move || state.cutoffs.with(|cutoffs| *cutoffs == Cutoffs::Looking).to_string();
    view! {
        <div role="status" data-testid="cutoff-offer" aria-busy=is_looking>
            {offer}
        </div>
    }
}

#[component]
fn CutoffNotice(cutoff: Cutoff) -> impl IntoView {
    let state = page_state();
    let sentence = format!("The last run, of {}, was cut off at {}.", cutoff.host, format_clock(cutoff.at_s));
    let discarded = cutoff.clone();
    view! {
        <section class="notice notice-opened" data-testid="recovered" aria-label="Run that was cut off">
            <p>{sentence}</p>
            <button
                type="button"
                class="button"
                data-testid="recovered-open"
                on:click=move |_| spawn_local(state.open_cutoff(cutoff.clone()))
            >
                "Open its report"
            </button>
            <button
                type="button"
                class="button"
                data-testid="recovered-discard"
                on:click=move |_| spawn_local(state.discard(discarded.clone()))
            >
                "Discard"
            </button>
        </section>
    }
}

/// The notice of a run that this page cannot read. Only a person removes it.
#[component]
fn UnreadableNotice(unreadable: Unreadable) -> impl IntoView {
    let state = page_state();
    let sentence = format!(
        "A run of {} was cut off, and this page cannot read what the browser kept of it: it is damaged, or another \
         version of the page wrote it. That version can open it.",
        unreadable.started_at()
    );
    view! {
        <section class="notice notice-trouble" data-testid="unreadable" aria-label="Run that cannot be read">
            <p>{sentence}</p>
            <button
                type="button"
                class="button"
                data-testid="unreadable-discard"
                on:click=move |_| spawn_local(state.discard_unreadable(unreadable.clone()))
            >
                "Discard"
            </button>
        </section>
    }
}

/// The notice that another tab keeps the database busy.
#[component]
fn BlockedNotice() -> impl IntoView {
    let state = page_state();
    view! {
        <section class="notice notice-trouble" data-testid="storage-blocked" aria-label="Storage">
            <p>
                "Another tab of this page, perhaps of an older version, keeps the browser's database busy: runs are not \
                 kept for the case that this tab closes. Close the other tab, then try again."
            </p>
            <button type="button" class="button" on:click=move |_| spawn_local(state.find_cutoffs())>
                "Try again"
            </button>
        </section>
    }
}
