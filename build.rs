//! Lists the files of the built page in `$OUT_DIR/embedded_page.rs`, which makes them part of the command.
//!
//! The list is empty unless the feature `embed-page` is on and `target/dist` holds a page, so that a clean clone
//! compiles with all features. No crate does this: the macros that embed a folder neither compile without the
//! folder nor notice a file that is new in it.

#![allow(clippy::print_stdout, reason = "Cargo reads a build script's output")]

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

/// `dist` in Trunk.toml.
const PAGE_FOLDER: &str = "target/dist";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let list = match std::env::var_os("CARGO_FEATURE_EMBED_PAGE") {
        Some(_) => list(&watched_page_folder()?)?,
        None => list_of(&[]),
    };
    fs::write(Path::new(&variable("OUT_DIR")?).join("embedded_page.rs"), list)
}

fn variable(name: &str) -> io::Result<OsString> {
    std::env::var_os(name).ok_or_else(|| io::Error::other(format!("Cargo has not set {name}")))
}

/// The page's folder, created where it is missing: Cargo runs a build script again at every build while a path that
/// the script watches does not exist.
fn watched_page_folder() -> io::Result<PathBuf> {
    let folder = Path::new(&variable("CARGO_MANIFEST_DIR")?).join(PAGE_FOLDER);
    // Fails where the source is read-only; then no page will appear there either.
    let _ = fs::create_dir_all(&folder);
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(folder)
}

/// The list of a folder's files as Rust source. `x.gz` beside `x` becomes the compressed form of `x`.
pub fn list(folder: &Path) -> io::Result<String> {
    let files = files_below(folder)?;
    let mut entries = Vec::new();
    for file in files.iter().filter(|file| !is_compressed_form(file, &files)) {
        let name = file.strip_prefix(folder).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        let gzip = match files.get(&compressed_name(file)) {
            Some(gzip) => format!("Some(include_bytes!({gzip:?}))"),
            None => "None".to_owned(),
        };
        let tag = content_tag(&fs::read(file)?);
        entries.push(format!(
            "EmbeddedFile {{ name: {name:?}, bytes: include_bytes!({file:?}), gzip: {gzip}, tag: {tag:?} }}"
        ));
    }
    Ok(list_of(&entries))
}

fn list_of(entries: &[String]) -> String {
    format!("pub static BUILT_IN: EmbeddedPage = &[{}];\n", entries.join(",\n"))
}

fn files_below(folder: &Path) -> io::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Trunk builds in `.stage` and moves the files when all are there.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        match path.is_dir() {
            true => files.extend(files_below(&path)?),
            false => drop(files.insert(path)),
        }
    }
    Ok(files)
}

fn compressed_name(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".gz");
    name.into()
}

fn is_compressed_form(file: &Path, files: &BTreeSet<PathBuf>) -> bool {
    file.extension().is_some_and(|extension| extension == "gz") && files.contains(&file.with_extension(""))
}

/// An entity tag that changes with the content.
fn content_tag(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    format!("W/\"{:016x}\"", hasher.finish())
}
