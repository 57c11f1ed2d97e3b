//! Which endpoints changed: one after the other, the clearest first, until none is clear enough.

use super::common::{FEWEST_ENDPOINTS, Levels};
use super::difference::Difference;
use super::evidence::{Evidence, Relative, common_difference, evidence};
use super::figure::Figure;
use super::groups::Cells;
use super::many::{holm, simes};
use super::study::Studied;

/// The part of the allowed false alarms that an endpoint's steadiest latency has; the others share the rest.
const STEADIEST_SHARE: f64 = 0.7;

/// The findings about an endpoint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    pub evidence: Vec<Evidence>,
    /// The latency that its requests leave the smallest error, which counts most.
    pub steadiest: Option<Figure>,
    /// Whether the common shift was taken off.
    pub shares: bool,
    /// The probability that a figure must not exceed to count as changed; `None` for a control, which is not judged.
    pub limit: Option<f64>,
    /// Whether the endpoint as a whole is found to differ, by however little.
    pub differs: bool,
}

/// The findings about all endpoints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    pub endpoints: Vec<Finding>,
    /// The shift that endpoints have in common; `None` where too few of them say.
    pub common: Option<Difference>,
    pub common_differs: bool,
}

/// Decides for all endpoints. A change counts if it matters: if it is as large as this on the logarithmic scale.
pub fn decide(studied: &[Studied], controls: &[bool], matters: f64) -> Findings {
    let mut deciding = Deciding::start(studied, controls, matters);
    while deciding.decides_one_more() {}
    deciding.look_at_the_found();
    deciding.findings
}

/// A decision under way.
struct Deciding<'a> {
    studied: &'a [Studied],
    matters: f64,
    levels: Levels,
    tells_common: bool,
    /// The endpoints to judge that are not found to differ so far.
    left: Vec<usize>,
    findings: Findings,
}

impl<'a> Deciding<'a> {
    fn start(studied: &'a [Studied], controls: &[bool], matters: f64) -> Self {
        let levels = levels(studied, controls);
        let tells_common = levels.members() >= FEWEST_ENDPOINTS || controls.contains(&true);
        let endpoint = |(studied, shares): (&Studied, &bool)| Finding {
            steadiest: studied.steadiest(),
            shares: *shares,
            ..Finding::default()
        };
        let endpoints = studied.iter().zip(&levels.shares).map(endpoint).collect();
        let findings = Findings { endpoints, ..Findings::default() };
        let left = (0..studied.len()).filter(|place| controls.get(*place) != Some(&true)).collect();
        Self { studied, matters, levels, tells_common, left, findings }
    }

    /// Whether an endpoint, or the common shift, is found to differ beside those before.
    fn decides_one_more(&mut self) -> bool {
        let limit = self.look();
        let clearest = self.left.iter().map(|place| (*place, self.probability(*place)));
        let clearest = clearest.min_by(|a, b| a.1.total_cmp(&b.1));
        let common = self
            .findings
            .common
            .filter(|_| !self.findings.common_differs)
            .map_or(1.0, |common| common.probability());
        match clearest {
            Some((place, probability)) if probability <= limit && probability <= common => self.found(place),
            _ if common <= limit => self.findings.common_differs = true,
            _ => return false,
        }
        true
    }

    /// Gathers the evidence on all that are left, and gives the probability that counts as clear.
    fn look(&mut self) -> f64 {
        let is_open = self.tells_common && !self.findings.common_differs;
        let limit = holm(self.left.len() + usize::from(is_open));
        self.findings.common = common_difference(&self.levels).filter(|_| self.tells_common);
        let relative = Relative::of(self.studied, &self.levels);
        let findings = self.studied.iter().zip(&mut self.findings.endpoints).enumerate();
        for (place, (endpoint, finding)) in findings.filter(|(_, (_, finding))| !finding.differs) {
            finding.evidence = evidence(endpoint, place, &relative);
            finding.limit = self.left.contains(&place).then_some(limit);
        }
        limit
    }

    /// Gathers the evidence on those that differ again: what was found after them is no part of the common shift now.
    fn look_at_the_found(&mut self) {
        let relative = Relative::of(self.studied, &self.levels);
        let findings = self.studied.iter().zip(&mut self.findings.endpoints).enumerate();
        for (place, (endpoint, finding)) in findings.filter(|(_, (_, finding))| finding.differs) {
            finding.evidence = evidence(endpoint, place, &relative);
        }
    }

    fn probability(&self, place: usize) -> f64 {
        self.findings.endpoints.get(place).map_or(1.0, Finding::probability)
    }

    fn found(&mut self, place: usize) {
        self.left.retain(|other| *other != place);
        let Some(finding) = self.findings.endpoints.get_mut(place) else { return };
        finding.differs = true;
        if finding.is_changed(self.matters) {
            self.levels.leave_out(place);
        }
    }
}

impl Finding {
    /// The probability of what its runs show if the endpoint had not changed: of its latencies or of its failures.
    fn probability(&self) -> f64 {
        let of = |wanted: &dyn Fn(Figure) -> bool| {
            let figures = self.evidence.iter().filter(|evidence| wanted(evidence.figure));
            figures.map(|evidence| evidence.own.probability()).collect::<Vec<_>>()
        };
        let is_steadiest = |figure: Figure| Some(figure) == self.steadiest;
        let steadiest = simes(&of(&is_steadiest)) / STEADIEST_SHARE;
        let others =
            simes(&of(&|figure| figure.is_latency() && !is_steadiest(figure))) / (1.0 - STEADIEST_SHARE);
        let failures = of(&|figure| figure == Figure::FailureRatio);
        let families = 1.0 + failures.len() as f64;
        (families * failures.into_iter().fold(steadiest.min(others), f64::min)).min(1.0)
    }

    /// Whether a figure counts as changed on its own.
    pub fn is_evident(&self, evidence: &Evidence, matters: f64) -> bool {
        let is_large = evidence.figure == Figure::FailureRatio || evidence.own.at.abs() >= matters;
        self.limit.is_some_and(|limit| evidence.own.probability() <= limit) && is_large
    }

    /// Whether one of its latencies or its failures changed.
    pub fn is_changed(&self, matters: f64) -> bool {
        let mut judged = self.evidence.iter().filter(|evidence| evidence.figure != Figure::Rps);
        self.differs && judged.any(|evidence| self.is_evident(evidence, matters))
    }
}

fn levels(studied: &[Studied], controls: &[bool]) -> Levels {
    let steadiest = |endpoint: &Studied| endpoint.cells(endpoint.steadiest()?).cloned();
    let cells: Vec<Cells> = studied.iter().map(|endpoint| steadiest(endpoint).unwrap_or_default()).collect();
    Levels::of(&cells, controls)
}
