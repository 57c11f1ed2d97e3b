//! The form of a scenario file: the types that its text is read into, and from which the JSON Schema is made.
//!
//! Their comments are the descriptions in the schema, so they speak to the author of a scenario. What a field's text
//! means is checked in `build/`.

pub mod answer;
pub mod class;
pub mod condition;
pub mod forms;
pub mod request;
pub mod step;

use schemars::JsonSchema;
use serde::Deserialize;

use super::decode::At;
use class::WireClass;
use forms::{Fields, List, OrSetting, Scalar, TextOr};
use step::WireStep;

/// A scenario: what virtual users do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "the fields of a scenario, such as `scenario: NAME` and `users:`")]
#[schemars(title = "Oddiya Load scenario", rename = "Scenario", extend("patternProperties" = { "^x-": {} }))]
pub struct WireScenario {
    /// The name in reports.
    pub scenario: At<String>,
    /// One sentence for lists.
    #[serde(default)]
    pub about: Option<String>,
    /// The hosts by name. The first is the main one, whose address `--host` gives.
    #[serde(default)]
    pub services: Fields<TextOr<WireService>>,
    /// Sets of addresses and settings. `--profile` chooses one of them.
    #[expect(dead_code, reason = "read before all else, by `settings`; here for the schema")]
    #[serde(default)]
    pub profiles: Fields<WireProfile>,
    /// The profile when `--profile` does not say.
    #[expect(dead_code, reason = "read before all else, by `settings`; here for the schema")]
    #[serde(default)]
    pub profile: Option<At<String>>,
    /// Values that are the same for the whole run, for `${NAME}` anywhere in the file. `--set NAME=VALUE` sets one.
    #[expect(dead_code, reason = "read before all else, by `settings`; here for the schema")]
    #[serde(default)]
    pub settings: Fields<TextOr<WireSetting>>,
    /// Rows of values, from files or written here, for `${NAME.COLUMN}`.
    #[serde(default)]
    pub data: Fields<WireData>,
    /// Steps with a name, for `do: NAME`.
    #[serde(default)]
    pub blocks: Fields<List<WireStep>>,
    /// How many retries there may be per request, such as `10 %`.
    #[serde(default)]
    pub retry_budget: Option<At<String>>,
    /// What makes the host's plans: `any` or `real`; `any` when it is missing. With `real` a placeholder plan is a failure.
    #[serde(default)]
    #[schemars(with = "OrSetting<WireModel>")]
    pub model: WireModel,
    /// The classes of virtual users by name.
    pub users: Fields<WireClass>,
}

/// What makes the host's plans.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Model")]
pub enum WireModel {
    /// A model or a mocked one, which gives nothing but placeholder plans.
    #[default]
    Any,
    /// A living model, so that a placeholder plan is a failure.
    Real,
}

/// A host that requests go to. Its address alone is enough.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an address such as http://localhost:8080, or `url`, `prefix`, `same_as`"
)]
#[schemars(rename = "Service")]
pub struct WireService {
    /// The base address, such as `http://localhost:8080`.
    #[serde(default)]
    pub url: Option<At<String>>,
    /// The text before the path of every request, such as `/api/v1`.
    #[serde(default)]
    pub prefix: Option<At<String>>,
    /// The service above it that answers for it, where nothing gives it an address.
    #[serde(default)]
    pub same_as: Option<At<String>>,
}

/// A set of addresses and settings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`services` and `settings`")]
#[schemars(rename = "Profile")]
pub struct WireProfile {
    /// Addresses in place of those under `services`.
    #[serde(default)]
    pub services: Fields<TextOr<WireService>>,
    /// Values in place of those under `settings`.
    #[serde(default)]
    pub settings: Fields<At<Scalar>>,
}

/// A value for the whole run. The value alone is enough.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a value, or `env`, `default`, `secret`")]
#[schemars(rename = "Setting")]
pub struct WireSetting {
    /// The environment variable that has the value, so that a secret stays out of the file.
    #[serde(default)]
    pub env: Option<At<String>>,
    /// The value when nothing else gives one.
    #[serde(default)]
    pub default: Option<Scalar>,
    /// Whether the value is hidden in all output. What comes from the environment is, unless this is `false`.
    #[serde(default)]
    pub secret: Option<bool>,
    /// What it is for.
    #[serde(default)]
    pub about: Option<String>,
}

/// Rows of values.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`file`, `rows` or `from`, and `order`")]
#[schemars(rename = "Data")]
pub struct WireData {
    /// A CSV file with a line of names, or a JSON file with a list of objects; the path is relative to this file.
    #[serde(default)]
    pub file: Option<At<String>>,
    /// The rows, where there is no file.
    #[serde(default)]
    pub rows: Option<At<List<Fields<Scalar>>>>,
    /// `host users`: users of an Oddiya, which are found or made before the run, as many as it has. Columns: `id`, `email`,
    /// `name`, and `authorization`, which is empty where the host takes no token.
    #[serde(default)]
    pub from: Option<WireFrom>,
    /// Which row a user takes next.
    #[serde(default)]
    pub order: WireOrder,
}

/// Where rows come from that the text does not have.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "From")]
pub enum WireFrom {
    #[serde(rename = "host users")]
    HostUsers,
}

/// Which row a user takes next.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Order")]
pub enum WireOrder {
    /// In the order of the file over all users, and from the start again.
    #[default]
    Sequential,
    /// As sequential, over the rows shuffled once by the seed.
    Shuffled,
    /// Any row, each equally likely.
    Random,
    /// No row twice: user number n has row n.
    Unique,
}
