//! The fields of the load: by users, by arrival rate, or in stages. Only the fields of the chosen way are shown.

use leptos::prelude::*;

use super::field::{During, TextField};
use crate::core::config::run_config::Field;
use crate::ui::run::draft::LoadChoice;
use crate::ui::run::state::page_state;
use crate::ui::widgets::ids::unique_id;

/// The choice between the kinds of load, and the fields of all of them. A field that the chosen kind does not use is
/// hidden.
#[component]
pub fn LoadFields() -> impl IntoView {
    view! {
        <Choice />
        <div class="load-fields">
            <TextField
                field=Field::Stages
                hint="Users: 0..50,30s; 50,5m. Arrivals per second: 10/s,1m; 10..50/s,5m."
                placeholder="0..50,30s; 50,5m; ..0,30s"
                during=During::ReadOnly
            />
            <TextField field=Field::Users hint="at the peak" placeholder="1" keyboard="numeric" during=During::Editable />
            <TextField field=Field::SpawnRate hint="per second" placeholder="1" keyboard="decimal" during=During::Editable />
            <TextField field=Field::Rate hint="per second" keyboard="decimal" during=During::Editable />
            <TextField field=Field::MaxUsers hint="busy at a time" placeholder="30 × rate" keyboard="numeric" during=During::ReadOnly />
            <TextField field=Field::RunTime hint="20s, 5m, 1h" placeholder="no limit" during=During::ReadOnly />
        </div>
    }
}

/// The choice between users, arrival rate and stages.
#[component]
fn Choice() -> impl IntoView {
    let state = page_state();
    let group = unique_id("load");
    let choice = |choice: LoadChoice| {
        let (name, label, title) = match choice {
            LoadChoice::Users => {
                ("load-users", "Users", "Each goes on when it was answered: a slow host gets less load")
            }
            LoadChoice::Rate => (
                "load-rate",
                "Arrival rate",
                "Requests start when they are due: a slow host gets the same load",
            ),
            LoadChoice::Stages => ("load-stages", "Stages", "Users or arrivals that change over time"),
        };
        view! {
            <label class="load-option" title=title>
                <input
                    type="radio"
                    name=group.clone()
                    data-testid=name
                    prop:checked=move || state.draft.choice.get() == choice
                    prop:disabled=state.is_active
                    on:change=move |_| state.draft.choose(choice)
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="load-choice">
            <legend class="visually-hidden">"Load by"</legend>
            <div class="load-options">{LoadChoice::ALL.map(choice).into_iter().collect_view()}</div>
        </fieldset>
    }
}
