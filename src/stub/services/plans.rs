//! The plan service: plans that the llm-agent makes and the database keeps.
//!
//! Creating a plan calls the agent first and takes a connection only to store the result. Nothing here is idempotent:
//! each retry makes a new plan with a new generation.

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use tokio::time::Instant;

use super::java_numbers::long;
use super::plan_failures::{Method, PlanFailure};
use super::plan_form::PlanForm;
use super::{Call, photos, trips};
use crate::stub::app::{App, QueryError};
use crate::stub::dependencies;
use crate::stub::faults::Outage;
use crate::stub::finish::with_vary;
use crate::stub::identity::{BadHeader, user_of_header};
use crate::stub::llm::{self, Itinerary};
use crate::stub::options::Profile;
use crate::stub::pool::PoolName;
use crate::stub::reply::Reply;
use crate::stub::routes::{Endpoint, NoEndpoint};
use crate::stub::store::{Access, NewDetail, NewPlan, Plan, PlanDates, PlanStatus};
use crate::stub::timing::Visit;
use crate::stub::wallclock::Moment;

/// Tomcat's limit for an asynchronous answer. It looks only now and then, so the limit is met 0.2 to 0.8 s late.
const ASYNC_TIMEOUT: Duration = Duration::from_millis(30_200);
const ASYNC_LATE: Duration = Duration::from_millis(600);

/// WebClient's default limit: a longer answer of the agent is an error.
const MOST_PLAN_BYTES: usize = 256 * 1024;

/// Answers one of the plan service's endpoints.
pub async fn answer(app: &App, endpoint: Endpoint, call: &Call) -> Reply {
    match respond(app, endpoint, call).await {
        Ok(reply) => reply,
        Err(failure) => failure.reply(app.options.profile, &call.path),
    }
}

/// Answers a path or method that the plan service does not have.
pub fn no_endpoint(app: &App, none: &NoEndpoint, call: &Call) -> Reply {
    match none {
        NoEndpoint::UnknownPath => with_vary(PlanFailure::UnknownPath.reply(app.options.profile, &call.path)),
        NoEndpoint::OtherMethods(_) if app.options.profile == Profile::Locust => {
            super::boot_no_endpoint(none, &call.path)
        }
        NoEndpoint::OtherMethods(_) => {
            PlanFailure::OtherMethod(call.method.to_string()).reply(app.options.profile, &call.path)
        }
    }
}

