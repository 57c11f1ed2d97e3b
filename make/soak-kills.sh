#!/usr/bin/env bash
# Kills at random moments, many more than `make test` makes, and compares every report with the host's own counts.
#
#   make/soak-kills.sh               50 kills of each kind; about 30 minutes
#   SOAK_KILLS=500 make/soak-kills.sh
#   KILL_SEED=7 make/soak-kills.sh   the moments of an earlier soak, which printed its seed

. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

require_rust
ensure_wasm_target
ensure_page_tools
ensure_chromium
build_page
export SOAK_KILLS=${SOAK_KILLS:-50}
cargo test --all-features --test runner kills_at_random_moments -- --nocapture
# The browser's tests one after the other: each kill waits for what the page shows.
cargo test --all-features --test e2e -- --test-threads=1 --nocapture kills:: a_companion_that_is_killed
