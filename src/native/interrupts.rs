//! The signals that stop a run: SIGINT (Ctrl-C), SIGTERM, and SIGHUP when the terminal closes. The run still writes its
//! report then, because the report of a shortened run is useful.

use std::fs;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Waits for the signals that stop a run.
pub struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    /// `None` when the process was started with SIGHUP ignored, as `nohup` does: it stays ignored.
    hang_up: Option<Signal>,
}

impl Interrupts {
    pub fn listen() -> anyhow::Result<Self> {
        // Asked first, because listening to a signal ends its being ignored.
        let hang_up = (!is_ignored(SignalKind::hangup())).then(|| signal(SignalKind::hangup()));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: hang_up.transpose()?,
        })
    }

    pub async fn next(&mut self) {
        let Self { interrupt, terminate, hang_up } = self;
        let hung_up = async {
            match hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    }
}

/// Whether the process ignores a signal. Only Linux says so in a file; elsewhere no signal counts as ignored.
fn is_ignored(kind: SignalKind) -> bool {
    let number = kind.as_raw_value().unsigned_abs();
    fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores(&status, number))
}

/// Reads `SigIgn`, a mask in hexadecimal whose lowest bit is signal 1 (proc(5)).
fn ignores(status: &str, signal: u32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    signal > 0 && mask.checked_shr(signal - 1).is_some_and(|rest| rest & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_ignored_signals_is_read_from_the_process_status() {
        let status = "Name:\toddiya-load\nSigBlk:\tffffffffffffffff\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
        assert_eq!(
            [1, 2, 13, 15, 65].map(|signal| ignores(status, signal)),
            [true, false, true, false, false]
        );
        assert!(!ignores("Name:\tx\n", 1) && !ignores("SigIgn:\tx\n", 1));
    }
}
