//! A write in a thread of its own, so that a disk that stalls or a pipe that nobody reads holds neither the run nor its
//! signals.
//!
//! The thread of a write that was given up stays until the process ends. What is written, and where, is decided
//! elsewhere.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::place::Place;

/// A place that one thread at a time writes to, so that an older content never replaces a newer one.
#[derive(Debug)]
pub struct Target {
    pub place: Place,
    turn: Mutex<()>,
}

/// How a write ended.
#[derive(Debug)]
pub struct Written {
    pub result: io::Result<()>,
    /// The duration from its start, the wait for its turn included.
    pub took: Duration,
}

/// Why a place was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    System(#[from] io::Error),
    #[error("it has taken nothing for {} s", .0.as_secs_f64())]
    Stalled(Duration),
    #[error("given up at the signal to stop")]
    Interrupted,
}

/// A write that is under way.
#[derive(Debug)]
pub struct Writing {
    ended: oneshot::Receiver<Written>,
    /// The bytes written so far, to tell a slow write from one that stands still.
    taken: Arc<AtomicU64>,
}

impl Target {
    pub fn new(place: Place) -> Arc<Self> {
        Arc::new(Self { place, turn: Mutex::default() })
    }
}

impl Writing {
    /// Writes what `fill` fills in.
    pub fn start<F>(target: &Arc<Target>, fill: F) -> Self
    where
        F: Fn(&mut dyn Write) -> io::Result<()> + Send + 'static,
    {
        let (target, taken) = (Arc::clone(target), Arc::<AtomicU64>::default());
        let counter = Arc::clone(&taken);
        let writing = Self::in_thread(move || {
            let _turn = target.turn.lock().unwrap_or_else(PoisonError::into_inner);
            target.place.write(|sink| fill(&mut Counted { sink, counter: &counter }))
        });
        Self { taken, ..writing }
    }

    /// A write that takes no notice of how much was taken.
    pub fn in_thread(write: impl FnOnce() -> io::Result<()> + Send + 'static) -> Self {
        let (done, ended) = oneshot::channel();
        let began = Instant::now();
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let result = write();
            // Sending fails when the write was given up, because the receiver is gone.
            let _ = done.send(Written { result, took: began.elapsed() });
        });
        let ended = thread.map_or_else(ended_at_once, |_| ended);
        Self { ended, taken: Arc::default() }
    }

    /// How it ended; `None` while it goes on.
    pub fn poll(&mut self) -> Option<Written> {
        match self.ended.try_recv() {
            Ok(written) => Some(written),
            Err(oneshot::error::TryRecvError::Empty) => None,
            Err(oneshot::error::TryRecvError::Closed) => {
                Some(Written { result: Err(panicked()), took: Duration::ZERO })
            }
        }
    }

    /// Waits until it has ended, and gives up when nothing was taken during the whole `patience`; `None` waits for as
    /// long as it takes.
    pub async fn end(mut self, patience: Option<Duration>) -> Result<(), WriteError> {
        let mut seen = 0;
        loop {
            let ended = match patience {
                Some(patience) => tokio::time::timeout(patience, &mut self.ended).await,
                None => Ok((&mut self.ended).await),
            };
            match ended {
                Ok(written) => return Ok(written.map_or_else(|_| Err(panicked()), |written| written.result)?),
                Err(_) => {
                    let taken = self.taken.load(Ordering::Relaxed);
                    if std::mem::replace(&mut seen, taken) == taken {
                        return Err(WriteError::Stalled(patience.unwrap_or_default()));
                    }
                }
            }
        }
    }
}

fn ended_at_once(error: io::Error) -> oneshot::Receiver<Written> {
    let (done, ended) = oneshot::channel();
    // The receiver is right here.
    let _ = done.send(Written { result: Err(error), took: Duration::ZERO });
    ended
}

fn panicked() -> io::Error {
    io::Error::other("the thread that writes has failed")
}

/// Counts what is taken.
struct Counted<'a> {
    sink: &'a mut dyn Write,
    counter: &'a AtomicU64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.sink.write(bytes)?;
        self.counter.fetch_add(taken as u64, Ordering::Relaxed);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::mpsc;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(500);

    fn target(folder: &Path) -> Arc<Target> {
        Target::new(Place::prepare(&folder.join("report.json")).unwrap())
    }

    #[tokio::test]
    async fn a_write_that_takes_nothing_for_the_whole_patience_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (release, held) = mpsc::channel::<()>();
        let held = Mutex::new(held);
        let stalled = Writing::start(&target(folder.path()), move |sink| {
            sink.write_all(b"half")?;
            // Ends when the test drops the other side.
            let _ = held.lock().unwrap().recv();
            Ok(())
        });
        let ended = stalled.end(Some(PATIENCE)).await;
        assert!(matches!(ended, Err(WriteError::Stalled(PATIENCE))), "{ended:?}");
        assert!(!folder.path().join("report.json").exists());
        drop(release);
    }

    #[tokio::test]
    async fn a_write_that_is_slow_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let (byte, bytes) = mpsc::channel::<u8>();
        let bytes = Mutex::new(bytes);
        let slow = Writing::start(&target(folder.path()), move |sink| {
            bytes.lock().unwrap().iter().try_for_each(|byte| sink.write_all(&[byte]))
        });
        let taken = Arc::clone(&slow.taken);
        let end = tokio::spawn(slow.end(Some(PATIENCE)));
        let began = Instant::now();
        while began.elapsed() < PATIENCE * 3 {
            byte.send(b'.').unwrap();
            tokio::time::sleep(PATIENCE / 10).await;
        }
        drop(byte);
        end.await.unwrap().unwrap();
        let written = std::fs::metadata(folder.path().join("report.json")).unwrap().len();
        assert!(written == taken.load(Ordering::Relaxed) && written > 5, "{written} bytes");
    }

    #[tokio::test]
    async fn two_writes_of_one_place_follow_one_another() {
        let folder = tempfile::tempdir().unwrap();
        let target = target(folder.path());
        let turn = target.turn.lock().unwrap();
        let mut first = Writing::start(&target, |sink| sink.write_all(b"first"));
        assert!(first.poll().is_none(), "it waits for its turn");
        drop(turn);
        first.end(None).await.unwrap();
        Writing::start(&target, |sink| sink.write_all(b"second")).end(None).await.unwrap();
        assert_eq!(std::fs::read(folder.path().join("report.json")).unwrap(), b"second");
    }
}
