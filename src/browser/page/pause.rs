//! A pause of the page.

use gloo_timers::future::TimeoutFuture;

use crate::core::base::units::Micros;

/// Waits for so long; a hidden page may wait longer.
pub async fn pause(length: Micros) {
    let millis = u32::try_from(length.0 / 1_000).unwrap_or(u32::MAX);
    TimeoutFuture::new(millis).await;
}
