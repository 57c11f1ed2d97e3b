//! The viewer: opens and shows reports. It has no engine and starts no worker.

fn main() {
    console_error_panic_hook::set_once();
    oddiya_load::ui::mount_viewer();
}
