//! Hands a request to `fetch` with as little work for the browser as possible, and so that it can be called back.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{
    AbortController, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit, RequestMode,
    WorkerGlobalScope,
};

use crate::browser::message::Destination;
use crate::core::http::relay::carrier_method;
use crate::core::http::request::Request;
use crate::core::scenario::Reading;

/// How many requests may be light at a time. Chromium refuses those beyond 256 a page
/// (`kMaxKeepaliveConnectionsPerTopLevelFrame`); half of that leaves room for what it counts longer than we do.
const MOST_LIGHT: u32 = 128;

/// The browser's `fetch`, as all lanes of a worker call it.
pub struct Fetch {
    scope: WorkerGlobalScope,
    code_look_up: CodeLookUp,
    /// Light requests in flight.
    light: Rc<Cell<u32>>,
}

/// Whether the browser looks for compiled code before each request.
///
/// Chromium asks another process for it, in case the answer is WebAssembly: a seventh of all that a request costs the
/// browser (measured at six users: 0.82 instead of 0.95 ms of processor time). It does not ask for a request that may
/// outlive its page (`keepalive`; Blink's `ShouldFetchCodeCache`), and such a request we call light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CodeLookUp {
    /// For each one that is not light.
    UnlessLight,
    /// Never, or nothing is known of it.
    Never,
}

impl CodeLookUp {
    fn of(scope: &WorkerGlobalScope) -> Self {
        // Chromium and its kin have this property, and no other browser.
        match Reflect::has(&scope.navigator(), &"userAgentData".into()) {
            Ok(true) => Self::UnlessLight,
            _ => Self::Never,
        }
    }
}

impl Fetch {
    /// The worker's own.
    pub fn new() -> Self {
        let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
        Self { code_look_up: CodeLookUp::of(&scope), scope, light: Rc::default() }
    }

    /// Makes the request light, if it may be. The bodies of all light requests together may have 64 KiB (Fetch,
    /// "HTTP-network-or-cache fetch"), and streams last; neither is one.
    fn lighten(&self, request: &Request) -> Option<Light> {
        let may_be = request.body.is_none() && request.reading == Reading::Whole;
        let has_room = self.light.get() < MOST_LIGHT;
        (self.code_look_up == CodeLookUp::UnlessLight && may_be && has_room)
            .then(|| Light::new(Rc::clone(&self.light)))
    }
}

/// A light request in flight.
struct Light(Rc<Cell<u32>>);

impl Light {
    fn new(count: Rc<Cell<u32>>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Light {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// One lane's calls, one at a time.
pub struct Caller {
    fetch: Rc<Fetch>,
    options: RefCell<Option<Options>>,
}

/// What a lane's calls have in common, kept because making it takes a dozen steps into the browser.
#[derive(Clone)]
struct Options {
    abort: AbortController,
    light: RequestInit,
    full: RequestInit,
}

impl Options {
    fn new() -> Result<Self, JsValue> {
        let abort = AbortController::new()?;
        let [light, full] = [common(&abort), common(&abort)];
        lighten(&light)?;
        Ok(Self { abort, light, full })
    }
}

fn common(abort: &AbortController) -> RequestInit {
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_mode(RequestMode::Cors);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&abort.signal()));
    init
}

fn lighten(init: &RequestInit) -> Result<(), JsValue> {
    Reflect::set(init, &"keepalive".into(), &JsValue::TRUE).map(drop)
}

impl Caller {
    /// A caller that has called nothing yet.
    pub const fn new(fetch: Rc<Fetch>) -> Self {
        Self { fetch, options: RefCell::new(None) }
    }

    /// Sends the request. It is called back when the call is dropped before it is over.
    ///
    /// # Errors
    /// When the browser refuses one of the headers.
    pub fn call(&self, url: &str, destination: &Destination, request: &Request) -> Result<Call<'_>, JsValue> {
        let kept = self.options.borrow().clone();
        let options = match kept {
            Some(options) => options,
            None => self.options.borrow_mut().insert(Options::new()?).clone(),
        };
        let light = self.fetch.lighten(request);
        let init = match (destination, &light) {
            // Method and headers travel in the envelope; what is left needs no preflight.
            (Destination::Companion { .. }, Some(_)) => options.light,
            (Destination::Companion { .. }, None) if request.body.is_none() => options.full,
            (Destination::Companion { .. }, None) => {
                let init = common(&options.abort);
                init.set_method(carrier_method(request.body.as_deref()));
                init
            }
            (Destination::Direct { .. }, light) => {
                let init = common(&options.abort);
                init.set_method(request.method.as_str());
                let headers = Headers::new()?;
                request.headers.iter().try_for_each(|(name, value)| headers.append(name, value))?;
                init.set_headers(&headers);
                light.iter().try_for_each(|_| lighten(&init))?;
                init
            }
        };
        if let Some(body) = &request.body {
            // A text may cross into the browser as it is; other bytes are copied.
            match std::str::from_utf8(body) {
                Ok(text) => init.set_body(&JsValue::from_str(text)),
                Err(_) => init.set_body(&js_sys::Uint8Array::from(body.as_slice())),
            }
        }
        let response = self.fetch.scope.fetch_with_str_and_init(url, &init);
        Ok(Call { caller: self, response, progress: Progress::UnderWay, _light: light })
    }

    fn call_back(&self) {
        // An aborted signal stays aborted: the next call needs options of its own.
        self.options.take().into_iter().for_each(|options| options.abort.abort());
    }
}

/// A request under way.
pub struct Call<'a> {
    caller: &'a Caller,
    response: Promise,
    progress: Progress,
    _light: Option<Light>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    UnderWay,
    Over,
}

impl Call<'_> {
    /// The response's head, when it comes.
    pub const fn response(&self) -> &Promise {
        &self.response
    }

    /// Marks the call as over: it is not called back.
    pub fn over(mut self) {
        self.progress = Progress::Over;
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if self.progress == Progress::UnderWay {
            self.caller.call_back();
        }
    }
}
