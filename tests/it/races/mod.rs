//! Many at once: what must never happen does not, and nobody is answered with a fault.

mod corrections;
mod intake;
mod money;
mod people;
mod resolutions;
mod stays;

use std::pin::Pin;

use futures_util::{StreamExt as _, stream};
use sizhu_tests::{Person, Reply, TestApp};

/// A request that has yet to be sent.
type Request = Pin<Box<dyn Future<Output = Reply> + Send>>;

/// Sends requests, so many at once; answers come in the order of the requests.
async fn at_once(count: usize, requests: impl IntoIterator<Item = Request>) -> Vec<Reply> {
    let replies: Vec<Reply> = stream::iter(requests).buffered(count).collect().await;
    for reply in &replies {
        assert!(reply.status < 500, "{}: {}", reply.asked, reply.text());
    }
    replies
}

/// So many people entitled in 430102.
async fn entitled(app: &TestApp, count: usize) -> Vec<Person> {
    let made = (0..count).map(|_| app.special_person());
    stream::iter(made).buffer_unordered(8).collect().await
}
