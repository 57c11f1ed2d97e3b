//! How much load: by users, by arrival rate, or in stages; only the fields of the chosen one are there.

use leptos::prelude::*;

use super::draft::LoadChoice;
use super::field::{During, TextField};
use crate::core::plan::Field;
use crate::ui::state::page_state;

/// The choice and its fields.
#[component]
pub fn LoadFields() -> impl IntoView {
    let state = page_state();
    let fields = move || {
        match state.draft.choice.get() {
        LoadChoice::Users => view! {
            <TextField field=Field::Users hint="at the peak" placeholder="1" keyboard="numeric" during=During::Editable />
            <SpawnRate hint="per second" during=During::Editable />
            <RunTime placeholder="no limit" />
        }
        .into_any(),
        LoadChoice::Rate => view! {
            <TextField field=Field::Rate hint="per second" keyboard="decimal" during=During::Editable />
            <MaxUsers />
            <RunTime placeholder="no limit" />
        }
        .into_any(),
        LoadChoice::Stages => view! {
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
            <RunTime placeholder="as the stages" />
        }
        .into_any(),
    }
    };
    view! {
        <Choice />
        <div class="load-fields">{fields}</div>
    }
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

/// How long.
#[component]
fn RunTime(
    /// What an empty field means.
    placeholder: &'static str,
) -> impl IntoView {
    view! { <TextField field=Field::RunTime hint="20s, 5m, 1h20m" placeholder during=During::ReadOnly /> }
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
            <label class="chip" title=title>
                <input
                    type="radio"
                    name="load"
                    data-testid=name
                    prop:checked=move || state.draft.choice.get() == choice
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
            <div class="chips">{LoadChoice::ALL.map(choice).into_iter().collect_view()}</div>
        </fieldset>
    }
}
