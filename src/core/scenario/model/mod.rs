//! A checked scenario as data: what virtual users do, with every name resolved to an index.
//!
//! `file/` makes it from a text and has checked everything: an index points at something, a weight is above zero, a
//! pattern compiles. A run only follows it. There are no texts of the file and no positions here, and nothing that
//! acts: drawing, filling and judging belong to the run. A scenario travels to shards and to the page's worker as JSON.
//!
//! | file | what lives there |
//! |---|---|
//! | `scenario` | the whole: services, entries, data, classes |
//! | `class` | a class of users and its tasks |
//! | `think_time` | the pause between two tasks |
//! | `step` | what a task consists of: requests, groups, loops, conditions |
//! | `condition` | when a step is done |
//! | `request` | a request with its texts, and what is expected of its answer |
//! | `again` | sending a request again: retries, and the test that one key has one effect |
//! | `answer` | what is taken from an answer, and what is checked in it |
//! | `auth` | how a class shows who it is, and how it renews what expired |
//! | `text` | texts with blanks, and what fills them |
//! | `data` | rows read from a file |
//! | `ids`, `matching` | indexes into a scenario's lists; sets of statuses, patterns |

pub mod again;
pub mod answer;
pub mod auth;
pub mod class;
pub mod condition;
pub mod data;
pub mod ids;
pub mod matching;
pub mod request;
pub mod scenario;
pub mod step;
pub mod text;
pub mod think_time;
