//! What the companion says of itself and of its host.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::core::base::failure::FailureKind;
use crate::core::base::host::Host;

/// The answer of [`INFO_PATH`](super::INFO_PATH).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanionInfo {
    /// Always [`CompanionInfo::PRODUCT`]. With any other value the server is not a companion.
    pub product: String,
    pub version: String,
    /// The address of the main host that the companion relays to.
    pub host: String,
    /// The further hosts that it relays to, by the names of their services.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub services: BTreeMap<String, String>,
    /// The token that every relayed request must have. It is new in each process of the companion.
    pub token: String,
}

impl CompanionInfo {
    pub const PRODUCT: &'static str = "oddiya-load";

    /// Whether it relays to the main host of a run, and to each further service by its name.
    pub fn relays_to(&self, main: &Host, services: &[(String, Host)]) -> bool {
        let is = |address: &str, host: &Host| address.parse::<Host>().is_ok_and(|known| known == *host);
        let has = |(name, host): &(String, Host)| self.services.get(name).is_some_and(|own| is(own, host));
        is(&self.host, main) && services.iter().all(has)
    }

    /// All that it relays to, in words.
    pub fn relayed(&self) -> String {
        let services = self.services.iter().map(|(name, host)| format!(", {name} at {host}"));
        std::iter::once(self.host.clone()).chain(services).collect()
    }
}

/// The answer of [`HOST_CHECK_PREFIX`](super::HOST_CHECK_PREFIX).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCheck {
    /// Whether the companion could open a connection, with TLS for https.
    pub reachable: bool,
    /// Why the host cannot be reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<FailureKind>,
    /// The reason as a text for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_companion_serves_a_run_only_with_its_main_host_and_all_its_services() {
        let host = |address: &str| address.parse::<Host>().unwrap();
        let services = [("auth", "http://localhost:8081"), ("llm", "http://localhost:8000/")];
        let info = CompanionInfo {
            product: CompanionInfo::PRODUCT.to_owned(),
            version: "1".to_owned(),
            host: "http://localhost:8080".to_owned(),
            services: services.map(|(name, address)| (name.to_owned(), address.to_owned())).into(),
            token: "f00d".to_owned(),
        };
        let main = host("http://localhost:8080");
        let service = |name: &str, address| [(name.to_owned(), host(address))];
        assert!(info.relays_to(&main, &[]), "a run may need fewer services");
        assert!(info.relays_to(&main, &service("llm", "http://LOCALHOST:8000")), "the same address");
        assert!(!info.relays_to(&host("http://localhost:80"), &[]));
        assert!(!info.relays_to(&main, &service("llm", "http://localhost:8001")), "another address");
        assert!(!info.relays_to(&main, &service("video", "http://localhost:8000")), "another name");
        let all = "http://localhost:8080, auth at http://localhost:8081, llm at http://localhost:8000/";
        assert_eq!(info.relayed(), all);
    }
}
