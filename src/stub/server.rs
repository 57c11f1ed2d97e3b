//! Listeners, connections and their lives: from `start` until the handle is dropped.
//!
//! The accept loop is hand-driven so that a fault can close the door and reset what is open. It knows nothing of
//! routes.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::app::{App, Phase};
use super::dispatch;
use super::options::Options;
use super::pool::{Connection, PoolName};
use super::routes::Front;
use super::socket::{Fate, Socket};
use super::stats::Report;

/// Pause after a failed accept (usually: out of file descriptors) and between attempts to listen again.
const PAUSE: Duration = Duration::from_millis(20);

/// A stub that serves; it stops when this is dropped.
#[derive(Debug)]
pub struct RunningStub {
    /// Where the gateway listens.
    pub gateway: SocketAddr,
    /// Where the llm-agent listens.
    pub llm: SocketAddr,
    listeners: Vec<(Front, SocketAddr)>,
    app: Arc<App>,
}

impl RunningStub {
    /// Every address it listens on, the twins on ::1 included.
    pub fn listeners(&self) -> &[(Front, SocketAddr)] {
        &self.listeners
    }

    /// What it runs with.
    pub fn options(&self) -> &Options {
        &self.app.options
    }

    /// What it has counted, as `GET /__stub/stats` answers.
    pub fn stats(&self) -> Report {
        self.app.stats.report(&self.app.options)
    }

    /// Occupies one of a service's database connections until the guard is dropped, as a slow query would.
    pub async fn occupy(&self, pool: PoolName) -> anyhow::Result<Connection> {
        Ok(self.app.pools.connect(pool).await?)
    }
}

impl Drop for RunningStub {
    fn drop(&mut self) {
        self.app.phase.send_replace(Phase::Stopped);
    }
}

/// Starts a stub on the runtime this is called from.
pub async fn start(options: Options) -> anyhow::Result<RunningStub> {
    let gateway = listen(&options, Front::Gateway).await?;
    let llm = listen(&options, Front::Llm).await?;
    let app = Arc::new(App::open(options)?);
    let mut listeners = Vec::new();
    for (front, door) in [(Front::Gateway, gateway), (Front::Llm, llm)] {
        for listener in door {
            listeners.push((front, listener.local_addr()?));
            tokio::spawn(accept(Arc::clone(&app), front, listener));
        }
    }
    let first = |front| listeners.iter().find(|(f, _)| *f == front).map(|(_, address)| *address);
    let (Some(gateway), Some(llm)) = (first(Front::Gateway), first(Front::Llm)) else {
        anyhow::bail!("no listener could be opened");
    };
    Ok(RunningStub { gateway, llm, listeners, app })
}

/// Opens a port, and its twin on ::1 when the bind address is the default: browsers ask `localhost` there first.
async fn listen(options: &Options, front: Front) -> anyhow::Result<Vec<TcpListener>> {
    let (flag, port) = match front {
        Front::Gateway => ("--port", options.port),
        Front::Llm => ("--llm-port", options.llm_port),
    };
    let explain = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "{flag} {port} is already in use; stop what uses it, or name another port (0 picks a free one)"
            )
        }
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{flag} {port} needs rights you do not have; name a port above 1023")
        }
        _ => anyhow::Error::new(error).context(format!("--bind {} cannot be listened on", options.bind)),
    };
    let first = TcpListener::bind((options.bind, port)).await.map_err(explain)?;
    if options.bind != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        return Ok(vec![first]);
    }
    let actual = first.local_addr().context("the listener has no address")?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, actual)).await {
        Ok(twin) => Ok(vec![first, twin]),
        // Another program would get the clients that ask ::1 first.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && port != 0 => Err(explain(error)),
        // This machine has no IPv6.
        Err(_) => Ok(vec![first]),
    }
}

async fn accept(app: Arc<App>, front: Front, mut listener: TcpListener) {
    let mut phase = app.phase.subscribe();
    let Ok(address) = listener.local_addr() else { return };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    app.stats.connected();
                    tokio::spawn(converse(Arc::clone(&app), front, stream));
                    continue;
                }
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            _ = end_of(Phase::Open, &mut phase) => {}
        }
        drop(listener);
        match reopen(&mut phase, address).await {
            Some(again) => listener = again,
            None => return,
        }
    }
}

/// Listens again once the door opens; `None` when the stub stops instead.
async fn reopen(phase: &mut watch::Receiver<Phase>, address: SocketAddr) -> Option<TcpListener> {
    loop {
        if end_of(Phase::Refusing, phase).await == Phase::Stopped {
            return None;
        }
        if let Ok(listener) = TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Serves one connection until either side ends it.
async fn converse(app: Arc<App>, front: Front, stream: TcpStream) {
    let mut phase = app.phase.subscribe();
    let fate = Fate::default();
    let io = TokioIo::new(Socket::new(stream, fate.clone()));
    let service = {
        let (app, fate) = (Arc::clone(&app), fate.clone());
        service_fn(move |request| dispatch::answer(Arc::clone(&app), front, fate.clone(), request))
    };
    let mut server = http1::Builder::new();
    // Tomcat and Netty write `Content-Type`, uvicorn `content-type`.
    server.title_case_headers(front == Front::Gateway);
    tokio::select! {
        // A broken connection is the client's affair; its request counts as unanswered.
        _ = server.serve_connection(io, service) => {}
        () = fate.told() => {}
        () = doomed(&mut phase, &fate) => {}
    }
}

/// Waits until the door closes. The fate is told before the connection is dropped, which is when it matters.
async fn doomed(phase: &mut watch::Receiver<Phase>, fate: &Fate) {
    if end_of(Phase::Open, phase).await == Phase::Refusing {
        fate.reset();
    }
}

/// Waits until a phase is over; gives the next one.
async fn end_of(current: Phase, phase: &mut watch::Receiver<Phase>) -> Phase {
    phase.wait_for(|phase| *phase != current).await.map_or(Phase::Stopped, |phase| *phase)
}
