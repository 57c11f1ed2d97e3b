#!/usr/bin/env bash
# From a clean clone to the page in a browser: installs, builds, starts a host to load and the companion, and
# stops what it started on Ctrl-C. ODDIYA_LOAD_HOST names another host, ODDIYA_LOAD_PORT another port.

steps_total=4
. "$(dirname "$0")/step.sh"
. make/tools.sh
. make/page.sh

stub_port=8080
llm_port=8000
port=${ODDIYA_LOAD_PORT:-8089}
host=${ODDIYA_LOAD_HOST:-http://localhost:$stub_port}
runner=target/quick/oddiya-load
stub_pid=
companion_pid=

# Children are ended by the ids they were started under, whatever way this script ends.
stop_children() {
  trap - EXIT INT TERM
  end_beside
  for pid in $companion_pid $stub_pid; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}
trap stop_children EXIT
trap 'printf "\nStopping.\n"; exit 0' INT
trap 'exit 143' TERM

refuse_port_in_use() {
  if listens "$port"; then
    fail "port $port is already in use, perhaps by an earlier \`make start\`; stop that, \
or choose another port: ODDIYA_LOAD_PORT=8090 make start"
  fi
}

# Side by side, because the last steps of each compilation leave a core idle.
build_everything() {
  ensure_wasm_target
  step "Installing trunk and wasm-bindgen; compiling page and runner (about 5 minutes the first time)"
  start_page_tools
  start_beside page in_a_hurry compile_page
  start_beside runner cargo build --profile quick
  await trunk wasm-bindgen page runner
  step "Putting the page together"
  in_a_hurry build_page
}

start_host() {
  if [ -n "${ODDIYA_LOAD_HOST:-}" ]; then
    note "using the host $host (ODDIYA_LOAD_HOST); the stub is not started"
  elif listens "$stub_port"; then
    note "something answers on $stub_port already: using it as the host; the stub is not started"
  else
    if listens "$llm_port"; then
      fail "port $llm_port is in use, which the stub needs for its llm-agent; stop what listens there, \
or name a host of your own: ODDIYA_LOAD_HOST=http://… make start"
    fi
    "$runner" stub --port "$stub_port" --llm-port "$llm_port" &
    stub_pid=$!
    wait_until_listening stub "$stub_pid" "$stub_port"
    note "the stub answers on $stub_port (gateway) and $llm_port (llm-agent)"
  fi
}

start_companion() {
  "$runner" serve --port "$port" --host "$host" --page "$page_folder" &
  companion_pid=$!
  wait_until_listening companion "$companion_pid" "$port"
}

# wait_until_listening NAME PID PORT
wait_until_listening() {
  for _ in $(seq 100); do
    if listens "$3"; then return; fi
    report_if_ended "$1" "$2"
    sleep 0.1
  done
  fail "the $1 does not answer on port $3 after 10 seconds"
}

# report_if_ended NAME PID
report_if_ended() {
  if [ -z "$2" ] || kill -0 "$2" 2>/dev/null; then return; fi
  code=0
  wait "$2" || code=$?
  fail "the $1 ended by itself (exit code $code); what it said is above"
}

require_rust
refuse_port_in_use
build_everything
step "Starting"
refuse_port_in_use
start_host
start_companion
printf '\n  Open http://localhost:%s   (Ctrl-C stops)\n\n' "$port"
while true; do
  report_if_ended stub "$stub_pid"
  report_if_ended companion "$companion_pid"
  # In the background, because a trap runs only once the foreground command has ended.
  sleep 1 &
  wait $! || true
done
