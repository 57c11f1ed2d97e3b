//! The page's components in a real browser: mounted, used and read by what their elements are called in tests.
//!
//! Nothing is loaded here and no worker is started; `tests/e2e` does that with the built page.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod companion;
mod form;
mod kept;
mod library;
mod page;
mod report;
mod scenarios;
mod storage;
mod viewer;
#[allow(dead_code, reason = "shared with the core tests, which use the rest")]
#[path = "../core/world.rs"]
mod world;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
