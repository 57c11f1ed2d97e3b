//! The view at `#/compare?base=…&new=…`.

use leptos::prelude::*;

use super::curves::Curves;
use super::offers::Offers;
use super::outcome::Outcome;
use super::sides::SideList;
use super::state::{Comparing, Side};
use crate::ui::library::watch::watch_folder;
use crate::ui::run::state::page_state;

#[component]
pub fn CompareView() -> impl IntoView {
    let state = page_state();
    watch_folder(state);
    let comparing = Comparing::new(state);
    let is_empty = move || comparing.sides.with(|sides| sides.base.is_empty() && sides.new.is_empty());
    let lacks_one = move || {
        let (base, new) = comparing.sides.with(|sides| (sides.base.is_empty(), sides.new.is_empty()));
        base != new
    };
    let is_reading = move || !is_empty() && !lacks_one() && comparing.outcome.with(Option::is_none);
    view! {
        <section class="compare" data-testid="compare" aria-labelledby="compare-title">
            <h2 class="visually-hidden" id="compare-title">"Compare"</h2>
            <Show when=is_empty>
                <div class="empty-view">
                    <h3>"Did it change?"</h3>
                    <p>
                        "Put reports into two groups: what was before, and what is now. Three runs a side or more tell a \
                         change from noise, because unchanged runs differ too."
                    </p>
                </div>
            </Show>
            <div class="compare-sides">
                <SideList comparing side=Side::Base />
                <button type="button" class="button" data-testid="swap" title="Base becomes new, and new becomes base"
                    disabled=is_empty on:click=move |_| comparing.swap()>"⇄"<span class="visually-hidden">"Swap"</span></button>
                <SideList comparing side=Side::New />
            </div>
            <Show when=lacks_one><p class="notice">"Put a report into the other group too."</p></Show>
            <Show when=is_reading><p class="notice" role="status">"Reading the reports …"</p></Show>
            <Outcome comparing />
            <Curves comparing />
            <Offers comparing />
        </section>
    }
}
