//! The auth service: sign-up, login, token refresh, and the social sign-ins that cannot work offline.
//!
//! Its exception handler catches everything, so unknown paths and malformed bodies are answered with a plain 500.

use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use serde_json::{Map, Value, json};

use super::java_body::{BadBody, JavaBody, is_email};
use super::sessions::{ACCESS_TOKEN_SECS, access_token, fake_password_hash};
use super::{Call, users};
use crate::stub::app::App;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::NewUser;
use crate::stub::{uuid, wallclock};

/// Answers one of the auth service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    app.timing.spend(endpoint, 0).await;
    let done = match endpoint {
        Endpoint::Signup => signup(app, call).await,
        Endpoint::Login => login(app, call).await,
        Endpoint::Refresh => refresh(app, call),
        Endpoint::GoogleCallback => google_callback(call),
        Endpoint::Authorize => return authorize(app),
        Endpoint::Jwks => {
            let keys = r#"{"kty":"RSA","use":"sig","kid":"oddiya-1"}"#;
            return Reply::text(StatusCode::OK, "text/plain;charset=UTF-8", keys);
        }
        // Verifying a Google token needs Google. Oddiya does not implement Apple's.
        _ => Err(Failure::Unexpected),
    };
    done.unwrap_or_else(|failure| failure.reply())
}

/// The answer to unknown paths and to every exception without a handler of its own.
pub fn unexpected() -> Reply {
    Failure::Unexpected.reply()
}

enum Failure {
    Invalid(&'static str, &'static str),
    Refused(&'static str),
    Unexpected,
}

impl From<BadBody> for Failure {
    fn from(bad: BadBody) -> Self {
        match bad {
            BadBody::Invalid { field, message } => Self::Invalid(field, message),
            BadBody::MediaType | BadBody::Unreadable => Self::Unexpected,
        }
    }
}

impl Failure {
    fn reply(&self) -> Reply {
        let (status, error, message, details) = match self {
            Self::Invalid(field, message) => {
                let details = Map::from_iter([((*field).to_owned(), Value::from(*message))]);
                (StatusCode::BAD_REQUEST, "Validation Failed", "Request validation failed", Some(details))
            }
            Self::Refused(message) => (StatusCode::UNAUTHORIZED, "Invalid Token", *message, None),
            Self::Unexpected => {
                let message = "An unexpected error occurred";
                (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error", message, None)
            }
        };
        let body = json!({
            "timestamp": wallclock::local_date_time(),
            "status": status.as_u16(), "error": error, "message": message, "details": details,
        });
        Reply::spring(status, &body)
    }
}

async fn signup(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    let name = body.required_text("name", "Name is required")?;
    if !(2..=100).contains(&name.chars().count()) {
        return Err(Failure::Invalid("name", "Name must be between 2 and 100 characters"));
    }
    let (email, password) = credentials(&body, 8, "Password must be at least 8 characters")?;
    let new = NewUser {
        name,
        provider: "email".to_owned(),
        provider_id: email.clone(),
        password_hash: Some(fake_password_hash(&password, &email)),
        email,
    };
    // A taken address and a failing user service have the same answer.
    let created = users::create_with_password(app, new).await.ok().flatten().ok_or(Failure::Unexpected)?;
    Ok(tokens(app, created.id, &created.email, Some(created.id)))
}

async fn login(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    let (email, password) = credentials(&body, 6, "Password must be at least 6 characters")?;
    let password_hash = fake_password_hash(&password, &email);
    // An error of the user service is ignored, so overload looks like a wrong password.
    let found = users::by_email(app, email).await.ok().flatten();
    match found.filter(|user| user.password_hash.as_ref() == Some(&password_hash)) {
        Some(user) => Ok(tokens(app, user.id, &user.email, Some(user.id))),
        None => Err(Failure::Refused("Invalid email or password")),
    }
}

fn refresh(app: &App, call: &Call) -> Result<Reply, Failure> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    let token = body.required_text("refreshToken", "Refresh token is required")?;
    let user = app.sessions.user_of(&token).ok_or(Failure::Refused("Invalid refresh token"))?;
    app.sessions.close(&token);
    // As in Oddiya, the answer has a made-up address and no user id.
    Ok(tokens(app, user, "user@example.com", None))
}

fn google_callback(call: &Call) -> Result<Reply, Failure> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    body.required_text("code", "Authorization code is required")?;
    body.required_text("state", "State is required")?;
    Err(Failure::Unexpected)
}

fn authorize(app: &App) -> Reply {
    let state = app.random(uuid::random);
    let target = format!(
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=stub&redirect_uri=http://localhost:8080/api/v1/auth/oauth/\
         google/callback&response_type=code&scope=openid+profile+email&state={state}&prompt=select_account"
    );
    let reply = Reply::empty(StatusCode::FOUND);
    match HeaderValue::from_str(&target) {
        Ok(target) => reply.with(LOCATION, target),
        Err(_) => reply,
    }
}

fn credentials(
    body: &JavaBody,
    shortest: usize,
    too_short: &'static str,
) -> Result<(String, String), Failure> {
    let email = body.required_text("email", "Email is required")?;
    if !is_email(&email) {
        return Err(Failure::Invalid("email", "Email must be valid"));
    }
    let password = body.required_text("password", "Password is required")?;
    if password.chars().count() < shortest {
        return Err(Failure::Invalid("password", too_short));
    }
    Ok((email, password))
}

fn tokens(app: &App, user: i64, email: &str, shown: Option<i64>) -> Reply {
    let (access, refresh) = app.random(|rng| (access_token(user, email, rng), app.sessions.open(user, rng)));
    let body = json!({
        "accessToken": access, "refreshToken": refresh, "tokenType": "Bearer", "expiresIn": ACCESS_TOKEN_SECS,
        "userId": shown,
    });
    Reply::spring(StatusCode::OK, &body)
}
