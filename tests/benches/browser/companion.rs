//! A companion on a thread of its own, as `oddiya-load serve` has it; it ends when it is dropped.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use oddiya_load::companion::{self, Options};
use tokio::sync::oneshot;

/// The running companion.
pub struct Companion {
    pub port: u16,
    pub token: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Companion {
    /// Relays to a port of this machine and serves the page in `folder`.
    pub fn start(host_port: u16, folder: PathBuf) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let host = format!("http://localhost:{host_port}").parse().unwrap();
                let options = Options { page: folder.into(), ..Options::new(host) };
                let running = companion::start(options).await.unwrap();
                tell.send((running.port, running.token.clone())).unwrap();
                // Either way of ending it is one.
                let _ = stopped.await;
            });
        });
        let (port, token) = told.recv().expect("the companion does not start");
        Self { port, token, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}
