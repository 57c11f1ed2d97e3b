//! Why a fault is not started.

const KINDS: &str = "stall, refuse, reset_mid_body, fail, database_down, database_locked, plan_frozen, gateway_frozen, \
    user_dead, redis_down, agent_dead, agent_frozen, model_failing or queue_dead";

/// Why a fault is not started. The message names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFault {
    #[error("the body must be one JSON object such as {{\"kind\":\"stall\",\"seconds\":10}}: {0}")]
    NotAnObject(String),
    #[error("`kind` must be {KINDS}")]
    Kind,
    /// A field has a wrong value or is missing.
    #[error("`{field}` must be {wanted}")]
    Field { field: &'static str, wanted: &'static str },
    /// This kind of fault has no such field.
    #[error("`{0}` is not a field of this kind of fault; leave it out")]
    Unknown(String),
    /// No port has this route.
    #[error(
        "`route` must be a route of this stub, such as /api/plans/{{id}}, not {0}; GET /__stub/stats names those that were asked for"
    )]
    Route(String),
    /// Another part of the host is broken already.
    #[error(
        "{0} is active, and of two broken parts at once nothing was measured; end it first: DELETE /__stub/faults"
    )]
    Another(&'static str),
    /// Two faults that close ports would open each other's.
    #[error("{0} is active and refuses connections already; end it first: DELETE /__stub/faults")]
    Refusing(&'static str),
    /// The fault breaks what this stub does not have.
    #[error(
        "gateway_frozen needs a gateway, and profile direct has none; start the stub with --profile gateway"
    )]
    NoGateway,
}
