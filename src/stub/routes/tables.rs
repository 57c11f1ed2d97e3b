//! The paths of each service, and how each of the three Oddiyas exposes them.
//!
//! Of one path's methods the order is the one in which the real host lists them in `Allow`.

use http::Method;

use super::{Endpoint, Service};

pub type Entry = (Method, &'static str, Endpoint);

pub const GATEWAY_PAGES: &[Entry] = &[
    (Method::GET, "/", Endpoint::Page),
    (Method::GET, "/index.html", Endpoint::Page),
    (Method::GET, "/app", Endpoint::Page),
    (Method::GET, "/mobile", Endpoint::Page),
    (Method::GET, "/api/overview", Endpoint::Overview),
    (Method::GET, "/api/messages/ko", Endpoint::Messages),
    (Method::GET, "/api/messages/ko/{key}", Endpoint::Message),
];

/// Every Spring service has these endpoints.
pub const ACTUATOR: &[Entry] = &[
    (Method::GET, "/actuator", Endpoint::Actuator),
    (Method::GET, "/actuator/health", Endpoint::Health),
    (Method::GET, "/actuator/health/{part}", Endpoint::HealthPart),
    (Method::GET, "/actuator/info", Endpoint::Info),
];

pub const AUTH: &[Entry] = &[
    (Method::POST, "/api/auth/signup", Endpoint::Signup),
    (Method::POST, "/api/auth/login", Endpoint::Login),
    (Method::POST, "/api/auth/refresh", Endpoint::Refresh),
    (Method::POST, "/api/auth/oauth2/callback/google", Endpoint::GoogleCallback),
    (Method::POST, "/api/v1/auth/google/verify", Endpoint::GoogleVerify),
    (Method::POST, "/api/v1/auth/apple/verify", Endpoint::AppleVerify),
    (Method::GET, "/api/v1/auth/oauth/google/callback", Endpoint::GoogleRedirect),
    (Method::GET, "/oauth2/authorize/google", Endpoint::Authorize),
    (Method::GET, "/.well-known/jwks.json", Endpoint::Jwks),
];

pub const USERS: &[Entry] = &[
    (Method::PATCH, "/api/v1/users/me", Endpoint::PatchMe),
    (Method::GET, "/api/v1/users/me", Endpoint::Me),
    (Method::POST, "/api/v1/users/internal/users", Endpoint::FindOrCreateUser),
    (Method::POST, "/api/v1/users/internal/users/email", Endpoint::CreateEmailUser),
    (Method::GET, "/api/v1/users/internal/users/email/{email}", Endpoint::UserByEmail),
];

pub const PLANS: &[Entry] = &[
    (Method::GET, "/api/v1/plans", Endpoint::ListPlans),
    (Method::POST, "/api/v1/plans", Endpoint::CreatePlan),
    (Method::PATCH, "/api/v1/plans/{id}", Endpoint::UpdatePlan),
    (Method::GET, "/api/v1/plans/{id}", Endpoint::GetPlan),
    (Method::DELETE, "/api/v1/plans/{id}", Endpoint::DeletePlan),
    (Method::PATCH, "/api/v1/plans/{id}/confirm", Endpoint::ConfirmPlan),
    (Method::PATCH, "/api/v1/plans/{id}/complete", Endpoint::CompletePlan),
];

/// Endpoints of the Locust era. Today's Oddiya lacks them, because their classes were renamed.
pub const LOCUST_ERA: &[Entry] = &[
    (Method::POST, "/api/v1/plans/{id}/photos", Endpoint::AddPhoto),
    (Method::GET, "/api/v1/plans/{id}/photos", Endpoint::ListPhotos),
    (Method::POST, "/api/v1/plans/{id}/photos/presigned-url", Endpoint::PresignPhoto),
    (Method::GET, "/api/v1/profile/trips", Endpoint::Trips),
];

pub const VIDEOS: &[Entry] = &[
    (Method::GET, "/api/v1/videos", Endpoint::ListVideos),
    (Method::POST, "/api/v1/videos", Endpoint::CreateVideo),
    (Method::GET, "/api/v1/videos/{id}", Endpoint::GetVideo),
];

pub const LLM: &[Entry] = &[
    (Method::GET, "/", Endpoint::LlmRoot),
    (Method::GET, "/health", Endpoint::LlmHealth),
    (Method::GET, "/api/v1/health", Endpoint::PlannerHealth),
    (Method::POST, "/api/v1/plans/generate", Endpoint::Generate),
    (Method::POST, "/api/v1/plans/generate/stream", Endpoint::Stream),
    (Method::GET, "/test", Endpoint::LlmDocument),
    (Method::GET, "/static/streaming-test.html", Endpoint::LlmDocument),
    (Method::HEAD, "/static/streaming-test.html", Endpoint::LlmDocument),
    (Method::GET, "/docs", Endpoint::LlmDocument),
    (Method::HEAD, "/docs", Endpoint::LlmDocument),
    (Method::GET, "/redoc", Endpoint::LlmDocument),
    (Method::HEAD, "/redoc", Endpoint::LlmDocument),
    (Method::GET, "/openapi.json", Endpoint::LlmDocument),
    (Method::HEAD, "/openapi.json", Endpoint::LlmDocument),
];

/// Paths of a port that lead to a service, and what they become there.
#[derive(Clone, Copy, Debug)]
pub struct Mount {
    pub from: &'static str,
    pub to: &'static str,
    pub service: Service,
}

const fn mount(from: &'static str, to: &'static str, service: Service) -> Mount {
    Mount { from, to, service }
}

pub const LOCUST_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/v1/auth", Service::Auth),
    mount("/api/users", "/api/v1/users", Service::User),
    mount("/api/plans", "/api/v1/plans", Service::Plan),
    mount("/api/videos", "/api/v1/videos", Service::Video),
    mount("/api/profile", "/api/v1/profile", Service::Plan),
];

pub const GATEWAY_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/v1/auth", Service::Auth),
    mount("/api/v1/auth", "/api/v1/auth", Service::Auth),
    mount("/oauth2", "/oauth2", Service::Auth),
    mount("/login/oauth2", "/login/oauth2", Service::Auth),
    mount("/api/users", "/api/v1/users", Service::User),
    mount("/api/v1/users", "/api/v1/users", Service::User),
    mount("/api/plans", "/api/v1/plans", Service::Plan),
    mount("/api/v1/plans", "/api/v1/plans", Service::Plan),
    mount("/api/videos", "/api/v1/videos", Service::Video),
    mount("/api/profile", "/api/v1/profile", Service::Plan),
];

/// Without a gateway, one port serves the paths of all services, so that a client needs one base URL instead of four.
pub const DIRECT_MOUNTS: &[Mount] = &[
    mount("/api/auth", "/api/auth", Service::Auth),
    mount("/api/v1/auth", "/api/v1/auth", Service::Auth),
    mount("/oauth2", "/oauth2", Service::Auth),
    mount("/login/oauth2", "/login/oauth2", Service::Auth),
    mount("/.well-known", "/.well-known", Service::Auth),
    mount("/api/v1/users", "/api/v1/users", Service::User),
    mount("/api/v1/plans", "/api/v1/plans", Service::Plan),
    mount("/api/v1/videos", "/api/v1/videos", Service::Video),
    // The mobile app sends everything else to the auth service, which refuses it.
    mount("/api", "/api", Service::Auth),
];
