//! What the companion adds to the host's answer, and how an answer of its own says so.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::core::base::failure::Failure;

/// The header with the [`Refusal`], on an answer that is from the companion and not from the host.
pub const REFUSAL_HEADER: &str = "x-oddiya-load-refusal";
/// The header that says why the host gave no response, on a 502 of the companion. Its value is a [`Failure`] as
/// [`failure_header`] writes it.
pub const FAILURE_HEADER: &str = "x-oddiya-load-failure";
/// The status that replaces a status on which a browser would act (3xx and a few more). 203 means that a proxy changed
/// the answer (RFC 9110, §15.3.4), and browsers treat it like 200. A 203 of the host is wrapped too, so that the page
/// needs to read [`STATUS_HEADER`] only on an answer with this status.
pub const WRAPPED_STATUS: u16 = 203;
/// The header with the real status of the host, on an answer with [`WRAPPED_STATUS`].
pub const STATUS_HEADER: &str = "x-oddiya-load-status";
/// The header with the cookies that the host sets, as a JSON array of the values of `Set-Cookie`, on an answer to a request
/// whose envelope wants to see them. A browser shows a page no `Set-Cookie`.
pub const COOKIES_HEADER: &str = "x-oddiya-load-set-cookie";
/// The value of [`FAILURE_HEADER`]: the failure as JSON.
pub fn failure_header(failure: &Failure) -> String {
    // Cannot fail: a failure has only a kind and a text, and JSON can hold both.
    serde_json::to_string(failure).unwrap_or_default()
}

/// The failure that a [`FAILURE_HEADER`] names; `None` when another version of the companion wrote it.
pub fn parse_failure_header(value: &str) -> Option<Failure> {
    serde_json::from_str(value).ok()
}

/// Declares an enum whose variants each have one text, which is used in headers, in JSON and for people.
macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text in headers and JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Reads the value of a header; `None` for an unknown value, which a newer companion may have sent.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == name)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

named! {
    /// Why the companion refused a request by itself.
    Refusal {
        /// The request does not name this machine, as in a DNS rebinding attack, or names two.
        HostName = "host-name",
        /// The `Origin` header names another site.
        Origin = "origin",
        /// The token is not from this process: the page was loaded before the companion restarted.
        Token = "token",
        /// The envelope is not valid; see [`EnvelopeError`](super::EnvelopeError).
        Envelope = "envelope",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::base::failure::FailureKind;

    #[test]
    fn a_failure_header_reads_back() {
        let failure = Failure::new(FailureKind::Reset, "closed by the host");
        let header = failure_header(&failure);
        assert_eq!(header, r#"{"kind":"reset","detail":"closed by the host"}"#);
        assert_eq!(parse_failure_header(&header), Some(failure));
        assert_eq!(parse_failure_header("reset"), None);
    }

    #[test]
    fn the_names_of_refusals_read_back() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::from_name(refusal.as_str()), Some(*refusal));
            assert_eq!(serde_json::to_string(refusal).unwrap(), format!("\"{refusal}\""));
        }
        assert_eq!(Refusal::from_name("tokens"), None);
    }
}
