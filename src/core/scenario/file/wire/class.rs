//! The form of a class of users.

use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::{Fields, List, OneOrMore, OrSetting, Scalar, Whole};
use super::step::WireStep;
use crate::core::scenario::file::decode::At;

/// A class of virtual users: how many there are, what they do, and how long they think.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "the fields of a class, such as `think_time` and `tasks`")]
#[schemars(rename = "UserClass")]
pub struct WireClass {
    /// The share of all users, relative to the other classes; 1 when it is missing.
    #[serde(default)]
    #[schemars(with = "Option<Whole<1>>")]
    pub weight: Option<At<i64>>,
    /// The exact number of users, in place of `weight`.
    #[serde(default)]
    #[schemars(with = "Option<Whole<1>>")]
    pub count: Option<At<i64>>,
    /// Whether the class takes part only when it is named.
    #[serde(default)]
    #[schemars(with = "Option<OrSetting<bool>>")]
    pub optional: Option<bool>,
    /// The pause after each task: `1s`, `1s..3s`, `normal 3s 500ms`, `poisson 2s` or `pacing 10s`. None when missing.
    #[serde(default)]
    pub think_time: Option<At<String>>,
    /// Words by which `--tags` and `--exclude-tags` choose.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Values that are drawn once when a user starts, in this order.
    #[serde(default)]
    pub variables: Fields<At<Scalar>>,
    /// When the user takes the next row of a data set: `each user` or `each task`. A set that is missing here and used
    /// gives a row to each user.
    #[serde(default)]
    pub rows: Fields<At<WireNextRow>>,
    /// The service of all requests that name none.
    #[serde(default)]
    pub service: Option<At<String>>,
    /// Headers of all requests.
    #[serde(default)]
    pub headers: Fields<At<Scalar>>,
    /// How requests show who the user is.
    #[serde(default)]
    pub auth: Option<At<WireAuth>>,
    /// What is done once when a session starts.
    #[serde(default)]
    pub on_start: List<WireStep>,
    /// The tasks. Each next one is drawn by weight.
    #[serde(default)]
    pub tasks: Option<At<List<WireStep>>>,
    /// Tasks that are done one after the other, in place of `tasks`.
    #[serde(default)]
    pub sequence: Option<At<List<WireStep>>>,
    /// A state machine that starts in the first state, in place of `tasks`.
    #[serde(default)]
    pub states: Option<At<Fields<WireState>>>,
    /// What is done once when a session ends.
    #[serde(default)]
    pub on_stop: List<WireStep>,
}

/// When a user takes the next row.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "NextRow")]
pub enum WireNextRow {
    #[serde(rename = "each user")]
    EachUser,
    #[serde(rename = "each task")]
    EachTask,
}

/// A state: what is done in it, and what follows.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`steps` and `next`")]
#[schemars(rename = "State")]
pub struct WireState {
    /// What is done. Nothing when it is missing.
    #[serde(default)]
    pub steps: List<WireStep>,
    /// The pause after it in place of the class's.
    #[serde(default)]
    pub think_time: Option<At<String>>,
    /// The states that may follow, each with a weight such as `30` or `30 %`. `end` ends the session.
    pub next: Fields<At<Scalar>>,
    /// Words by which `--tags` and `--exclude-tags` choose. A state that is not chosen does nothing.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// How requests show who the user is: `bearer` or `headers`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`bearer` or `headers`, and `refresh`")]
#[schemars(rename = "Auth")]
pub struct WireAuth {
    /// The token of `Authorization: Bearer …`, such as `${token}`.
    #[serde(default)]
    pub bearer: Option<At<Scalar>>,
    /// Headers that are filled anew for each request. One whose values are all unset is not sent.
    #[serde(default)]
    pub headers: Fields<At<Scalar>>,
    /// How an expired token is renewed: one refresh at a time, while other requests wait and are then sent once more.
    #[serde(default)]
    pub refresh: Option<WireRefresh>,
}

/// How an expired token is renewed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "`steps`, and perhaps `when`, `within` and `refused`")]
#[schemars(rename = "Refresh")]
pub struct WireRefresh {
    /// The statuses that say that the token has expired, as a text or as a list; 401 when it is missing.
    #[serde(default)]
    pub when: Option<At<OneOrMore>>,
    /// How long a refresh may take before it counts as hung; 30 s when it is missing.
    #[serde(default)]
    pub within: Option<At<String>>,
    /// What follows when it is refused or hangs; `end session` when it is missing.
    #[serde(default)]
    pub refused: Option<WireAfterRefusal>,
    /// What is done to renew the token.
    pub steps: At<List<WireStep>>,
}

/// What follows a refresh that was refused or hung.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[schemars(rename = "AfterRefusal")]
pub enum WireAfterRefusal {
    #[serde(rename = "end session")]
    EndSession,
    #[serde(rename = "continue")]
    Continue,
}
