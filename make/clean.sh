#!/usr/bin/env bash
# Removes what was built. Tools in target/tools took minutes to install and depend on nothing here: they stay.

. "$(dirname "$0")/step.sh"

[ -d target ] || exit 0
find target -mindepth 1 -maxdepth 1 ! -name tools -exec rm -rf {} +
