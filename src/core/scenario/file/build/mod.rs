//! Checks what was read and resolves all names: wire types become a scenario, or problems.
//!
//! | file | what it reads |
//! |---|---|
//! | `services`, `data` | hosts; rows |
//! | `classes`, `tasks` | classes of users; their tasks |
//! | `fields`, `steps` | which fields a step may have; steps |
//! | `requests`, `bodies`, `repeats` | requests; their bodies; sending them again |
//! | `checks`, `extracts`, `conditions` | what is looked at |
//! | `pieces`, `blanks`, `generators`, `names`, `declared` | texts with blanks, and what their names stand for |
//! | `paths`, `values` | ways into JSON; statuses, shares, ranges |
//! | `shop` | what all of these share |

mod blanks;
mod bodies;
mod checks;
mod classes;
mod conditions;
mod data;
mod declared;
mod extracts;
mod fields;
mod generators;
mod names;
mod paths;
pub mod pieces;
mod repeats;
mod requests;
mod services;
mod shop;
mod steps;
mod tasks;
mod values;

use services::Services;
use shop::Shop;

use super::settings::Settings;
use super::surroundings::{Choices, Surroundings};
use super::trouble::Trouble;
use super::wire::WireScenario;
use crate::core::scenario::model::scenario::{RetryBudget, Scenario};

/// Makes a scenario. It is right only if no problem was noted.
pub fn scenario(
    wire: &WireScenario,
    settings: &Settings,
    choices: &Choices,
    around: &dyn Surroundings,
    trouble: &Trouble,
) -> Scenario {
    let services = Services::find(wire, settings, choices, trouble);
    let data = data::read(&wire.data, settings, around, trouble);
    let shop = Shop::new(trouble, around, settings, services, data, wire);
    let classes = wire.users.0.iter().filter_map(|(name, class)| classes::read(name, class, &shop)).collect();
    if wire.users.0.is_empty() {
        trouble.about(&wire.scenario, "the scenario has no class of users; write one under `users:`");
    }
    if wire.scenario.value.trim().is_empty() {
        trouble.about(&wire.scenario, "the scenario has no name; write one, such as `scenario: my-users`");
    }
    let budget = wire.retry_budget.as_ref().and_then(|share| repeats::share_of(share, trouble));
    let services = shop.services.list.clone();
    let (entries, blobs, data, ready_made) = shop.into_parts();
    Scenario {
        name: settings.hide(&wire.scenario.value),
        about: settings.hide(wire.about.as_deref().unwrap_or_default()),
        profile: settings.profile.as_ref().map(|_| settings.hide(settings.profile_name())),
        services,
        entries,
        data,
        blobs,
        classes,
        retry_budget: budget.map(|share| RetryBudget { share }),
        secrets: settings.secrets.clone(),
        ready_made,
    }
}
