//! The faults that `POST /__stub/faults` accepts, read from its body. Pure.

use std::time::Duration;

use serde::Serialize;

use super::bad::BadFault;
use super::fields::Fields;
use super::outage::Outage;

#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Requests wait without an answer; connections stay open.
    Stall {
        seconds: f64,
        /// The only route that is affected; every route when absent.
        route: Option<String>,
    },
    /// New connections are refused and open ones are reset.
    Refuse { seconds: f64 },
    /// The head and half the body are sent, then the connection is reset.
    ResetMidBody {
        /// Share of the requests that are affected, in [0, 1].
        share: f64,
        /// The only route that is affected; every route when absent.
        route: Option<String>,
    },
    /// The request is answered with an error status and has no effect.
    Fail {
        /// Share of the requests that are affected, in [0, 1].
        share: f64,
        /// From 400 to 599.
        status: u16,
        /// The only route that is affected; every route when absent.
        route: Option<String>,
    },
    /// A part of the host is broken.
    Outage {
        outage: Outage,
        /// How long; until it is ended when absent.
        seconds: Option<f64>,
    },
}

/// A fault as `GET /__stub/faults` shows it, in the form in which it was posted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Shown {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<String>,
}

impl Fault {
    /// Reads the body of `POST /__stub/faults`.
    pub fn parse(body: &[u8]) -> Result<Self, BadFault> {
        let mut fields: Fields =
            serde_json::from_slice(body).map_err(|e| BadFault::NotAnObject(e.to_string()))?;
        let fault = Self::of_kind(&fields.take_kind()?, &mut fields)?;
        fields.are_all_taken()?;
        Ok(fault)
    }

    fn of_kind(kind: &str, fields: &mut Fields) -> Result<Self, BadFault> {
        Ok(match kind {
            "stall" => Self::Stall { seconds: fields.take_seconds()?, route: fields.take_route()? },
            "refuse" => Self::Refuse { seconds: fields.take_seconds()? },
            "reset_mid_body" => {
                Self::ResetMidBody { share: fields.take_share()?, route: fields.take_route()? }
            }
            "fail" => Self::Fail {
                share: fields.take_share()?,
                status: fields.take_status()?,
                route: fields.take_route()?,
            },
            "model_failing" => {
                let outage = Outage::ModelFailing { share: fields.take_share()? };
                Self::Outage { outage, seconds: fields.take_seconds_or_none()? }
            }
            _ => {
                let outage = Outage::plain(kind).ok_or(BadFault::Kind)?;
                Self::Outage { outage, seconds: fields.take_seconds_or_none()? }
            }
        })
    }

    /// How long it lasts; `None` when it lasts until `DELETE /__stub/faults`.
    pub fn duration(&self) -> Option<Duration> {
        match self {
            Self::Stall { seconds, .. } | Self::Refuse { seconds } => Some(Duration::from_secs_f64(*seconds)),
            Self::ResetMidBody { .. } | Self::Fail { .. } => None,
            Self::Outage { seconds, .. } => seconds.map(Duration::from_secs_f64),
        }
    }

    pub fn route(&self) -> Option<&str> {
        match self {
            Self::Stall { route, .. } | Self::ResetMidBody { route, .. } | Self::Fail { route, .. } => {
                route.as_deref()
            }
            Self::Refuse { .. } | Self::Outage { .. } => None,
        }
    }

    pub fn shown(&self) -> Shown {
        let route = self.route().map(str::to_owned);
        let shown = Shown { route, ..Shown::default() };
        match *self {
            Self::Stall { seconds, .. } => Shown { kind: "stall", seconds: Some(seconds), ..shown },
            Self::Refuse { seconds } => Shown { kind: "refuse", seconds: Some(seconds), ..shown },
            Self::ResetMidBody { share, .. } => Shown { kind: "reset_mid_body", share: Some(share), ..shown },
            Self::Fail { share, status, .. } => {
                Shown { kind: "fail", share: Some(share), status: Some(status), ..shown }
            }
            Self::Outage { outage, seconds } => {
                let share = if let Outage::ModelFailing { share } = outage { Some(share) } else { None };
                Shown { kind: outage.name(), seconds, share, ..shown }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind() {
        let stall = Fault::parse(br#"{"kind":"stall","seconds":10}"#).unwrap();
        assert_eq!(stall, Fault::Stall { seconds: 10.0, route: None });
        assert_eq!(Fault::parse(br#"{"kind":"refuse","seconds":0.5}"#), Ok(Fault::Refuse { seconds: 0.5 }));
        let route = Some("/api/plans".to_owned());
        let cut = Fault::parse(br#"{"kind":"reset_mid_body","share":0.1,"route":"/api/plans"}"#).unwrap();
        assert_eq!(cut, Fault::ResetMidBody { share: 0.1, route });
        let fail = Fault::parse(br#"{"kind":"fail","share":0.2,"status":503}"#).unwrap();
        assert_eq!(fail, Fault::Fail { share: 0.2, status: 503, route: None });
        let down = Fault::parse(br#"{"kind":"database_down"}"#).unwrap();
        assert_eq!(down, Fault::Outage { outage: Outage::DatabaseDown, seconds: None });
        let model = Fault::parse(br#"{"kind":"model_failing","share":0.5,"seconds":60}"#).unwrap();
        assert_eq!(model, Fault::Outage { outage: Outage::ModelFailing { share: 0.5 }, seconds: Some(60.0) });
    }

    #[test]
    fn a_fault_is_shown_as_it_was_posted() {
        for body in [
            r#"{"kind":"stall","seconds":10.0,"route":"/a"}"#,
            r#"{"kind":"fail","share":0.5,"status":503}"#,
            r#"{"kind":"model_failing","seconds":60.0,"share":0.5}"#,
            r#"{"kind":"queue_dead"}"#,
        ] {
            let shown = serde_json::to_string(&Fault::parse(body.as_bytes()).unwrap().shown()).unwrap();
            assert_eq!(shown, body);
        }
    }

    #[test]
    fn a_bad_body_is_told_which_field_is_wrong() {
        for (body, field) in [
            ("", "body"),
            ("[]", "body"),
            (r#"[{"kind":"queue_dead"},{"kind":"agent_dead"}]"#, "one fault after the other"),
            ("{}", "`kind`"),
            (r#"{"kind":"melt"}"#, "`kind`"),
            (r#"{"kind":"stall"}"#, "`seconds`"),
            (r#"{"kind":"stall","seconds":"x"}"#, "`seconds`"),
            (r#"{"kind":"stall","seconds":-1}"#, "`seconds`"),
            (r#"{"kind":"agent_dead","seconds":1e9}"#, "`seconds`"),
            (r#"{"kind":"model_failing"}"#, "`share`"),
            (r#"{"kind":"fail","share":2,"status":503}"#, "`share`"),
            (r#"{"kind":"fail","share":1,"status":503.5}"#, "`status`"),
            (r#"{"kind":"fail","share":1,"status":503,"route":5}"#, "`route`"),
            (r#"{"kind":"refuse","seconds":1,"route":"/"}"#, "`route`"),
            (r#"{"kind":"queue_dead","share":1}"#, "`share`"),
            (r#"{"kind":"queue_dead"}{"kind":"agent_dead"}"#, "one JSON object"),
            (r#"{"kind":"queue_dead","kind":"agent_dead"}"#, "`kind` twice"),
            ("7", "an object"),
        ] {
            let error = Fault::parse(body.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(field), "{body}: {error}");
        }
    }
}
