//! Drawings as pictures of their own: SVG with its colours written into it, and PNG.

use gloo_file::{Blob, ObjectUrl};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, Document, Element, HtmlCanvasElement, HtmlImageElement, XmlSerializer,
};

/// What the page's style sheet decides about an element of a drawing.
const STYLES: [&str; 14] = [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "fill-opacity",
    "font-size",
    "font-family",
    "font-weight",
    "text-anchor",
    "visibility",
    "display",
];
const SVG: &str = "http://www.w3.org/2000/svg";
/// The strip above the drawing, with the title and the names of the lines, in pixels.
const HEAD: f64 = 44.0;
/// How many pixels of a PNG are one of the page.
const SCALE: f64 = 2.0;

/// A picture: its text and its size in pixels of the page.
pub struct Picture {
    pub svg: String,
    width: f64,
    height: f64,
}

fn document() -> Result<Document, JsValue> {
    web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)
}

/// The drawing in a figure with its title and the names of its lines.
///
/// # Errors
/// When there is no drawing.
pub fn picture(figure: &Element) -> Result<Picture, JsValue> {
    let drawing = figure.query_selector(".chart-plot")?.ok_or(JsValue::NULL)?;
    let bounds = drawing.get_bounding_client_rect();
    let (width, height) = (bounds.width(), bounds.height() + HEAD);
    let document = document()?;
    let svg = document.create_element_ns(Some(SVG), "svg")?;
    svg.set_attribute("width", &width.to_string())?;
    svg.set_attribute("height", &height.to_string())?;
    let ground = document.create_element_ns(Some(SVG), "rect")?;
    ground.set_attribute("width", "100%")?;
    ground.set_attribute("height", "100%")?;
    ground.set_attribute("fill", &style(figure, "background-color"))?;
    svg.append_child(&ground)?;
    head(&document, figure, &svg)?;
    let copy: Element = drawing.clone_node_with_deep(true)?.unchecked_into();
    write_styles(&drawing, &copy)?;
    copy.set_attribute("y", &HEAD.to_string())?;
    svg.append_child(&copy)?;
    Ok(Picture { svg: XmlSerializer::new()?.serialize_to_string(&svg)?, width, height })
}

/// Writes the title, and below it each line's sample with its name.
fn head(document: &Document, figure: &Element, svg: &Element) -> Result<(), JsValue> {
    if let Some(title) = figure.query_selector(".chart-title")? {
        append(svg, text(document, &title, 12.0, 18.0)?)?;
    }
    let keys = figure.query_selector_all(".legend-key")?;
    let mut x = 12.0;
    for key in (0..keys.length()).filter_map(|at| keys.get(at)?.dyn_into::<Element>().ok()) {
        let Some((swatch, label)) =
            key.query_selector(".legend-swatch")?.zip(key.query_selector(".legend-label")?)
        else {
            continue;
        };
        let sample: Element = swatch.clone_node_with_deep(true)?.unchecked_into();
        write_styles(&swatch, &sample)?;
        sample.set_attribute("x", &x.to_string())?;
        sample.set_attribute("y", "29")?;
        svg.append_child(&sample)?;
        append(svg, text(document, &label, x + 27.0, 37.0)?)?;
        x += 27.0 + label.get_bounding_client_rect().width() + 14.0;
    }
    Ok(())
}

fn append(to: &Element, child: Element) -> Result<(), JsValue> {
    to.append_child(&child).map(drop)
}

fn text(document: &Document, of: &Element, x: f64, y: f64) -> Result<Element, JsValue> {
    let text = document.create_element_ns(Some(SVG), "text")?;
    text.set_attribute("x", &x.to_string())?;
    text.set_attribute("y", &y.to_string())?;
    text.set_attribute("fill", &style(of, "color"))?;
    for name in ["font-family", "font-size", "font-weight"] {
        text.set_attribute(name, &style(of, name))?;
    }
    text.set_text_content(of.text_content().as_deref());
    Ok(text)
}

/// The value of a style as the browser computed it.
fn style(element: &Element, name: &str) -> String {
    let computed = web_sys::window().and_then(|window| window.get_computed_style(element).ok().flatten());
    computed.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
}

/// Writes the computed styles of an element and all its descendants into their copies.
fn write_styles(from: &Element, to: &Element) -> Result<(), JsValue> {
    for name in STYLES {
        to.set_attribute(name, &style(from, name))?;
    }
    let (from, to) = (from.children(), to.children());
    for at in 0..from.length() {
        if let Some((from, to)) = from.item(at).zip(to.item(at)) {
            write_styles(&from, &to)?;
        }
    }
    Ok(())
}

/// The picture as PNG, twice as fine as the page.
///
/// # Errors
/// When the browser cannot draw it.
pub async fn png(picture: &Picture) -> Result<Blob, JsValue> {
    let url = ObjectUrl::from(Blob::new_with_options(picture.svg.as_str(), Some("image/svg+xml")));
    let image = HtmlImageElement::new()?;
    image.set_src(&url);
    JsFuture::from(image.decode()).await?;
    let canvas: HtmlCanvasElement = document()?.create_element("canvas")?.dyn_into()?;
    let (width, height) = (picture.width * SCALE, picture.height * SCALE);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d")?.ok_or(JsValue::NULL)?.dyn_into()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    let blob = js_sys::Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        // Fails only for drawings from elsewhere; then nothing resolves, and nothing is saved.
        let _ = canvas.to_blob(done.unchecked_ref());
    });
    let blob: web_sys::Blob = JsFuture::from(blob).await?.dyn_into()?;
    Ok(blob.into())
}
