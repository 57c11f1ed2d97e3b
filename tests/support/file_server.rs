//! A plain file server: a folder's files below a path, with no header beyond their types, and perhaps one missing.

use std::path::PathBuf;
use std::sync::Arc;

use crate::fake_host::FakeHost;

/// Serves `folder` below `/prefix/`; every file whose name ends with `missing` is not found, if that is not empty.
pub async fn serve(folder: PathBuf, prefix: &str, missing: &str) -> FakeHost {
    let (folder, prefix, missing) = (Arc::new(folder), format!("/{prefix}/"), missing.to_owned());
    FakeHost::start(move |mut connection| {
        let (folder, prefix, missing) = (Arc::clone(&folder), prefix.clone(), missing.clone());
        async move {
            while let Some(request) = connection.request().await {
                let path = request.target.split(['?', '#']).next().unwrap();
                let name =
                    path.strip_prefix(&prefix).map(|name| if name.is_empty() { "index.html" } else { name });
                let name = name.filter(|name| missing.is_empty() || !name.ends_with(&missing));
                let content =
                    name.and_then(|name| Some((kind(name), std::fs::read(folder.join(name)).ok()?)));
                let (status, kind, content) = match content {
                    Some((kind, content)) => ("200 OK", kind, content),
                    None => ("404 Not Found", "text/plain", b"not found".to_vec()),
                };
                let length = content.len();
                let head =
                    format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
                connection.write(&head).await;
                connection.write_bytes(&content).await;
            }
        }
    })
    .await
}

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}
