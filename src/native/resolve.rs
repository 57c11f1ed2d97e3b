//! From the host's name to its addresses: one look-up for all users of a run, kept for half a minute.
//!
//! A phone looks a name up and keeps the answer; 20,000 of them on one machine would each wait for the same thread
//! pool, and measure that. So a run asks once, whoever comes meanwhile waits for the same answer (and counts the
//! waiting), and asks again when the answer is old. Opens no connection.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_channel::oneshot;
use futures_util::FutureExt as _;
use futures_util::future::Shared;

/// As long as Java's cache keeps an answer; a host that moves is followed.
const KEEP: Duration = Duration::from_secs(30);
/// A failed look-up is not repeated for every user at once.
const KEEP_FAILURE: Duration = Duration::from_secs(1);

/// The addresses of a name; `None` when it has none.
pub type Addresses = Option<Arc<[SocketAddr]>>;

/// One name of a run.
pub struct Name {
    name: String,
    port: u16,
    state: Mutex<State>,
}

enum State {
    Unknown,
    LookingUp(Shared<oneshot::Receiver<Addresses>>),
    Known { addresses: Addresses, until: Instant },
}

/// What a name stands for, at once or after waiting.
pub enum Answer {
    /// It was known.
    Known(Addresses),
    /// It is being looked up; a look-up that ends without a word found nothing.
    Wait(Shared<oneshot::Receiver<Addresses>>),
}

impl Name {
    /// A name, or an address as text, which is never looked up.
    pub fn new(name: &str, port: u16) -> Arc<Self> {
        let state = name.parse::<IpAddr>().map_or(State::Unknown, |ip| {
            // A century: an address stays what it is.
            let until = Instant::now() + Duration::from_secs(3_155_760_000);
            State::Known { addresses: Some(Arc::new([SocketAddr::new(ip, port)])), until }
        });
        Arc::new(Self { name: name.to_owned(), port, state: Mutex::new(state) })
    }

    /// Its addresses, from memory where they are fresh.
    pub fn addresses(self: &Arc<Self>) -> Answer {
        let mut state = self.state();
        match &*state {
            State::Known { addresses, until } if Instant::now() < *until => Answer::Known(addresses.clone()),
            State::LookingUp(answer) => Answer::Wait(answer.clone()),
            State::Known { .. } | State::Unknown => {
                let Some(answer) = self.look_up() else { return Answer::Known(None) };
                let answer = answer.shared();
                *state = State::LookingUp(answer.clone());
                Answer::Wait(answer)
            }
        }
    }

    /// On a thread of its own: the system's look-up blocks, and nobody waits for it when the run ends. `None` when the
    /// system gives no thread.
    fn look_up(self: &Arc<Self>) -> Option<oneshot::Receiver<Addresses>> {
        let (sender, receiver) = oneshot::channel();
        let this = Arc::clone(self);
        let spawned = std::thread::Builder::new().name("name look-up".to_owned()).spawn(move || {
            let found = (this.name.as_str(), this.port).to_socket_addrs();
            let found: Vec<SocketAddr> = found.map(Iterator::collect).unwrap_or_default();
            let addresses = (!found.is_empty()).then(|| found.into());
            let keep = if addresses.is_some() { KEEP } else { KEEP_FAILURE };
            *this.state() = State::Known { addresses: addresses.clone(), until: Instant::now() + keep };
            // Whoever gave up meanwhile need not know.
            let _ = sender.send(addresses);
        });
        // Without a thread the sender is gone, and the name counts as not found; the next who asks tries again.
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

    fn found(answer: Answer) -> Addresses {
        match answer {
            Answer::Known(addresses) => addresses,
            Answer::Wait(answer) => block_on(answer).unwrap(),
        }
    }

    #[test]
    fn an_address_is_never_looked_up() {
        let name = Name::new("::1", 80);
        assert!(matches!(name.addresses(), Answer::Known(Some(addresses)) if addresses[0].is_ipv6()));
    }

    #[test]
    fn a_name_is_looked_up_once_for_all_who_ask() {
        let name = Name::new("localhost", 8080);
        let first = name.addresses();
        assert!(matches!(first, Answer::Wait(_)));
        let second = name.addresses();
        assert_eq!(found(first), found(second));
        assert!(matches!(name.addresses(), Answer::Known(Some(addresses)) if addresses[0].port() == 8080));
    }

    #[test]
    fn a_name_that_is_nobodys_has_no_address() {
        assert_eq!(found(Name::new("nobody.invalid", 80).addresses()), None);
    }
}
