//! The calls whose times were measured of the real services: medians of 20, one at a time, warm, on a kept connection.

use super::{PERSON, PLAN, VIDEO};

/// A call, and what was measured of it.
pub struct Call {
    pub name: &'static str,
    pub method: &'static str,
    /// The port when it is asked directly, as the stub names it.
    pub service: &'static str,
    /// The path at that port; `{}` is what it needs.
    pub path: &'static str,
    pub body: &'static str,
    pub user: Option<u32>,
    pub needs: Needs,
    pub until: Until,
    /// Milliseconds, asked directly and through the gateway.
    pub real: (Option<f64>, Option<f64>),
}

/// What `{}` in a call's path and body stands for.
#[derive(Clone, Copy)]
pub enum Needs {
    Nothing,
    /// A number that was not used before.
    Number,
    /// The id of a new plan.
    Plan,
    /// A refresh token that was not used before.
    Session,
}

/// Which byte ends the time.
#[derive(Clone, Copy)]
pub enum Until {
    First,
    Last,
}

const CALL: Call = Call {
    name: "",
    method: "GET",
    service: "plan",
    path: "",
    body: "",
    user: Some(1),
    needs: Needs::Nothing,
    until: Until::Last,
    real: (None, None),
};

const fn get(name: &'static str, service: &'static str, path: &'static str) -> Call {
    Call { name, service, path, ..CALL }
}

const fn send(
    name: &'static str,
    method: &'static str,
    service: &'static str,
    path: &'static str,
    body: &'static str,
) -> Call {
    Call { name, method, service, path, body, ..CALL }
}

const fn health(name: &'static str, service: &'static str, direct: f64) -> Call {
    get(name, service, "/actuator/health").took(direct, None)
}

impl Call {
    const fn by(self, user: Option<u32>) -> Self {
        Self { user, ..self }
    }

    const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    const fn until(self, until: Until) -> Self {
        Self { until, ..self }
    }

    const fn took(self, direct: f64, gateway: Option<f64>) -> Self {
        Self { real: (Some(direct), gateway), ..self }
    }
}

const ME: &str = "/api/v1/users/me";
const PLANS: &str = "/api/v1/plans";
const VIDEOS: &str = "/api/v1/videos";
const LOGIN: &str = "/api/auth/login";
const TRIP: &str =
    r#"{"location":"Seoul","startDate":"2025-12-01","endDate":"2025-12-03","budget":"medium"}"#;
const WRONG: &str = r#"{"email":"known@example.com","password":"Secret124"}"#;
const UNKNOWN: &str = r#"{"email":"unknown@example.com","password":"Secret123"}"#;
const NEW: &str = r#"{"name":"Lee","email":"new{}@example.com","password":"Secret123"}"#;
/// A user whose plans nobody counts.
const MAKER: Option<u32> = Some(4);

pub const CALLS: &[Call] = &[
    get("GET users/me", "user", ME).took(0.7, Some(1.3)),
    send("PATCH users/me", "PATCH", "user", ME, r#"{"name":"N"}"#).took(2.6, Some(3.2)),
    get("GET plans, 1 plan", "plan", PLANS).by(Some(2)).took(1.4, Some(3.5)),
    get("GET plans, 10 plans", "plan", PLANS).took(3.2, Some(4.1)),
    get("GET plans, 100 plans", "plan", PLANS).by(Some(3)).took(14.7, Some(11.4)),
    get("GET plan", "plan", "/api/v1/plans/1").took(0.9, Some(3.1)),
    send("POST plan, 3 days", "POST", "plan", PLANS, PLAN).by(MAKER).took(19.7, Some(25.6)),
    send("PATCH plan", "PATCH", "plan", "/api/v1/plans/1", PLAN).took(1.9, Some(4.6)),
    send("confirm", "PATCH", "plan", "/api/v1/plans/1/confirm", "").took(1.8, Some(5.3)),
    send("DELETE plan", "DELETE", "plan", "/api/v1/plans/{}", "")
        .by(MAKER)
        .needs(Needs::Plan)
        .took(2.0, Some(4.2)),
    get("plan missing, 404", "plan", "/api/v1/plans/99999").took(1.3, Some(3.3)),
    send("POST video", "POST", "video", VIDEOS, VIDEO).by(MAKER).needs(Needs::Number).took(20.9, Some(22.3)),
    get("GET videos, 25 jobs", "video", VIDEOS).took(3.8, Some(4.6)),
    get("GET video", "video", "/api/v1/videos/1").took(1.2, Some(2.9)),
    health("health of the gateway", "gateway", 0.7),
    health("health of auth", "auth", 6.1),
    health("health of user", "user", 0.7),
    health("health of plan", "plan", 0.6),
    health("health of video", "video", 1.0),
    get("401 at the gateway", "gateway", "/api/users/me").by(None).took(0.2, None),
    send("login", "POST", "auth", LOGIN, PERSON).took(77.0, None),
    send("login, wrong password", "POST", "auth", LOGIN, WRONG).took(78.0, None),
    send("login, unknown e-mail", "POST", "auth", LOGIN, UNKNOWN).took(14.0, None),
    send("signup", "POST", "auth", "/api/auth/signup", NEW).needs(Needs::Number).took(80.0, None),
    send("refresh", "POST", "auth", "/api/auth/refresh", r#"{"refreshToken":"{}"}"#)
        .needs(Needs::Session)
        .took(5.5, None),
    get("agent: health", "llm-agent", "/health").took(0.3, None),
    send("agent: generate, 3 days", "POST", "llm-agent", "/api/v1/plans/generate", TRIP).took(12.1, None),
    send("agent: stream, first event", "POST", "llm-agent", "/api/v1/plans/generate/stream", TRIP)
        .until(Until::First)
        .took(0.7, None),
    send("agent: stream, complete", "POST", "llm-agent", "/api/v1/plans/generate/stream", TRIP)
        .took(3.6, None),
];
