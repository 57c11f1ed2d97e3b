//! What `oddiya-load run` asks the host before the load: which Oddiya it is, and for users. It says what it found, and never
//! keeps a run from its load.

use tokio::task::LocalSet;

use super::args::Args;
use super::say::tell;
use super::scenario::options::{Mistake, Profile};
use super::scenario::source::Source;
use crate::core::base::host::Host;
use crate::core::base::visible::visible;
use crate::core::config::run_config::{FieldError, RunConfig};
use crate::core::oddiya::choice::{ClassesBy, can_choose, choice};
use crate::core::oddiya::recognition::{Recognition, Target};
use crate::core::oddiya::users;
use crate::core::oddiya::words::{recognition_words, users_words};
use crate::core::scenario::file::asks::Asks;
use crate::net::options::DialOptions;
use crate::net::preparing;

/// Why the run that the host calls for cannot start.
pub enum Refusal {
    Scenario(Mistake),
    Fields(Vec<FieldError>),
}

/// The run that the host calls for: the scenario in the profile that the host takes, with users that it has.
pub async fn prepare(
    args: &Args,
    source: &Source,
    config: RunConfig,
    dial: DialOptions,
) -> Result<RunConfig, Refusal> {
    if args.no_setup {
        return Ok(config);
    }
    let asks = args.scenario.asks(source).map_err(Refusal::Scenario)?;
    let (target, config) = match args.scenario.choices.profile() {
        Profile::Named(name) => (Target::of_profile(&name), config),
        Profile::Auto if can_choose(&asks) || config.scenario.wants_host_users() => {
            let recognition = recognise(&config.host, dial).await;
            tell(&visible(&recognition_words(&recognition, &config.host, &asks.profiles)));
            let config = chosen(args, source, config, &recognition, &asks)?;
            (recognition.target(), config)
        }
        Profile::Auto => (None, config),
    };
    Ok(match target.filter(|_| config.scenario.wants_host_users()) {
        Some(target) => with_users(config, target, dial).await,
        None => config,
    })
}

async fn recognise(host: &Host, dial: DialOptions) -> Recognition {
    LocalSet::new().run_until(preparing::recognise(host, dial, |_| true)).await
}

/// The configuration that a recognised host calls for. What was typed stays as it was typed.
fn chosen(
    args: &Args,
    source: &Source,
    config: RunConfig,
    recognition: &Recognition,
    asks: &Asks,
) -> Result<RunConfig, Refusal> {
    let is_usual = args.classes.is_empty() && args.scenario.is_usual();
    let classes_by = if is_usual { ClassesBy::Nobody } else { ClassesBy::Person };
    let Some(choice) = choice(recognition, &config.host, asks, classes_by) else { return Ok(config) };
    let scenario = args.scenario.read_for(source, choice.profile, &choice.services);
    let scenario = scenario.map_err(Refusal::Scenario)?;
    let mut text = args.config_text(&scenario);
    text.host = config.host.to_string();
    text.classes = choice.classes.unwrap_or(text.classes);
    let checked = text.check_for(scenario, config.seed).map_err(Refusal::Fields)?;
    Ok(RunConfig { iterations: config.iterations, ..checked })
}

/// Finds or makes the users of the run.
async fn with_users(config: RunConfig, target: Target, dial: DialOptions) -> RunConfig {
    let host = config.scenario.users_host(&config.host);
    let wanted = users::wanted(&config.load);
    let found = LocalSet::new().run_until(preparing::find_users(&host, target, wanted, dial)).await;
    tell(&visible(&users_words(&found)));
    let scenario = config.scenario.with_host_users(&found.users, target.tokens());
    RunConfig { scenario, ..config }
}
