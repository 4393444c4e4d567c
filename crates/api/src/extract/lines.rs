//! Bodies of many lines (NDJSON): read line by line, never whole, and no faster than they are taken.

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_ENCODING;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use tokio::time::timeout;

use super::body::DEFAULT_LIMIT;
use crate::problem::{Problem, ProblemKind, Text};

/// Media type of such a body.
const MEDIA_TYPE: &str = "application/x-ndjson";

/// The longest line taken, in bytes: as long as a body of one.
pub const LONGEST_LINE: usize = DEFAULT_LIMIT;

/// How long nothing may come before the sender is given up.
const SILENCE: Duration = Duration::from_secs(60);

/// A line of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// What stands in it, without its end; `None` for one that is too long.
    pub bytes: Option<Bytes>,
}

/// The lines of a body, as they come.
///
/// Answers 415 for another media type.
#[derive(Debug)]
pub struct Lines<S = Payload> {
    body: S,
    /// What has come and is not a whole line yet.
    buffer: BytesMut,
    /// How much of it was looked through for an end.
    searched: usize,
    /// Within a line that is too long: what comes is dropped up to its end.
    skipping: bool,
    number: u32,
    ended: bool,
    /// What ended it, told once all lines before were given.
    fault: Option<Problem>,
}

impl FromRequest for Lines {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let plain = !request.headers().contains_key(CONTENT_ENCODING);
        let is_lines = request
            .content_type()
            .trim()
            .eq_ignore_ascii_case(MEDIA_TYPE);
        ready(if plain && is_lines {
            Ok(Self::of(payload.take()))
        } else {
            let problem = Problem::new(ProblemKind::UnsupportedMediaType);
            Err(problem.with_detail(Text::new(
                "请以未压缩的 application/x-ndjson 发送，每行一个 JSON 对象。",
                "Send application/x-ndjson, one JSON object a line, without a content encoding.",
            )))
        })
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Lines<S> {
    fn of(body: S) -> Self {
        Self {
            body,
            buffer: BytesMut::new(),
            searched: 0,
            skipping: false,
            number: 0,
            ended: false,
            fault: None,
        }
    }

    /// The next lines: waits for one, and takes as many more as are there. None at the end.
    ///
    /// # Errors
    /// The body was cut off, or nothing came for a minute.
    pub async fn group(&mut self, most: usize) -> Result<Vec<Line>, Problem> {
        let mut lines = Vec::new();
        while lines.len() < most {
            if let Some(line) = self.split() {
                lines.push(line);
            } else if self.ended {
                break;
            } else if lines.is_empty() {
                let chunk = timeout(SILENCE, self.body.next()).await;
                self.arrived(chunk.unwrap_or(Some(Err(PayloadError::Incomplete(None)))));
            } else if let Some(chunk) = self.body.next().now_or_never() {
                self.arrived(chunk);
            } else {
                break;
            }
        }
        match self.fault.take() {
            Some(fault) if lines.is_empty() => Err(fault),
            fault => {
                self.fault = fault;
                Ok(lines)
            }
        }
    }

    fn arrived(&mut self, chunk: Option<Result<Bytes, PayloadError>>) {
        match chunk {
            Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
            Some(Err(error)) => {
                tracing::info!(cause = %error, "a body of lines was cut off");
                // What stands after the last whole line is a part of one.
                self.buffer.clear();
                self.skipping = false;
                self.ended = true;
                self.fault = Some(Problem::new(ProblemKind::InvalidRequestBody));
            }
            None => self.ended = true,
        }
    }

    /// Cuts a line from what has come.
    fn split(&mut self) -> Option<Line> {
        let rest = self.buffer.get(self.searched..).unwrap_or_default();
        let Some(at) = rest.iter().position(|byte| *byte == b'\n') else {
            return self.unended();
        };
        let end = self.searched.saturating_add(at);
        let mut line = self.buffer.split_to(end.saturating_add(1));
        line.truncate(end);
        self.searched = 0;
        let whole = !std::mem::take(&mut self.skipping) && end <= LONGEST_LINE;
        Some(self.numbered(whole.then(|| line.freeze())))
    }

    /// What has come has no end of a line in it. The last line may lack one.
    fn unended(&mut self) -> Option<Line> {
        if self.skipping || self.buffer.len() > LONGEST_LINE {
            self.skipping = true;
            self.buffer.clear();
        }
        self.searched = self.buffer.len();
        if !self.ended || (self.buffer.is_empty() && !self.skipping) {
            return None;
        }
        self.searched = 0;
        let line = self.buffer.split();
        let whole = !std::mem::take(&mut self.skipping);
        Some(self.numbered(whole.then(|| line.freeze())))
    }

    fn numbered(&mut self, bytes: Option<Bytes>) -> Line {
        self.number = self.number.saturating_add(1);
        Line {
            number: self.number,
            bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    type Chunks = Vec<Result<Bytes, PayloadError>>;

    fn lines(
        chunks: Chunks,
    ) -> Lines<stream::Iter<std::vec::IntoIter<Result<Bytes, PayloadError>>>> {
        Lines::of(stream::iter(chunks))
    }

    fn text(line: Line) -> (u32, Option<String>) {
        let bytes = line
            .bytes
            .map(|it| String::from_utf8_lossy(&it).into_owned());
        (line.number, bytes)
    }

    async fn all(chunks: Chunks, most: usize) -> Vec<(u32, Option<String>)> {
        let mut lines = lines(chunks);
        let mut found = Vec::new();
        loop {
            let group = lines.group(most).await.unwrap();
            assert!(group.len() <= most);
            if group.is_empty() {
                return found;
            }
            found.extend(group.into_iter().map(text));
        }
    }

    /// However a body is cut into chunks, its lines are the same.
    #[actix_web::test]
    async fn lines_do_not_depend_on_how_they_come() {
        let long = "x".repeat(LONGEST_LINE);
        let body = format!("a\n\nb\r\n{long}\n{long}y\n{long}{long}\nc");
        let given = |text: &str| Some(text.to_owned());
        let expected = [
            (1, given("a")),
            (2, given("")),
            (3, given("b\r")),
            (4, given(&long)),
            (5, None),
            (6, None),
            (7, given("c")),
        ];
        for size in [1, 7, LONGEST_LINE, body.len()] {
            let chunk = |it: &[u8]| Ok(Bytes::copy_from_slice(it));
            let chunks: Chunks = body.as_bytes().chunks(size).map(chunk).collect();
            for most in [1, 3, 100] {
                assert_eq!(all(chunks_again(&chunks), most).await, expected, "{size}");
            }
        }
        assert_eq!(
            all(vec![Ok(Bytes::from("a\n"))], 9).await,
            [(1, given("a"))]
        );
        assert_eq!(all(vec![], 9).await, []);
    }

    fn chunks_again(chunks: &[Result<Bytes, PayloadError>]) -> Chunks {
        let again = |it: &Result<Bytes, PayloadError>| Ok(it.as_ref().unwrap().clone());
        chunks.iter().map(again).collect()
    }

    /// A line that never ends is not kept.
    #[actix_web::test]
    async fn a_line_without_end_takes_no_memory() {
        let chunk = || Ok(Bytes::from(vec![b'x'; 32_768]));
        let chunks: Chunks = (0..2_000).map(|_| chunk()).collect();
        let mut lines = lines(chunks);
        assert_eq!(
            lines.group(9).await.unwrap(),
            [Line {
                number: 1,
                bytes: None
            }]
        );
        assert!(
            lines.buffer.capacity() < 4 * LONGEST_LINE,
            "{}",
            lines.buffer.capacity()
        );
    }

    /// Whole lines before the cut are given, the part of one is not.
    #[actix_web::test]
    async fn a_cut_is_told_after_the_lines_before_it() {
        let cut = Err(PayloadError::Incomplete(None));
        let mut lines = lines(vec![Ok(Bytes::from("a\nb\nc")), cut]);
        let given = lines.group(1).await.unwrap();
        assert_eq!(
            given.into_iter().map(text).collect::<Vec<_>>(),
            [(1, Some("a".to_owned()))]
        );
        let given = lines.group(9).await.unwrap();
        assert_eq!(
            given.into_iter().map(text).collect::<Vec<_>>(),
            [(2, Some("b".to_owned()))]
        );
        let fault = lines.group(9).await.unwrap_err();
        assert_eq!(fault.kind(), ProblemKind::InvalidRequestBody);
    }
}
