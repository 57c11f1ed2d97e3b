//! One virtual user: its class, its values, its lanes to the hosts. What it does with them is in the other files.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::common::Common;
use super::filler::{Filler, LastSeen};
use super::presence::Presence;
use super::refresh::Refreshes;
use super::values::{Length, Values};
use super::walk::Walk;
use crate::core::base::rng::Rng;
use crate::core::http::request::Request;
use crate::core::run::platform::{Platform, Transport};
use crate::core::scenario::model::class::UserClass;
use crate::core::scenario::model::data::{NextRow, RowOrder};
use crate::core::scenario::model::scenario::DataId;

/// A virtual user with connections of its own.
pub struct User<P: Platform> {
    pub common: Rc<Common<P>>,
    /// The index of its class in the scenario.
    pub class: usize,
    /// Its place in the run, from 0.
    pub index: u32,
    pub state: RefCell<State>,
    pub presence: Rc<Presence>,
    pub refreshes: Refreshes,
    /// Lanes that no request uses. One is enough unless requests are sent at once.
    channels: RefCell<Vec<Channel<P>>>,
    /// What all its lanes have in common.
    shared: <P as Transport>::Shared,
    /// Whether a session has begun and not ended.
    pub is_in_session: Cell<bool>,
    /// How many requests it had begun when its last task was over.
    pub begun_before: Cell<u64>,
}

/// What a user knows.
#[derive(Debug, Default)]
pub struct State {
    pub values: Values,
    /// The present row of each data set.
    pub rows: Vec<Option<usize>>,
    /// How many tasks have begun.
    pub iteration: u64,
    /// The next task of a sequence, or the present state.
    pub place: usize,
    pub last: LastSeen,
}

/// A lane and the request that it sends. Boxed, because it passes through many futures, and a future keeps a copy of what
/// it was given.
pub type Channel<P> = Box<LaneWithRequest<P>>;

/// A lane and the request that it sends.
pub struct LaneWithRequest<P: Platform> {
    pub lane: <P as Transport>::Lane,
    pub request: Request,
    /// Which of the user's tokens the request carries.
    pub generation: u64,
}

impl<P: Platform> User<P> {
    /// Makes user number `index` of the run and draws its variables; `None` when the class does not exist.
    pub fn new(
        common: &Rc<Common<P>>,
        index: u32,
        class: usize,
        presence: Rc<Presence>,
        rng: &mut Rng,
    ) -> Option<Self> {
        let of = common.scenario.classes.get(class)?;
        let shared = <P as Transport>::Shared::default();
        let lane = common.platform.open_lane(index, &shared);
        let channel = new_channel(lane);
        let state = State {
            values: Values::unset(of.slots.len()),
            rows: vec![None; common.scenario.data.len()],
            ..State::default()
        };
        let user = Self {
            common: Rc::clone(common),
            class,
            index,
            state: RefCell::new(state),
            presence,
            refreshes: Refreshes::default(),
            channels: RefCell::new(vec![channel]),
            shared,
            is_in_session: Cell::new(false),
            begun_before: Cell::new(0),
        };
        user.take_rows(NextRow::EachUser, rng);
        let mut walk = Walk::new(rng, user.common.platform.now());
        for variable in &of.variables {
            user.with_filler(&mut walk, |filler| {
                let value = filler.value(&variable.value);
                filler.values.set(variable.slot, value);
            });
        }
        Some(user)
    }

    /// The class that it is of.
    pub fn of(&self) -> Option<&UserClass> {
        self.common.scenario.classes.get(self.class)
    }

    /// Does something with what fills blanks.
    pub fn with_filler<T>(&self, walk: &mut Walk<'_>, work: impl FnOnce(&mut Filler<'_>) -> T) -> T {
        let mut state = self.state.borrow_mut();
        let State { values, rows, iteration, .. } = &mut *state;
        let mut filler = Filler {
            values,
            scenario: &self.common.scenario,
            rows,
            user: self.index,
            iteration: *iteration,
            last: walk.last,
            unix_ms: self.common.began_unix_ms + self.common.platform.now().0 / 1_000,
            rng: walk.rng,
            length: Length::Right,
        };
        work(&mut filler)
    }

    /// Takes the next rows of the data sets that the class uses at this moment.
    pub fn take_rows(&self, when: NextRow, rng: &mut Rng) {
        let uses = self.of().map(|class| class.rows.as_slice()).unwrap_or_default();
        uses.iter().filter(|rows| rows.when == when).for_each(|rows| self.take_row(rows.data, rng));
    }

    /// Takes the next row of a data set.
    pub fn take_row(&self, data: DataId, rng: &mut Rng) {
        let order = self.common.scenario.data.get(data.0).map(|set| set.order);
        let (Some(order), Some(rows)) = (order, self.common.rows.get(data.0)) else { return };
        let row = match order {
            RowOrder::Sequential => rows.in_sequence(),
            RowOrder::Shuffled => rows.shuffled(),
            RowOrder::Random => rows.at_random(rng),
            RowOrder::Unique => rows.of_user(self.index),
        };
        if let Some(place) = self.state.borrow_mut().rows.get_mut(data.0) {
            *place = row;
        }
    }

    /// A lane that no request uses: a kept one, or one more beside those in use.
    pub fn take_channel(&self) -> Channel<P> {
        let kept = self.channels.borrow_mut().pop();
        kept.unwrap_or_else(|| {
            let lane = self.common.platform.open_lane(self.index, &self.shared);
            new_channel(lane)
        })
    }

    /// Gives a lane back.
    pub fn keep_channel(&self, channel: Channel<P>) {
        self.channels.borrow_mut().push(channel);
    }
}

fn new_channel<P: Platform>(lane: <P as Transport>::Lane) -> Channel<P> {
    Box::new(LaneWithRequest { lane, request: Request::default(), generation: 0 })
}
