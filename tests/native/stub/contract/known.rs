//! What stays different from the recorded host, and why it is not worth having.

use super::compare::Aspect;

/// An aspect of exchanges that differs for one reason.
pub struct Difference {
    pub aspect: Aspect,
    /// The numbers of the exchanges.
    pub exchanges: &'static [u32],
    #[expect(dead_code, reason = "for the reader")]
    pub reason: &'static str,
}

pub const DIFFERENCES: &[Difference] = &[
    Difference {
        aspect: Aspect::Headers,
        exchanges: &[64, 72, 123, 238, 278, 393, 535, 543, 616, 734, 747, 845, 857, 881],
        reason: "hyper leaves `Transfer-Encoding` out of an answer to HEAD, which has no body to transfer",
    },
    Difference {
        aspect: Aspect::Framing,
        exchanges: &[62, 448, 1075],
        reason: "the real gateway and agent send chunks to HTTP/1.0, which knows none; hyper ends the body with the connection",
    },
    Difference {
        aspect: Aspect::Headers,
        exchanges: &[62, 448, 1075],
        reason: "as above: no `Transfer-Encoding` for HTTP/1.0",
    },
    Difference {
        aspect: Aspect::Body,
        exchanges: &[54, 60, 531, 601],
        reason: "the list also had plans from creates that are not in the recording",
    },
    Difference {
        aspect: Aspect::Body,
        exchanges: &[687],
        reason: "the user's address comes from a PATCH that is not in the recording",
    },
    Difference {
        aspect: Aspect::Body,
        exchanges: &[87, 89, 558, 559, 560],
        reason: "the recording kept the number of its own plan, 3832 or 3860",
    },
    Difference {
        aspect: Aspect::Body,
        exchanges: &[95, 566],
        reason: "PostgreSQL's whole message about a refused batch, of which the recording has the first quarter",
    },
    Difference { aspect: Aspect::Size, exchanges: &[95, 566], reason: "as above" },
];
