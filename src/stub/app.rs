//! Everything that the requests of one stub share.
//!
//! Holds the parts and the one way to the database: a connection of the pool, the statement, the time it takes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection as Database;
use tempfile::TempDir;
use tokio::sync::watch;

use super::faults::Faults;
use super::llm::PlanCache;
use super::options::Options;
use super::pool::{PoolExhausted, PoolName, Pools};
use super::routes::{Endpoint, Front, Routes};
use super::services::{KeyLocks, Sessions};
use super::stats::Stats;
use super::store::{Store, StoreError};
use super::timing::Timing;
use crate::core::base::rng::Rng;

/// Whether connects are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// They are.
    Open,
    /// They are refused, for a while.
    Refusing,
    /// The stub is gone.
    Stopped,
}

/// What the requests of one stub share.
#[derive(Debug)]
pub struct App {
    pub(super) options: Options,
    pub(super) stats: Arc<Stats>,
    pub(super) faults: Arc<Faults>,
    pub(super) phase: watch::Sender<Phase>,
    pub(super) pools: Pools,
    pub(super) timing: Timing,
    pub(super) cache: Arc<PlanCache>,
    pub(super) sessions: Sessions,
    pub(super) key_locks: KeyLocks,
    store: Store,
    gateway_routes: Routes,
    llm_routes: Routes,
    ids: Mutex<Rng>,
    /// Deleted with the stub.
    _folder: Option<TempDir>,
}

/// Why the database did not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// No connection came free.
    #[error(transparent)]
    Exhausted(#[from] PoolExhausted),
    /// The statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Opens the store and sets everything up; nothing listens yet.
    pub fn open(options: Options) -> anyhow::Result<Self> {
        let (path, folder) = data_file(options.data.clone())?;
        Ok(Self {
            stats: Arc::default(),
            faults: Arc::new(Faults::new(options.seed)),
            phase: watch::Sender::new(Phase::Open),
            pools: Pools::new(options.connection_timeout),
            timing: Timing::new(&options),
            cache: Arc::default(),
            sessions: Sessions::default(),
            key_locks: KeyLocks::default(),
            store: Store::open(&path, options.videos)?,
            gateway_routes: Routes::gateway(options.profile),
            llm_routes: Routes::llm(),
            // Not the seed's own stream: that one draws times.
            ids: Mutex::new(Rng::new(options.seed.rotate_left(17))),
            _folder: folder,
            options,
        })
    }

    /// The routing table of a port.
    pub fn routes(&self, front: Front) -> &Routes {
        match front {
            Front::Gateway => &self.gateway_routes,
            Front::Llm => &self.llm_routes,
        }
    }

    /// Takes a connection, runs a statement, holds the connection for the endpoint's time, gives it back.
    pub async fn query<T: Send + 'static>(
        &self,
        pool: PoolName,
        endpoint: Endpoint,
        rows: impl FnOnce(&T) -> usize,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, QueryError> {
        let connection = self.pools.connect(pool).await?;
        let found = self.store.run(statement).await?;
        self.timing.spend(endpoint, rows(&found)).await;
        drop(connection);
        Ok(found)
    }

    /// Runs a statement for a request that holds a connection already.
    pub async fn statement<T: Send + 'static>(
        &self,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, QueryError> {
        Ok(self.store.run(statement).await?)
    }

    /// Draws what is to look random: identifiers, tokens.
    pub fn random<T>(&self, draw: impl FnOnce(&mut Rng) -> T) -> T {
        draw(&mut self.ids.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn data_file(wanted: Option<PathBuf>) -> anyhow::Result<(PathBuf, Option<TempDir>)> {
    if let Some(path) = wanted {
        return Ok((path, None));
    }
    let folder = tempfile::Builder::new().prefix("oddiya-load-stub-").tempdir()?;
    Ok((folder.path().join("stub.sqlite"), Some(folder)))
}
