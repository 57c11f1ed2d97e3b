//! The plan service: plans that the llm-agent makes and the database keeps, and in the Locust era their photos.
//!
//! Creating a plan calls the agent first and takes a connection only to store the result. Nothing here is idempotent:
//! each retry makes a new plan with a new generation.

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde_json::json;

use super::java_body::{BadBody, JavaBody};
use super::plan_failures::PlanFailure;
use super::{Call, trips};
use crate::stub::app::{App, QueryError};
use crate::stub::identity::{BadHeader, user_of_header};
use crate::stub::llm::{self, Itinerary, Trip};
use crate::stub::options::Profile;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::Endpoint;
use crate::stub::store::{Access, NewDetail, NewPhoto, NewPlan, Photo, Plan, PlanDates, PlanStatus};
use crate::stub::wallclock::{self, parse_date, trip_days};

/// Tomcat's default limit for an asynchronous answer.
const ASYNC_TIMEOUT: Duration = Duration::from_secs(30);

/// WebClient's default limit: a longer answer of the agent is an error.
const MOST_PLAN_BYTES: usize = 256 * 1024;

/// The agent's defaults, because the plan service sends neither budget nor iterations.
const DEFAULT_BUDGET: &str = "medium";
const ITERATIONS: i64 = 3;

/// Answers one of the plan service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    match respond(app, endpoint, call).await {
        Ok(reply) => reply,
        Err(failure) => failure.reply(app.options.profile, &call.path),
    }
}

