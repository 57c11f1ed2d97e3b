//! The worker's link to the companion during a run: receives what the companion measured, notices when the companion is
//! gone, and shakes hands again when it is back.
//!
//! The link is one response that lasts as long as the run. A companion that was killed breaks it off at once, and one
//! that was stopped falls silent. No load is sent here.

use std::rc::Rc;

use futures_channel::mpsc::UnboundedSender;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestCache, RequestInit, Response, WorkerGlobalScope};

use super::pieces::Pieces;
use super::posting::post;
use super::route::Route;
use crate::browser::message::{CompanionNews, Event};
use crate::core::base::units::Micros;
use crate::core::http::relay::{CompanionInfo, INFO_PATH};
use crate::core::http::relay_record::{RecordBatch, SILENT_AFTER};
use crate::core::run::assignment::Control;

/// How often a companion that is gone is asked for. It is found within a second of its return.
const RETRY_EVERY: Micros = Micros::from_millis(500);

/// Whether a link has ever carried anything.
#[derive(Clone, Copy, PartialEq, Eq)]
enum HasCarried {
    Nothing,
    Batches,
}

/// The link of one run.
pub struct CompanionLink {
    route: Rc<Route>,
    controls: UnboundedSender<Control>,
    /// Told when the first batch has come.
    first: Option<oneshot::Sender<()>>,
    state: CompanionNews,
    /// The start of a line whose rest has not come.
    partial: Vec<u8>,
}

impl CompanionLink {
    /// The link, and what tells that it is open.
    pub fn new(route: Rc<Route>, controls: UnboundedSender<Control>) -> (Self, oneshot::Receiver<()>) {
        let (first, opened) = oneshot::channel();
        let state = CompanionNews::Present;
        (Self { route, controls, first: Some(first), state, partial: Vec::new() }, opened)
    }

    /// Keeps the link up until the worker ends. Does nothing in a run without a companion.
    pub async fn keep(mut self) {
        while let Some(url) = self.route.records_url() {
            let has_carried = match fetch(&url).await {
                Ok(response) if response.ok() => self.read(&response).await,
                _ => HasCarried::Nothing,
            };
            self.notice(CompanionNews::Gone);
            if has_carried == HasCarried::Nothing {
                // A companion of another version answers the handshake and sends no records.
                self.pause().await;
            }
            self.shake_hands().await;
        }
    }

    async fn pause(&self) {
        self.route.clock.sleep_until(self.route.now() + RETRY_EVERY).await;
    }

    /// Reads batches until the response breaks off.
    async fn read(&mut self, response: &Response) -> HasCarried {
        let mut pieces = Pieces::of(response);
        self.partial.clear();
        let route = Rc::clone(&self.route);
        let mut has_carried = HasCarried::Nothing;
        loop {
            let next = std::pin::pin!(pieces.next());
            let silence = std::pin::pin!(route.clock.sleep_until(route.now() + SILENT_AFTER));
            let read = match select(next, silence).await {
                Either::Left((read, _)) => read,
                Either::Right((_, next)) => {
                    self.notice(CompanionNews::Silent);
                    next.await
                }
            };
            let Ok(Some(piece)) = read else { return has_carried };
            self.notice(CompanionNews::Present);
            self.on_piece(piece);
            has_carried = HasCarried::Batches;
        }
    }

    fn on_piece(&mut self, piece: &[u8]) {
        if let Some(first) = self.first.take() {
            // Fails only when nobody waits any longer.
            let _ = first.send(());
        }
        self.partial.extend_from_slice(piece);
        let Some(end) = self.partial.iter().rposition(|byte| *byte == b'\n') else { return };
        let rest = self.partial.split_off(end + 1);
        let lines = std::mem::replace(&mut self.partial, rest);
        let batches = lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        batches.for_each(|batch: RecordBatch| self.control(Control::Batch(batch)));
    }

    /// Waits for a companion of the same hosts, and takes over its token: each process has a new one.
    async fn shake_hands(&mut self) {
        let Some(url) = self.route.companion_url(INFO_PATH) else { return };
        loop {
            match info(&url).await {
                Some(info) if self.route.is_served_by(&info) => return self.route.renew(info.token),
                Some(info) => self.notice(CompanionNews::OfAnotherHost { host: info.relayed() }),
                None => self.notice(CompanionNews::Gone),
            }
            self.pause().await;
        }
    }

    /// Holds the load back while the companion does not serve it, and tells the page.
    fn notice(&mut self, state: CompanionNews) {
        if self.state == state {
            return;
        }
        self.state = state;
        self.route.set_gone(self.state != CompanionNews::Present);
        self.control(match self.state {
            CompanionNews::Present => Control::CompanionBack,
            _ => Control::CompanionGone,
        });
        post(&Event::Companion(self.state.clone()));
    }

    fn control(&self, control: Control) {
        // Fails only when the run is over.
        let _ = self.controls.unbounded_send(control);
    }
}

async fn info(url: &str) -> Option<CompanionInfo> {
    let response = fetch(url).await.ok().filter(Response::ok)?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let info: CompanionInfo = serde_json::from_str(&text).ok()?;
    (info.product == CompanionInfo::PRODUCT).then_some(info)
}

async fn fetch(url: &str) -> Result<Response, JsValue> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    JsFuture::from(scope.fetch_with_str_and_init(url, &init)).await.map(JsValue::unchecked_into)
}
