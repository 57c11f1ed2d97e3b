#!/usr/bin/env bash
# Installs what building and testing need and this machine lacks. Safe to run again.

steps_total=4
. "$(dirname "$0")/step.sh"
. make/tools.sh

require_rust
ensure_component rustfmt fmt
ensure_component clippy clippy
ensure_wasm_target
ensure_test_tools
ensure_chromium
ensure_firefox
