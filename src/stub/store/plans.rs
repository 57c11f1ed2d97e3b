//! Travel plans, their days and their photos: the tables, and the statements of the plan service.
//!
//! Runs on the store's thread. As in Oddiya, only the database's CHECK refuses a trip that ends before it starts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::refuse_nul;
use crate::stub::wallclock::Moment;

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS travel_plans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    title TEXT NOT NULL CHECK (length(title) <= 255),
    start_date TEXT NOT NULL,
    end_date TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'DRAFT',
    confirmed_at TEXT,
    completed_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CHECK (end_date >= start_date)
);
CREATE INDEX IF NOT EXISTS travel_plans_user ON travel_plans (user_id, created_at DESC, id DESC);
CREATE TABLE IF NOT EXISTS plan_details (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id INTEGER NOT NULL REFERENCES travel_plans (id) ON DELETE CASCADE,
    day INTEGER NOT NULL,
    location TEXT NOT NULL CHECK (length(location) <= 255),
    activity TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS plan_details_plan ON plan_details (plan_id);
CREATE TABLE IF NOT EXISTS plan_photos (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    plan_id INTEGER NOT NULL REFERENCES travel_plans (id) ON DELETE CASCADE,
    photo_url TEXT NOT NULL,
    s3_key TEXT NOT NULL,
    upload_order INTEGER,
    uploaded_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS plan_photos_plan ON plan_photos (plan_id);";

const COLUMNS: &str = "id, user_id, title, start_date, end_date, created_at, updated_at, status";

/// A plan in the plan service's format. As in Oddiya, status and cost are not part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
    pub start_date: String,
    pub end_date: String,
    pub details: Option<Vec<Detail>>,
    pub created_at: String,
    pub updated_at: String,
    /// Not serialised, so clients cannot see through the API whether a plan was confirmed or completed.
    #[serde(skip)]
    pub status: String,
}

/// One day of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    pub id: i64,
    pub day: i64,
    pub location: String,
    pub activity: String,
}

/// A plan to be stored.
#[derive(Clone, Debug)]
pub struct NewPlan {
    pub user_id: i64,
    pub title: String,
    pub start_date: String,
    pub end_date: String,
    pub days: Vec<NewDetail>,
}

/// A day to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDetail {
    pub day: i64,
    pub location: String,
    pub activity: String,
}

/// The fields that PATCH changes.
#[derive(Clone, Debug)]
pub struct PlanDates {
    /// `None` keeps the old title.
    pub title: Option<String>,
    pub start_date: String,
    pub end_date: String,
}

/// The statuses that a request can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanStatus {
    Confirmed,
    Completed,
}

/// A photo in the plan service's format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Photo {
    pub id: i64,
    pub photo_url: String,
    pub s3_key: String,
    pub upload_order: Option<i64>,
    pub uploaded_at: String,
}

/// A photo to be stored.
#[derive(Clone, Debug)]
pub struct NewPhoto {
    pub photo_url: String,
    pub s3_key: String,
    pub upload_order: Option<i64>,
}

/// Whether a user may use a plan or photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access<T> {
    Granted(T),
    /// It belongs to another user.
    Foreign,
    Missing,
}

