//! The user service: profiles, and the internal endpoints with which the auth service finds and creates users.
//!
//! It has no exception handler, so an unknown user or a taken address is answered with Spring Boot's plain 500.

use http::StatusCode;

use super::Call;
use super::java_body::{BadBody, JavaBody, is_email};
use crate::stub::app::{App, QueryError};
use crate::stub::identity::user_of_header;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewUser, User};
use crate::stub::wallclock;

/// Answers one of the user service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    let status = match respond(app, endpoint, call).await {
        Ok(reply) => return reply,
        Err(status) => status,
    };
    Reply::boot_error(status, &call.path)
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, StatusCode> {
    match endpoint {
        Endpoint::Me => {
            let id = user_of_header(&call.headers).map_err(|_| StatusCode::BAD_REQUEST)?;
            one(query(app, endpoint, move |db| User::by_id(db, id)).await)
        }
        Endpoint::PatchMe => patch(app, call).await,
        Endpoint::FindOrCreateUser => {
            let new =
                new_user(call, "providerId", "Provider ID is required").map_err(|bad| status_of(&bad))?;
            one(find_or_create(app, new).await)
        }
        Endpoint::CreateEmailUser => {
            let new =
                new_user(call, "passwordHash", "Password hash is required").map_err(|bad| status_of(&bad))?;
            one(create_with_password(app, new).await)
        }
        _ => {
            let email = call.param.clone().unwrap_or_default();
            let found = by_email(app, email).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            Ok(found.map_or_else(
                || Reply::empty(StatusCode::NOT_FOUND),
                |user| Reply::spring(StatusCode::OK, &user),
            ))
        }
    }
}

/// Finds a user by e-mail address. The auth service calls this.
pub async fn by_email(app: &App, email: String) -> Result<Option<User>, QueryError> {
    query(app, Endpoint::UserByEmail, move |db| User::by_email(db, &email)).await
}

/// Creates a user with a password. The auth service calls this.
pub async fn create_with_password(app: &App, new: NewUser) -> Result<Option<User>, QueryError> {
    let now = wallclock::local_date_time();
    query(app, Endpoint::CreateEmailUser, move |db| User::create(db, &new, &now)).await
}

async fn find_or_create(app: &App, new: NewUser) -> Result<Option<User>, QueryError> {
    let now = wallclock::local_date_time();
    query(app, Endpoint::FindOrCreateUser, move |db| User::find_or_create(db, &new, &now)).await
}

async fn query(
    app: &App,
    endpoint: Endpoint,
    statement: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<Option<User>> + Send + 'static,
) -> Result<Option<User>, QueryError> {
    app.query(PoolName::User, endpoint, |_| 1, move |db| statement(db)).await
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
    let now = wallclock::local_date_time();
    let update =
        move |db: &rusqlite::Connection| User::update(db, id, email.as_deref(), name.as_deref(), &now);
    one(query(app, Endpoint::PatchMe, update).await)
}

fn changes(call: &Call) -> Result<(Option<String>, Option<String>), BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    let email = body.text("email")?;
    match email.as_deref() {
        Some(text) if !is_email(text) => {
            Err(BadBody::Invalid { field: "email", message: "Invalid email format" })
        }
        _ => Ok((email, body.text("name")?)),
    }
}

/// Reads a user. The fourth field is `providerId` or `passwordHash`, depending on the endpoint.
fn new_user(call: &Call, fourth: &'static str, message: &'static str) -> Result<NewUser, BadBody> {
    let body = JavaBody::parse(&call.headers, &call.body)?;
    let email = body.required_text("email", "Email is required")?;
    if !is_email(&email) {
        return Err(BadBody::Invalid { field: "email", message: "Invalid email format" });
    }
    let name = body.required_text("name", "Name is required")?;
    let provider = body.required_text("provider", "Provider is required")?;
    let fourth_value = body.required_text(fourth, message)?;
    let (provider_id, password_hash) =
        if fourth == "providerId" { (fourth_value, None) } else { (email.clone(), Some(fourth_value)) };
    Ok(NewUser { email, name, provider, provider_id, password_hash })
}

fn status_of(bad: &BadBody) -> StatusCode {
    match bad {
        BadBody::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        BadBody::Unreadable | BadBody::Invalid { .. } => StatusCode::BAD_REQUEST,
    }
}
