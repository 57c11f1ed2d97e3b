//! Advice that page and terminal share: what to check when a host cannot be reached.

/// What can be checked on the host's machine.
pub const ARE_SERVICES_RUNNING: &str =
    "Are the services running? For Oddiya, `docker compose ps` lists those that run, each with its port.";

/// What to load where there is no host.
pub const STAND_IN: &str = "No Oddiya at hand? `oddiya-load stub` stands in for one on http://localhost:8080";
