//! The configuration of a run, as a person types it and after it is checked. Nothing is sent from here.

pub mod connections;
pub mod load;
pub mod project;
pub mod run_config;
pub mod streams_host;
