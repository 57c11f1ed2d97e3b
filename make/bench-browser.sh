#!/usr/bin/env bash
# The page's truth and speed beside a bare fetch loop, and how soon it can be used: writes tests/benches/RESULTS.md.
# About 38 minutes.
#
#   make/bench-browser.sh                     all of it, on a quiet machine
#   make/bench-browser.sh --quick             four minutes: does it work at all; writes nothing
#   make/bench-browser.sh --cells 200x50      one cell
#   make/bench-browser.sh --parts load        only the loading of the page; --help lists the rest

steps_total=6
. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

require_rust
ensure_wasm_target
ensure_page_tools
ensure_chromium
step "Building the page (about 2 minutes the first time)"
build_page
step "Building the benchmark (about 5 minutes the first time)"
cargo bench --bench browser --no-run
step "Measuring"
cargo bench --quiet --bench browser -- "$@"
