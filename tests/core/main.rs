//! The public core, on every target: whole runs in virtual time and the reports that come of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod load_models;
mod seeded_run;
mod stalls;
mod world;
