//! The page's load worker: one shard of the engine over `fetch`, without any part of what the page shows.

fn main() {
    console_error_panic_hook::set_once();
    oddiya_load::browser::worker::serve();
}
