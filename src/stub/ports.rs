//! The ports that a stub opens, and what is said when one cannot be had. Pure.

use super::options::Options;
use super::routes::Front;

/// A port to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    pub front: Front,
    /// 0 asks the system for a free one.
    pub number: u16,
    /// What asked for it, as messages name it.
    pub flag: String,
    /// What to do when it is taken, besides stopping what uses it.
    otherwise: &'static str,
}

impl Port {
    fn of_flag(front: Front, flag: &str, number: u16) -> Self {
        let otherwise = "name another port (0 picks a free one)";
        Self { front, number, flag: format!("{flag} {number}"), otherwise }
    }

    fn of_service(front: Front, name: &str, number: u16) -> Self {
        let otherwise = "let --port 0 pick free ones for the gateway and all services";
        Self { front, number, flag: format!("--services: port {number} of the {name} service"), otherwise }
    }

    pub fn in_use(&self) -> String {
        format!("{} is already in use; stop what uses it, or {}", self.flag, self.otherwise)
    }
}

/// The ports of these options.
///
/// # Errors
/// When two of them are the same.
pub fn asked_for(options: &Options) -> anyhow::Result<Vec<Port>> {
    let mut ports = vec![
        Port::of_flag(Front::Gateway, "--port", options.port),
        Port::of_flag(Front::Llm, "--llm-port", options.llm_port),
    ];
    if let Some(own) = options.services {
        ports.extend([
            Port::of_service(Front::Auth, "auth", own.auth),
            Port::of_service(Front::User, "user", own.user),
            Port::of_service(Front::Plan, "plan", own.plan),
            Port::of_service(Front::Video, "video", own.video),
        ]);
    }
    for (place, port) in ports.iter().enumerate() {
        let is_same = |other: &&Port| other.number != 0 && other.number == port.number;
        if let Some(other) = ports.iter().take(place).find(is_same) {
            anyhow::bail!("{} is the same as {}; {}", port.flag, other.flag, other.otherwise);
        }
    }
    Ok(ports)
}

#[cfg(test)]
mod tests {
    use super::super::options::ServicePorts;
    use super::*;

    fn refusal(port: u16, llm_port: u16, services: Option<ServicePorts>) -> Option<String> {
        let options = Options { port, llm_port, services, ..Options::default() };
        asked_for(&options).err().map(|error| error.to_string())
    }

    #[test]
    fn ports_that_differ_or_are_free_are_taken() {
        assert_eq!(refusal(8080, 8000, Some(ServicePorts::REAL)), None);
        assert_eq!(refusal(0, 0, Some(ServicePorts::FREE)), None);
        // Without services their ports are nobody's.
        assert_eq!(refusal(8081, 8000, None), None);
    }

    #[test]
    fn one_port_for_two_is_told_with_both() {
        assert_eq!(
            refusal(8082, 8000, Some(ServicePorts::REAL)).unwrap(),
            "--services: port 8082 of the user service is the same as --port 8082; name another port (0 picks a free one)"
        );
        assert_eq!(
            refusal(8000, 8000, None).unwrap(),
            "--llm-port 8000 is the same as --port 8000; name another port (0 picks a free one)"
        );
    }
}
