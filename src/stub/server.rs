//! Listeners and connections, from `start` until the `RunningStub` is dropped.
//!
//! The accept loop is our own, so that a fault can close the listeners and reset open connections. Routes are not known
//! here.

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

use super::app::{App, ListenState};
use super::dispatch;
use super::options::Options;
use super::pool::{Connection, PoolName};
use super::routes::Front;
use super::socket::{ResetSwitch, Socket};
use super::stats::Report;

/// Pause after a failed accept (usually for want of file descriptors) and between attempts to listen again.
const PAUSE: Duration = Duration::from_millis(20);

/// A running stub; dropping it stops the stub.
#[derive(Debug)]
pub struct RunningStub {
    pub gateway: SocketAddr,
    pub llm: SocketAddr,
    listeners: Vec<(Front, SocketAddr)>,
    app: Arc<App>,
}

impl RunningStub {
    /// Every address that it listens on, those on ::1 included.
    pub fn listeners(&self) -> &[(Front, SocketAddr)] {
        &self.listeners
    }

    pub fn options(&self) -> &Options {
        &self.app.options
    }

    /// The counters that `GET /__stub/stats` shows.
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
        self.app.listen_state.send_replace(ListenState::Stopped);
    }
}

/// Starts a stub on the current runtime.
pub async fn start(options: Options) -> anyhow::Result<RunningStub> {
    let gateway = listen(&options, Front::Gateway).await?;
    let llm = listen(&options, Front::Llm).await?;
    let app = Arc::new(App::open(options)?);
    let mut listeners = Vec::new();
    for (front, opened) in [(Front::Gateway, gateway), (Front::Llm, llm)] {
        for listener in opened {
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

/// Opens a port on the bind address; on ::1 too when that is the default, because browsers try `localhost` there first.
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
    let bound_port = first.local_addr().context("the listener has no address")?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, bound_port)).await {
        Ok(on_ipv6) => Ok(vec![first, on_ipv6]),
        // Another program listens on ::1 and would get the clients that try ::1 first.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && port != 0 => Err(explain(error)),
        // This machine has no IPv6.
        Err(_) => Ok(vec![first]),
    }
}

async fn accept(app: Arc<App>, front: Front, mut listener: TcpListener) {
    let mut state = app.listen_state.subscribe();
    let Ok(address) = listener.local_addr() else { return };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    app.stats.connected();
                    tokio::spawn(serve_connection(Arc::clone(&app), front, stream));
                    continue;
                }
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            _ = wait_for_end_of(ListenState::Open, &mut state) => {}
        }
        drop(listener);
        match reopen(&mut state, address).await {
            Some(again) => listener = again,
            None => return,
        }
    }
}

/// Listens again once connections are accepted; `None` when the stub stops instead.
async fn reopen(state: &mut watch::Receiver<ListenState>, address: SocketAddr) -> Option<TcpListener> {
    loop {
        if wait_for_end_of(ListenState::Refusing, state).await == ListenState::Stopped {
            return None;
        }
        if let Ok(listener) = TcpListener::bind(address).await {
            return Some(listener);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Serves one connection until either side ends it.
async fn serve_connection(app: Arc<App>, front: Front, stream: TcpStream) {
    let mut state = app.listen_state.subscribe();
    let reset_switch = ResetSwitch::default();
    let io = TokioIo::new(Socket::new(stream, reset_switch.clone()));
    let service = {
        let (app, reset_switch) = (Arc::clone(&app), reset_switch.clone());
        service_fn(move |request| dispatch::answer(Arc::clone(&app), front, reset_switch.clone(), request))
    };
    let mut server = http1::Builder::new();
    // Tomcat and Netty write `Content-Type`, uvicorn `content-type`.
    server.title_case_headers(front == Front::Gateway);
    tokio::select! {
        // An error means that the client broke the connection; its request counts as unanswered.
        _ = server.serve_connection(io, service) => {}
        () = reset_switch.requested() => {}
        () = reset_on_refusal(&mut state, &reset_switch) => {}
    }
}

/// Waits until connections are no longer accepted. If they are refused, it requests the reset before the caller drops
/// the connection.
async fn reset_on_refusal(state: &mut watch::Receiver<ListenState>, reset_switch: &ResetSwitch) {
    if wait_for_end_of(ListenState::Open, state).await == ListenState::Refusing {
        reset_switch.reset();
    }
}

/// Waits until `current` is over and returns the next state.
async fn wait_for_end_of(current: ListenState, state: &mut watch::Receiver<ListenState>) -> ListenState {
    state.wait_for(|state| *state != current).await.map_or(ListenState::Stopped, |state| *state)
}
