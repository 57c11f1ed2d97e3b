//! A report's file as text. The same report gives the same bytes.

use std::io;

use serde::Serialize as _;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::Report;

/// Values nested deeper than this stand on one line each: a distribution, or a row of the intervals, is a line.
const INDENTED_DEPTH: usize = 3;

impl Report {
    /// The file's text, ending in a line break.
    pub fn to_json(&self) -> String {
        let mut bytes = Vec::new();
        // Cannot fail: the sink is memory and every map's keys are text or numbers.
        let _ = self.write_json(&mut bytes);
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// Writes the file's text, in many small pieces.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn write_json(&self, mut sink: impl io::Write) -> io::Result<()> {
        self.serialize(&mut serde_json::Serializer::with_formatter(&mut sink, RowFormatter::new()))?;
        sink.write_all(b"\n")
    }
}

/// Indents the outer levels by one space each and writes the inner ones compactly.
struct RowFormatter {
    depth: usize,
    pretty: PrettyFormatter<'static>,
    compact: CompactFormatter,
}

impl RowFormatter {
    fn new() -> Self {
        Self { depth: 0, pretty: PrettyFormatter::with_indent(b" "), compact: CompactFormatter }
    }

    const fn is_indented(&self) -> bool {
        self.depth <= INDENTED_DEPTH
    }
}

/// Calls a formatter's method on the one that fits the depth.
macro_rules! by_depth {
    ($self:ident.$method:ident($($argument:expr),*)) => {
        if $self.is_indented() { $self.pretty.$method($($argument),*) } else { $self.compact.$method($($argument),*) }
    };
}

impl Formatter for RowFormatter {
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        by_depth!(self.begin_array(writer))
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let ended = by_depth!(self.end_array(writer));
        self.depth -= 1;
        ended
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        by_depth!(self.begin_array_value(writer, first))
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self.end_array_value(writer))
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        by_depth!(self.begin_object(writer))
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let ended = by_depth!(self.end_object(writer));
        self.depth -= 1;
        ended
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        by_depth!(self.begin_object_key(writer, first))
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self.begin_object_value(writer))
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        by_depth!(self.end_object_value(writer))
    }
}
