//! The room of a drawing: an element that tells how large it is.

use leptos::prelude::*;

use crate::browser::page::size::{Size, SizeWatch};

#[component]
pub fn Room(
    /// Receives the size of the element, in pixels.
    size: RwSignal<Size>,
    children: Children,
) -> impl IntoView {
    let room = NodeRef::<leptos::html::Div>::new();
    let watch = StoredValue::new_local(None::<SizeWatch>);
    Effect::new(move || {
        if let Some(room) = room.get() {
            watch.set_value(SizeWatch::new(&room, move |now| size.set(now)));
        }
    });
    view! { <div class="chart-room" node_ref=room>{children()}</div> }
}
