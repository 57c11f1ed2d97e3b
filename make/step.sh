# Sourced by the scripts beside it: how they speak, and where they stand.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

steps_done=0
steps_total=${steps_total:-0}

# step TITLE: announces the next step, with its number where the script has said how many there are.
step() {
  steps_done=$((steps_done + 1))
  if [ "$steps_total" -gt 0 ]; then
    printf '[%d/%d] %s\n' "$steps_done" "$steps_total" "$1"
  else
    printf '%s\n' "$1"
  fi
}

# note TEXT: something about the step at hand.
note() {
  printf '      %s\n' "$1"
}

logs=target/make
# Commands at work in the background, as words of the form name:process.
beside=

# start_beside NAME COMMAND…: starts a command in the background; what it says goes to target/make/NAME.log.
# Each has a process group of its own, so that it can be ended together with the compilers it started.
start_beside() {
  mkdir -p "$logs"
  set -m
  "${@:2}" >"$logs/$1.log" 2>&1 &
  set +m
  beside="$beside $1:$!"
}

# await NAME…: waits for these, says twice a minute for which, and fails as soon as one of them has failed.
await() {
  local seconds=0 name process left
  while true; do
    left=
    for name in "$@"; do
      process=$(process_beside "$name")
      if [ -z "$process" ]; then continue; fi
      if kill -0 "$process" 2>/dev/null; then left="$left $name"; else finish "$name" "$process"; fi
    done
    if [ -z "$left" ]; then return; fi
    sleep 1
    seconds=$((seconds + 1))
    if [ $((seconds % 30)) -eq 0 ]; then
      note "$(printf '%d:%02d, waiting for%s' $((seconds / 60)) $((seconds % 60)) "$left")"
    fi
  done
}

process_beside() {
  local word
  for word in $beside; do
    if [ "${word%%:*}" = "$1" ]; then printf '%s' "${word##*:}"; fi
  done
}

# finish NAME PROCESS: takes the exit code of one that has ended.
finish() {
  local word code=0 rest=
  wait "$2" || code=$?
  for word in $beside; do
    if [ "$word" != "$1:$2" ]; then rest="$rest $word"; fi
  done
  beside=$rest
  if [ "$code" -ne 0 ]; then
    tail -n 40 "$logs/$1.log" >&2
    fail "$1 ended with code $code; all that it said is in $logs/$1.log"
  fi
}

# Ends what a script that stops early leaves behind, compilers included.
end_beside() {
  local word
  for word in $beside; do
    kill -- "-${word##*:}" 2>/dev/null || true
  done
}
trap end_beside EXIT

# fail TEXT: says what is wrong and what to do, and ends the script.
fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# listens PORT: whether something accepts connections there, by either loopback.
listens() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null || (exec 3<>"/dev/tcp/::1/$1") 2>/dev/null
}
