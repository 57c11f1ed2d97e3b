//! Tests of the public face of the core, on every target: whole runs in virtual time and their reports. Tests of single
//! files are in those files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod companion;
mod endings;
mod filling;
mod lives;
mod load_models;
mod parts;
mod recognising;
mod refusals;
mod reset;
mod resilience;
mod scenarios;
mod seeded_run;
mod sessions;
mod stalls;
mod world;
