//! From the host's name to its addresses: one look-up for all users of a run, kept for half a minute.
//!
//! A phone looks a name up and keeps the addresses. 20,000 users on one machine would each wait for the same thread
//! pool, and the run would measure that wait. So a run looks the name up once; users who connect meanwhile wait for the
//! same look-up (and count the wait), and a later user repeats it when its result is old. Opens no connection.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use futures_util::FutureExt as _;
use futures_util::future::Shared;

/// How long addresses are kept: as long as Java's cache keeps them, so that a host that moves is found again.
const KEEP: Duration = Duration::from_secs(30);
/// How long a failed look-up is kept, so that it is not repeated for every user at once.
const KEEP_FAILURE: Duration = Duration::from_secs(1);
/// How long an address that was typed as such is kept: a century.
const KEEP_LITERAL: Duration = Duration::from_secs(3_155_760_000);

/// The addresses of a name; `None` when it has none.
pub type Addresses = Option<Arc<[SocketAddr]>>;

/// The name of a host, with what is known of its addresses.
pub struct HostName {
    name: String,
    port: u16,
    state: Mutex<State>,
}

enum State {
    Unknown,
    LookingUp(Shared<oneshot::Receiver<Addresses>>),
    Known { addresses: Addresses, until: Instant },
}

/// The addresses of a name, at once or after a wait.
pub enum Lookup {
    Known(Addresses),
    /// The name is being looked up. A look-up whose sender is dropped found nothing.
    Pending(Shared<oneshot::Receiver<Addresses>>),
}

impl HostName {
    /// A name, or an address as text, which is never looked up.
    pub fn new(name: &str, port: u16) -> Arc<Self> {
        let state = name.parse::<IpAddr>().map_or(State::Unknown, |ip| {
            let until = Instant::now() + KEEP_LITERAL;
            State::Known { addresses: Some(Arc::new([SocketAddr::new(ip, port)])), until }
        });
        Arc::new(Self { name: name.to_owned(), port, state: Mutex::new(state) })
    }

    /// The name's addresses: kept ones while they are fresh, otherwise those of a look-up that all users share.
    pub fn addresses(self: &Arc<Self>) -> Lookup {
        let mut state = self.state();
        match &*state {
            State::Known { addresses, until } if Instant::now() < *until => Lookup::Known(addresses.clone()),
            State::LookingUp(pending) => Lookup::Pending(pending.clone()),
            State::Known { .. } | State::Unknown => {
                let Some(found) = self.start_lookup() else { return Lookup::Known(None) };
                let pending = found.shared();
                *state = State::LookingUp(pending.clone());
                Lookup::Pending(pending)
            }
        }
    }

    /// Looks the name up on a thread of its own, because the system's look-up blocks, and the end of the run must not
    /// wait for it. `None` when the system gives no thread; the name then counts as not found, and the next user who
    /// connects tries again.
    fn start_lookup(self: &Arc<Self>) -> Option<oneshot::Receiver<Addresses>> {
        let (sender, receiver) = oneshot::channel();
        let this = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("name look-up".to_owned()).spawn(move || {
            let found = (this.name.as_str(), this.port).to_socket_addrs();
            let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
            let addresses = (!found.is_empty()).then(|| found.into());
            let keep = if addresses.is_some() { KEEP } else { KEEP_FAILURE };
            *this.state() = State::Known { addresses: addresses.clone(), until: Instant::now() + keep };
            // Fails when every user who waited has given up.
            let _ = sender.send(addresses);
        });
        spawned.map(|_| receiver).ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;

    fn found(lookup: Lookup) -> Addresses {
        match lookup {
            Lookup::Known(addresses) => addresses,
            Lookup::Pending(pending) => block_on(pending).unwrap(),
        }
    }

    #[test]
    fn an_address_is_never_looked_up() {
        let name = HostName::new("::1", 80);
        assert!(matches!(name.addresses(), Lookup::Known(Some(addresses)) if addresses[0].is_ipv6()));
    }

    #[test]
    fn a_name_is_looked_up_once_for_all_who_ask() {
        let name = HostName::new("localhost", 8080);
        let first = name.addresses();
        assert!(matches!(first, Lookup::Pending(_)));
        let second = name.addresses();
        assert_eq!(found(first), found(second));
        assert!(matches!(name.addresses(), Lookup::Known(Some(addresses)) if addresses[0].port() == 8080));
    }

    #[test]
    fn a_name_that_nobody_holds_has_no_address() {
        assert_eq!(found(HostName::new("nobody.invalid", 80).addresses()), None);
    }
}
