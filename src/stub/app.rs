//! The state that all requests of one stub share.
//!
//! The database is reached only through here: take a connection of the pool, run the statement, spend its service time.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection as Database;
use tempfile::TempDir;
use tokio::sync::watch;

use super::dependencies;
use super::faults::Faults;
use super::llm::PlanCache;
use super::options::{Options, Profile, Videos};
use super::pool::{Connection, PoolExhausted, PoolName, Pools};
use super::routes::{Endpoint, Front, Routes, Service};
use super::services::{Creations, KeyLocks, Sessions};
use super::stats::Stats;
use super::store::{Store, StoreError};
use super::timing::{Timing, Visit};
use crate::core::base::rng::Rng;

/// Users that locustfile.py assumes.
const LOCUST_USERS: u32 = 100;

/// Whether the listeners accept connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenState {
    Open,
    /// A `refuse` fault is active: connections are refused until it ends.
    Refusing,
    /// Only this port refuses: its service is dead.
    Dead(Front),
    /// The stub was dropped.
    Stopped,
}

impl ListenState {
    /// Whether a port accepts connections in this state.
    pub fn accepts(self, front: Front) -> bool {
        match self {
            Self::Open => true,
            Self::Dead(dead) => dead != front,
            Self::Refusing | Self::Stopped => false,
        }
    }
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
    pub(super) creations: Creations,
    /// Where one port serves all services: the service that a request named last.
    pub(super) asked_last: Mutex<Option<Service>>,
    store: Store,
    routes: Vec<(Front, Routes)>,
    unrouted: Routes,
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
        let is_locust = options.profile == Profile::Locust;
        let users = options.users.unwrap_or(if is_locust { LOCUST_USERS } else { 0 });
        // Only the Locust era's load test asks for videos that nobody made.
        let videos = if is_locust { options.videos } else { Videos::Fresh };
        let mut routes =
            vec![(Front::Gateway, Routes::gateway(options.profile)), (Front::Llm, Routes::llm())];
        routes.extend(Front::SERVICES.map(|front| (front, Routes::service(front.service()))));
        Ok(Self {
            stats: Arc::default(),
            faults: Arc::new(Faults::new(options.seed)),
            listen_state: watch::Sender::new(ListenState::Open),
            pools: Pools::new(options.connection_timeout),
            timing: Timing::new(&options),
            cache: Arc::default(),
            sessions: Sessions::default(),
            key_locks: KeyLocks::default(),
            creations: Creations::default(),
            asked_last: Mutex::default(),
            store: Store::open(&path, users, videos)?,
            routes,
            unrouted: Routes::llm(),
            // Service times are drawn from the seed itself; identifiers need a stream of their own.
            ids: Mutex::new(Rng::new(options.seed.rotate_left(17))),
            _folder: folder,
            options,
        })
    }

    /// The routing table of a port.
    pub fn routes(&self, front: Front) -> &Routes {
        let found = self.routes.iter().find(|(of, _)| *of == front);
        found.map_or(&self.unrouted, |(_, routes)| routes)
    }

    /// Whether any port has a route of this name.
    pub fn has_route(&self, name: &str) -> bool {
        self.routes.iter().any(|(_, routes)| routes.has(name))
    }

    /// Takes a connection of a service's pool; how long that can last, a fault decides.
    pub async fn connect(&self, pool: PoolName) -> Result<Connection, PoolExhausted> {
        dependencies::database(self, pool).await
    }

    /// Takes a connection, runs a statement, holds the connection for the endpoint's service time, and returns it.
    pub async fn query<T>(
        &self,
        visit: Visit,
        pool: PoolName,
        endpoint: Endpoint,
        rows: impl FnOnce(&T) -> usize,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T>,
    ) -> Result<T, QueryError> {
        let connection = self.connect(pool).await?;
        let found = self.store.run(statement)?;
        let rows = rows(&found);
        self.timing.spend(visit, endpoint, rows).await;
        drop(connection);
        Ok(found)
    }

    /// As `query`, for one service's call to another: its time is part of the caller's.
    pub async fn inner_query<T>(
        &self,
        pool: PoolName,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T>,
    ) -> Result<T, QueryError> {
        let _connection = self.connect(pool).await?;
        Ok(self.store.run(statement)?)
    }

    /// Runs a statement for a request that already holds a connection.
    pub fn statement<T>(
        &self,
        statement: impl FnOnce(&mut Database) -> rusqlite::Result<T>,
    ) -> Result<T, QueryError> {
        Ok(self.store.run(statement)?)
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
