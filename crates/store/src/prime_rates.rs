//! `prime_rates`: the Loan Prime Rate as published; only ever added to.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_core::Citation;
use sizhu_core::loan::{PrimeRate, PrimeRates, Rate};

use crate::{
    StoreError, Tx,
    rows::{day, unword},
    schema::prime_rates,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = prime_rates, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    tenor: String,
    valid_from: NaiveDate,
    known_until: Option<NaiveDate>,
    rate_ppm: i64,
    instrument: String,
    article: Option<String>,
    address: Option<String>,
    class: String,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn of(entry: &PrimeRate, by: &str, now: DateTime<Utc>) -> Self {
        Self {
            tenor: entry.tenor.as_str().to_owned(),
            valid_from: entry.valid_from.naive(),
            known_until: entry.known_until.map(sizhu_core::Day::naive),
            rate_ppm: entry.rate.get(),
            instrument: entry.citation.instrument.clone(),
            article: entry.citation.article.clone(),
            address: entry.citation.address.clone(),
            class: entry.citation.class.as_str().to_owned(),
            recorded_by: by.to_owned(),
            recorded_at: now,
        }
    }

    fn entry(self) -> Result<PrimeRate, StoreError> {
        Ok(PrimeRate {
            tenor: unword(&self.tenor, "tenor")?,
            valid_from: day(self.valid_from),
            known_until: self.known_until.map(day),
            rate: Rate::new(self.rate_ppm).ok_or(StoreError::Corrupt("rate"))?,
            citation: Citation {
                instrument: self.instrument,
                article: self.article,
                address: self.address,
                class: unword(&self.class, "class of source")?,
            },
        })
    }
}

/// The table; as it was known at an instant, if one is given.
///
/// # Errors
/// What the database says.
pub async fn table(tx: &mut Tx, known_at: Option<DateTime<Utc>>) -> Result<PrimeRates, StoreError> {
    let mut query = prime_rates::table.select(Row::as_select()).into_boxed();
    if let Some(at) = known_at {
        query = query.filter(prime_rates::recorded_at.le(at));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    let entries: Result<Vec<PrimeRate>, StoreError> = rows.into_iter().map(Row::entry).collect();
    PrimeRates::new(entries?).or(Err(StoreError::Corrupt("prime rate")))
}

/// Adds a rate. Answers false, and adds nothing, when the tenor has one of that day.
///
/// # Errors
/// What the database says.
pub async fn try_insert(
    tx: &mut Tx,
    entry: &PrimeRate,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let row = Row::of(entry, tx.actor().name(), now);
    let added = diesel::insert_into(prime_rates::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(added == 1)
}

/// Loads the published rates of a CSV, as the owner; those that are there stay as they are. Answers
/// how many were new.
///
/// # Errors
/// [`StoreError::Corrupt`] when the table does not read, else what the database says.
pub async fn load(
    owner_url: &SecretString,
    csv: &str,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let table = PrimeRates::parse(csv).map_err(|_faults| StoreError::Corrupt("prime rate line"))?;
    let rows: Vec<Row> = (table.entries().iter())
        .map(|entry| Row::of(entry, "migrate", now))
        .collect();
    let mut conn = AsyncPgConnection::establish(owner_url.expose_secret())
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?;
    Ok(diesel::insert_into(prime_rates::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?)
}
