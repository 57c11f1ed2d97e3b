//! The files a run leaves: its report, rewritten whole as the run goes on, and Locust's CSV files at the end.
//!
//! A file is replaced in one step, so whoever reads it, at whatever moment, finds a whole one.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::core::report::{Report, csv};

/// Where files go.
#[derive(Debug, Default)]
pub struct Outputs {
    json: Option<PathBuf>,
    csv_prefix: Option<PathBuf>,
}

impl Outputs {
    /// Checks before the run that what it leaves can be written.
    pub fn prepare(json: Option<PathBuf>, csv_prefix: Option<PathBuf>) -> anyhow::Result<Self> {
        for (flag, path) in [("--json", &json), ("--csv", &csv_prefix)] {
            let Some(path) = path else { continue };
            let folder = folder_of(path);
            fs::create_dir_all(&folder)
                .and_then(|()| tempfile::NamedTempFile::new_in(&folder).map(drop))
                .with_context(|| format!("{flag}: cannot write into {}", folder.display()))?;
        }
        if let Some(path) = json.as_ref().filter(|path| path.is_dir()) {
            anyhow::bail!("--json: {} is a folder; name a file in it", path.display());
        }
        Ok(Self { json, csv_prefix })
    }

    /// Whether reports are wanted while the run goes on.
    pub const fn wants_checkpoints(&self) -> bool {
        self.json.is_some()
    }

    /// Replaces the report's file.
    pub fn save_report(&self, report: &Report) -> anyhow::Result<()> {
        let Some(path) = &self.json else { return Ok(()) };
        replace(path, |file| report.write_json(file))
            .with_context(|| format!("--json: cannot write {}", path.display()))
    }

    /// Writes everything that was asked for; gives the paths.
    pub fn save_all(&self, report: &Report) -> anyhow::Result<Vec<PathBuf>> {
        self.save_report(report)?;
        let mut written: Vec<PathBuf> = self.json.iter().cloned().collect();
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
    let mut file = BufWriter::new(File::create(&part)?);
    write(&mut file)?;
    // A buffer that is dropped keeps silent about what it could not write.
    file.flush()?;
    fs::rename(&part, path)
}
