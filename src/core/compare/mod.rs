//! Comparing groups of runs: what changed, how sure that is, and whom to blame.
//!
//! **The run is the unit.** Unchanged runs differ far more than the requests within one suggest: warm and cold machines,
//! neighbours. So the uncertainty of a change is measured between runs, and never by the number of requests alone
//! (Kalibera and Jones: "Rigorous Benchmarking in Reasonable Time", ISMM 2013).
//!
//! **Welch's t test on logarithms**, and no hierarchical bootstrap: groups have three or five runs, and a bootstrap of so
//! few gives intervals that are too short, since it knows neither Student's factor nor values that did not occur
//! (Hesterberg: "What Teachers Should Know About the Bootstrap", The American Statistician 69, 2015, §4). Welch's test
//! (Biometrika 34, 1947) is right for few runs and for groups of unequal spread; logarithms, because machines slow things
//! down by factors. The requests' own error is inside: a group's variance between runs is never taken to be less than its
//! requests leave, which matters where a quantile lies between two modes. No random numbers are drawn.
//!
//! **The common shift** of a run is taken off each endpoint that shares it, which leaves 1–3 % of noise instead of 6–8 %.
//! What is left is small and much the same for all, so each endpoint's variance is shrunk towards that of the others, as
//! in Smyth's moderated t (Statistical Applications in Genetics and Molecular Biology 3, 2004).
//!
//! **Many endpoints are many tests.** The figures of one endpoint are summed up by Simes' method, endpoints and common
//! shift by Holm's. The clearest is decided first, and an endpoint that changed no longer counts in the common shift, so
//! that it does not make the others look quicker.
//!
//! | file | what lives there |
//! |---|---|
//! | `input.rs`, `sample.rs`, `buckets.rs` | what is taken from a report: counts and latencies of each endpoint |
//! | `conditions.rs` | under which conditions it was made, and why runs cannot be compared |
//! | `figure.rs`, `measured.rs` | the figures, and each figure of one run with the error within the run |
//! | `groups.rs`, `study.rs` | the figures of all runs, laid out by group and endpoint |
//! | `difference.rs`, `student.rs` | the difference of two groups by the spread between runs |
//! | `common.rs` | the shift that endpoints have in common, and which share it |
//! | `evidence.rs` | what an endpoint's runs say of each figure, with and without the common shift |
//! | `many.rs`, `decide.rs` | which endpoints changed |
//! | `outcome.rs`, `assemble.rs` | the result as data, and putting it together |
//! | `curves.rs` | the curves that are laid over each other |
//! | `settle.rs` | how many runs would settle what is open |
//! | `condition.rs` | conditions such as `p95 +10%` |

pub mod assemble;
pub mod buckets;
mod common;
pub mod condition;
pub mod conditions;
pub mod curves;
mod decide;
pub mod difference;
mod evidence;
pub mod figure;
pub mod groups;
pub mod input;
mod many;
mod measured;
pub mod outcome;
pub mod sample;
mod settle;
mod student;
mod study;
