//! A cell of the grid: a delay of the server's and a number of users.

use std::fmt;
use std::str::FromStr;

use oddiya_load::core::base::rng::Rng;
use oddiya_load::core::base::units::Micros;

/// How long the server waits before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Always this long.
    Constant(Micros),
    /// Log-normal around a median of 50 ms with σ 0.5, as real services are: p99 is 160 ms.
    LogNormal,
}

/// The median and the standard deviation of the logarithm of [`Delay::LogNormal`].
const LOG_NORMAL: (f64, f64) = (50_000.0, 0.5);

impl Delay {
    /// The whole range of the grid.
    pub const ALL: [Self; 6] = [
        Self::Constant(Micros::ZERO),
        Self::Constant(Micros::from_millis(5)),
        Self::Constant(Micros::from_millis(50)),
        Self::Constant(Micros::from_millis(200)),
        Self::Constant(Micros::from_millis(1000)),
        Self::LogNormal,
    ];
    /// An answer at once.
    pub const NONE: Self = Self::Constant(Micros::ZERO);

    /// One delay.
    pub fn draw(self, rng: &mut Rng) -> Micros {
        match self {
            Self::Constant(delay) => delay,
            Self::LogNormal => {
                let (median, sigma) = LOG_NORMAL;
                Micros((median * (sigma * normal(rng)).exp()) as u64)
            }
        }
    }

    /// The mean; that of the log-normal distribution is median · exp(σ² / 2).
    pub fn mean(self) -> Micros {
        match self {
            Self::Constant(delay) => delay,
            Self::LogNormal => {
                let (median, sigma) = LOG_NORMAL;
                Micros((median * (sigma * sigma / 2.0).exp()) as u64)
            }
        }
    }
}

/// A standard normal deviate by Box and Muller's transform.
fn normal(rng: &mut Rng) -> f64 {
    let (radius, angle) = (1.0 - rng.unit(), rng.unit());
    (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(delay) => f.pad(&format!("{} ms", delay.0 / 1000)),
            Self::LogNormal => f.pad("log-normal"),
        }
    }
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// How long the server waits.
    pub delay: Delay,
    /// How many users send, each as soon as its last answer has come.
    pub users: u32,
}

impl Cell {
    /// The cell that the first targets are about.
    pub const MAIN: Self = Self { delay: Delay::Constant(Micros::from_millis(200)), users: 50 };

    /// Every delay with 1, 6, 50, 100 and 200 users.
    pub fn grid() -> Vec<Self> {
        let users = [1, 6, 50, 100, 200];
        Delay::ALL.into_iter().flat_map(|delay| users.map(|users| Self { delay, users })).collect()
    }

    /// A few that show most: the floor, the main cell, its like with a spread.
    pub fn few() -> Vec<Self> {
        let spread = Self { delay: Delay::LogNormal, users: 6 };
        vec![Self { delay: Delay::NONE, users: 6 }, Self::MAIN, spread]
    }

    /// Users by delay; `None` for a server that answers at once, whose ideal has no bound.
    pub fn ideal_rate(self) -> Option<f64> {
        let delay = self.delay.mean().as_secs_f64();
        (delay > 0.0).then(|| f64::from(self.users) / delay)
    }

    /// How long the users take to come: a second or two, one user every 21 ms or, of many, every 11 ms.
    ///
    /// Both are prime to the delays. A step that divides a constant delay (20 ms and 200 ms) would make users march
    /// in groups of five for the whole run, and what is measured then is how five requests at once get in each
    /// other's way.
    pub fn ramp(self) -> Micros {
        match self.users {
            0..=47 => Micros::SECOND,
            users @ 48..=100 => Micros::from_millis(21 * u64::from(users)),
            users => Micros::from_millis(11 * u64::from(users)),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}", self.delay, self.users)
    }
}

/// `200x50`, `lognormalx6`: milliseconds or the word, then users.
impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no cell; write one like 200x50 or lognormalx6");
        let (delay, users) = text.trim().split_once('x').ok_or_else(wrong)?;
        let delay = match delay {
            "lognormal" => Delay::LogNormal,
            millis => Delay::Constant(Micros::from_millis(millis.parse().map_err(|_| wrong())?)),
        };
        let users = users.parse().ok().filter(|users| *users > 0).ok_or_else(wrong)?;
        Ok(Self { delay, users })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_reads_as_it_is_typed() {
        assert_eq!("200x50".parse(), Ok(Cell::MAIN));
        assert_eq!("lognormalx6".parse(), Ok(Cell { delay: Delay::LogNormal, users: 6 }));
        for text in ["200", "200x0", "x5", "50 users", "lognormal", ""] {
            assert!(text.parse::<Cell>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_ideal_rate_is_users_by_delay() {
        assert_eq!(Cell::MAIN.ideal_rate(), Some(250.0));
        assert_eq!(Cell { delay: Delay::NONE, users: 6 }.ideal_rate(), None);
        let spread = Cell { delay: Delay::LogNormal, users: 50 }.ideal_rate().unwrap();
        assert!((spread - 882.5).abs() < 0.1, "{spread}");
    }

    #[test]
    fn log_normal_delays_have_their_median_and_mean() {
        let mut rng = Rng::new(1);
        let mut drawn: Vec<u64> = (0..20_000).map(|_| Delay::LogNormal.draw(&mut rng).0).collect();
        drawn.sort_unstable();
        let median = drawn[10_000] as f64;
        assert!((median / 50_000.0 - 1.0).abs() < 0.02, "{median}");
        let mean = drawn.iter().sum::<u64>() as f64 / 20_000.0;
        assert!((mean / Delay::LogNormal.mean().0 as f64 - 1.0).abs() < 0.02, "{mean}");
    }

    #[test]
    fn users_do_not_march_in_step_under_a_constant_delay() {
        for cell in Cell::grid().into_iter().filter(|cell| cell.users >= 50) {
            let Delay::Constant(delay) = cell.delay else { continue };
            if delay.0 < 50_000 {
                continue;
            }
            let step = cell.ramp().0 / u64::from(cell.users);
            let mut phases: Vec<u64> = (0..u64::from(cell.users)).map(|user| user * step % delay.0).collect();
            phases.sort_unstable();
            phases.dedup();
            assert_eq!(phases.len() as u64, u64::from(cell.users).min(delay.0 / 1_000), "{cell}");
        }
    }

    #[test]
    fn the_grid_has_every_delay_with_every_number_of_users() {
        assert_eq!(Cell::grid().len(), 30);
        assert!(Cell::grid().contains(&Cell::MAIN) && Cell::few().contains(&Cell::MAIN));
    }
}
