//! The page's worker: runs one shard, far from the page's thread.

fn main() {
    console_error_panic_hook::set_once();
    oddiya_load::browser::worker::serve();
}
