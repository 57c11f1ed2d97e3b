//! The page in a real browser, served by the companion. Needs Chromium and chromedriver (`make setup`).
//!
//! `harness` proves the harness itself, with pages that a test writes; it needs no built page.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

mod addresses;
mod axe;
#[allow(dead_code, reason = "page objects to come use what these tests do not")]
#[path = "../support/chromium/mod.rs"]
mod chromium;
mod companion_gone;
mod comparing;
#[cfg(feature = "embed-page")]
mod embedded;
#[allow(dead_code, reason = "shared with the companion's tests, which use the rest")]
#[path = "../support/fake_host.rs"]
mod fake_host;
#[path = "../support/file_server.rs"]
mod file_server;
#[path = "../support/firefox.rs"]
mod firefox;
mod firefox_run;
mod first_run;
mod folder;
mod harness;
mod kept;
#[allow(dead_code, unused_imports, reason = "shared with the runner's tests")]
#[path = "../support/kills/mod.rs"]
mod kill_support;
mod kills;
mod library;
mod lives;
mod load;
mod looks;
mod outages;
mod parts;
mod recovery;
mod saying;
mod scenarios;
mod shipped;
#[path = "../support/shipped_cases.rs"]
mod shipped_cases;
#[path = "../support/sim_report.rs"]
mod sim_report;
mod stalls;
mod steering;
mod streams;
#[path = "../support/stub_talk.rs"]
mod stub_talk;
mod suite;
mod tabs;
mod truth;
mod ways;
