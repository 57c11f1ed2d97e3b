//! A host on loopback that answers every request and notes when each arrived and was answered.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::reconcile::Counted;
use crate::fake_host::FakeHost;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/// Long enough that a kill usually finds requests in flight.
const ANSWERS_AFTER: Duration = Duration::from_millis(5);

pub struct CountingHost {
    host: FakeHost,
    counted: Arc<Mutex<Counted>>,
}

impl CountingHost {
    pub async fn start() -> Self {
        let counted = Arc::<Mutex<Counted>>::default();
        let notes = Arc::clone(&counted);
        let host = FakeHost::start(move |mut connection| {
            let notes = Arc::clone(&notes);
            async move {
                while connection.request().await.is_some() {
                    notes.lock().unwrap().arrived.push(Instant::now());
                    tokio::time::sleep(ANSWERS_AFTER).await;
                    // Noted before it can be read, so that nobody can have read an answer that is not counted.
                    notes.lock().unwrap().answered.push(Instant::now());
                    if !connection.try_write(OK).await {
                        break;
                    }
                }
            }
        })
        .await;
        Self { host, counted }
    }

    pub fn url(&self) -> String {
        self.host.url()
    }

    /// Everything until now.
    pub fn counted(&self) -> Counted {
        self.counted.lock().unwrap().clone()
    }
}
