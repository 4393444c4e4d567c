//! What every request passes through, from the outside in: request id, span, measurements,
//! problems, headers, compression, HEAD.

mod headers;
mod problems;
mod request_id;
mod watch;

pub(crate) use headers::{head_as_get, safe_headers};
pub(crate) use problems::problems;
pub(crate) use request_id::{RequestId, request_id};
pub(crate) use watch::{RootSpan, measure};
