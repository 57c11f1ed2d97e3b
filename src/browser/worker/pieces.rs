//! The body of a response piece by piece, as it arrives.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, ReadableStreamReadResult, Response};

/// A body that is being read. One buffer serves all its pieces.
pub struct Pieces {
    reader: Option<ReadableStreamDefaultReader>,
    bytes: Vec<u8>,
}

impl Pieces {
    pub fn of(response: &Response) -> Self {
        let reader = response.body().map(|body| body.get_reader().unchecked_into());
        Self { reader, bytes: Vec::new() }
    }

    /// The next piece; `None` at the end of the body.
    pub async fn next(&mut self) -> Result<Option<&[u8]>, JsValue> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let read = JsFuture::from(reader.read()).await?.unchecked_into::<ReadableStreamReadResult>();
        if read.get_done() == Some(true) {
            return Ok(None);
        }
        let piece = Uint8Array::new(&read.get_value());
        self.bytes.resize(piece.length() as usize, 0);
        piece.copy_to(&mut self.bytes);
        Ok(Some(&self.bytes))
    }
}