/// Answers a path or method that the plan service does not have.
pub fn no_endpoint(app: &App, status: StatusCode, call: &Call) -> Reply {
    PlanFailure::NoEndpoint(status).reply(app.options.profile, &call.path)
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, PlanFailure> {
    match endpoint {
        Endpoint::CreatePlan => create(app, call).await,
        Endpoint::ListPlans => {
            let user = user(call)?;
            let rows = |plans: &Vec<Plan>| plans.len();
            let plans = app.query(PoolName::Plan, endpoint, rows, move |db| Plan::of_user(db, user)).await?;
            ok(&plans)
        }
        Endpoint::Trips => trips::answer(app, user(call)?).await,
        Endpoint::ListPhotos => {
            let id = id(call)?;
            user(call)?;
            ok(&app.query(PoolName::Plan, endpoint, Vec::len, move |db| Photo::of_plan(db, id)).await?)
        }
        Endpoint::AddPhoto => add_photo(app, call).await,
        Endpoint::PresignPhoto => presign(app, call).await,
        _ => one_plan(app, endpoint, call).await,
    }
}

async fn one_plan(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, PlanFailure> {
    let (id, user) = (id(call)?, user(call)?);
    let change = if endpoint == Endpoint::UpdatePlan { Some(new_dates(app, call)?) } else { None };
    let now = wallclock::local_date_time();
    let rows = |access: &Access<Plan>| match access {
        Access::Granted(plan) => plan.details.as_ref().map_or(0, Vec::len),
        Access::Foreign | Access::Missing => 0,
    };
    let statement = move |db: &mut rusqlite::Connection| match (endpoint, change) {
        (_, Some(change)) => Plan::update(db, id, user, &change, &now),
        (Endpoint::ConfirmPlan, _) => Plan::stamp(db, id, user, PlanStatus::Confirmed, &now),
        (Endpoint::CompletePlan, _) => Plan::stamp(db, id, user, PlanStatus::Completed, &now),
        (Endpoint::DeletePlan, _) => Plan::delete(db, id, user),
        _ => Plan::get(db, id, user),
    };
    let plan = granted(id, app.query(PoolName::Plan, endpoint, rows, statement).await?)?;
    match endpoint {
        Endpoint::DeletePlan => ok(&json!({"message": "Plan deleted successfully"})),
        _ => ok(&plan),
    }
}

async fn create(app: &App, call: &Call) -> Result<Reply, PlanFailure> {
    let user = user(call)?;
    let form = PlanForm::parse(app.options.profile, call).map_err(PlanFailure::Body)?;
    let made = async {
        let new = generate(app, user, &form).await?;
        let rows = new.days.len();
        let now = wallclock::local_date_time();
        let statement = move |db: &mut rusqlite::Connection| Plan::create(db, &new, &now);
        app.query(PoolName::Plan, Endpoint::CreatePlan, move |_| rows, statement).await.map_err(|_| {
            // Today a failure to store the plan is reported as a failure of the agent.
            match app.options.profile {
                Profile::Locust => PlanFailure::Database,
                Profile::Gateway | Profile::Direct => PlanFailure::Llm,
            }
        })
    };
    let plan = tokio::time::timeout(ASYNC_TIMEOUT, made).await.map_err(|_| PlanFailure::TooSlow)??;
    ok(&plan.ok_or(PlanFailure::Database)?)
}

/// Asks the agent for a plan. When the agent failed, the Locust era stored a placeholder instead.
async fn generate(app: &App, user: i64, form: &PlanForm) -> Result<NewPlan, PlanFailure> {
    let trip = form.trip();
    let new = |title: String, plan: Itinerary| NewPlan {
        user_id: user,
        title,
        start_date: form.start_date.clone(),
        end_date: form.end_date.clone(),
        days: plan.days.into_iter().map(stored_day).collect(),
    };
    if app.faults.inner_failure(llm::GENERATE) {
        return match &form.title {
            Some(title) => Ok(new(title.clone(), trip.placeholder())),
            None => Err(PlanFailure::Llm),
        };
    }
    let plan = llm::make_plan(app, &trip).await;
    if form.title.is_none() && serde_json::to_vec(&plan).map_or(0, |bytes| bytes.len()) > MOST_PLAN_BYTES {
        return Err(PlanFailure::Llm);
    }
    Ok(new(plan.title.clone(), plan))
}

fn stored_day(day: llm::Day) -> NewDetail {
    NewDetail { day: day.day, location: day.location, activity: day.activity }
}

/// The body of POST and PATCH.
struct PlanForm {
    /// Only in the Locust era, which read the destination from it.
    title: Option<String>,
    destination: String,
    start_date: String,
    end_date: String,
    budget: Option<String>,
}

impl PlanForm {
    /// Reads a body. The Locust era also required dates in the future. That check is left out, because it would refuse
    /// locustfile.py's own dates since December 2025.
    fn parse(profile: Profile, call: &Call) -> Result<Self, BadBody> {
        let body = JavaBody::parse(&call.headers, &call.body)?;
        let start_date = body.date("startDate")?;
        let end_date = body.date("endDate")?;
        let (title, destination) = match profile {
            Profile::Locust => {
                let title = body.required_text("title", "Title is required")?;
                let destination = destination_in(&title);
                (Some(title), destination)
            }
            Profile::Gateway | Profile::Direct => {
                (None, body.required_text("destination", "Destination is required")?)
            }
        };
        let missing = |field, message| BadBody::Invalid { field, message };
        body.texts("interests")?;
        Ok(Self {
            title,
            destination,
            start_date: start_date.ok_or(missing("startDate", "Start date is required"))?,
            end_date: end_date.ok_or(missing("endDate", "End date is required"))?,
            budget: body.integer("budget")?.map(|won| won.to_string()),
        })
    }

    fn trip(&self) -> Trip {
        let days = match (parse_date(&self.start_date), parse_date(&self.end_date)) {
            (Some(start), Some(end)) => trip_days(start, end),
            _ => 0,
        };
        Trip {
            location: self.destination.clone(),
            days,
            budget: self.budget.clone().unwrap_or_else(|| DEFAULT_BUDGET.to_owned()),
            max_iterations: ITERATIONS,
        }
    }
}

/// The destination in a title, as the Locust era read it: a known city, otherwise the first word.
fn destination_in(title: &str) -> String {
    const CITIES: [(&str, &str); 6] = [
        ("Seoul", "서울"),
        ("Busan", "부산"),
        ("Jeju", "제주"),
        ("Gyeongju", "경주"),
        ("Jeonju", "전주"),
        ("Gangneung", "강릉"),
    ];
    let lower = title.to_lowercase();
    let known =
        CITIES.iter().find(|(name, korean)| lower.contains(&name.to_lowercase()) || title.contains(korean));
    let first_word = || title.split(' ').next().unwrap_or_default();
    known.map_or_else(first_word, |(name, _)| name).to_owned()
}

fn new_dates(app: &App, call: &Call) -> Result<PlanDates, PlanFailure> {
    // Today's PATCH needs a whole body and changes only the dates.
    let form = PlanForm::parse(app.options.profile, call).map_err(PlanFailure::Body)?;
    Ok(PlanDates { title: form.title, start_date: form.start_date, end_date: form.end_date })
}

async fn add_photo(app: &App, call: &Call) -> Result<Reply, PlanFailure> {
    let (id, user) = (id(call)?, user(call)?);
    let photo = || {
        let body = JavaBody::parse(&call.headers, &call.body)?;
        Ok(NewPhoto {
            photo_url: body.required_text("photoUrl", "must not be blank")?,
            s3_key: body.required_text("s3Key", "must not be blank")?,
            upload_order: body.integer("order")?.map(i64::from),
        })
    };
    let (new, now) = (photo().map_err(PlanFailure::Body)?, wallclock::local_date_time());
    let statement = move |db: &mut rusqlite::Connection| Photo::add(db, id, user, &new, &now);
    ok(&granted(id, app.query(PoolName::Plan, Endpoint::AddPhoto, |_| 1, statement).await?)?)
}

async fn presign(app: &App, call: &Call) -> Result<Reply, PlanFailure> {
    let (id, user) = (id(call)?, user(call)?);
    let name = JavaBody::parse(&call.headers, &call.body)
        .and_then(|body| body.required_text("fileName", "must not be blank"))
        .map_err(PlanFailure::Body)?;
    let statement = move |db: &mut rusqlite::Connection| Plan::get(db, id, user);
    granted(id, app.query(PoolName::Plan, Endpoint::PresignPhoto, |_| 1, statement).await?)?;
    let key = format!("photos/{user}/{id}/{name}");
    let url = format!("https://oddiya-storage.s3.ap-northeast-2.amazonaws.com/{key}");
    ok(&json!({"uploadUrl": format!("{url}?X-Amz-Expires=3600"), "photoKey": key, "photoUrl": url}))
}

fn user(call: &Call) -> Result<i64, PlanFailure> {
    user_of_header(&call.headers).map_err(|bad| match bad {
        BadHeader::Missing => PlanFailure::NoUser,
        BadHeader::NotANumber => PlanFailure::NotANumber,
    })
}

fn id(call: &Call) -> Result<i64, PlanFailure> {
    call.param.as_deref().and_then(|id| id.parse().ok()).ok_or(PlanFailure::NotANumber)
}

fn granted<T>(id: i64, access: Access<T>) -> Result<T, PlanFailure> {
    match access {
        Access::Granted(it) => Ok(it),
        Access::Foreign => Err(PlanFailure::Foreign(id)),
        Access::Missing => Err(PlanFailure::Missing(id)),
    }
}

/// Status 200 with a body. Creating and deleting have the same status.
pub(super) fn ok(body: &impl Serialize) -> Result<Reply, PlanFailure> {
    Ok(Reply::spring(StatusCode::OK, body))
}

impl From<QueryError> for PlanFailure {
    fn from(_: QueryError) -> Self {
        Self::Database
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_destination_is_a_known_city_or_the_first_word() {
        assert_eq!(destination_in("봄 부산 여행"), "Busan");
        assert_eq!(destination_in("my SEOUL trip"), "Seoul");
        assert_eq!(destination_in("Test Plan 17"), "Test");
    }
}
