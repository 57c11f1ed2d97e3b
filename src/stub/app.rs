//! The state that all requests of one stub share.
//!
//! The database is reached only through here: take a connection of the pool, run the statement, spend its service time.

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

/// Whether the listeners accept connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenState {
    Open,
    /// A `refuse` fault is active: connections are refused until it ends.
    Refusing,
    /// The stub was dropped.
    Stopped,
}

#[derive(Debug)]
pub struct App {
    pub(super) options: Options,
    pub(super) stats: Arc<Stats>,
    pub(super) faults: Arc<Faults>,
    pub(super) listen_state: watch::Sender<ListenState>,
    pub(super) pools: Pools,
    pub(super) timing: Timing,
    pub(super) cache: Arc<PlanCache>,
    pub(super) sessions: Sessions,
    pub(super) key_locks: KeyLocks,
    store: Store,
    gateway_routes: Routes,
    llm_routes: Routes,
    ids: Mutex<Rng>,
    /// The folder of a temporary data file; dropping it deletes the folder.
    _folder: Option<TempDir>,
}

/// Why the database did not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    #[error(transparent)]
    Exhausted(#[from] PoolExhausted),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Opens the store and creates the shared state. Nothing listens yet.
    pub fn open(options: Options) -> anyhow::Result<Self> {
        let (path, folder) = data_file(options.data.clone())?;
        Ok(Self {
            stats: Arc::default(),
            faults: Arc::new(Faults::new(options.seed)),
            listen_state: watch::Sender::new(ListenState::Open),
            pools: Pools::new(options.connection_timeout),
            timing: Timing::new(&options),
            cache: Arc::default(),
            sessions: Sessions::default(),
            key_locks: KeyLocks::default(),
            store: Store::open(&path, options.videos)?,
            gateway_routes: Routes::gateway(options.profile),
            llm_routes: Routes::llm(),
            // Service times are drawn from the seed itself; identifiers need a stream of their own.
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

    /// Takes a connection, runs a statement, holds the connection for the endpoint's service time, and returns it.
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

    /// Runs a statement for a request that already holds a connection.
    pub async fn statement<T: Send + 'static>(
        &self,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, QueryError> {
        Ok(self.store.run(statement).await?)
    }

    /// Draws identifiers and tokens.
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
