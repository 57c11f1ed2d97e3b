//! The host's data in one embedded SQLite file, on one thread of its own.
//!
//! Async code sends closures and awaits their results; no SQL runs on its threads. The queue needs no limit: the
//! connection pools of the services let at most 25 requests through at a time.

mod plans;
mod users;
mod videos;

use std::path::Path;
use std::sync::mpsc;

use anyhow::Context as _;
use rusqlite::Connection;
use tokio::sync::oneshot;

pub use plans::{Access, NewDetail, NewPhoto, NewPlan, Photo, Plan, PlanDates, PlanStatus};
pub use users::{NewUser, User};
pub use videos::{NewVideo, VideoJob};

use super::options::Videos;

/// Users that exist from the start, as the load test assumes.
const SEEDED_USERS: u32 = 100;
/// The load test asks for videos 1 to 10.
const SAMPLE_VIDEOS: u32 = 10;

/// Durability buys a stand-in nothing: no fsync, and the write-ahead log so that a kept file can be read meanwhile.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
    PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;";

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// Sends work to the store's thread. The thread ends when this is dropped.
#[derive(Debug)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database refused: {0}")]
    Refused(#[from] rusqlite::Error),
    /// The store's thread has ended.
    #[error("the database is closed")]
    Closed,
}

impl Store {
    /// Opens the file, creates what is missing in it and starts the thread.
    pub fn open(path: &Path, videos: Videos) -> anyhow::Result<Self> {
        let connection = prepare(path, videos).with_context(|| {
            format!(
                "--data needs a file that can be written and is empty or an earlier stub's: {}",
                path.display()
            )
        })?;
        let (jobs, queue) = mpsc::channel::<Job>();
        std::thread::Builder::new().name("stub-store".to_owned()).spawn(move || work(connection, &queue))?;
        Ok(Self { jobs })
    }

    /// Runs a closure on the store's thread.
    pub async fn run<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (done, result) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Sending fails when the client went away meanwhile.
            let _ = done.send(job(connection));
        });
        self.jobs.send(job).map_err(|_| StoreError::Closed)?;
        Ok(result.await.map_err(|_| StoreError::Closed)??)
    }
}

fn work(mut connection: Connection, queue: &mpsc::Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(&mut connection);
    }
}

fn prepare(path: &Path, videos: Videos) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(PRAGMAS)?;
    let transaction = connection.transaction()?;
    for schema in [users::SCHEMA, plans::SCHEMA, videos::SCHEMA] {
        transaction.execute_batch(schema)?;
    }
    users::seed(&transaction, SEEDED_USERS)?;
    if videos == Videos::Samples {
        videos::add_samples(&transaction, SAMPLE_VIDEOS)?;
    }
    transaction.commit()?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_kept_file_opens_again_with_its_users() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.sqlite");
        for _ in 0..2 {
            let store = Store::open(&path, Videos::Samples).unwrap();
            let count = store
                .run(|db| db.query_row("SELECT count(*) FROM users", [], |row| row.get::<_, i64>(0)))
                .await;
            assert_eq!(count.unwrap(), i64::from(SEEDED_USERS));
        }
    }

    #[test]
    fn a_file_of_another_kind_is_refused_by_the_name_of_the_flag() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note.txt");
        std::fs::write(&path, "not a database, but long enough to be looked at").unwrap();
        assert!(Store::open(&path, Videos::Samples).unwrap_err().to_string().contains("--data"));
    }
}
