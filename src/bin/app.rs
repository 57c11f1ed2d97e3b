//! The page, and its worker: one program, which asks where it is.
//!
//! One rather than two, because the halves share most of their code: a worker of its own would be another 130 KB
//! to load, gzipped, on top of the page's 330.

use wasm_bindgen::JsCast as _;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    console_error_panic_hook::set_once();
    if js_sys::global().is_instance_of::<DedicatedWorkerGlobalScope>() {
        oddiya_load::browser::worker::serve();
    } else {
        oddiya_load::ui::mount();
    }
}
