//! Chooses the local port of a connection, once there are thousands of connections.
//!
//! Linux finds a free port at each `connect` by trying one after the other. With 15,000 of 28,000 ports taken, this uses
//! most of a core (measured: 0.6 ms a connection), and users start late because of the generator. So a run hands out
//! ports in turn, and leaves the choice to the system only where that fails.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::net::{TcpSocket, TcpStream};

/// Up to this many connections, the system finds a free port at once.
const FEW: u32 = 2_000;
/// After this many taken ports in a row, the system chooses.
const ATTEMPTS: u32 = 32;

/// The ports of a run.
pub struct Ports {
    /// `None` where the system does not say which ports are for outgoing connections; there it chooses every time.
    range: Option<RangeInclusive<u16>>,
    /// Connections so far.
    connections: AtomicU32,
    /// Ports handed out so far.
    turns: AtomicU32,
}

impl Ports {
    /// The ports that the system sets aside for outgoing connections.
    pub fn of_this_machine() -> Self {
        let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").ok();
        Self::within(text.as_deref().and_then(parse))
    }

    const fn within(range: Option<RangeInclusive<u16>>) -> Self {
        Self { range, connections: AtomicU32::new(0), turns: AtomicU32::new(0) }
    }

    /// Connects from the next port.
    pub async fn connect(&self, to: SocketAddr) -> io::Result<TcpStream> {
        let many = self.connections.fetch_add(1, Ordering::Relaxed) >= FEW;
        for _ in 0..if many { ATTEMPTS } else { 0 } {
            let Some(socket) = self.next().and_then(|port| bound(to, port)) else { continue };
            match socket.connect(to).await {
                // A connection between these two ports exists, or existed until just now.
                Err(error) if is_taken(&error) => {}
                connected => return connected,
            }
        }
        TcpStream::connect(to).await
    }

    fn next(&self) -> Option<u16> {
        let range = self.range.as_ref()?;
        let length = u32::from(*range.end() - *range.start()) + 1;
        let turn = self.turns.fetch_add(1, Ordering::Relaxed) % length;
        range.start().checked_add(turn as u16)
    }
}

/// A socket with that local port; `None` when the port is taken.
fn bound(to: SocketAddr, port: u16) -> Option<TcpSocket> {
    let (socket, any) = match to {
        SocketAddr::V4(_) => (TcpSocket::new_v4(), IpAddr::from(Ipv4Addr::UNSPECIFIED)),
        SocketAddr::V6(_) => (TcpSocket::new_v6(), IpAddr::from(Ipv6Addr::UNSPECIFIED)),
    };
    let socket = socket.ok()?;
    // A port whose last connection waits out its minute (TIME_WAIT) can still connect to another host, or to the same
    // one with a newer time stamp.
    socket.set_reuseaddr(true).ok()?;
    socket.bind(SocketAddr::new(any, port)).ok()?;
    Some(socket)
}

fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable)
}

/// Reads two numbers with white space between them, as Linux writes them.
fn parse(text: &str) -> Option<RangeInclusive<u16>> {
    let mut ports = text.split_whitespace().map(str::parse);
    let (first, last) = (ports.next()?.ok()?, ports.next()?.ok()?);
    (first > 0 && first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_range_is_read_as_the_system_writes_it() {
        assert_eq!(parse("32768\t60999\n"), Some(32_768..=60_999));
        for wrong in ["", "1", "9 1", "0 9", "1 99999", "a b"] {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn many_connections_come_from_ports_in_turn_and_pass_over_those_that_are_taken() {
        let host = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let to = host.local_addr().unwrap();
        let holder = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let taken = holder.local_addr().unwrap().port();
        let ports = Ports::within(Some(taken..=taken + 9));
        ports.connections.store(FEW, Ordering::Relaxed);
        let (first, second) = (ports.connect(to).await.unwrap(), ports.connect(to).await.unwrap());
        let [first, second] = [first, second].map(|stream| stream.local_addr().unwrap().port());
        assert!(first > taken && second > first && second <= taken + 9, "{taken}: {first}, {second}");
    }

    #[tokio::test]
    async fn with_no_port_of_its_own_left_the_system_picks_one() {
        let host = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let to = host.local_addr().unwrap();
        let held = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        let taken = held.local_addr().unwrap().port();
        let ports = Ports::within(Some(taken..=taken));
        ports.connections.store(FEW, Ordering::Relaxed);
        assert_ne!(ports.connect(to).await.unwrap().local_addr().unwrap().port(), taken);
    }
}
