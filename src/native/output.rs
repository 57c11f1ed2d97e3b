//! The files that a run writes: its report, which is replaced as the run goes on, and Locust's CSV files at the end.
//!
//! A file is replaced in one step, so a reader always finds a complete file. A pipe or a device (`/dev/stdout`) cannot
//! be replaced, so it is written once, at the end. The formats of the files are in `core`.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::core::convert::csv;
use crate::core::report::Report;

/// The paths that the user asked for.
#[derive(Debug, Default)]
pub struct Outputs {
    json: Option<Place>,
    csv_prefix: Option<PathBuf>,
}

/// The kind of path that a report is written to.
#[derive(Clone, Debug)]
enum Place {
    /// A file that exists or will be created.
    File(PathBuf),
    /// A pipe or a device.
    Stream(PathBuf),
}

impl Place {
    /// Finds out what `path` is, after following links.
    fn of(path: &Path) -> anyhow::Result<Self> {
        // A path that does not exist yet becomes a file.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kind = fs::metadata(&place).ok().map(|found| found.file_type());
        match kind {
            Some(kind) if kind.is_dir() => {
                anyhow::bail!("--json: {} is a folder; name a file in it", path.display())
            }
            Some(kind) if !kind.is_file() => Ok(Self::Stream(place)),
            _ => Ok(Self::File(place)),
        }
    }

    fn path(&self) -> &Path {
        let (Self::File(path) | Self::Stream(path)) = self;
        path
    }
}

impl Outputs {
    /// Checks before the run that its files can be written.
    pub fn prepare(json: Option<PathBuf>, csv_prefix: Option<PathBuf>) -> anyhow::Result<Self> {
        if json.as_ref().is_some_and(|path| path.as_os_str() == "-") {
            anyhow::bail!("--json: name a file; for standard output, where the tables go too, /dev/stdout");
        }
        let json = json.map(|path| Place::of(&path)).transpose()?;
        let file = json.as_ref().and_then(|place| match place {
            Place::File(path) => Some(path),
            Place::Stream(_) => None,
        });
        for (flag, path) in [("--json", file), ("--csv", csv_prefix.as_ref())] {
            let Some(path) = path else { continue };
            let folder = folder_of(path);
            fs::create_dir_all(&folder)
                .and_then(|()| tempfile::NamedTempFile::new_in(&folder).map(drop))
                .with_context(|| format!("{flag}: cannot write into {}", folder.display()))?;
        }
        Ok(Self { json, csv_prefix })
    }

    /// Whether the report can be saved during the run, which needs a file that can be replaced.
    pub const fn wants_checkpoints(&self) -> bool {
        matches!(self.json, Some(Place::File(_)))
    }

    /// Replaces the report's file, or appends the report to a pipe or device.
    pub fn save_report(&self, report: &Report) -> anyhow::Result<()> {
        let Some(place) = &self.json else { return Ok(()) };
        let written = match place {
            Place::File(path) => replace(path, |file| report.write_json(file)),
            Place::Stream(path) => append(path, |file| report.write_json(file)),
        };
        written.with_context(|| format!("--json: cannot write {}", place.path().display()))
    }

    /// Writes all files that the user asked for, and returns their paths.
    pub fn save_all(&self, report: &Report) -> anyhow::Result<Vec<PathBuf>> {
        self.save_report(report)?;
        let mut written: Vec<PathBuf> = self.json.iter().map(|place| place.path().to_owned()).collect();
        let Some(prefix) = &self.csv_prefix else { return Ok(written) };
        for (suffix, text) in csv::files(report) {
            let mut name = prefix.as_os_str().to_owned();
            name.push(suffix);
            let path = PathBuf::from(name);
            replace(&path, |file| file.write_all(text.as_bytes()))
                .with_context(|| format!("--csv: cannot write {}", path.display()))?;
            written.push(path);
        }
        Ok(written)
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn replace(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    fill(File::create(&part)?, write)?;
    fs::rename(&part, path)
}

fn append(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    fill(File::options().append(true).open(path)?, write)
}

fn fill(file: File, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> io::Result<()> {
    let mut file = BufWriter::new(file);
    write(&mut file)?;
    // Dropping the buffer would hide an error of its last write.
    file.flush()
}
