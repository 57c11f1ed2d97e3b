//! Buttons that fill in the three loads of Oddiya's README.

use leptos::prelude::*;

use crate::core::config::run_config::Field;
use crate::ui::run::draft::LoadChoice;
use crate::ui::run::state::page_state;

struct Preset {
    name: &'static str,
    control: &'static str,
    users: &'static str,
    spawn_rate: &'static str,
    run_time: &'static str,
    load: &'static str,
    time: &'static str,
}

const PRESETS: [Preset; 3] = [
    Preset {
        name: "Normal",
        control: "preset-normal",
        users: "10",
        spawn_rate: "1",
        run_time: "5m",
        load: "10 at 1/s",
        time: "5 min",
    },
    Preset {
        name: "Peak",
        control: "preset-peak",
        users: "50",
        spawn_rate: "5",
        run_time: "10m",
        load: "50 at 5/s",
        time: "10 min",
    },
    Preset {
        name: "Stress",
        control: "preset-stress",
        users: "100",
        spawn_rate: "10",
        run_time: "5m",
        load: "100 at 10/s",
        time: "5 min",
    },
];

#[component]
pub fn Presets() -> impl IntoView {
    let state = page_state();
    let button = |preset: &'static Preset| {
        let fill = move |_| {
            state.draft.choose(LoadChoice::Users);
            state.draft.type_into(Field::Users, preset.users.to_owned());
            state.draft.type_into(Field::SpawnRate, preset.spawn_rate.to_owned());
            state.draft.type_into(Field::RunTime, preset.run_time.to_owned());
        };
        view! {
            <button
                type="button"
                class="preset"
                data-testid=preset.control
                disabled=state.is_active
                on:click=fill
            >
                <strong>{preset.name}</strong>
                <span>{preset.load}</span>
                <span>{preset.time}</span>
            </button>
        }
    };
    view! {
        <div class="presets" role="group" aria-label="Presets of the Oddiya README: users, spawn rate, run time">
            {PRESETS.iter().map(button).collect_view()}
        </div>
    }
}