async fn respond(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, PlanFailure> {
    match endpoint {
        Endpoint::CreatePlan => create(app, call).await,
        Endpoint::ListPlans => {
            let user = user(call)?;
            let rows = |plans: &Vec<Plan>| plans.len();
            let list = |db: &mut rusqlite::Connection| Plan::of_user(db, user);
            ok(&app.query(call.visit, PoolName::Plan, endpoint, rows, list).await?)
        }
        Endpoint::Trips => trips::answer(app, call, user(call)?).await,
        Endpoint::ListPhotos | Endpoint::AddPhoto | Endpoint::PresignPhoto => {
            photos::answer(app, endpoint, call).await
        }
        _ => one_plan(app, endpoint, call).await,
    }
}

async fn one_plan(app: &App, endpoint: Endpoint, call: &Call) -> Result<Reply, PlanFailure> {
    let (user, id) = (user(call)?, id(call)?);
    let form = if endpoint == Endpoint::UpdatePlan {
        let form = PlanForm::parse(app.options.profile, call);
        Some(form.map_err(|bad| PlanFailure::Body(Method::Update, bad))?)
    } else {
        None
    };
    let now = Moment::now();
    let statement = |db: &mut rusqlite::Connection| match (endpoint, &form) {
        (_, Some(form)) => Plan::update(db, id, user, &dates(form), &now),
        (Endpoint::ConfirmPlan, _) => Plan::stamp(db, id, user, PlanStatus::Confirmed, &now),
        (Endpoint::CompletePlan, _) => Plan::stamp(db, id, user, PlanStatus::Completed, &now),
        (Endpoint::DeletePlan, _) => Plan::delete(db, id, user),
        _ => Plan::get(db, id, user),
    };
    let done = app.query(call.visit, PoolName::Plan, endpoint, |_| 0, statement).await;
    let access = done.map_err(|error| match (error, &form) {
        // What PostgreSQL refuses here are dates that run backwards.
        (QueryError::Store(_), Some(form)) => PlanFailure::Statement(form.refused_update(id, user, &now)),
        (error, _) => error.into(),
    })?;
    let plan = granted(id, access)?;
    match endpoint {
        Endpoint::DeletePlan => ok(&json!({"message": "Plan deleted successfully"})),
        _ => ok(&plan),
    }
}

/// Today's PATCH needs a whole body and changes only the dates.
fn dates(form: &PlanForm) -> PlanDates {
    PlanDates {
        title: form.title.clone(),
        start_date: form.start_date.to_string(),
        end_date: form.end_date.to_string(),
    }
}

async fn create(app: &App, call: &Call) -> Result<Reply, PlanFailure> {
    let user = user(call)?;
    let form =
        PlanForm::parse(app.options.profile, call).map_err(|bad| PlanFailure::Body(Method::Create, bad))?;
    let limit = ASYNC_TIMEOUT + ASYNC_LATE.mul_f64(app.random(crate::core::base::rng::Rng::unit));
    let made = async {
        let new = generate(app, user, &form).await?;
        store(app, call, &new).await
    };
    let plan = tokio::time::timeout(limit, made).await.map_err(|_| PlanFailure::TooSlow)??;
    ok(&plan)
}

async fn store(app: &App, call: &Call, new: &NewPlan) -> Result<Plan, PlanFailure> {
    let (rows, now) = (new.days.len(), Moment::now());
    let statement = |db: &mut rusqlite::Connection| Plan::create(db, new, &now);
    // The time of storing counts from here: the agent's was spent before.
    let visit = Visit { began: Instant::now(), ..call.visit };
    match app.query(visit, PoolName::Plan, Endpoint::CreatePlan, |_| rows, statement).await {
        Ok(plan) => plan.ok_or(PlanFailure::Llm),
        // With the tables locked, saving blocks the threads on which the answers of the agent arrive.
        Err(_) if app.faults.outage() == Some(Outage::DatabaseLocked) => std::future::pending().await,
        Err(error) if app.options.profile == Profile::Locust => Err(error.into()),
        // Today a failure to store the plan is reported as a failure of the agent.
        Err(_) => Err(PlanFailure::Llm),
    }
}

/// Asks the agent for a plan. When the agent failed, the Locust era stored a placeholder instead.
async fn generate(app: &App, user: i64, form: &PlanForm) -> Result<NewPlan, PlanFailure> {
    let trip = form.trip(app.options.model);
    let new = |title: String, plan: Itinerary| NewPlan {
        user_id: user,
        title,
        start_date: form.start_date.to_string(),
        end_date: form.end_date.to_string(),
        days: plan.days.into_iter().map(stored_day).collect(),
    };
    let reached = dependencies::agent(app).await;
    if reached.is_err() || app.faults.inner_failure(llm::GENERATE) {
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

pub(super) fn user(call: &Call) -> Result<i64, PlanFailure> {
    user_of_header(&call.headers).map_err(|bad| match bad {
        BadHeader::Missing => PlanFailure::NoUser,
        BadHeader::Blank => PlanFailure::BlankUser,
        BadHeader::NotANumber(text) => PlanFailure::NotANumber(text),
    })
}

pub(super) fn id(call: &Call) -> Result<i64, PlanFailure> {
    let text = call.param.as_deref().unwrap_or_default();
    long(text).map_err(PlanFailure::NotANumber)?.ok_or_else(|| PlanFailure::NotANumber(String::new()))
}

pub(super) fn granted<T>(id: i64, access: Access<T>) -> Result<T, PlanFailure> {
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
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Exhausted(exhausted) => Self::NoConnection(exhausted.waited_millis),
            QueryError::Store(refused) => Self::Statement(format!("could not execute statement [{refused}]")),
        }
    }
}
