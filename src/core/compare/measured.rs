//! A figure of one run with the error that its own requests leave: the noise *within* a run.
//!
//! Rates and latencies are compared on logarithms, because machines slow things down by factors. A failure ratio may be
//! 0, so it is compared on the arcsine of its root, where its error does not depend on it (Anscombe, Biometrika 35, 1948).

use super::buckets::Buckets;
use super::figure::Figure;
use super::sample::{EndpointSample, Latencies};

/// A figure of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// On the scale on which the figure is compared.
    pub at: f64,
    /// The standard error that the run's own requests leave in `at`; 0 where it is not known.
    pub error: f64,
}

/// The two-sided 95 % point of the normal distribution.
pub const NORMAL_95: f64 = 1.96;
/// With fewer requests above a quantile, it is little more than the largest value, which is never a regression.
const FEWEST_ABOVE: f64 = 10.0;

/// The figure of a run on the scale of comparison; `None` where it was not measured, or by too few requests.
pub fn measured(sample: &EndpointSample, figure: Figure) -> Option<Measured> {
    let requests = sample.requests as f64;
    match (figure, figure.quantile()) {
        (Figure::Rps, _) => log(sample.value(figure)?, requests.sqrt().recip()),
        (Figure::FailureRatio, _) => (sample.requests > 0).then(|| Measured {
            at: anscombe(sample.failures as f64, requests),
            error: 0.5 / requests.sqrt(),
        }),
        (_, quantile) => match &sample.latencies {
            Latencies::Counted(buckets) => {
                let error =
                    quantile.map_or_else(|| Some(mean_error(buckets)), |q| quantile_error(buckets, q));
                log(sample.value(figure)?, error?)
            }
            Latencies::Figures(_) => log(sample.value(figure)?, 0.0),
            Latencies::NotMeasured => None,
        },
    }
}

/// `None` for values that have no logarithm, such as 0.
fn log(value: f64, error: f64) -> Option<Measured> {
    (value > 0.0 && error.is_finite()).then(|| Measured { at: value.ln(), error })
}

fn mean_error(buckets: &Buckets) -> f64 {
    buckets.deviation() / buckets.mean() / (buckets.count() as f64).sqrt()
}

/// From the ranks between which the quantile lies with 68 % and with 95 %, by the binomial distribution. A quantile in the
/// gap between two modes of a distribution falls now in one and now in the other; its error is as large as that.
fn quantile_error(buckets: &Buckets, quantile: f64) -> Option<f64> {
    let count = buckets.count() as f64;
    if count * (1.0 - quantile) < FEWEST_ABOVE {
        return None;
    }
    let deviation = (count * quantile * (1.0 - quantile)).sqrt();
    let error = |deviations: f64| {
        let reach = deviations * deviation;
        let low = buckets.at_rank(count * quantile - reach);
        let high = buckets.at_rank(count * quantile + reach + 1.0);
        (low > 0.0).then(|| (high / low).ln() / (2.0 * deviations))
    };
    Some(error(1.0)?.max(error(NORMAL_95)?))
}

/// Anscombe's form, which is right for few failures too.
pub fn anscombe(failures: f64, requests: f64) -> f64 {
    ((failures + 0.375) / (requests + 0.75)).sqrt().asin()
}
