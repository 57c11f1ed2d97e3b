//! What to run: as a person typed it, and as it was checked. Nothing is sent from here.

pub mod connections;
pub mod load;
pub mod run_config;
