//! A page for each test: finds elements, types, clicks and presses keys.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::task::tick;
use oddiya_load::browser::page::address::{AddressParameters, Views, replace_fragment};
use oddiya_load::ui::app::Page;
use oddiya_load::ui::run::state::State;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit};

/// A mounted page; it leaves the document when the test ends.
pub struct TestPage {
    pub state: State,
    root: HtmlElement,
    _mounted: UnmountHandle<AnyViewState>,
}

impl TestPage {
    pub async fn open() -> Self {
        Self::open_with(Views::On).await
    }

    pub async fn open_with(views: Views) -> Self {
        Self::open_as("", views).await
    }

    /// Opens the page at an address.
    pub async fn open_at(fragment: &str) -> Self {
        Self::open_as(fragment, Views::On).await
    }

    async fn open_as(fragment: &str, views: Views) -> Self {
        // The tests share one document, and with it one address.
        replace_fragment(fragment);
        let body = document().body().unwrap();
        let root: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        body.append_child(&root).unwrap();
        let made = Rc::new(Cell::new(None));
        let making = Rc::clone(&made);
        let mounted = mount_to(root.clone(), move || {
            let state = State::new(&AddressParameters::default());
            making.set(Some(state));
            view! { <Page state views /> }.into_any()
        });
        tick().await;
        Self { state: made.get().unwrap(), root, _mounted: mounted }
    }

    pub fn maybe(&self, selector: &str) -> Option<HtmlElement> {
        self.root.query_selector(selector).unwrap().map(Element::unchecked_into)
    }

    pub fn element(&self, selector: &str) -> HtmlElement {
        self.maybe(selector).unwrap_or_else(|| panic!("nothing on the page is {selector}"))
    }

    pub fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let found = self.root.query_selector_all(selector).unwrap();
        (0..found.length()).map(|i| found.get(i).unwrap().unchecked_into()).collect()
    }

    pub fn named(&self, name: &str) -> HtmlElement {
        self.element(&format!("[data-testid=\"{name}\"]"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.maybe(&format!("[data-testid=\"{name}\"]")).is_some()
    }

    /// Waits until something is on the page.
    pub async fn wait_for(&self, name: &str) {
        self.wait_until(name, || self.has(name)).await;
    }

    /// Waits until something is as expected, for ten seconds.
    pub async fn wait_until(&self, what: &str, is_it: impl Fn() -> bool) {
        for _ in 0..1_000 {
            if is_it() {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("{what} is not there: {}", self.root.text_content().unwrap_or_default());
    }

    pub fn text(&self, name: &str) -> String {
        self.named(name).text_content().unwrap()
    }

    pub fn value(&self, name: &str) -> String {
        self.named(name).unchecked_into::<HtmlInputElement>().value()
    }

    pub async fn enter(&self, name: &str, value: &str) {
        self.named(name).unchecked_ref::<HtmlInputElement>().set_value(value);
        self.named(name).dispatch_event(&Event::new("input").unwrap()).unwrap();
        tick().await;
    }

    pub async fn click(&self, name: &str) {
        self.named(name).click();
        tick().await;
    }

    /// Clicks a link, and waits until the browser tells the page that its address has changed.
    pub async fn follow(&self, name: &str) {
        let (changed, has_changed) = oneshot::channel();
        let changed = Cell::new(Some(changed));
        let handle = window_event_listener(leptos::ev::hashchange, move |_| {
            changed.take().into_iter().for_each(|changed| changed.send(()).unwrap());
        });
        self.named(name).click();
        has_changed.await.unwrap();
        handle.remove();
        tick().await;
    }

    pub async fn press(&self, element: &HtmlElement, key: &str) {
        let init = KeyboardEventInit::new();
        init.set_key(key);
        init.set_bubbles(true);
        init.set_cancelable(true);
        let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
        element.dispatch_event(&event).unwrap();
        tick().await;
    }
}

impl Drop for TestPage {
    fn drop(&mut self) {
        self.root.remove();
    }
}
