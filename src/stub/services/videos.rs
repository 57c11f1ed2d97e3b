//! The video service: jobs with a global idempotency key.
//!
//! Creating a job looks for the key, inserts the job, calls SQS and commits, all on one connection. So a repeated key
//! returns the first job to any user. Of several concurrent requests one succeeds, and the others fail on the unique
//! constraint.

use http::StatusCode;

use super::Call;
use super::java_body::{BadBody, JavaBody};
use crate::stub::app::{App, QueryError};
use crate::stub::identity::user_of_header;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{NewVideo, VideoJob};
use crate::stub::{uuid, wallclock};

/// Answers one of the video service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    match respond(app, endpoint, call).await {
        Ok(reply) => reply,
        Err(status) => Reply::boot_error(status, &call.path),
    }
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, StatusCode> {
    let user = user_of_header(&call.headers).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (now, speed) = (wallclock::epoch_millis(), app.options.speed);
    match endpoint {
        Endpoint::CreateVideo => {
            let job =
                create(app, new_video(user, call)?).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            let job = job.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?.at(now, speed);
            Ok(Reply::spring(StatusCode::ACCEPTED, &job))
        }
        Endpoint::ListVideos => {
            let jobs = app
                .query(PoolName::Video, endpoint, Vec::len, move |db| VideoJob::of_user(db, user))
                .await
                .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
            let jobs: Vec<VideoJob> = jobs.into_iter().map(|job| job.at(now, speed)).collect();
            Ok(Reply::spring(StatusCode::OK, &jobs))
        }
        _ => {
            let id = call.param.as_deref().and_then(|id| id.parse().ok()).ok_or(StatusCode::BAD_REQUEST)?;
            let find = move |db: &mut _| VideoJob::of_user_by_id(db, id, user);
            match app.query(PoolName::Video, endpoint, |_| 1, find).await {
                Ok(Some(job)) => Ok(Reply::spring(StatusCode::OK, &job.at(now, speed))),
                // Missing and foreign alike: a RuntimeException that nobody handles.
                _ => Err(StatusCode::INTERNAL_SERVER_ERROR),
            }
        }
    }
}

fn new_video(user: i64, call: &Call) -> Result<NewVideo, StatusCode> {
    let key = call.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).and_then(uuid::parse);
    let idempotency_key = key.ok_or(StatusCode::BAD_REQUEST)?;
    let status_of = |bad| match bad {
        BadBody::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        BadBody::Unreadable | BadBody::Invalid { .. } => StatusCode::BAD_REQUEST,
    };
    let body = JavaBody::parse(&call.headers, &call.body).map_err(status_of)?;
    let photo_urls = body.texts("photoUrls").map_err(status_of)?.unwrap_or_default();
    if photo_urls.is_empty() {
        return Err(StatusCode::BAD_REQUEST);
    }
    if body.is_null("template") {
        // A null template passes validation and fails in the database.
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let template = body.text("template").map_err(status_of)?.unwrap_or_else(|| "default".to_owned());
    Ok(NewVideo { user_id: user, photo_urls, template, idempotency_key })
}

async fn create(app: &App, new: NewVideo) -> Result<Option<VideoJob>, QueryError> {
    let connection = app.pools.connect(PoolName::Video).await?;
    let key = new.idempotency_key.clone();
    if let Some(known) = app.statement(move |db| VideoJob::by_key(db, &key)).await? {
        return Ok(Some(known));
    }
    let transaction = app.key_locks.lock(&new.idempotency_key).await;
    // This is SQS's time. It passes before the commit makes the job visible to other requests.
    app.timing.spend(Endpoint::CreateVideo, 1).await;
    let created = app.statement(move |db| VideoJob::create(db, &new, wallclock::epoch_millis())).await;
    drop(transaction);
    drop(connection);
    created
}
