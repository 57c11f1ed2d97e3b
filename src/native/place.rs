//! A place that the command writes to: a file, a pipe or device, or its own standard output.
//!
//! A file is replaced in one step, so a reader always finds a complete file. What is written first is a temporary file
//! beside it, with a name that nobody can guess; it is removed when writing fails. A pipe or a device (`/dev/fd/3`)
//! cannot be replaced, so it is appended to. What is written is decided elsewhere.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

use super::say::or_seen_enough;

const STANDARD_OUTPUT: &str = "/dev/stdout";
/// Temporary files begin like this, so that one which a killed process left behind can be recognised.
const TEMPORARY_PREFIX: &str = ".oddiya-load-";
/// The permissions of a new file, before the user's `umask` takes some away.
const NEW_FILE: u32 = 0o666;

/// A place that was found to be writable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file that exists or will be created. Its folder exists and is free of links, so that equal files have equal paths.
    File(PathBuf),
    /// A pipe or a device.
    Stream(PathBuf),
    /// The command's own, which has a position of its own where it is a file.
    StandardOutput,
}

impl Place {
    /// Finds out what `path` is, after following links, creates its folder if that is missing, and tries to write there.
    ///
    /// # Errors
    /// When nothing can be written there, with the reason.
    pub fn prepare(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new(STANDARD_OUTPUT) {
            return Ok(Self::StandardOutput);
        }
        // A path that does not exist yet becomes a file.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&place).map(|found| found.file_type()) {
            Ok(kind) if kind.is_dir() => anyhow::bail!("{} is a folder; name a file in it", path.display()),
            // Trying would wait for the pipe's reader, or tell a reader that waits that nothing comes.
            Ok(kind) if kind.is_fifo() => Ok(Self::Stream(place)),
            Ok(kind) if !kind.is_file() => {
                open_stream(&place).with_context(|| format!("cannot write {}", path.display()))?;
                Ok(Self::Stream(place))
            }
            _ => Self::file(&place),
        }
    }

    fn file(path: &Path) -> anyhow::Result<Self> {
        let name = path.file_name().with_context(|| format!("{} names no file", path.display()))?;
        let folder = folder_of(path);
        fs::create_dir_all(&folder)
            .and_then(|()| temporary_beside(path).map(drop))
            .with_context(|| format!("cannot write into {}", folder.display()))?;
        Ok(Self::File(fs::canonicalize(&folder).unwrap_or(folder).join(name)))
    }

    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Stream(path) => path,
            Self::StandardOutput => Path::new(STANDARD_OUTPUT),
        }
    }

    /// Replaces the file by what `fill` writes, or appends that to the pipe or device.
    ///
    /// # Errors
    /// Those of the system; a file is then as it was before.
    pub fn write(&self, fill: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::File(path) => {
                let mut file = temporary_beside(path)?;
                write_to(file.as_file_mut(), fill)?;
                // The error holds the temporary file, which is removed with it.
                file.persist(path).map(drop).map_err(|refused| refused.error)
            }
            Self::Stream(path) => write_to(&mut open_stream(path)?, fill),
            Self::StandardOutput => or_seen_enough(write_to(&mut io::stdout().lock(), fill)),
        }
    }
}

fn write_to(sink: &mut dyn Write, fill: impl Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut sink = BufWriter::new(sink);
    fill(&mut sink)?;
    // Dropping the buffer would hide an error of its last write.
    sink.flush()
}

fn open_stream(path: &Path) -> io::Result<File> {
    File::options().append(true).open(path)
}

/// Creates an empty file in the same folder under a new name, without opening a file that exists. It gets the permissions
/// of the file that it will replace, or those of a new file where there is none.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let replaced = fs::metadata(path).map(|file| Permissions::from_mode(file.permissions().mode() & 0o777));
    let permissions = replaced.unwrap_or_else(|_| Permissions::from_mode(NEW_FILE));
    tempfile::Builder::new().prefix(TEMPORARY_PREFIX).permissions(permissions).tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.map(|name| name.into_string().unwrap()).collect()
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        let place = Place::prepare(&path).unwrap();
        let half = |sink: &mut dyn Write| {
            sink.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        assert_eq!(place.write(half).unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(
            (names_in(folder.path()), fs::read_to_string(&path).unwrap()),
            (vec!["report.json".into()], "old".into())
        );
    }

    #[test]
    fn a_file_that_cannot_be_replaced_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let place = Place::prepare(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(place.write(|sink| sink.write_all(b"new")).is_err());
        assert_eq!(names_in(folder.path()), ["report.json"]);
    }

    #[test]
    fn a_link_that_was_planted_under_an_expected_name_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (path, victim) = (folder.path().join("report.json"), folder.path().join("victim"));
        fs::write(&victim, "precious").unwrap();
        for planted in ["report.json.part", ".report.json.part", ".oddiya-load-"] {
            std::os::unix::fs::symlink(&victim, folder.path().join(planted)).unwrap();
        }
        let place = Place::prepare(&path).unwrap();
        place.write(|sink| sink.write_all(b"new")).unwrap();
        assert_eq!(
            (fs::read_to_string(&path).unwrap(), fs::read_to_string(&victim).unwrap()),
            ("new".into(), "precious".into())
        );
        assert!(fs::symlink_metadata(&path).unwrap().is_file());
    }

    #[test]
    fn a_file_keeps_its_permissions_when_it_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        Place::prepare(&path).unwrap().write(|sink| sink.write_all(b"new")).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn one_file_has_one_path_whatever_links_lead_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let of = |folder: &Path| Place::prepare(&folder.join("report.json")).unwrap();
        assert_eq!(of(&real), of(&link));
    }
}
