//! The Loan Prime Rate as published: read, and added to.

use serde_json::json;
use sizhu_core::loan::{PrimeRate, PrimeRates};
use sizhu_store::{Actor, Store, Tx, audit, prime_rates};

use super::news::News;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// The table, as it is now.
///
/// # Errors
/// What the store says.
pub async fn table(store: &Store, actor: &Actor) -> Result<PrimeRates, Problem> {
    store
        .transaction(actor, async |tx| Ok(prime_rates::table(tx, None).await?))
        .await
}

/// Adds a rate. Answers false when it was there.
///
/// # Errors
/// 409 when another was published of the tenor on that day.
pub async fn add(
    store: &Store,
    actor: &Actor,
    entry: &PrimeRate,
    news: News<'_>,
) -> Result<bool, Problem> {
    let work = async |tx: &mut Tx| {
        if prime_rates::try_insert(tx, entry, news.now).await? {
            let event = audit::Event {
                kind: "prime_rate.added",
                subject: None,
                object: None,
                division: None,
                details: json!({ "prime_rate": entry }),
            };
            audit::record(tx, event, news.now).await?;
            return Ok(true);
        }
        let table = prime_rates::table(tx, None).await?;
        let known = table.entries().iter();
        let same = |it: &&PrimeRate| it.tenor == entry.tenor && it.valid_from == entry.valid_from;
        if known
            .clone()
            .find(same)
            .is_some_and(|it| it.rate == entry.rate)
        {
            return Ok(false);
        }
        Err(
            Problem::new(ProblemKind::AlreadyExists).with_errors(vec![FieldError::new(
                "/valid_from",
                "rate_published",
                Text::new(
                    "该日已登记另一利率。",
                    "Another rate of this tenor was published on that day.",
                ),
            )]),
        )
    };
    store.transaction(actor, work).await
}
