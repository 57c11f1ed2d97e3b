//! How `oddiya-load run` ended, and the exit code that says so.

use crate::core::report::{Report, StopReason};

/// How the command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every request succeeded.
    Clean,
    /// A request failed or has no answer. The value is the exit code that the user asked for.
    Failures(u8),
    /// The run was too short or too small for a single request.
    NothingSent,
    /// Nothing ran, because the arguments are wrong.
    Usage,
    /// Nothing ran, because the host cannot be reached.
    Unreachable,
    /// The user interrupted the run twice, and it stopped at once.
    Abandoned,
}

impl Ending {
    /// How a run ended that has this report. `code_on_error` is the exit code that the user asked for. It is for failures,
    /// so a run that sent nothing does not end with 0 whatever it is.
    pub fn of(report: &Report, code_on_error: u8) -> Self {
        let is_whole = report.run.stopped_by != Some(StopReason::Unfinished);
        let is_clean = is_whole && !report.has_failures() && report.total.in_flight_at_end == Some(0);
        let has_sent = report.total.sent.unwrap_or(report.total.requests) > 0;
        match (has_sent, is_clean) {
            (true, true) => Self::Clean,
            (false, _) if is_clean || code_on_error == 0 => Self::NothingSent,
            (_, _) => Self::Failures(code_on_error),
        }
    }

    /// The exit code of the process, as listed in the help text.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Failures(code) => code,
            Self::NothingSent => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Abandoned => 130,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ending(change: impl FnOnce(&mut Report), code_on_error: u8) -> Ending {
        let mut report = crate::core::run::example::report().unwrap();
        report.run.stopped_by = Some(StopReason::RunTime);
        report.total.failures = 0;
        report.total.in_flight_at_end = Some(0);
        change(&mut report);
        Ending::of(&report, code_on_error)
    }

    #[test]
    fn a_run_is_clean_when_everything_was_answered_well() {
        assert_eq!(ending(|_| {}, 7), Ending::Clean);
        assert_eq!(ending(|report| report.total.failures = 1, 7), Ending::Failures(7));
        assert_eq!(ending(|report| report.total.in_flight_at_end = Some(1), 7), Ending::Failures(7));
        assert_eq!(ending(|report| report.total.in_flight_at_end = None, 7), Ending::Failures(7));
        assert_eq!(ending(|report| report.total.failures = 1, 0).code(), 0, "asked for");
    }

    #[test]
    fn a_run_that_sent_nothing_never_ends_with_0() {
        let nothing = |report: &mut Report| (report.total.sent, report.total.requests) = (Some(0), 0);
        assert_eq!([ending(nothing, 0), ending(nothing, 7)], [Ending::NothingSent; 2]);
        let waiting = |report: &mut Report| {
            nothing(report);
            report.total.in_flight_at_end = Some(1);
        };
        assert_eq!([ending(waiting, 0), ending(waiting, 7)], [Ending::NothingSent, Ending::Failures(7)]);
    }
}
