//! Video jobs: the table with its unique idempotency key, and the status of a job by its age.
//!
//! Runs on the store's thread. The key is global: it belongs to no user, and bodies are not compared.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::refuse_nul;
use crate::stub::options::Speed;
use crate::stub::wallclock::{self, Moment};

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS video_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    photo_urls TEXT NOT NULL,
    template TEXT NOT NULL CHECK (length(template) <= 50),
    idempotency_key TEXT NOT NULL UNIQUE,
    created_micros INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS video_jobs_user ON video_jobs (user_id, id DESC);";

/// The owner of the sample videos, in place of a user's number: every user finds them as their own.
const EVERYONE: i64 = 0;
/// 1 November 2025, 9:00 UTC, when the seeded users were created too: finished by now at any speed.
const SAMPLES_CREATED_MICROS: i64 = 1_761_987_600_000_000;

const COLUMNS: &str = "id, user_id, photo_urls, template, idempotency_key, created_micros";

/// A video job in the video service's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoJob {
    pub id: i64,
    pub user_id: i64,
    pub status: JobStatus,
    pub photo_urls: Vec<Option<String>>,
    pub template: String,
    pub video_url: Option<String>,
    pub idempotency_key: String,
    pub created_at: String,
    pub updated_at: String,
    #[serde(skip)]
    created_micros: i64,
}

/// The stub's jobs never fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum JobStatus {
    Pending,
    Processing,
    Completed,
}

/// A job to be stored.
#[derive(Clone, Debug)]
pub struct NewVideo {
    pub user_id: i64,
    pub photo_urls: Vec<Option<String>>,
    pub template: String,
    pub idempotency_key: String,
}

impl VideoJob {
    /// Finds a job by its idempotency key; the job can be any user's.
    pub fn by_key(db: &Connection, key: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM video_jobs WHERE idempotency_key = ?");
        db.prepare_cached(&sql)?.query_row([key], Self::read).optional()
    }

    /// The job of that number, if this user may see it.
    pub fn of_user_by_id(db: &Connection, id: i64, user: i64) -> rusqlite::Result<Option<Self>> {
        Ok(Self::by_id(db, id)?.map(|job| job.seen_by(user)).filter(|job| job.user_id == user))
    }

    fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM video_jobs WHERE id = ?");
        db.prepare_cached(&sql)?.query_row([id], Self::read).optional()
    }

    /// All jobs of a user, newest first, as many as there are.
    pub fn of_user(db: &Connection, user: i64) -> rusqlite::Result<Vec<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM video_jobs WHERE user_id IN (?, ?) ORDER BY id DESC");
        let mut select = db.prepare_cached(&sql)?;
        let jobs = select.query_map([user, EVERYONE], Self::read)?;
        jobs.map(|job| job.map(|job| job.seen_by(user))).collect()
    }

    /// A sample video says that it belongs to the user who asks.
    fn seen_by(mut self, user: i64) -> Self {
        if self.user_id == EVERYONE {
            self.user_id = user;
        }
        self
    }

    /// Inserts one; a key that is taken is a constraint error.
    pub fn create(db: &Connection, new: &NewVideo, now: &Moment) -> rusqlite::Result<Option<Self>> {
        refuse_nul(new.photo_urls.iter().flatten().map(String::as_str).chain([new.template.as_str()]))?;
        // Serialising cannot fail: the list holds only texts.
        let urls = serde_json::to_string(&new.photo_urls).unwrap_or_default();
        db.prepare_cached(
            "INSERT INTO video_jobs (user_id, photo_urls, template, idempotency_key, created_micros)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![new.user_id, urls, new.template, new.idempotency_key, now.micros])?;
        let made = Self::by_id(db, db.last_insert_rowid())?;
        Ok(made.map(|job| Self { created_at: now.fresh.clone(), updated_at: now.fresh.clone(), ..job }))
    }

    /// The job with its status at a moment. The stub has no worker, so the job's age decides.
    pub fn at(mut self, now_micros: i64, speed: Speed) -> Self {
        let (status, since) = progress(now_micros.saturating_sub(self.created_micros) / 1000, speed);
        if status == JobStatus::Pending {
            return self;
        }
        self.status = status;
        self.updated_at = wallclock::from_epoch_micros(self.created_micros + since * 1000);
        self.video_url = (status == JobStatus::Completed).then(|| {
            format!("https://oddiya-storage.s3.ap-northeast-2.amazonaws.com/videos/{}.mp4", self.id)
        });
        self
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let created_micros = row.get(5)?;
        let urls: String = row.get(2)?;
        Ok(Self {
            id: row.get(0)?,
            user_id: row.get(1)?,
            status: JobStatus::Pending,
            photo_urls: serde_json::from_str(&urls).unwrap_or_default(),
            template: row.get(3)?,
            video_url: None,
            idempotency_key: row.get(4)?,
            created_at: wallclock::from_epoch_micros(created_micros),
            updated_at: wallclock::from_epoch_micros(created_micros),
            created_micros,
        })
    }
}

/// Adds videos 1 to `count`, unless the file has them already.
pub(super) fn add_samples(db: &Connection, count: u32) -> rusqlite::Result<()> {
    let mut insert = db.prepare(
        "INSERT OR IGNORE INTO video_jobs (id, user_id, photo_urls, template, idempotency_key, created_micros)
         VALUES (?1, ?2, ?3, 'default', ?4, ?5)",
    )?;
    for id in 1..=count {
        let photos = format!(r#"["https://example.com/sample{id}.jpg"]"#);
        let key = format!("00000000-0000-4000-8000-{id:012}");
        insert.execute(params![id, EVERYONE, photos, key, SAMPLES_CREATED_MICROS])?;
    }
    Ok(())
}

/// The status of a job of an age in milliseconds, and the age at which it became so. Oddiya's pages promise a video
/// within 2 to 3 minutes; a laptop is faster. The worker's time is no answer's time, so `instant` has it too. The first
/// tenth is the wait for the worker.
fn progress(age_millis: i64, speed: Speed) -> (JobStatus, i64) {
    let done = match speed {
        Speed::Instant => 120_000,
        Speed::Laptop => 20_000,
        Speed::T2Micro => 150_000,
    };
    match age_millis {
        age if age < done / 10 => (JobStatus::Pending, 0),
        age if age < done => (JobStatus::Processing, done / 10),
        _ => (JobStatus::Completed, done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_goes_from_pending_over_processing_to_completed() {
        assert_eq!(progress(0, Speed::Laptop), (JobStatus::Pending, 0));
        assert_eq!(progress(5_000, Speed::Laptop), (JobStatus::Processing, 2_000));
        assert_eq!(progress(60_000, Speed::Laptop), (JobStatus::Completed, 20_000));
    }
}
