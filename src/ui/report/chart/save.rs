//! The menu that saves a chart as a picture.

use leptos::html::Figure;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::page::files::{self, Format};
use crate::browser::page::pictures::{picture, png};

#[component]
pub fn SaveMenu(
    figure: NodeRef<Figure>,
    /// The name of the file, without its ending.
    name: &'static str,
) -> impl IntoView {
    let menu = NodeRef::<leptos::html::Details>::new();
    let close = move || menu.get_untracked().into_iter().for_each(|menu| menu.set_open(false));
    let drawn = move || figure.get_untracked().and_then(|figure| picture(&figure).ok());
    let as_svg = move |_| {
        close();
        if let Some(picture) = drawn() {
            // A refusal is the browser's own dialogue.
            let _ = files::download(&format!("{name}.svg"), &picture.svg, Format::Svg);
        }
    };
    let as_png = move |_| {
        close();
        if let Some(picture) = drawn() {
            spawn_local(async move {
                if let Ok(blob) = png(&picture).await {
                    let _ = files::download_blob(&format!("{name}.png"), blob);
                }
            });
        }
    };
    view! {
        <details class="menu chart-save" node_ref=menu>
            <summary class="shape-button" title="Saves this chart as a picture" aria-label=format!("Save {name} as a picture")>"Save"</summary>
            <div class="menu-items">
                <button type="button" class="menu-item" data-testid="save-svg" on:click=as_svg>"SVG"</button>
                <button type="button" class="menu-item" data-testid="save-png" on:click=as_png>"PNG"</button>
            </div>
        </details>
    }
}
