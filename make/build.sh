#!/usr/bin/env bash
# Builds the page (target/dist) and the command with the page inside (target/release/oddiya-load).

steps_total=4
. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

require_rust
ensure_wasm_target
ensure_page_tools
step "Building the page (about 2 minutes the first time)"
build_page
step "Building the command with the page inside (about 2 minutes the first time)"
cargo build --release --features embed-page
