//! A value for every run of the three groups: base, new, and like runs, which only tell how far unchanged runs differ.

use super::measured::Measured;

/// Which group a run belongs to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups<T> {
    pub base: Vec<T>,
    pub new: Vec<T>,
    pub like: Vec<T>,
}

impl<T> Groups<T> {
    pub fn each(&self) -> [&[T]; 3] {
        [&self.base, &self.new, &self.like]
    }

    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.base.iter().chain(&self.new).chain(&self.like)
    }

    pub fn map<'a, U>(&'a self, f: impl Fn(&'a T) -> U) -> Groups<U> {
        let group = |runs: &'a [T]| runs.iter().map(&f).collect();
        Groups { base: group(&self.base), new: group(&self.new), like: group(&self.like) }
    }

    /// What pairs of the same run become.
    pub fn zip<U, V>(&self, other: &Groups<U>, f: impl Fn(&T, &U) -> V) -> Groups<V> {
        let group =
            |runs: &[T], others: &[U]| runs.iter().zip(others).map(|(run, other)| f(run, other)).collect();
        Groups {
            base: group(&self.base, &other.base),
            new: group(&self.new, &other.new),
            like: group(&self.like, &other.like),
        }
    }

    /// How many runs say something about the spread: all but one of each group.
    pub fn freedom(&self) -> usize {
        self.each().iter().map(|runs| runs.len().saturating_sub(1)).sum()
    }
}

/// A figure of every run; `None` where it was not measured, which is never taken for 0.
pub type Cells = Groups<Option<Measured>>;

/// What the runs of a group say together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    pub runs: f64,
    pub mean: f64,
    /// Between the runs, of a sample; 0 for a single run.
    pub variance: f64,
    /// What the requests of a run leave of it: the mean of the squared errors.
    pub within: f64,
}

impl Moments {
    /// `None` where no run measured it.
    pub fn of(cells: &[Option<Measured>]) -> Option<Self> {
        let runs = cells.iter().flatten().count() as f64;
        let mean_of = |f: &dyn Fn(&Measured) -> f64| cells.iter().flatten().map(f).sum::<f64>() / runs;
        let mean = mean_of(&|cell| cell.at);
        let spread = mean_of(&|cell| (cell.at - mean).powi(2));
        let variance = if runs > 1.0 { spread * runs / (runs - 1.0) } else { 0.0 };
        (runs > 0.0).then(|| Self { runs, mean, variance, within: mean_of(&|cell| cell.error.powi(2)) })
    }
}

/// The variance between runs of one group, from all groups; `None` where no group has two runs.
pub fn variance_between(cells: &Cells) -> Option<f64> {
    let moments = cells.each().into_iter().filter_map(Moments::of);
    let (sum, freedom) = moments.fold((0.0, 0.0), |(sum, freedom), group| {
        (sum + group.variance * (group.runs - 1.0), freedom + group.runs - 1.0)
    });
    (freedom > 0.0).then(|| sum / freedom)
}

/// What requests leave of that variance, on average.
pub fn variance_within(cells: &Cells) -> f64 {
    let squares: Vec<f64> = cells.all().flatten().map(|cell| cell.error.powi(2)).collect();
    squares.iter().sum::<f64>() / squares.len().max(1) as f64
}
