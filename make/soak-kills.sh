#!/usr/bin/env bash
# Kills at random moments, many more than `make test` makes, and compares every report with the host's own counts.
#
#   make/soak-kills.sh               50 kills of each kind; about 2 minutes
#   SOAK_KILLS=500 make/soak-kills.sh
#   KILL_SEED=7 make/soak-kills.sh   the moments of an earlier soak, which printed its seed

. "$(dirname "$0")/step.sh"
. make/tools.sh

require_rust
export SOAK_KILLS=${SOAK_KILLS:-50}
cargo test --all-features --test runner kills_at_random_moments -- --nocapture
