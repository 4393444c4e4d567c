//! Files as bodies: a bank statement, CSV or XLSX.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use sizhu_store::loan_statements::StatementFormat;

use super::body::read;
use crate::problem::{Problem, ProblemKind, Text};
use crate::statement::{MOST_BYTES, format_of};

/// The bytes of a statement, and how it says it is written.
///
/// Answers 415 for another media type, 413 for a file that is too large.
#[derive(Clone, Debug)]
pub struct StatementFile {
    /// How it is written.
    pub format: StatementFormat,
    /// The file.
    pub bytes: BytesMut,
}

impl FromRequest for StatementFile {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let plain = !request.headers().contains_key(CONTENT_ENCODING);
        let format = format_of(request.content_type()).filter(|_| plain);
        let payload = payload.take();
        Box::pin(async move {
            let format = format.ok_or_else(|| {
                Problem::new(ProblemKind::UnsupportedMediaType).with_detail(Text::new(
                    "请发送未压缩的 CSV（text/csv）或 XLSX 文件。",
                    "Send CSV (text/csv) or XLSX, without a content encoding.",
                ))
            })?;
            let bytes = read(payload, MOST_BYTES).await?;
            Ok(Self { format, bytes })
        })
    }
}
