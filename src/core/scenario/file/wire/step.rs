//! The form of a step, and of a task, which is a step with a weight.

use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::{WireChecks, WireExtract};
use super::condition::WireCondition;
use super::forms::{Fields, List, OneOrMore, Scalar, TextOr, Whole};
use super::request::{WireAgain, WireOnFailure, WirePart, WireRedirects, WireRetry, WireStream};
use crate::core::scenario::file::decode::At;

/// One step: what it does is one of `get`, `post`, `put`, `patch`, `delete`, `head`, `group`, `parallel`, `then`,
/// `repeat`, `while`, `for_each`, `poll`, `set`, `append`, `clear`, `next_row`, `wait`, `end`, `do`, `task`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, expecting = "a step, such as `get: /path`")]
#[schemars(rename = "Step")]
pub struct WireStep {
    /// The fields that the text has, with their places.
    #[serde(rename = "$keys")]
    #[schemars(skip)]
    pub keys: Vec<At<String>>,
    /// Sends a GET request to this path, with its query. `${…}` are blanks.
    pub get: Option<At<String>>,
    /// Sends a POST request to this path.
    pub post: Option<At<String>>,
    /// Sends a PUT request to this path.
    pub put: Option<At<String>>,
    /// Sends a PATCH request to this path.
    pub patch: Option<At<String>>,
    /// Sends a DELETE request to this path.
    pub delete: Option<At<String>>,
    /// Sends a HEAD request to this path.
    pub head: Option<At<String>>,
    /// The name that counts a request in the report, such as `/api/plans/{id}`; the path when it is missing.
    pub name: Option<At<String>>,
    /// The service of a request.
    pub service: Option<At<String>>,
    /// Values of the query, added to the path.
    pub query: Fields<At<Scalar>>,
    /// Headers of a request. An empty one leaves out the class's header of that name.
    pub headers: Fields<Option<At<Scalar>>>,
    /// A JSON body. A text that is only a blank keeps the type of its value: a number stays a number.
    #[schemars(with = "Option<serde_json::Value>")]
    pub json: Option<At<serde_json::Value>>,
    /// A body as it is.
    pub text: Option<At<String>>,
    /// A form as the body, `application/x-www-form-urlencoded`.
    pub form: Option<At<Fields<At<Scalar>>>>,
    /// A multipart form as the body: values and files.
    pub multipart: Option<At<Fields<At<TextOr<WirePart>>>>>,
    /// How long a request may take; 30 s, or 120 s for a stream.
    pub timeout: Option<At<String>>,
    /// Whether redirects are followed; `follow` when it is missing.
    pub redirects: Option<WireRedirects>,
    /// The statuses of success, such as `200`, `200..299, 404` or `[200, 404]`; those below 400 when it is missing.
    pub expect: Option<At<OneOrMore>>,
    /// What must be so in the answer, such as `$.days count 3`. With names: `right title: $.title == ${title}`.
    pub checks: Option<WireChecks>,
    /// Values taken from the answer, such as `token: $.accessToken`.
    pub extract: Fields<At<TextOr<WireExtract>>>,
    /// Whether the answer is an event stream that ends with `complete` and `done`.
    pub stream: Option<WireStream>,
    /// Whether the answer holds a plan that a model made. Placeholder plans are counted apart.
    pub holds_plan: Option<bool>,
    /// Whether a request carries the class's auth; it does when this is missing.
    pub auth: Option<bool>,
    /// When and how often a failed request is sent again.
    pub retry: Option<At<WireRetry>>,
    /// Sends the same request several times, to see that one key has one effect.
    pub again: Option<At<WireAgain>>,
    /// What a failed request means for the steps after it; `continue` when it is missing.
    pub on_failure: Option<WireOnFailure>,
    /// Times `steps` together as one entry of this name.
    pub group: Option<At<String>>,
    /// A task of several steps, with this name.
    pub task: Option<At<String>>,
    /// The steps of `group`, `task`, `repeat`, `while`, `for_each`, `poll`, or of a branch of `parallel`.
    pub steps: Option<At<List<WireStep>>>,
    /// Steps that are done at once. The next step follows when all are over.
    pub parallel: Option<At<List<WireStep>>>,
    /// The step is done only if this is so, such as `${ids} exists`. With `then` and `else` it chooses between steps.
    #[serde(rename = "if")]
    pub condition: Option<At<WireCondition>>,
    /// What is done if it is so.
    pub then: Option<At<List<WireStep>>>,
    /// What is done if it is not so.
    #[serde(rename = "else")]
    pub otherwise: Option<At<List<WireStep>>>,
    /// Does `steps` so many times, such as `3` or `1..5`.
    pub repeat: Option<At<Scalar>>,
    /// Does `steps` as long as this is so, `at_most` times.
    #[serde(rename = "while")]
    pub as_long_as: Option<At<WireCondition>>,
    /// Does `steps` for each entry of this list.
    pub for_each: Option<At<String>>,
    /// The name of the entry of `for_each`.
    #[serde(rename = "as")]
    pub item: Option<At<String>>,
    /// Does `steps` until something has come about; the text is the name of the failed check when it has not.
    pub poll: Option<At<String>>,
    /// What a `poll` waits for, such as `${state} == COMPLETED`.
    pub until: Option<At<WireCondition>>,
    /// The pause of a `poll`; 5 s when it is missing.
    pub every: Option<At<String>>,
    /// How often a `poll` or a `while` does its steps at most; 36 and 1,000 when it is missing.
    #[schemars(with = "Option<Whole<1>>")]
    pub at_most: Option<At<i64>>,
    /// How long after its begin a `poll` still asks, in place of a number of times.
    pub within: Option<At<String>>,
    /// What follows when a `poll` gives up; `fail` when it is missing.
    pub given_up: Option<WireGivenUp>,
    /// Sets values.
    pub set: Option<Fields<At<Scalar>>>,
    /// Adds values to the ends of lists.
    pub append: Option<Fields<At<Scalar>>>,
    /// Makes these values unset.
    pub clear: Option<Vec<At<String>>>,
    /// Takes the next row of this data set.
    pub next_row: Option<At<String>>,
    /// A pause, such as `1s..3s`.
    pub wait: Option<At<String>>,
    /// Ends the task, the session or the user.
    pub end: Option<WireEnd>,
    /// Does the steps of this block.
    #[serde(rename = "do")]
    pub block: Option<At<String>>,
    /// The share of a task, relative to the other tasks; 1 when it is missing.
    #[schemars(with = "Option<Whole<1>>")]
    pub weight: Option<At<i64>>,
    /// The pause after a task, in place of the class's.
    pub think_time: Option<At<String>>,
    /// Words by which `--tags` and `--exclude-tags` choose tasks.
    pub tags: Option<At<Vec<String>>>,
}

/// What follows a poll whose condition was not met in time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "GivenUp")]
pub enum WireGivenUp {
    Fail,
    Continue,
}

/// What an early end ends.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "End")]
pub enum WireEnd {
    /// The think time follows.
    Task,
    /// The user begins a new session after the think time.
    Session,
    /// The user does nothing more in this run.
    User,
}
