//! How much load: by users, by arrival rate, or in stages; only the fields of the chosen one are there.

use leptos::prelude::*;

use super::draft::LoadChoice;
use super::field::{During, TextField};
use crate::core::plan::Field;
use crate::ui::state::page_state;

/// The choice and its fields.
#[component]
pub fn LoadFields() -> impl IntoView {
    view! {
        <Choice />
        // One `Show` each: fields that were turned into others in place would lose what is typed in them.
        <div class="load-fields">
            <Show when=chosen(LoadChoice::Users)>
                <TextField field=Field::Users hint="at the peak" placeholder="1" keyboard="numeric" during=During::Editable />
                <SpawnRate hint="per second" during=During::Editable />
            </Show>
            <Show when=chosen(LoadChoice::Rate)>
                <TextField field=Field::Rate hint="per second" keyboard="decimal" during=During::Editable />
                <MaxUsers />
            </Show>
            <Show when=chosen(LoadChoice::Stages)>
                <div class="load-stages">
                    <TextField
                        field=Field::Stages
                        hint="Users: 0..50,30s; 50,5m. Arrivals per second: 10/s,1m; 10..50/s,5m."
                        placeholder="0..50,30s; 50,5m; ..0,30s"
                        during=During::ReadOnly
                    />
                </div>
                <SpawnRate hint="of users, at a jump" during=During::ReadOnly />
                <MaxUsers />
            </Show>
            <TextField
                field=Field::RunTime
                hint="20s, 5m, 1h20m"
                placeholder="no limit"
                during=During::ReadOnly
            />
        </div>
    }
}

/// Whether the load is given so.
fn chosen(choice: LoadChoice) -> impl Fn() -> bool + Copy + Send + Sync + 'static {
    let state = page_state();
    move || state.draft.choice.get() == choice
}

/// Users per second.
#[component]
fn SpawnRate(
    /// What it is for.
    hint: &'static str,
    /// During a run.
    during: During,
) -> impl IntoView {
    view! { <TextField field=Field::SpawnRate hint placeholder="1" keyboard="decimal" during /> }
}

/// Users of arrivals.
#[component]
fn MaxUsers() -> impl IntoView {
    view! {
        <TextField
            field=Field::MaxUsers
            hint="busy at a time"
            placeholder="30 × rate"
            keyboard="numeric"
            during=During::ReadOnly
        />
    }
}

/// Users, arrival rate or stages.
#[component]
fn Choice() -> impl IntoView {
    let state = page_state();
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
                    name="load"
                    data-testid=name
                    prop:checked=chosen(choice)
                    prop:disabled=move || state.active.get()
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
