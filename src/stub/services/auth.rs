//! The auth service: sign-up, login, token refresh, and the social sign-ins that cannot work offline.
//!
//! Its exception handler catches everything, so unknown paths and malformed bodies are answered with a plain 500. It
//! swallows every failure of the user service at login, which then looks like a wrong password.

use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::java_body::{BadBody, JavaBody};
use super::sessions::{ACCESS_TOKEN_SECS, access_token, fake_password_hash};
use super::validation::{Checks, Constraint, FieldError};
use super::{Call, users};
use crate::stub::app::App;
use crate::stub::dependencies::{redis, user_service};
use crate::stub::finish::with_security;
use crate::stub::reply::{ErrorKind, Reply};
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewUser, User};
use crate::stub::{uuid, wallclock};

/// How long it waits for the user service.
const USER_SERVICE: Duration = Duration::from_secs(5);

/// Paths that anybody may ask for; all others are refused before anybody looks whether they exist.
const PERMITTED: [&str; 6] =
    ["/api/auth", "/api/v1/auth", "/oauth2", "/login/oauth2", "/.well-known", "/actuator"];

/// Answers one of the auth service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    let done = match endpoint {
        Endpoint::Signup => signup(app, call).await,
        Endpoint::Login => login(app, call).await,
        Endpoint::Refresh => refresh(app, call).await,
        Endpoint::GoogleCallback => google_callback(call),
        Endpoint::Authorize => Ok(authorize(app)),
        Endpoint::Jwks => {
            let keys = r#"{"kty":"RSA","use":"sig","kid":"oddiya-1"}"#;
            Ok(Reply::text(StatusCode::OK, "text/plain;charset=UTF-8", keys))
        }
        // Verifying a Google token needs Google. Oddiya does not implement Apple's.
        _ => Err(Failure::Unexpected),
    };
    if !matches!(endpoint, Endpoint::Signup | Endpoint::Login | Endpoint::Refresh) {
        app.timing.spend(call.visit, endpoint, 0).await;
    }
    with_security(done.unwrap_or_else(|failure| failure.reply()))
}

