#!/usr/bin/env bash
# The runner beside wrk and oha, its costs and its truth, and the stub beside the real Oddiya: writes
# tests/benches/RESULTS.md. About 17 minutes.
#
#   make/bench.sh                          all of it, on a quiet machine with two cores
#   make/bench.sh --parts speed --rounds 1 one part; --help lists the rest

steps_total=5
. "$(dirname "$0")/step.sh"
. make/tools.sh

oha_version=1.16.0
# Apart from the other tools, which are not optimised: oha's speed is what ours is compared with.
generators=$tools/generators

# In /usr/sbin, which a person's path may lack.
export PATH="$generators/bin:$PATH:/usr/sbin"

ensure_generators() {
  step "Installing wrk, nginx, valgrind and GNU time (once)"
  if has wrk && has nginx && has valgrind && [ -x /usr/bin/time ]; then
    note "already there"
    return
  fi
  is_debian || fail "the benchmark needs wrk, nginx, valgrind and GNU time; install them with this system's packages"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends wrk nginx-light valgrind time
}

ensure_oha() {
  step "Installing oha $oha_version (once, about 6 minutes)"
  if has_version "$generators/bin/oha" "$oha_version"; then
    note "already there"
    return
  fi
  cargo install --locked --root "$generators" --force --version "$oha_version" oha ||
    fail "oha $oha_version could not be built; the lines above say why"
}

require_rust
ensure_generators
ensure_oha
step "Building the benchmark (about 3 minutes the first time)"
cargo bench --bench micro --bench runner --no-run
step "Measuring what happens for every request (about a minute)"
case "$*" in
  *--parts* | *--help*) note "left out" ;;
  *) cargo bench --quiet --bench micro ;;
esac
step "Measuring"
cargo bench --quiet --bench runner -- "$@"
