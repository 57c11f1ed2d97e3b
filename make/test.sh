#!/usr/bin/env bash
# Every check and test, in the order of what fails soonest; stops at the first failure.
#
#   make/test.sh             all of them (what CI runs)
#   make/test.sh lint e2e    only these steps
#
# The last line counts the tests: `N passed, M failed, K skipped`.

. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

all="tools fmt deny lint lint_web pure native browser core_web page size e2e doc"
web="--target wasm32-unknown-unknown --no-default-features"
max_worker_kb=250
log=target/test.log

title() {
  case "$1" in
    tools) echo "Tools" ;;
    fmt) echo "Format" ;;
    deny) echo "Licences and sources of dependencies" ;;
    lint) echo "Lints, native half" ;;
    lint_web) echo "Lints, web half" ;;
    pure) echo "The core alone, on both targets" ;;
    native) echo "Unit, integration and layer tests" ;;
    browser) echo "Browser tests" ;;
    core_web) echo "The core's tests, as WebAssembly" ;;
    page) echo "Building the page" ;;
    size) echo "The programs' sizes" ;;
    e2e) echo "End-to-end tests of the built page" ;;
    doc) echo "Documentation" ;;
    *) fail "no step \`$1\`; there are: $all" ;;
  esac
}

run_tools() {
  make/setup.sh
}

run_fmt() {
  cargo fmt --check
}

# Not the advisories, whose database is fetched from the network: see deny.toml.
run_deny() {
  ensure_cargo_deny
  cargo deny --locked check bans licenses sources
}

# The second line because e2e is no part of a plain `cargo test`, nor of `--all-targets`.
run_lint() {
  cargo clippy --all-features --all-targets -- -D warnings
  cargo clippy --all-features --test e2e -- -D warnings
}

run_lint_web() {
  cargo clippy $web --features web --lib --bins -- -D warnings
}

run_pure() {
  cargo check --no-default-features --lib
  cargo check $web --lib
}

# All features, so that the tests under src/ui and src/browser run too.
run_native() {
  cargo test --all-features
}

run_browser() {
  in_browser --features web --test browser
}

# In a worker, as in the page: it computes for a minute, and a page that does not answer for so long is given up.
run_core_web() {
  test_place=WASM_BINDGEN_USE_DEDICATED_WORKER in_browser --features web --test core
}

# Every variable is read by wasm-bindgen-test-runner, and webdriver.json, which gives a busy machine more time than 30 s. It
# starts Chromium without a sandbox by itself.
in_browser() {
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
    CHROMEDRIVER="${CHROMEDRIVER:-$(command -v chromedriver)}" \
    env "${test_place:-WASM_BINDGEN_USE_BROWSER}=1" \
    WASM_BINDGEN_TEST_DRIVER_TIMEOUT=60 \
    WASM_BINDGEN_TEST_TIMEOUT=300 \
    cargo test $web "$@"
}

run_page() {
  build_page
}

# Only the load worker has a limit: it is loaded before each run. How fast the page opens is measured, not weighed.
run_size() {
  for program in app viewer worker; do
    bytes=$(packed_size "$program")
    [ "$bytes" -gt 0 ] || fail "no $program in $page_folder; build it: make/test.sh page"
    printf '%8d  bytes gzipped: %s\n' "$bytes" "$program"
  done
  bytes=$(packed_size worker)
  [ "$bytes" -le $((max_worker_kb * 1024)) ] || fail "the load worker is over $max_worker_kb KB gzipped"
}

# packed_size PROGRAM: its scripts and its module, gzipped one by one, in bytes.
packed_size() {
  bytes=0
  while IFS= read -r file; do
    bytes=$((bytes + $(gzip -9 -c "$file" | wc -c)))
  done < <(find "$page_folder" -maxdepth 1 -type f \( -name "$1[-_.]*.wasm" -o -name "$1[-_.]*js" \))
  echo "$bytes"
}

run_e2e() {
  # Two at a time: each is a browser, and these tests watch the clock.
  FIREFOX="${FIREFOX:-$(command -v firefox-esr || command -v firefox || true)}" \
    cargo test --all-features --test e2e -- --test-threads=2
}

run_doc() {
  RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --all-features
}

# From the lines `test result: ok. 3 passed; 0 failed; 1 ignored; …` that both test runners print. A step that
# fails without one, such as a lint, counts as one failed test.
count_tests() {
  awk -v broken="$1" '
    /test result:/ {
      for (i = 2; i <= NF; i++) {
        if ($i == "passed;") passed += $(i - 1)
        if ($i == "failed;") failed += $(i - 1)
        if ($i == "ignored;" || $i == "ignored") skipped += $(i - 1)
      }
    }
    END { printf "%d passed, %d failed, %d skipped\n", passed, (broken && !failed) ? 1 : failed, skipped }
  ' "$log"
}

# In a process of its own, so that `set -e` holds inside the step.
run_step() {
  printf '\n=== %s  (%d:%02d)\n' "$(title "$1")" $((SECONDS / 60)) $((SECONDS % 60))
  if [ "$1" = page ] && [ -n "$(process_beside page)" ]; then
    end_page_beside
  else
    "$BASH" make/test.sh --inside "$1" 2>&1 | tee -a "$log"
  fi
}

# Linking the page takes minutes of one core. So it is built beside what stands between the tools and its own step.
start_page_beside() {
  case " $chosen " in
    *" tools "*" page "*) start_beside page "$BASH" make/test.sh --inside page ;;
  esac
}

end_page_beside() {
  local code=0
  wait "$(process_beside page)" || code=$?
  beside=
  tee -a "$log" <"$logs/page.log"
  return "$code"
}

if [ "${1:-}" = --inside ]; then
  "run_$2"
  exit
fi

require_rust
chosen=${*:-$all}
for name in $chosen; do title "$name" >/dev/null; done
mkdir -p target
: >"$log"
for name in $chosen; do
  if ! run_step "$name"; then
    printf '\nStopped at: %s. To repeat this step alone: make/test.sh %s\n' "$(title "$name")" "$name"
    count_tests 1
    exit 1
  fi
  if [ "$name" = tools ]; then start_page_beside; fi
done
printf '\nAll steps passed in %d:%02d.\n' $((SECONDS / 60)) $((SECONDS % 60))
count_tests ""
