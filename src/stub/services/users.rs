//! The user service: profiles, and the internal endpoints with which the auth service finds and creates users.
//!
//! It has no exception handler, so an unknown user or a taken identity is answered with Spring Boot's plain 500.

use http::StatusCode;

use super::Call;
use super::creations::Place;
use super::java_body::{BadBody, JavaBody};
use super::validation::{Checks, Constraint, is_email};
use crate::stub::app::{App, QueryError};
use crate::stub::identity::user_of_header;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewUser, User};
use crate::stub::wallclock::Moment;

const INVALID_EMAIL: &str = "Invalid email format";

/// Answers one of the user service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    match respond(app, endpoint, call).await {
        Ok(reply) => reply,
        Err(status) => super::refused(status, call),
    }
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, StatusCode> {
    match endpoint {
        Endpoint::Me => {
            let id = user_of_header(&call.headers).map_err(|_| StatusCode::BAD_REQUEST)?;
            one(query(app, endpoint, call, |db| User::by_id(db, id)).await)
        }
        Endpoint::PatchMe => patch(app, call).await,
        Endpoint::FindOrCreateUser => {
            let new =
                new_user(call, "providerId", "Provider ID is required").map_err(|bad| status_of(&bad))?;
            one(find_or_create(app, call, &new).await)
        }
        Endpoint::CreateEmailUser => {
            let new =
                new_user(call, "passwordHash", "Password hash is required").map_err(|bad| status_of(&bad))?;
            let now = Moment::now();
            one(query(app, endpoint, call, |db| User::create_with_password(db, &new, &now)).await)
        }
        _ => {
            let email = call.param.clone().unwrap_or_default();
            let found = query(app, endpoint, call, |db| User::by_email(db, &email)).await;
            let found = found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            Ok(found.map_or_else(
                || Reply::empty(StatusCode::NOT_FOUND),
                |user| Reply::spring(StatusCode::OK, &user),
            ))
        }
    }
}

/// Finds a user by e-mail address. The auth service calls this.
pub async fn by_email(app: &App, email: &str) -> Result<Option<User>, QueryError> {
    app.inner_query(PoolName::User, |db| User::by_email(db, email)).await
}

/// Creates a user with a password. The auth service calls this.
pub async fn create_with_password(app: &App, new: &NewUser) -> Result<Option<User>, QueryError> {
    let now = Moment::now();
    app.inner_query(PoolName::User, |db| User::create_with_password(db, new, &now)).await
}

/// Looks for the user's identity and then, if nobody has it, creates or relinks a user: two steps, so that of concurrent
/// requests for one identity the second fails.
async fn find_or_create(app: &App, call: &Call, new: &NewUser) -> Result<Option<User>, QueryError> {
    let find = || app.statement(|db| User::by_identity(db, &new.provider, &new.provider_id));
    if let Some(known) = find()? {
        return query(app, Endpoint::FindOrCreateUser, call, |_| Ok(Some(known))).await;
    }
    let turn = app.creations.enter(&format!("{}:{}", new.provider, new.provider_id)).await;
    if let Some(known) = find()? {
        // The second had found nothing when it looked, and now inserts.
        return if turn.place == Place::Second { Ok(None) } else { Ok(Some(known)) };
    }
    let now = Moment::now();
    // Whoever came at the same moment looks now.
    tokio::task::yield_now().await;
    query(app, Endpoint::FindOrCreateUser, call, |db| User::relink_or_create(db, new, &now)).await
}

async fn query(
    app: &App,
    endpoint: Endpoint,
    call: &Call,
    statement: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<Option<User>>,
) -> Result<Option<User>, QueryError> {
    app.query(call.visit, PoolName::User, endpoint, |_| 0, |db| statement(db)).await
}

fn one(found: Result<Option<User>, QueryError>) -> Result<Reply, StatusCode> {
    match found {
        Ok(Some(user)) => Ok(Reply::spring(StatusCode::OK, &user)),
        Ok(None) | Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn patch(app: &App, call: &Call) -> Result<Reply, StatusCode> {
    let id = user_of_header(&call.headers).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (email, name) = changes(call).map_err(|bad| status_of(&bad))?;
    let now = Moment::now();
    let update = |db: &rusqlite::Connection| User::update(db, id, email.as_deref(), name.as_deref(), &now);
    one(query(app, Endpoint::PatchMe, call, update).await)
}

fn changes(call: &Call) -> Result<(Option<String>, Option<String>), BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body, "com.oddiya.user.dto.UpdateUserRequest")?;
    let (email, name) = (body.text("email")?, body.text("name")?);
    let mut checks = Checks::of(&body);
    // An empty address is valid, and kept.
    if let Some(text) = email.as_deref().filter(|text| !text.is_empty() && !is_email(text)) {
        checks.refuse("email", Constraint::Email, INVALID_EMAIL, Some(text.to_owned()));
    }
    checks.done()?;
    Ok((email, name))
}

/// Reads a user. The fourth field is `providerId` or `passwordHash`, depending on the endpoint.
fn new_user(call: &Call, fourth: &'static str, message: &'static str) -> Result<NewUser, BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body, "com.oddiya.user.dto.CreateUserRequest")?;
    let mut checks = Checks::of(&body);
    let email = checks.email("Email is required", INVALID_EMAIL)?;
    let name = checks.not_blank("name", "Name is required")?;
    let provider = checks.not_blank("provider", "Provider is required")?;
    let fourth_value = checks.not_blank(fourth, message)?;
    checks.done()?;
    let (provider_id, password_hash) =
        if fourth == "providerId" { (fourth_value, None) } else { (email.clone(), Some(fourth_value)) };
    Ok(NewUser { email, name, provider, provider_id, password_hash })
}

pub(super) fn status_of(bad: &BadBody) -> StatusCode {
    match bad {
        BadBody::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        BadBody::Missing | BadBody::Unreadable(_) | BadBody::Invalid(_) => StatusCode::BAD_REQUEST,
    }
}
