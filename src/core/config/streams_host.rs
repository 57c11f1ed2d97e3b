//! Whether the typed host is one that the chosen classes can load: event streams come from the llm-agent, everything else
//! from the gateway. It is an advice, and no run is refused for it.

use crate::core::base::host::Host;
use crate::core::scenario::{Reading, Scenario, UserClass};

/// The ports that Oddiya's gateway and llm-agent have unless somebody changes them.
const GATEWAY_PORT: u16 = 8080;
const AGENT_PORT: u16 = 8000;

/// What there is to say about the host of the chosen classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostAdvice {
    /// The host suits the chosen classes, or the text is no host.
    Fits,
    /// Only streaming classes were chosen, and the host may be another service than the llm-agent.
    WantsAgent {
        /// The llm-agent beside a gateway at its usual port.
        offer: Option<Host>,
    },
    /// Streaming classes were chosen together with others, which have another host.
    Mixed,
}

/// Judges a typed host for the classes of a scenario. A text that is no host is not judged.
pub fn host_advice(scenario: &Scenario, typed: &str) -> HostAdvice {
    let Ok(host) = typed.parse::<Host>() else { return HostAdvice::Fits };
    let streaming = scenario.classes.iter().filter(|class| streams(class)).count();
    match streaming {
        0 => HostAdvice::Fits,
        _ if streaming < scenario.classes.len() => HostAdvice::Mixed,
        _ if host.port == AGENT_PORT => HostAdvice::Fits,
        _ if host.port == GATEWAY_PORT => {
            HostAdvice::WantsAgent { offer: Some(Host { port: AGENT_PORT, ..host }) }
        }
        _ => HostAdvice::WantsAgent { offer: None },
    }
}

/// Whether every request of a class is answered with an event stream.
fn streams(class: &UserClass) -> bool {
    let mut requests = class.request_steps().into_iter();
    requests.all(|step| step.request.reading == Reading::Events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn advice(classes: &[&str], host: &str) -> HostAdvice {
        let names: Vec<String> = classes.iter().map(ToString::to_string).collect();
        host_advice(&Scenario::oddiya().with_classes(&names).unwrap(), host)
    }

    #[test]
    fn streaming_classes_alone_are_offered_the_agent_beside_a_gateway() {
        let agent = "http://localhost:8000".parse().unwrap();
        assert_eq!(
            advice(&["PlanStreamUser"], "http://localhost:8080"),
            HostAdvice::WantsAgent { offer: Some(agent) }
        );
        assert_eq!(advice(&["PlanStreamUser"], "http://localhost:8000"), HostAdvice::Fits);
        let elsewhere = advice(&["PlanStreamUser"], "https://oddiya.example");
        assert_eq!(elsewhere, HostAdvice::WantsAgent { offer: None }, "no port to go by");
    }

    #[test]
    fn other_classes_are_not_asked_and_a_mixture_has_two_hosts() {
        assert_eq!(advice(&[], "http://localhost:8080"), HostAdvice::Fits);
        assert_eq!(advice(&["OddiyaUser", "PlanStreamUser"], "http://localhost:8080"), HostAdvice::Mixed);
        assert_eq!(advice(&["PlanStreamUser"], "http://local"), HostAdvice::WantsAgent { offer: None });
        assert_eq!(advice(&["PlanStreamUser"], "half-typed"), HostAdvice::Fits);
    }
}
