# Sourced by the scripts beside it: building the page, all of it in one folder.

page_folder=target/dist
viewer_folder=target/dist-viewer

# The app with its load worker, and the viewer beside them.
build_page() {
  run_trunk --release --dist "$page_folder" index.html
  run_trunk --release --dist "$viewer_folder" --html-output viewer.html viewer.html
  cp "$viewer_folder"/* "$page_folder"/
}

# Trunk takes its colour choice from NO_COLOR but understands only `true` and `false`; the usual `1` stops it.
run_trunk() {
  env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build "$@"
}
