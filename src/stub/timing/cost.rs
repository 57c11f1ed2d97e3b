//! What an answer costs on a laptop: how long it takes alone, and how long it keeps the machine busy.
//!
//! Measured on the real services, all on one machine with two cores; where nothing was measured, the nearest call stands
//! in. A little below the measured times, because reading, answering and waking take some too. Pure.

use super::super::finish::Way;
use super::super::routes::{Endpoint, Service};

/// Times in milliseconds, of an answer that reads or writes no row and for each row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    pub alone: f64,
    pub alone_per_row: f64,
    /// Its share of the machine's one queue. It bounds how many such answers a second can be.
    pub busy: f64,
    pub busy_per_row: f64,
}

/// Of the time of an answer the machine is busy about this share: as measured for a profile and a list of ten plans.
const BUSY_SHARE: f64 = 0.3;

impl Cost {
    const fn new(alone: f64) -> Self {
        Self { alone, alone_per_row: 0.0, busy: alone * BUSY_SHARE, busy_per_row: 0.0 }
    }

    const fn per_row(self, alone_per_row: f64) -> Self {
        Self { alone_per_row, busy_per_row: alone_per_row * BUSY_SHARE, ..self }
    }

    const fn busy(self, busy: f64, busy_per_row: f64) -> Self {
        Self { busy, busy_per_row, ..self }
    }

    pub fn of(endpoint: Endpoint, way: Way) -> Self {
        use Endpoint as E;
        let by_way = |direct: f64, gateway: f64| Self::new(if way == Way::Direct { direct } else { gateway });
        match endpoint {
            E::Me | E::UserByEmail => match way {
                Way::Direct => Self::new(0.44).busy(0.2, 0.0),
                Way::ThroughGateway => Self::new(1.42).busy(0.445, 0.0),
            },
            E::PatchMe | E::FindOrCreateUser | E::CreateEmailUser => by_way(2.3, 2.9),
            // Each plan's details are selected on their own (N+1).
            E::ListPlans | E::Trips => match way {
                Way::Direct => Self::new(1.05).per_row(0.13).busy(0.30, 0.07),
                Way::ThroughGateway => Self::new(2.6).per_row(0.06).busy(0.58, 0.067),
            },
            E::GetPlan | E::ListPhotos | E::PresignPhoto => by_way(0.9, 2.9),
            // Without the agent's part.
            E::CreatePlan => by_way(6.4, 11.8).per_row(0.2),
            E::UpdatePlan | E::AddPhoto => by_way(1.8, 4.5),
            E::ConfirmPlan | E::CompletePlan => by_way(1.7, 5.2),
            E::DeletePlan => by_way(1.9, 4.1),
            // It waits for SQS inside its transaction.
            E::CreateVideo => by_way(20.2, 21.6).busy(1.0, 0.0),
            E::ListVideos => by_way(1.3, 2.1).per_row(0.1),
            E::GetVideo => by_way(1.0, 2.7),
            // A known address is a row, whose password is then compared (BCrypt 10, on one of two cores).
            E::Login => Self::new(13.0).per_row(64.0).busy(3.0, 32.0),
            E::Signup => Self::new(80.0).busy(38.0, 0.0),
            E::Refresh => Self::new(5.4),
            E::GoogleCallback | E::GoogleRedirect | E::GoogleVerify | E::AppleVerify => Self::new(5.0),
            // Without the generation.
            E::Generate | E::Health => Self::new(0.0),
            E::Stream => Self::new(0.5),
            E::LlmRoot | E::LlmHealth | E::PlannerHealth | E::LlmDocument => Self::new(0.23),
            E::Actuator | E::HealthPart | E::Info => Self::new(0.6),
            E::Overview | E::Messages | E::Message | E::Page | E::Authorize | E::Jwks => Self::new(0.6),
        }
    }

    /// A request that the gateway refuses by itself.
    pub const REFUSAL: Self = Self::new(0.13);

    /// A service's health. Auth asks Redis.
    pub fn of_health(service: Service) -> Self {
        Self::new(match service {
            Service::Gateway => 0.5,
            Service::Auth => 6.0,
            Service::User => 0.5,
            Service::Plan => 0.4,
            Service::Video => 0.8,
            Service::Llm => 0.15,
        })
    }

    /// Time alone, in milliseconds.
    pub fn alone_ms(&self, rows: usize) -> f64 {
        self.alone + self.alone_per_row * rows as f64
    }

    /// Time of the machine, in milliseconds.
    pub fn busy_ms(&self, rows: usize) -> f64 {
        self.busy + self.busy_per_row * rows as f64
    }
}

/// What reading a request, waking and writing the answer add to its time, in milliseconds.
#[cfg(test)]
pub const AROUND_MS: f64 = 0.09;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_alone_are_within_30_percent_of_the_measured_ones() {
        let measured = [
            (Endpoint::Me, 0, 0.7, 1.3),
            (Endpoint::PatchMe, 0, 2.6, 3.2),
            (Endpoint::ListPlans, 1, 1.4, 3.5),
            (Endpoint::ListPlans, 10, 3.2, 4.1),
            (Endpoint::ListPlans, 100, 14.7, 11.4),
            (Endpoint::GetPlan, 0, 0.9, 3.1),
            (Endpoint::CreatePlan, 3, 19.7 - 12.1, 25.6 - 12.1),
            (Endpoint::UpdatePlan, 0, 1.9, 4.6),
            (Endpoint::ConfirmPlan, 0, 1.8, 5.3),
            (Endpoint::DeletePlan, 0, 2.0, 4.2),
            (Endpoint::CreateVideo, 0, 20.9, 22.3),
            (Endpoint::ListVideos, 25, 3.8, 4.6),
            (Endpoint::GetVideo, 0, 1.2, 2.9),
        ];
        for (endpoint, rows, direct, gateway) in measured {
            for (way, wanted) in [(Way::Direct, direct), (Way::ThroughGateway, gateway)] {
                let alone = Cost::of(endpoint, way).alone_ms(rows) + AROUND_MS;
                assert!(
                    (0.7 * wanted..=1.3 * wanted).contains(&alone),
                    "{endpoint:?} {way:?}: {alone} for {wanted}"
                );
            }
        }
        for (endpoint, rows, wanted) in
            [(Endpoint::Login, 1, 77.0), (Endpoint::Login, 0, 14.0), (Endpoint::Signup, 0, 80.0)]
        {
            let alone = Cost::of(endpoint, Way::Direct).alone_ms(rows);
            assert!((0.7 * wanted..=1.3 * wanted).contains(&alone), "{endpoint:?}: {alone} for {wanted}");
        }
    }

    #[test]
    fn a_list_of_3208_plans_takes_415_ms_and_five_a_second_fill_the_machine() {
        let list = Cost::of(Endpoint::ListPlans, Way::Direct);
        assert!((290.0..540.0).contains(&list.alone_ms(3208)), "{}", list.alone_ms(3208));
        assert!((150.0..260.0).contains(&list.busy_ms(3208)), "{}", list.busy_ms(3208));
    }
}
