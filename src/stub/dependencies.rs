//! What the services depend on, and what a caller sees when it is broken: the times and ends that were measured.
//!
//! An outage (`faults::outage`) says what is broken; each function here stands where a service reaches for that part.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::app::App;
use super::faults::Outage;
use super::pool::{Connection, PoolExhausted, PoolName};
use super::routes::{Front, Service};

/// A service that another one needs does not answer, or answers with an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a part that the service needs is broken")]
pub struct Unreachable;

/// Lettuce's time limit for a command, with what the caller adds.
const REDIS: Duration = Duration::from_millis(2100);
/// How long the first command after Redis is back takes, because the connection must be opened again.
const REDIS_AGAIN: (Duration, Duration) = (Duration::from_millis(1800), Duration::from_millis(2500));
/// How long a refused connection takes, with what the caller adds.
const REFUSED: (Duration, Duration) = (Duration::from_millis(30), Duration::from_millis(40));
/// How long the AWS library tries to reach a queue that is not there.
const NO_QUEUE: (Duration, Duration) = (Duration::from_millis(300), Duration::from_millis(600));
/// How long a service takes to find its database again.
const DATABASE_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(3));

/// Takes a database connection. While the database is down no request gets one; while the plans are locked, a request that
/// has one waits.
pub async fn database(app: &App, pool: PoolName) -> Result<Connection, PoolExhausted> {
    if app.faults.outage() == Some(Outage::DatabaseDown) {
        let limit = app.options.connection_timeout;
        let back = app.faults.wait_while(|outage| *outage == Outage::DatabaseDown);
        if timeout(limit, back).await.is_err() {
            return Err(PoolExhausted::after(limit));
        }
        pause(app, DATABASE_AGAIN).await;
    }
    let connection = app.pools.connect(pool).await?;
    if pool == PoolName::Plan {
        app.faults.wait_while(|outage| *outage == Outage::DatabaseLocked).await;
    }
    Ok(connection)
}

/// Reaches for Redis, in which the auth service keeps its refresh tokens.
pub async fn redis(app: &App) -> Result<(), Unreachable> {
    if app.faults.outage() == Some(Outage::RedisDown) {
        sleep(REDIS).await;
        return Err(Unreachable);
    }
    if app.faults.take_recovery(Outage::RedisDown) {
        pause(app, REDIS_AGAIN).await;
    }
    Ok(())
}

/// Reaches for the user service, as the auth service does.
pub async fn user_service(app: &App) -> Result<(), Unreachable> {
    match app.faults.outage() {
        Some(Outage::UserDead) => {
            pause(app, REFUSED).await;
            Err(Unreachable)
        }
        _ => Ok(()),
    }
}

/// Reaches for the llm-agent, as the plan service does.
pub async fn agent(app: &App) -> Result<(), Unreachable> {
    if app.faults.outage() == Some(Outage::AgentDead) {
        pause(app, REFUSED).await;
        return Err(Unreachable);
    }
    app.faults.wait_while(|outage| *outage == Outage::AgentFrozen).await;
    Ok(())
}

/// Reaches for SQS, as the video service does.
pub async fn queue(app: &App) -> Result<(), Unreachable> {
    match app.faults.outage() {
        Some(Outage::QueueDead) => {
            pause(app, NO_QUEUE).await;
            Err(Unreachable)
        }
        _ => Ok(()),
    }
}

/// Waits while what answers this request is frozen: its process is stopped, its connections stay open.
pub async fn thawed(app: &App, front: Front, service: Service) {
    let frozen = |outage: &Outage| match outage {
        Outage::GatewayFrozen => front == Front::Gateway,
        Outage::PlanFrozen => service == Service::Plan,
        Outage::AgentFrozen => service == Service::Llm,
        _ => false,
    };
    app.faults.wait_while(frozen).await;
}

/// Whether the process that answers for a service is gone.
pub fn is_dead(app: &App, service: Service) -> bool {
    match app.faults.outage() {
        Some(Outage::UserDead) => service == Service::User,
        Some(Outage::AgentDead) => service == Service::Llm,
        _ => false,
    }
}

async fn pause(app: &App, (least, most): (Duration, Duration)) {
    let share = app.random(crate::core::base::rng::Rng::unit);
    sleep(least + (most - least).mul_f64(share)).await;
}
