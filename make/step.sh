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
