//! Users: the table, and the statements of the user service.
//!
//! Runs on the store's thread. No HTTP and no validation here.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL UNIQUE CHECK (length(email) <= 255),
    name TEXT NOT NULL CHECK (length(name) <= 255),
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    password_hash TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (provider, provider_id)
);";

const COLUMNS: &str = "id, email, name, provider, password_hash, created_at, updated_at";

/// A user in the user service's format. It contains the password hash, because Oddiya leaks it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: i64,
    pub email: String,
    pub name: String,
    pub provider: String,
    pub password_hash: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

/// A user to be created.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub provider: String,
    pub provider_id: String,
    pub password_hash: Option<String>,
}

impl User {
    pub fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE id = ?");
        db.prepare_cached(&sql)?.query_row([id], Self::read).optional()
    }

    pub fn by_email(db: &Connection, email: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE email = ?");
        db.prepare_cached(&sql)?.query_row([email], Self::read).optional()
    }

    /// Changes the given fields. A taken e-mail address is a constraint error.
    pub fn update(
        db: &Connection,
        id: i64,
        email: Option<&str>,
        name: Option<&str>,
        now: &str,
    ) -> rusqlite::Result<Option<Self>> {
        db.prepare_cached(
            "UPDATE users SET email = coalesce(?2, email), name = coalesce(?3, name), updated_at = ?4 WHERE id = ?1",
        )?
        .execute(params![id, email, name, now])?;
        Self::by_id(db, id)
    }

    /// Inserts a user. A taken e-mail address or provider identity is a constraint error.
    pub fn create(db: &Connection, new: &NewUser, now: &str) -> rusqlite::Result<Option<Self>> {
        db.prepare_cached(
            "INSERT INTO users (email, name, provider, provider_id, password_hash, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        )?
        .execute(params![
            new.email,
            new.name,
            new.provider,
            new.provider_id,
            new.password_hash,
            now
        ])?;
        Self::by_id(db, db.last_insert_rowid())
    }

    /// Finds a user by provider identity, then by e-mail address (and links the user to the new identity), and
    /// otherwise creates one.
    pub fn find_or_create(db: &Connection, new: &NewUser, now: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE provider = ? AND provider_id = ?");
        let known =
            db.prepare_cached(&sql)?.query_row([&new.provider, &new.provider_id], Self::read).optional()?;
        if known.is_some() {
            return Ok(known);
        }
        let Some(same_address) = Self::by_email(db, &new.email)? else { return Self::create(db, new, now) };
        db.prepare_cached("UPDATE users SET provider = ?2, provider_id = ?3, updated_at = ?4 WHERE id = ?1")?
            .execute(params![same_address.id, new.provider, new.provider_id, now])?;
        Self::by_id(db, same_address.id)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            provider: row.get(3)?,
            password_hash: row.get(4)?,
            created_at: row.get(5)?,
            updated_at: row.get(6)?,
        })
    }
}

/// Inserts users 1 to `count` that are missing.
pub(super) fn seed(db: &Connection, count: u32) -> rusqlite::Result<()> {
    let mut insert = db.prepare(
        "INSERT OR IGNORE INTO users (id, email, name, provider, provider_id, created_at, updated_at)
         VALUES (?1, ?2, ?3, 'google', ?4, ?5, ?5)",
    )?;
    let born = "2025-11-01T09:00:00.000000";
    for id in 1..=count {
        insert.execute(params![
            id,
            format!("user{id}@example.com"),
            format!("Traveller {id}"),
            format!("google-{id}"),
            born
        ])?;
    }
    Ok(())
}
