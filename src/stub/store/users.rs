//! Users: the table, and the statements of the user service.
//!
//! Runs on the store's thread. No HTTP and no validation here.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::refuse_nul;
use crate::stub::wallclock::Moment;

pub(super) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    email TEXT NOT NULL CHECK (length(email) <= 255),
    name TEXT NOT NULL CHECK (length(name) <= 255),
    provider TEXT NOT NULL CHECK (length(provider) <= 255),
    provider_id TEXT NOT NULL CHECK (length(provider_id) <= 255),
    password_hash TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (provider, provider_id)
);
CREATE INDEX IF NOT EXISTS users_email ON users (email);";

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

    /// The user with an address. Two users with the same one are an error, as for the real service's query.
    pub fn by_email(db: &Connection, email: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE email = ? LIMIT 2");
        let mut select = db.prepare_cached(&sql)?;
        let mut found = select.query_map([email], Self::read)?.collect::<rusqlite::Result<Vec<_>>>()?;
        if found.len() > 1 {
            return Err(rusqlite::Error::QueryReturnedMoreThanOneRow);
        }
        Ok(found.pop())
    }

    /// The user with an identity at a provider.
    pub fn by_identity(db: &Connection, provider: &str, id: &str) -> rusqlite::Result<Option<Self>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE provider = ? AND provider_id = ?");
        db.prepare_cached(&sql)?.query_row([provider, id], Self::read).optional()
    }

    /// Changes the given fields. An address that another user has is accepted.
    pub fn update(
        db: &Connection,
        id: i64,
        email: Option<&str>,
        name: Option<&str>,
        now: &Moment,
    ) -> rusqlite::Result<Option<Self>> {
        refuse_nul(email.into_iter().chain(name))?;
        db.prepare_cached(
            "UPDATE users SET email = coalesce(?2, email), name = coalesce(?3, name), updated_at = ?4 WHERE id = ?1",
        )?
        .execute(params![id, email, name, now.kept])?;
        Ok(Self::by_id(db, id)?.map(|user| Self { updated_at: now.fresh.clone(), ..user }))
    }

    /// Inserts a user with a password. A taken address or identity is an error.
    pub fn create_with_password(
        db: &Connection,
        new: &NewUser,
        now: &Moment,
    ) -> rusqlite::Result<Option<Self>> {
        match Self::by_email(db, &new.email)? {
            Some(_) => Err(rusqlite::Error::QueryReturnedMoreThanOneRow),
            None => Self::create(db, new, now),
        }
    }

    /// Inserts a user. A taken identity is a constraint error.
    pub fn create(db: &Connection, new: &NewUser, now: &Moment) -> rusqlite::Result<Option<Self>> {
        refuse_nul([new.email.as_str(), &new.name, &new.provider, &new.provider_id])?;
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
            now.kept
        ])?;
        let made = Self::by_id(db, db.last_insert_rowid())?;
        Ok(made.map(|user| Self { created_at: now.fresh.clone(), updated_at: now.fresh.clone(), ..user }))
    }

    /// Finds a user by address and links them to a new identity and name, and otherwise creates one.
    pub fn relink_or_create(db: &Connection, new: &NewUser, now: &Moment) -> rusqlite::Result<Option<Self>> {
        let Some(same_address) = Self::by_email(db, &new.email)? else { return Self::create(db, new, now) };
        refuse_nul([new.name.as_str(), &new.provider, &new.provider_id])?;
        db.prepare_cached(
            "UPDATE users SET provider = ?2, provider_id = ?3, name = ?4, updated_at = ?5 WHERE id = ?1",
        )?
        .execute(params![same_address.id, new.provider, new.provider_id, new.name, now.kept])?;
        Ok(Self::by_id(db, same_address.id)?.map(|user| Self { updated_at: now.fresh.clone(), ..user }))
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
    let born = "2025-11-01T09:00:00";
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
