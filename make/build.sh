#!/usr/bin/env bash
# Builds the page (target/dist) and the runner (target/release/oddiya-load).

steps_total=5
. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

require_rust
ensure_wasm_target
ensure_trunk
ensure_wasm_bindgen
step "Building the page (about 2 minutes the first time)"
build_page
step "Building the runner (about 2 minutes the first time)"
cargo build --release
