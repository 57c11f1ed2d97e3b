//! The host's data in one embedded SQLite file.
//!
//! A statement runs where it is called, one at a time. It takes microseconds, less than handing it to a thread of its own
//! and back; the connection pools of the services let at most 25 requests through at a time.

mod plans;
mod users;
mod videos;

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use rusqlite::Connection;

pub use plans::{Access, NewDetail, NewPhoto, NewPlan, Photo, Plan, PlanDates, PlanStatus};
pub use users::{NewUser, User};
pub use videos::{NewVideo, VideoJob};

use super::options::Videos;

/// The form of the tables. A file with another one is refused.
const VERSION: u32 = 2;
/// The load test asks for videos 1 to 10.
const SAMPLE_VIDEOS: u32 = 10;

/// Durability buys a stand-in nothing: no fsync, and the write-ahead log so that a kept file can be read meanwhile.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;";

/// The one connection to the file.
#[derive(Debug)]
pub struct Store(Mutex<Connection>);

/// The database refused a statement.
#[derive(Debug, thiserror::Error)]
#[error("the database refused: {0}")]
pub struct StoreError(#[from] rusqlite::Error);

impl Store {
    /// Opens the file and creates what is missing in it: the tables, users 1 to `users`, the sample videos.
    pub fn open(path: &Path, users: u32, videos: Videos) -> anyhow::Result<Self> {
        let connection = prepare(path, users, videos).with_context(|| {
            format!(
                "--data needs a file that can be written and is empty or was made by this version of the stub: {}",
                path.display()
            )
        })?;
        Ok(Self(Mutex::new(connection)))
    }

    pub fn run<T>(&self, job: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        Ok(job(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))?)
    }
}

/// PostgreSQL stores no text with a NUL in it; SQLite would.
fn refuse_nul<'t>(texts: impl IntoIterator<Item = &'t str>) -> rusqlite::Result<()> {
    if texts.into_iter().any(|text| text.contains('\0')) {
        let refused = "invalid byte sequence for encoding \"UTF8\": 0x00";
        return Err(rusqlite::Error::ToSqlConversionFailure(refused.into()));
    }
    Ok(())
}

fn prepare(path: &Path, users: u32, videos: Videos) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(PRAGMAS)?;
    let transaction = connection.transaction()?;
    refuse_other_versions(&transaction)?;
    for schema in [users::SCHEMA, plans::SCHEMA, videos::SCHEMA] {
        transaction.execute_batch(schema)?;
    }
    users::seed(&transaction, users)?;
    if videos == Videos::Samples {
        videos::add_samples(&transaction, SAMPLE_VIDEOS)?;
    }
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(connection)
}

/// A file whose tables have another form would fail at its first statement.
fn refuse_other_versions(db: &Connection) -> rusqlite::Result<()> {
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if tables > 0 && version != VERSION {
        return Err(rusqlite::Error::ToSqlConversionFailure(
            "another version of the stub made this file".into(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_file_opens_again_with_its_users() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.sqlite");
        for _ in 0..2 {
            let store = Store::open(&path, 100, Videos::Samples).unwrap();
            let count =
                store.run(|db| db.query_row("SELECT count(*) FROM users", [], |row| row.get::<_, i64>(0)));
            assert_eq!(count.unwrap(), 100);
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused_by_the_name_of_the_flag() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note.txt");
        std::fs::write(&path, "not a database, but long enough to be looked at").unwrap();
        assert!(Store::open(&path, 0, Videos::Samples).unwrap_err().to_string().contains("--data"));
    }
}
