//! What `/proc` says of time spent, read from its texts.

/// Times of the whole machine since it started, in clock ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MachineTicks {
    /// All processors doing nothing, waiting for a disk included.
    pub idle: u64,
    /// All processors together.
    pub total: u64,
}

impl MachineTicks {
    /// From `/proc/stat`: the line of all processors.
    pub fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let times: Vec<u64> = line.split_whitespace().map_while(|time| time.parse().ok()).collect();
        // user nice system idle iowait irq softirq steal; guest times are in user's already.
        Some(Self { idle: times.get(3)? + times.get(4)?, total: times.iter().take(8).sum() })
    }

    /// The share of the time since `earlier` in which processors were busy, in [0, 1].
    pub fn busy_since(self, earlier: Self) -> f64 {
        let total = self.total.saturating_sub(earlier.total).max(1) as f64;
        1.0 - self.idle.saturating_sub(earlier.idle) as f64 / total
    }
}

/// One process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessTicks {
    /// Its parent's id.
    pub parent: u32,
    /// In user and kernel, all threads together, in clock ticks.
    pub spent: u64,
}

impl ProcessTicks {
    /// From `/proc/PID/stat`. The command stands in parentheses and may hold anything, so the last one counts.
    pub fn parse(stat: &str) -> Option<Self> {
        let (_, after_command) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = after_command.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self { parent: fields.get(1)?.parse().ok()?, spent: number(11)? + number(12)? })
    }
}

/// Which of these processes descend from `ancestor`, in whatever order they are listed.
pub fn descendants(processes: &[(u32, ProcessTicks)], ancestor: u32) -> Vec<u32> {
    let mut found = vec![ancestor];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(processes.iter().filter(|(_, ticks)| ticks.parent == parent).map(|(id, _)| *id));
        next += 1;
    }
    found.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_busy_where_it_is_not_idle() {
        let parse = |text| MachineTicks::parse(text).unwrap();
        let earlier = parse("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 2 3 4");
        let later = parse("cpu  160 0 120 715 105 0 0 0 0 0\n");
        assert!((later.busy_since(earlier) - 0.8).abs() < 1e-9);
        assert_eq!(MachineTicks::parse("intr 1"), None);
    }

    #[test]
    fn a_process_may_have_any_name() {
        let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 1 2 3 4 30 12 0 0 20 0 5 0 100";
        assert_eq!(ProcessTicks::parse(stat), Some(ProcessTicks { parent: 7, spent: 42 }));
        assert_eq!(ProcessTicks::parse("42"), None);
    }

    #[test]
    fn descendants_are_found_through_all_generations() {
        let process = |id, parent| (id, ProcessTicks { parent, spent: 0 });
        let processes = [process(5, 4), process(2, 1), process(3, 1), process(4, 2), process(9, 8)];
        let mut found = descendants(&processes, 1);
        found.sort_unstable();
        assert_eq!(found, [2, 3, 4, 5]);
    }
}
