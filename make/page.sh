# Sourced by the scripts beside it: building the page, all of it in one folder, for release or in a hurry.

page_folder=target/dist
viewer_folder=target/dist-viewer

# The app with its load worker, and the viewer beside them.
build_page() {
  run_trunk --release --dist "$page_folder" index.html
  run_trunk --release --dist "$viewer_folder" --html-output viewer.html viewer.html
  cp "$viewer_folder"/* "$page_folder"/
  compress_page
}

# Trunk takes its colour choice from NO_COLOR but understands only `true` and `false`; the usual `1` stops it.
run_trunk() {
  env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build "$@"
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