/// The answer to a path or method that the service does not have.
pub fn no_endpoint(call: &Call) -> Reply {
    let is_permitted = PERMITTED.iter().any(|prefix| {
        call.path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    with_security(if is_permitted {
        Failure::Unexpected.reply()
    } else {
        Reply::empty(StatusCode::FORBIDDEN)
    })
}

enum Failure {
    Invalid(Vec<FieldError>),
    Refused(&'static str),
    Unexpected,
}

impl From<BadBody> for Failure {
    fn from(bad: BadBody) -> Self {
        match bad {
            BadBody::Invalid(errors) => Self::Invalid(errors),
            BadBody::MediaType(_) | BadBody::Missing | BadBody::Unreadable(_) => Self::Unexpected,
        }
    }
}

impl Failure {
    fn reply(&self) -> Reply {
        let (status, error, message, details) = match self {
            Self::Invalid(errors) => {
                let named = errors.iter().map(|error| (error.field.to_owned(), Value::from(error.message)));
                let details = Some(Map::from_iter(named));
                (StatusCode::BAD_REQUEST, "Validation Failed", "Request validation failed", details)
            }
            Self::Refused(message) => (StatusCode::UNAUTHORIZED, "Invalid Token", *message, None),
            Self::Unexpected => {
                let message = "An unexpected error occurred";
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", message, None)
            }
        };
        let body = json!({
            "timestamp": wallclock::java_now(),
            "status": status.as_u16(), "error": error, "message": message, "details": details,
        });
        Reply { error: ErrorKind::Handled(status), ..Reply::spring(status, &body) }
    }
}

async fn signup(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = parse(call, "SignupRequest")?;
    let mut checks = Checks::of(&body);
    let name = checks.not_blank("name", "Name is required")?;
    if !(2..=100).contains(&name.chars().count()) {
        let message = "Name must be between 2 and 100 characters";
        checks.refuse("name", Constraint::Size, message, Some(name.clone()));
    }
    let (email, password) = credentials(&mut checks, 8, "Password must be at least 8 characters")?;
    checks.done()?;
    let new = NewUser {
        name,
        provider: "email".to_owned(),
        provider_id: email.clone(),
        password_hash: Some(fake_password_hash(&password, &email)),
        email,
    };
    // A taken address and a failing user service have the same answer.
    user_service(app).await.map_err(|_| Failure::Unexpected)?;
    let created = timeout(USER_SERVICE, users::create_with_password(app, &new)).await;
    let created = created.ok().and_then(Result::ok).flatten().ok_or(Failure::Unexpected)?;
    app.timing.spend(call.visit, Endpoint::Signup, 0).await;
    tokens(app, created.id, &created.email, Some(created.id)).await
}

async fn login(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = parse(call, "LoginRequest")?;
    let mut checks = Checks::of(&body);
    let (email, password) = credentials(&mut checks, 6, "Password must be at least 6 characters")?;
    checks.done()?;
    let password_hash = fake_password_hash(&password, &email);
    let found = known(app, &email).await;
    app.timing.spend(call.visit, Endpoint::Login, usize::from(found.is_some())).await;
    match found.filter(|user| user.password_hash.as_ref() == Some(&password_hash)) {
        Some(user) => tokens(app, user.id, &user.email, Some(user.id)).await,
        None => Err(Failure::Refused("Invalid email or password")),
    }
}

/// The user with an address. Whatever goes wrong at the user service, or takes it too long, is nobody.
async fn known(app: &App, email: &str) -> Option<User> {
    user_service(app).await.ok()?;
    timeout(USER_SERVICE, users::by_email(app, email)).await.ok()?.ok()?
}

async fn refresh(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = parse(call, "RefreshTokenRequest")?;
    let mut checks = Checks::of(&body);
    let token = checks.not_blank("refreshToken", "Refresh token is required")?;
    checks.done()?;
    redis(app).await.map_err(|_| Failure::Unexpected)?;
    let user = app.sessions.user_of(&token);
    // Reading the token and deleting it are two steps: a second request in between gets new tokens too, as in Oddiya.
    app.timing.spend(call.visit, Endpoint::Refresh, 0).await;
    let user = user.ok_or(Failure::Refused("Invalid refresh token"))?;
    app.sessions.close(&token);
    // As in Oddiya, the answer has a made-up address and no user id.
    tokens(app, user, "user@example.com", None).await
}

fn google_callback(call: &Call) -> Result<Reply, Failure> {
    let body = parse(call, "OAuthCallbackRequest")?;
    let mut checks = Checks::of(&body);
    checks.not_blank("code", "Authorization code is required")?;
    checks.not_blank("state", "State is required")?;
    checks.done()?;
    Err(Failure::Unexpected)
}

fn parse(call: &Call, class: &str) -> Result<JavaBody, BadBody> {
    JavaBody::parse(&call.headers, &call.body, &format!("com.oddiya.auth.dto.{class}"))
}

fn authorize(app: &App) -> Reply {
    let state = app.random(uuid::random);
    let target = format!(
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=your-google-client-id&redirect_uri=http://localhost:8080/api/v1/\
         auth/oauth/google/callback&response_type=code&scope=openid+profile+email&state={state}&prompt=select_account"
    );
    let reply = Reply::empty(StatusCode::FOUND);
    match HeaderValue::from_str(&target) {
        Ok(target) => reply.with(LOCATION, target),
        Err(_) => reply,
    }
}

fn credentials(
    checks: &mut Checks<'_>,
    shortest: usize,
    too_short: &'static str,
) -> Result<(String, String), Failure> {
    let email = checks.email("Email is required", "Email must be valid")?;
    let password = checks.not_blank("password", "Password is required")?;
    if password.chars().count() < shortest {
        checks.refuse("password", Constraint::Size, too_short, None);
    }
    Ok((email, password))
}

async fn tokens(app: &App, user: i64, email: &str, shown: Option<i64>) -> Result<Reply, Failure> {
    if shown.is_some() {
        redis(app).await.map_err(|_| Failure::Unexpected)?;
    }
    let (access, refresh) = app.random(|rng| (access_token(user, email, rng), app.sessions.open(user, rng)));
    let body = json!({
        "accessToken": access, "refreshToken": refresh, "tokenType": "Bearer", "expiresIn": ACCESS_TOKEN_SECS,
        "userId": shown,
    });
    Ok(Reply::spring(StatusCode::OK, &body))
}
