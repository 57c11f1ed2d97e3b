//! The sockets that the companion listens on: IPv4 and IPv6 loopback under one port, unless told otherwise.
//!
//! Browsers resolve `u17.localhost` to both addresses and try either one first. With only one of them, some requests
//! would first fail to connect.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use anyhow::Context as _;
use tokio::net::TcpListener;

/// With port 0 the system chooses a port that is free for the first address. If it is taken for the second address,
/// another port is tried.
const PORT_TRIES: usize = 16;

/// Listening sockets that share one port.
pub struct Listeners {
    /// One for each address.
    pub sockets: Vec<TcpListener>,
    /// The port that all of them listen on; never 0.
    pub port: u16,
}

/// Listens on `addresses`, or on both loopbacks where there are none. `name` is how messages name the port.
pub async fn bind(addresses: &[IpAddr], port: u16, name: &str) -> anyhow::Result<Listeners> {
    let tries = if port == 0 { PORT_TRIES } else { 1 };
    let mut last = None;
    for _ in 0..tries {
        match bind_all(addresses, port).await {
            Ok(listeners) => return Ok(listeners),
            Err(error) => last = Some(error),
        }
    }
    let error = last.unwrap_or_else(|| io::Error::from(io::ErrorKind::AddrInUse));
    let in_use = error.kind() == io::ErrorKind::AddrInUse;
    Err(error).with_context(|| match in_use {
        true => format!("{name} {port} is already in use; stop what listens there or choose another --port"),
        false => format!("cannot listen on {name} {port}; check --bind and choose a --port above 1023"),
    })
}

async fn bind_all(addresses: &[IpAddr], port: u16) -> io::Result<Listeners> {
    let (required, optional): (Vec<IpAddr>, Vec<IpAddr>) = match addresses {
        [] => (vec![Ipv4Addr::LOCALHOST.into()], vec![Ipv6Addr::LOCALHOST.into()]),
        some => (some.to_vec(), Vec::new()),
    };
    let mut listeners = Listeners { sockets: Vec::new(), port };
    for address in required {
        listeners.add(address).await?;
    }
    for address in optional {
        match listeners.add(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // A machine without IPv6 is served on IPv4 alone.
            Err(_) | Ok(()) => {}
        }
    }
    Ok(listeners)
}

impl Listeners {
    async fn add(&mut self, address: IpAddr) -> io::Result<()> {
        let socket = TcpListener::bind(SocketAddr::new(address, self.port)).await?;
        self.port = socket.local_addr()?.port();
        self.sockets.push(socket);
        Ok(())
    }
}

/// The name under which a person on this machine reaches the page: `localhost` where the companion listens for it, and
/// otherwise the first address. Another address of the loopback, such as 127.0.0.2, is not `localhost`.
pub fn name_of(bind: &[IpAddr]) -> String {
    let is_localhost = |address: &IpAddr| {
        let localhost: [IpAddr; 2] = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        address.is_unspecified() || localhost.contains(address)
    };
    match bind.first().filter(|_| !bind.iter().any(is_localhost)) {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => format!("[{address}]"),
        None => "localhost".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_announced_under_a_name_that_reaches_it() {
        for (bind, name) in [
            (&[][..], "localhost"),
            (&["127.0.0.1"], "localhost"),
            (&["::1"], "localhost"),
            (&["0.0.0.0"], "localhost"),
            (&["192.168.1.5", "127.0.0.1"], "localhost"),
            (&["127.0.0.2"], "127.0.0.2"),
            (&["192.168.1.5", "127.0.0.2"], "192.168.1.5"),
            (&["fd00::5"], "[fd00::5]"),
        ] {
            let addresses: Vec<IpAddr> = bind.iter().map(|address| address.parse().unwrap()).collect();
            assert_eq!(name_of(&addresses), name, "{bind:?}");
        }
    }
}
