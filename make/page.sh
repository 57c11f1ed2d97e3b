# Sourced by the scripts beside it: building the page, for release or in a hurry.

page_folder=target/dist

# Trunk takes its colour choice from NO_COLOR but understands only `true` and `false`; the usual `1` stops it.
build_page() {
  env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build --release
  compress_page
}

# Beside each file its gzipped form, which the companion and other file servers send to browsers that accept it.
compress_page() {
  find "$page_folder" -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' -o -name '*.html' \) \
    -exec gzip -9 -n -k -f {} +
}

# in_a_hurry COMMAND…: runs what builds the page so that it takes half the time. The page is larger then, which
# nobody notices who loads it from their own machine.
in_a_hurry() {
  (
    export CARGO_PROFILE_WEB_LTO=off CARGO_PROFILE_WEB_CODEGEN_UNITS=16 CARGO_PROFILE_WEB_OPT_LEVEL=1
    "$@"
  )
}

# What trunk would compile, without trunk: it finds the result and goes on from there.
compile_page() {
  cargo build --target wasm32-unknown-unknown --profile web --no-default-features --features web --bins
}
