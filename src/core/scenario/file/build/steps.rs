//! Reads steps: all that a task may consist of.

use std::cell::{Cell, RefCell};

use serde::Serialize;

use super::blanks;
use super::conditions;
use super::fields::{self, Kind, Standing};
use super::names::Names;
use super::repeats::{number, time};
use super::requests::{self, ClassRequests};
use super::shop::{Shop, one_row_each};
use super::values::range;
use crate::core::base::units::Micros;
use crate::core::scenario::file::decode::At;
use crate::core::scenario::file::limits::DEEPEST_STEPS;
use crate::core::scenario::file::wire::condition::WireCondition;
use crate::core::scenario::file::wire::forms::{Fields, List, Scalar, ScalarKind};
use crate::core::scenario::file::wire::step::{WireEnd, WireGivenUp, WireStep};
use crate::core::scenario::model::condition::Condition;
use crate::core::scenario::model::scenario::EntryKind;
use crate::core::scenario::model::step::{End, GivenUp, Poll, Repeat, Step, Times};
use crate::core::scenario::model::text::{Escape, Part, Slot, Source, Template};
use crate::core::scenario::model::think_time::ThinkTime;

/// How often steps may be repeated, and a poll may ask.
const MOST_REPEATS: u32 = 1_000_000;
/// How often a `while` goes round where the text does not say.
const USUAL_ROUNDS: u32 = 1_000;
/// How often a poll asks where the text does not say: every 5 s for 3 minutes, as Oddiya's web pages wait for a video.
const USUAL_ASKS: u32 = 36;
const USUAL_PAUSE: Micros = Micros::from_secs(5);

/// What the steps of a class are read with.
pub struct Steps<'c> {
    pub shop: &'c Shop<'c>,
    pub names: &'c Names<'c>,
    pub requests: ClassRequests<'c>,
    /// The blocks that are being read, one within the other.
    pub within: RefCell<Vec<At<String>>>,
    /// How many steps the present one stands within.
    pub depth: Cell<usize>,
}

/// The size of what was made, in bytes of JSON, which is how a worker gets it.
fn size(made: &impl Serialize) -> usize {
    struct Counted(usize);
    impl std::io::Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counted = Counted(0);
    // Neither the types of a scenario nor counting can fail.
    let _ = serde_json::to_writer(&mut counted, made);
    counted.0
}

/// The steps that a condition chooses between. One that the text itself decides, such as `${profile} == gateway`, leaves
/// only the chosen ones.
fn decided(condition: Condition, then: Vec<Step>, otherwise: Vec<Step>) -> Vec<Step> {
    match conditions::decided(&condition) {
        Some(true) => then,
        Some(false) => otherwise,
        None => vec![Step::If { condition, then, otherwise }],
    }
}

