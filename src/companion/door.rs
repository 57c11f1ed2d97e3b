//! Lets browsers in: accepts their connections, serves each one, and closes those that send nothing.

use std::rc::Rc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::connections::{Admitted, Connections, InUse};
use super::service::Companion;

/// How long a connection may be open without a complete head of a request, also one that has served requests. A browser
/// whose connection is closed sends its request on a new one.
pub const HEAD_LIMIT: Duration = Duration::from_secs(60);
/// The pause after a failed `accept` (no file handle left), so that the loop does not spin until one is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Lets browsers in.
pub struct Door {
    pub connections: Rc<Connections>,
    pub companion: Rc<Companion>,
    pub head_limit: Duration,
}

impl Door {
    /// Accepts connections and owns them, so that they close when this task ends.
    pub async fn accept(self, listener: TcpListener) {
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => self.let_in(stream, &mut tasks),
                    Err(_) => {
                        self.connections.close_longest_idle();
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                },
                Some(_) = tasks.join_next() => {}
            }
        }
    }

    fn let_in(&self, stream: TcpStream, tasks: &mut JoinSet<()>) {
        let admitted = self.connections.admit();
        let number = admitted.number;
        let task = tasks.spawn_local(serve_connection(
            stream,
            admitted,
            Rc::clone(&self.companion),
            self.head_limit,
        ));
        self.connections.served_by(number, task);
    }
}

/// Serves one connection of the browser. hyper drops the future of a request when the browser goes away, and with it the
/// request to the host.
async fn serve_connection(
    stream: TcpStream,
    admitted: Admitted,
    companion: Rc<Companion>,
    head_limit: Duration,
) {
    let (Ok(()), Ok(local)) = (stream.set_nodelay(true), stream.local_addr()) else { return };
    let service = service_fn(|request| {
        let companion = Rc::clone(&companion);
        let busy = admitted.standing.busy();
        async move {
            let response = companion.on_request(request, local.ip()).await;
            Ok::<_, std::convert::Infallible>(response.map(|body| InUse::new(body, busy)))
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_limit);
    // An error here means that the browser went away or sent no request in time, or that the host broke a response off,
    // which was passed on.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}
