//! The page. The engine is in the load worker, a program of its own (`worker.rs`).

fn main() {
    console_error_panic_hook::set_once();
    oddiya_load::ui::mount_app();
}
