//! Before a run: by which way the host is reached, and if it is not, why and what to do next.

use super::companion::{self, Companion};
use super::direct::{self, Found};
use super::message::{Destination, Lanes};
use super::session::{Preflight, Trouble};
use crate::core::base::host::Host;
use crate::core::http::relay::{HostCheck, RelayFailure};

const ARE_SERVICES_RUNNING: &str = "Are the services running? For Oddiya: ./scripts/start-for-mobile-testing.sh, or `oddiya-load stub` for a stand-in.";

/// The way to a host: through the companion when it relays there, straight otherwise.
pub async fn find_way(host: &Host, preflight: Preflight) -> Result<Destination, Trouble> {
    match companion::find().await.filter(|companion| companion.relays_to(host)) {
        Some(companion) => through(&companion, host, preflight).await,
        None => straight(host, preflight).await,
    }
}

async fn through(companion: &Companion, host: &Host, preflight: Preflight) -> Result<Destination, Trouble> {
    let gone = || Trouble::new("The companion does not answer.", &["Start it again: oddiya-load serve"]);
    if preflight == Preflight::Check {
        let check = companion::check_host().await.ok_or_else(gone)?;
        if !check.reachable {
            return Err(unreachable(host, &check));
        }
    }
    companion.target().await.ok_or_else(gone)
}

fn unreachable(host: &Host, check: &HostCheck) -> Trouble {
    let why = match check.kind {
        Some(RelayFailure::Refused) => "nothing listens there (connection refused)",
        Some(RelayFailure::Dns) => "its name has no address",
        Some(RelayFailure::Timeout) => "it does not answer in time",
        Some(RelayFailure::Unreachable) => "there is no way to it",
        Some(RelayFailure::Tls) => "its certificate or TLS handshake is not acceptable",
        _ => "the connection failed",
    };
    let mut trouble = Trouble::new(format!("{host} cannot be reached: {why}."), &[ARE_SERVICES_RUNNING]);
    trouble.may_insist = true;
    trouble
}

async fn straight(host: &Host, preflight: Preflight) -> Result<Destination, Trouble> {
    if preflight == Preflight::Skip {
        return Ok(Destination::Direct { lanes: Lanes::Shared });
    }
    let serve = format!("Load it through the companion instead: oddiya-load serve -H {host}");
    let mut trouble = match direct::look(host).await {
        Found::Open(status) => {
            let lanes = direct::lanes(host, status).await;
            return Ok(Destination::Direct { lanes });
        }
        Found::CorsForbids => Trouble::new(
            format!("{host} answers, but does not allow this page to read its answers (CORS)."),
            &[&serve, "Or let the host send Access-Control-Allow-Origin for this page."],
        ),
        Found::MixedContent => Trouble::new(
            format!(
                "The browser blocks {host}: an https page may not talk to a plain http host (mixed content)."
            ),
            &[&serve, "Then open the page at http://localhost:8089."],
        ),
        Found::Silent => Trouble::new(
            format!("{host} cannot be reached: nothing answers, or the browser blocks it."),
            &[ARE_SERVICES_RUNNING, &serve],
        ),
    };
    trouble.may_insist = true;
    Err(trouble)
}
