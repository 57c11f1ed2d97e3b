//! Before a run: which way requests take to the host, and if there is none, why and what to do next.
//!
//! Nothing is measured here; the load worker sends the requests that are.
//!
//! | file | what lives there |
//! |---|---|
//! | `companion.rs` | the companion, where it served the page |
//! | `direct.rs` | the host without a companion |
//! | `asking.rs` | which Oddiya the host is, and users for the run |
//! | `get.rs` | one request with a time limit |

pub mod asking;
pub mod companion;
mod direct;
mod get;

use super::trouble::Trouble;
use crate::browser::message::{Destination, Lanes};
use crate::core::base::failure::FailureKind;
use crate::core::base::host::Host;
use crate::core::config::run_config::RunConfig;
use crate::core::http::relay::HostCheck;
use crate::core::present::advice::{ARE_SERVICES_RUNNING, STAND_IN};
use crate::core::present::command;
use companion::Companion;
use direct::Reachability;

/// Whether the host is probed before a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostProbe {
    /// Probe it, and fail within three seconds when it is not there.
    Before,
    /// Start the run without probing.
    Skip,
}

/// Decides where a run's requests go: through the companion when it relays to all hosts of the run, straight to them
/// otherwise.
pub async fn find_destination(config: &RunConfig, probe: HostProbe) -> Result<Destination, Trouble> {
    let services = config.scenario.further_services();
    let relays = |companion: &Companion| {
        let relays_to_service = |(name, host): &(String, Host)| companion.relays_to_service(name, host);
        companion.relays_to(&config.host) && services.iter().all(relays_to_service)
    };
    match companion::find().await.filter(relays) {
        Some(companion) => through(&companion, &config.host, probe).await,
        None => straight(&config.host, &services, probe).await,
    }
}

async fn through(companion: &Companion, host: &Host, probe: HostProbe) -> Result<Destination, Trouble> {
    let gone = || Trouble::new("The companion does not answer.", &["Start it again: oddiya-load serve"]);
    if probe == HostProbe::Before {
        let check = companion.check_host().await.ok_or_else(gone)?;
        if !check.reachable {
            return Err(unreachable(host, &check));
        }
    }
    companion.destination().await.ok_or_else(gone)
}

fn unreachable(host: &Host, check: &HostCheck) -> Trouble {
    let why = match check.kind {
        Some(FailureKind::Refused) => "nothing listens there (connection refused)",
        Some(FailureKind::Dns) => "its name has no address",
        Some(FailureKind::ConnectTimeout) => "it does not answer in time",
        Some(FailureKind::Unreachable) => "there is no way to it",
        Some(FailureKind::Tls) => "its certificate or TLS handshake is not acceptable",
        _ => "the connection failed",
    };
    Trouble::of_check(format!("{host} cannot be reached: {why}."), &[ARE_SERVICES_RUNNING, STAND_IN])
}

async fn straight(
    host: &Host,
    services: &[(String, Host)],
    probe: HostProbe,
) -> Result<Destination, Trouble> {
    if probe == HostProbe::Skip {
        return Ok(Destination::Direct { lanes: Lanes::Shared });
    }
    let command = command::serve(&host.to_string(), services);
    let serve = format!("Load it through the companion instead: {command}");
    let status = open_status(host, &serve).await?;
    for (_, service) in services {
        open_status(service, &serve).await?;
    }
    let lanes = direct::lanes(host, status).await;
    Ok(Destination::Direct { lanes })
}

/// The status with which a host answers this page; or why it does not, and what to do.
async fn open_status(host: &Host, serve: &str) -> Result<u16, Trouble> {
    let trouble = match direct::probe(host).await {
        Reachability::Open(status) => return Ok(status),
        Reachability::CorsForbids => Trouble::of_check(
            format!("{host} answers, but does not allow this page to read its answers (CORS)."),
            &[serve, "Or let the host send Access-Control-Allow-Origin for this page."],
        ),
        Reachability::MixedContent => Trouble::of_check(
            format!(
                "The browser blocks {host}: an https page may not talk to a plain http host (mixed content)."
            ),
            &[serve, "Then open the page at http://localhost:8089."],
        ),
        Reachability::Silent => Trouble::of_check(
            format!("{host} cannot be reached: nothing answers, or the browser blocks it."),
            &[ARE_SERVICES_RUNNING, STAND_IN, serve],
        ),
    };
    Err(trouble)
}