impl Steps<'_> {
    /// Reads steps one after the other. Those with a problem are left out.
    pub fn list(&self, wires: &List<WireStep>) -> Vec<Step> {
        wires.0.iter().flat_map(|wire| self.one(wire, Standing::Step)).collect()
    }

    fn required_list(&self, wires: Option<&At<List<WireStep>>>, step: &WireStep) -> Option<Vec<Step>> {
        match wires {
            Some(wires) if !wires.value.0.is_empty() => Some(self.list(&wires.value)),
            _ => {
                if let Some(key) = step.keys.first() {
                    self.shop.trouble.about(
                        key,
                        format!("`{}` has no steps; write one or more under `steps:`", key.value),
                    );
                }
                None
            }
        }
    }

    /// Reads one step. A block becomes all its steps.
    pub fn one(&self, wire: &WireStep, standing: Standing) -> Vec<Step> {
        let trouble = self.shop.trouble;
        if !trouble.takes_step(self.origin(wire).as_ref()) {
            return Vec::new();
        }
        let Some(kind) = fields::kind(wire, standing, trouble) else { return Vec::new() };
        let levels = if wire.condition.is_some() && kind != Kind::Choice { 2 } else { 1 };
        self.depth.set(self.depth.get() + levels);
        let steps = if self.depth.get() > DEEPEST_STEPS {
            let message = format!("over {DEEPEST_STEPS} steps stand within each other; use fewer");
            self.origin(wire).iter().for_each(|at| trouble.about(at, message.clone()));
            Vec::new()
        } else {
            self.of_kind(kind, wire)
        };
        self.depth.set(self.depth.get() - levels);
        steps
    }

    /// The name at which a step's problems are reported: that of the outermost block, or the step's own first field.
    fn origin(&self, wire: &WireStep) -> Option<At<String>> {
        self.within.borrow().first().or(wire.keys.first()).cloned()
    }

    fn of_kind(&self, kind: Kind, wire: &WireStep) -> Vec<Step> {
        let condition = wire.condition.as_ref().map(|condition| self.condition(condition));
        let steps = match kind {
            Kind::Choice => return self.choice(wire, condition.flatten()),
            Kind::Block => self.block(wire),
            Kind::Branch | Kind::Task => self.required_list(wire.steps.as_ref(), wire).unwrap_or_default(),
            Kind::Set => self.set(wire.set.as_ref(), |slot, value| Step::Set { slot, value }),
            Kind::Append => self.set(wire.append.as_ref(), |slot, value| Step::Append { slot, value }),
            Kind::Clear => {
                wire.clear.iter().flatten().filter_map(|name| self.slot(name).map(Step::Clear)).collect()
            }
            _ => self.single(kind, wire).into_iter().collect(),
        };
        // The steps within this one have been counted already.
        if !kind.has_steps() && !self.takes(&steps, wire) {
            return Vec::new();
        }
        match condition {
            None => steps,
            Some(Some(condition)) => decided(condition, steps, Vec::new()),
            Some(None) => Vec::new(),
        }
    }

    /// Whether the budget of the text has room for so much more.
    fn takes(&self, made: &impl Serialize, wire: &WireStep) -> bool {
        self.shop.trouble.takes(size(made), self.origin(wire).as_ref())
    }

    fn single(&self, kind: Kind, wire: &WireStep) -> Option<Step> {
        match kind {
            Kind::Request(method) => {
                let path = [&wire.get, &wire.post, &wire.put, &wire.patch, &wire.delete, &wire.head];
                let path = path.into_iter().flatten().next()?;
                let request = requests::read(wire, (method, path), &self.requests, self.names, self.shop)?;
                Some(Step::Request(Box::new(request)))
            }
            Kind::Group => {
                let entry = self.shop.entry(EntryKind::Group, &wire.group.as_ref()?.value);
                Some(Step::Group { entry, steps: self.required_list(wire.steps.as_ref(), wire)? })
            }
            Kind::Parallel => self.parallel(wire),
            Kind::Repeat => self.repeat(wire),
            Kind::While => self.as_long_as(wire),
            Kind::ForEach => self.for_each(wire),
            Kind::Poll => self.poll(wire),
            Kind::NextRow => {
                let name = wire.next_row.as_ref()?;
                let data = self.shop.trouble.keep(name, self.names.data(&name.value))?;
                self.names.uses(data);
                if self.shop.keeps_its_row(data) {
                    self.shop.trouble.about(name, one_row_each(&name.value));
                }
                Some(Step::NextRow(data))
            }
            Kind::Wait => self.think_time(wire.wait.as_ref()).map(Step::Wait),
            Kind::End => Some(Step::End(match wire.end? {
                WireEnd::Task => End::Task,
                WireEnd::Session => End::Session,
                WireEnd::User => End::User,
            })),
            Kind::Task
            | Kind::Choice
            | Kind::Set
            | Kind::Append
            | Kind::Clear
            | Kind::Block
            | Kind::Branch => None,
        }
    }

    /// Reads a condition.
    fn condition(&self, wire: &At<WireCondition>) -> Option<Condition> {
        let condition = conditions::read(wire, self.names, self.shop.trouble)?;
        let at = At { place: wire.place, value: String::new() };
        self.shop.trouble.takes(size(&condition), Some(&at)).then_some(condition)
    }

    /// Reads a think time.
    pub fn think_time(&self, wire: Option<&At<String>>) -> Option<ThinkTime> {
        let wire = wire?;
        self.shop.trouble.keep(wire, wire.value.parse::<ThinkTime>())
    }

    fn slot(&self, name: &At<String>) -> Option<Slot> {
        let slot = self.names.slot(&name.value).ok_or_else(|| self.names.unknown(&name.value));
        self.shop.trouble.keep(name, slot)
    }

    /// The value of a variable: a number and a truth value stay what they are.
    pub fn value(&self, value: &At<Scalar>) -> Option<Template> {
        if value.value.kind == ScalarKind::Json {
            let source = Source::Json(value.value.text.clone());
            return Some(Template { parts: vec![Part::Blank { source, escape: Escape::Plain }] });
        }
        let template = blanks::read(&value.value.text, Escape::Plain, self.names);
        template.map_err(|problem| self.shop.trouble.within(value.place, &problem.word, problem.message)).ok()
    }

    fn set(&self, fields: Option<&Fields<At<Scalar>>>, step: fn(Slot, Template) -> Step) -> Vec<Step> {
        let fields = fields.into_iter().flat_map(|fields| &fields.0);
        fields
            .filter_map(|(name, value)| Some(step(self.names.declare(&name.value), self.value(value)?)))
            .collect()
    }

    fn choice(&self, wire: &WireStep, condition: Option<Condition>) -> Vec<Step> {
        let steps = |wires: &Option<At<List<WireStep>>>| wires.as_ref().map(|list| self.list(&list.value));
        let (then, otherwise) = (steps(&wire.then), steps(&wire.otherwise));
        let (then, otherwise) = (then.unwrap_or_default(), otherwise.unwrap_or_default());
        condition.map_or_else(Vec::new, |condition| decided(condition, then, otherwise))
    }

    fn block(&self, wire: &WireStep) -> Vec<Step> {
        let Some(name) = &wire.block else { return Vec::new() };
        let Some(steps) = self.shop.block(&name.value) else {
            let known = self.shop.blocks.0.iter().map(|(known, _)| known.value.as_str());
            let message =
                format!("no block `{}`; {}", name.value, self.shop.trouble.instead(&name.value, known));
            self.shop.trouble.about(name, message);
            return Vec::new();
        };
        if self.within.borrow().iter().any(|outer| outer.value == name.value) {
            let outer: String =
                self.within.borrow().iter().map(|outer| format!("{} → ", outer.value)).collect();
            let circle = format!("{outer}{}", name.value);
            self.shop
                .trouble
                .about(name, format!("the block contains itself ({circle}); use `repeat` or `while`"));
            return Vec::new();
        }
        if self.shop.trouble.is_full() {
            // The text is wrong already, and what the block says was read or will be.
            return Vec::new();
        }
        self.within.borrow_mut().push(name.clone());
        let read = self.list(steps);
        self.within.borrow_mut().pop();
        read
    }

    fn parallel(&self, wire: &WireStep) -> Option<Step> {
        let branches = wire.parallel.as_ref()?;
        if branches.value.0.is_empty() {
            self.shop.trouble.add(branches.place, 1, "`parallel` has no steps; write one or more");
            return None;
        }
        Some(Step::Parallel(
            branches.value.0.iter().map(|branch| self.one(branch, Standing::Branch)).collect(),
        ))
    }

    fn repeat(&self, wire: &WireStep) -> Option<Step> {
        let times = wire.repeat.as_ref()?;
        let text = &times.value.text;
        let count = range(text).and_then(|(from, to)| {
            let number = |n: u64| u32::try_from(n).ok().filter(|n| *n <= MOST_REPEATS);
            Some(Times::Count { from: number(from)?, to: number(to)? })
        });
        if count.is_none() {
            let message =
                format!("`{text}` is no number of times; write `3` or `1..5`, at most {MOST_REPEATS}");
            self.shop.trouble.within(times.place, text, message);
        }
        let steps = self.required_list(wire.steps.as_ref(), wire)?;
        Some(Step::Repeat(Repeat { times: count?, steps }))
    }

    fn as_long_as(&self, wire: &WireStep) -> Option<Step> {
        let condition = self.condition(wire.as_long_as.as_ref()?)?;
        let at_most = self.at_most(wire, USUAL_ROUNDS)?;
        let steps = self.required_list(wire.steps.as_ref(), wire)?;
        Some(Step::Repeat(Repeat { times: Times::While { condition, at_most }, steps }))
    }

    fn at_most(&self, wire: &WireStep, usual: u32) -> Option<u32> {
        match &wire.at_most {
            Some(at) => number(at, "the limit", 1, MOST_REPEATS, self.shop.trouble),
            None => Some(usual),
        }
    }

    fn for_each(&self, wire: &WireStep) -> Option<Step> {
        let list = wire.for_each.as_ref()?;
        let Some(item) = &wire.item else {
            let message = "`for_each` needs a name for the entry: `as: id`, then `${id}` in its steps";
            self.shop.trouble.about(list, message);
            return None;
        };
        let bare =
            list.value.strip_prefix("${").and_then(|name| name.strip_suffix('}')).unwrap_or(&list.value);
        let list = self.slot(&At { place: list.place, value: bare.trim().to_owned() })?;
        let item = self.names.declare(&item.value);
        let steps = self.required_list(wire.steps.as_ref(), wire)?;
        Some(Step::Repeat(Repeat { times: Times::ForEach { list, item }, steps }))
    }

    fn poll(&self, wire: &WireStep) -> Option<Step> {
        let name = wire.poll.as_ref()?;
        let Some(until) = &wire.until else {
            let message = "`poll` needs to know what it waits for: `until: \"${state} == COMPLETED\"`";
            self.shop.trouble.about(name, message);
            return None;
        };
        let trouble = self.shop.trouble;
        if !trouble.takes(name.value.len(), Some(name)) {
            return None;
        }
        let within = wire.within.as_ref().map(|at| time(Some(at), Micros::ZERO, trouble));
        let steps = self.required_list(wire.steps.as_ref(), wire);
        Some(Step::Poll(Poll {
            check: self.shop.settings.hide(&name.value),
            until: self.condition(until)?,
            every: time(wire.every.as_ref(), USUAL_PAUSE, trouble),
            at_most: self.at_most(wire, if within.is_some() { MOST_REPEATS } else { USUAL_ASKS })?,
            within,
            steps: steps?,
            given_up: match wire.given_up {
                Some(WireGivenUp::Continue) => GivenUp::Continue,
                Some(WireGivenUp::Fail) | None => GivenUp::Fail,
            },
        }))
    }
}