impl Plan {
    /// Stores a plan and its days in one transaction. A trip that ends before it starts is a constraint error.
    pub fn create(db: &mut Connection, new: &NewPlan, now: &Moment) -> rusqlite::Result<Option<Self>> {
        refuse_nul([new.title.as_str()])?;
        let transaction = db.transaction()?;
        transaction
            .prepare_cached(
                "INSERT INTO travel_plans (user_id, title, start_date, end_date, created_at, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            )?
            .execute(params![new.user_id, new.title, new.start_date, new.end_date, now.kept])?;
        let id = transaction.last_insert_rowid();
        {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO plan_details (plan_id, day, location, activity) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for day in &new.days {
                insert.execute(params![id, day.day, day.location, day.activity])?;
            }
        }
        transaction.commit()?;
        let made = Self::by_id(db, id)?;
        Ok(made.map(|plan| Self { created_at: now.fresh.clone(), updated_at: now.fresh.clone(), ..plan }))
    }

    /// All plans of a user, newest first, without a limit.
    pub fn of_user(db: &Connection, user: i64) -> rusqlite::Result<Vec<Self>> {
        let sql =
            format!("SELECT {COLUMNS} FROM travel_plans WHERE user_id = ? ORDER BY created_at DESC, id DESC");
        let mut select = db.prepare_cached(&sql)?;
        let plans = select.query_map([user], Self::read)?;
        plans.map(|plan| plan.and_then(|plan| plan.with_details(db))).collect()
    }

    /// One plan, if this user may see it.
    pub fn get(db: &Connection, id: i64, user: i64) -> rusqlite::Result<Access<Self>> {
        Ok(match Self::by_id(db, id)? {
            Some(plan) if plan.user_id == user => Access::Granted(plan),
            Some(_) => Access::Foreign,
            None => Access::Missing,
        })
    }

    /// Changes the dates (and the title, when one is given).
    pub fn update(
        db: &Connection,
        id: i64,
        user: i64,
        change: &PlanDates,
        now: &Moment,
    ) -> rusqlite::Result<Access<Self>> {
        Self::change(db, id, user, now, |db| {
            db.prepare_cached(
                "UPDATE travel_plans SET title = coalesce(?2, title), start_date = ?3, end_date = ?4, updated_at = ?5
                 WHERE id = ?1",
            )?
            .execute(params![id, change.title, change.start_date, change.end_date, now.kept])
        })
    }

    /// Sets a status and its time; every status can follow every other.
    pub fn stamp(
        db: &Connection,
        id: i64,
        user: i64,
        status: PlanStatus,
        now: &Moment,
    ) -> rusqlite::Result<Access<Self>> {
        let sql = match status {
            PlanStatus::Confirmed => {
                "UPDATE travel_plans SET status = 'CONFIRMED', confirmed_at = ?2, updated_at = ?2 WHERE id = ?1"
            }
            PlanStatus::Completed => {
                "UPDATE travel_plans SET status = 'COMPLETED', completed_at = ?2, updated_at = ?2 WHERE id = ?1"
            }
        };
        Self::change(db, id, user, now, |db| db.prepare_cached(sql)?.execute(params![id, now.kept]))
    }

    /// Deletes a plan and returns it.
    pub fn delete(db: &Connection, id: i64, user: i64) -> rusqlite::Result<Access<Self>> {
        let access = Self::get(db, id, user)?;
        if let Access::Granted(_) = access {
            db.prepare_cached("DELETE FROM travel_plans WHERE id = ?")?.execute([id])?;
        }
        Ok(access)
    }

    fn change(
        db: &Connection,
        id: i64,
        user: i64,
        now: &Moment,
        update: impl FnOnce(&Connection) -> rusqlite::Result<usize>,
    ) -> rusqlite::Result<Access<Self>> {
        match Self::get(db, id, user)? {
            Access::Granted(_) => {
                update(db)?;
                let changed = Self::by_id(db, id)?;
                let shown = changed.map(|plan| Self { updated_at: now.fresh.clone(), ..plan });
                Ok(shown.map_or(Access::Missing, Access::Granted))
            }
            refused => Ok(refused),
        }
    }

    fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM travel_plans WHERE id = ?");
        let plan = db.prepare_cached(&sql)?.query_row([id], Self::read).optional()?;
        plan.map(|plan| plan.with_details(db)).transpose()
    }

    fn with_details(mut self, db: &Connection) -> rusqlite::Result<Self> {
        let mut select = db.prepare_cached(
            "SELECT id, day, location, activity FROM plan_details WHERE plan_id = ? ORDER BY id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Detail { id: row.get(0)?, day: row.get(1)?, location: row.get(2)?, activity: row.get(3)? })
        };
        let details = select.query_map([self.id], read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        self.details = (!details.is_empty()).then_some(details);
        Ok(self)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            user_id: row.get(1)?,
            title: row.get(2)?,
            start_date: row.get(3)?,
            end_date: row.get(4)?,
            details: None,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
            status: row.get(7)?,
        })
    }
}

impl Photo {
    /// Adds a photo to the user's own plan. The first photo sets a confirmed plan to `IN_PROGRESS`.
    pub fn add(
        db: &Connection,
        plan: i64,
        user: i64,
        new: &NewPhoto,
        now: &Moment,
    ) -> rusqlite::Result<Access<Self>> {
        match Plan::get(db, plan, user)? {
            Access::Granted(_) => {}
            Access::Foreign => return Ok(Access::Foreign),
            Access::Missing => return Ok(Access::Missing),
        }
        db.prepare_cached(
            "INSERT INTO plan_photos (plan_id, photo_url, s3_key, upload_order, uploaded_at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![plan, new.photo_url, new.s3_key, new.upload_order, now.kept])?;
        let id = db.last_insert_rowid();
        db.prepare_cached(
            "UPDATE travel_plans SET status = 'IN_PROGRESS' WHERE id = ? AND status = 'CONFIRMED'",
        )?
        .execute([plan])?;
        Ok(Access::Granted(Self {
            id,
            photo_url: new.photo_url.clone(),
            s3_key: new.s3_key.clone(),
            upload_order: new.upload_order,
            uploaded_at: now.fresh.clone(),
        }))
    }

    /// The photos of a plan. As in Oddiya, the plan's owner is not checked.
    pub fn of_plan(db: &Connection, plan: i64) -> rusqlite::Result<Vec<Self>> {
        let mut select = db.prepare_cached(
            "SELECT id, photo_url, s3_key, upload_order, uploaded_at FROM plan_photos WHERE plan_id = ?
             ORDER BY upload_order IS NULL, upload_order, id",
        )?;
        let read = |row: &Row<'_>| {
            Ok(Self {
                id: row.get(0)?,
                photo_url: row.get(1)?,
                s3_key: row.get(2)?,
                upload_order: row.get(3)?,
                uploaded_at: row.get(4)?,
            })
        };
        select.query_map([plan], read)?.collect()
    }
}
