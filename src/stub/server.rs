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
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::app::{App, ListenState};
use super::dispatch::{self, Link};
use super::options::{Options, Profile};
use super::pool::{Connection, PoolName};
use super::ports::{self, Port};
use super::routes::Front;
use super::socket::{ResetSwitch, Socket};
use super::stats::Report;

/// Pause after a failed accept (usually for want of file descriptors) and between attempts to listen again.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a server keeps a connection on which nothing comes. The gateway keeps it for ever.
const TOMCAT_IDLE: Duration = Duration::from_secs(60);
const UVICORN_IDLE: Duration = Duration::from_secs(5);

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

    /// The first address of a port; `None` when it is not open.
    pub fn address(&self, front: Front) -> Option<SocketAddr> {
        self.listeners.iter().find(|(of, _)| *of == front).map(|(_, address)| *address)
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

/// Starts a stub on the current runtime. Every port is opened before anything is served.
pub async fn start(options: Options) -> anyhow::Result<RunningStub> {
    let mut opened = Vec::new();
    for port in ports::asked_for(&options)? {
        opened.push((port.front, listen(options.bind, &port).await?));
    }
    let app = Arc::new(App::open(options)?);
    let mut listeners = Vec::new();
    for (front, of_front) in opened {
        for listener in of_front {
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
async fn listen(bind: IpAddr, port: &Port) -> anyhow::Result<Vec<TcpListener>> {
    let explain = |error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!("{}", port.in_use()),
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("{} needs rights you do not have; name a port above 1023", port.flag)
        }
        _ => anyhow::Error::new(error).context(format!("--bind {bind} cannot be listened on")),
    };
    let first = TcpListener::bind((bind, port.number)).await.map_err(explain)?;
    if bind != IpAddr::V4(Ipv4Addr::LOCALHOST) {
        return Ok(vec![first]);
    }
    let bound_port = first.local_addr().context("the listener has no address")?.port();
    match TcpListener::bind((Ipv6Addr::LOCALHOST, bound_port)).await {
        Ok(on_ipv6) => Ok(vec![first, on_ipv6]),
        // Another program listens on ::1 and would get the clients that try ::1 first.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && port.number != 0 => Err(explain(error)),
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
            () = until_refused(front, &mut state) => {}
        }
        drop(listener);
        match reopen(front, &mut state, address).await {
            Some(again) => listener = again,
            None => return,
        }
    }
}

/// Listens again once connections are accepted; `None` when the stub stops instead.
async fn reopen(
    front: Front,
    state: &mut watch::Receiver<ListenState>,
    address: SocketAddr,
) -> Option<TcpListener> {
    loop {
        let is_over = |state: &ListenState| state.accepts(front) || *state == ListenState::Stopped;
        let state = state.wait_for(is_over).await.map_or(ListenState::Stopped, |state| *state);
        if state == ListenState::Stopped {
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
    let link = Arc::new(Link::default());
    let reset_switch = link.reset_switch.clone();
    let io = TokioIo::new(Socket::new(stream, reset_switch.clone()));
    let mut server = http1::Builder::new();
    // Tomcat and Netty write `Content-Type`, uvicorn `content-type`. The gateway's own answers have no date.
    server.title_case_headers(front != Front::Llm).auto_date_header(false);
    if let Some(idle) = idle_limit(&app.options, front) {
        // The time also runs while a connection waits for its next request.
        server.timer(TokioTimer::new()).header_read_timeout(idle);
    }
    let service =
        service_fn(move |request| dispatch::answer(Arc::clone(&app), front, Arc::clone(&link), request));
    tokio::select! {
        // An error means that the client broke the connection; its request counts as unanswered.
        _ = server.serve_connection(io, service) => {}
        () = reset_switch.requested() => {}
        () = reset_on_refusal(front, &mut state, &reset_switch) => {}
    }
}

/// How long a port keeps an idle connection; `None` is for ever.
fn idle_limit(options: &Options, front: Front) -> Option<Duration> {
    match front {
        Front::Llm => Some(UVICORN_IDLE),
        Front::Gateway if options.profile != Profile::Direct => None,
        _ => Some(TOMCAT_IDLE),
    }
}

/// Waits until the port refuses connections. If it does so by a fault, it requests the reset before the caller drops the
/// connection.
async fn reset_on_refusal(
    front: Front,
    state: &mut watch::Receiver<ListenState>,
    reset_switch: &ResetSwitch,
) {
    until_refused(front, state).await;
    if *state.borrow() != ListenState::Stopped {
        reset_switch.reset();
    }
}

/// Waits until the port no longer accepts connections.
async fn until_refused(front: Front, state: &mut watch::Receiver<ListenState>) {
    // An error means that the stub is gone.
    let _ = state.wait_for(|state| !state.accepts(front)).await;
}
