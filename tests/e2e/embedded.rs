//! The page as a part of the command: the command alone, copied into an empty folder, serves it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::chromium::{Chromium, SOON};

/// The running command; killed when it is dropped.
struct Served {
    process: Child,
    /// Where the page is, as the command says.
    url: String,
}

impl Served {
    /// Copies the command into a folder that has nothing else, and runs it there without arguments for the page.
    fn alone_in(folder: &Path) -> Self {
        let command = folder.join("oddiya-load");
        std::fs::copy(env!("CARGO_BIN_EXE_oddiya-load"), &command).unwrap();
        let mut process = Command::new(command)
            .args(["--port", "0"])
            .current_dir(folder)
            .env_remove("ODDIYA_LOAD_HOST")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().nth(1).unwrap_or_else(|| panic!("it says `{line}`")).to_owned();
        Self { process, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test]
async fn the_command_alone_in_an_empty_folder_serves_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::alone_in(folder.path());
    let browser = Chromium::start().await;
    browser.open(&served.url).await;
    browser.wait_for_run_state("idle", SOON).await;
    let isolated = browser.client().execute("return crossOriginIsolated", vec![]).await.unwrap();
    assert_eq!(isolated, true);
    let encodings = "return fetch(document.querySelector('link[rel=modulepreload]').href)
        .then(answer => answer.headers.get('content-encoding'))";
    assert_eq!(browser.client().execute(encodings, vec![]).await.unwrap(), "gzip");
}
