# Sourced by the scripts beside it: building the page.

page_folder=target/dist

# Trunk takes its colour choice from NO_COLOR but understands only `true` and `false`; the usual `1` stops it.
build_page() {
  env -u NO_COLOR TRUNK_SKIP_VERSION_CHECK=true trunk build --release
}
