//! `loan_events`: what happened to loans; only ever added to.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{ExpressionMethods, Insertable, QueryDsl, Queryable, Selectable, SelectableHelper};
use diesel_async::RunQueryDsl;
use sizhu_core::loan::{EventKind, EventName, LoanEvent, Rate};
use sizhu_core::{Day, Fen, LoanEventId, LoanId};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    rows::{day, fen},
    schema::loan_events,
};

/// An event as it is kept.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    /// The loan.
    pub loan: LoanId,
    /// The bank's own number of it.
    pub event_no: String,
    /// What happened.
    pub event: LoanEvent,
    /// Keyed fingerprint of what was posted.
    pub fingerprint: Vec<u8>,
    /// Client that posted it.
    pub recorded_by: String,
    /// When it was posted.
    pub recorded_at: DateTime<Utc>,
}

#[derive(Default, Insertable, Queryable, Selectable)]
#[diesel(table_name = loan_events, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: Uuid,
    loan_id: Uuid,
    event_no: String,
    on_day: NaiveDate,
    kind: String,
    due_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    amount_fen: Option<i64>,
    principal_fen: Option<i64>,
    interest_fen: Option<i64>,
    penalty_fen: Option<i64>,
    rate_ppm: Option<i64>,
    reverses_id: Option<Uuid>,
    fingerprint: Vec<u8>,
    recorded_by: String,
    recorded_at: DateTime<Utc>,
}

impl Row {
    fn of(new: &RecordedEvent) -> Self {
        let event = &new.event;
        let mut row = Self {
            id: event.id().get(),
            loan_id: new.loan.get(),
            event_no: new.event_no.clone(),
            on_day: event.on().naive(),
            kind: event.what().name().as_str().to_owned(),
            fingerprint: new.fingerprint.clone(),
            recorded_by: new.recorded_by.clone(),
            recorded_at: new.recorded_at,
            ..Self::default()
        };
        match *event.what() {
            EventKind::Drawn { amount } => row.amount_fen = Some(amount.get()),
            EventKind::Extended { ends_on } => row.ends_on = Some(ends_on.naive()),
            EventKind::RateChanged { rate } => row.rate_ppm = Some(rate.get()),
            EventKind::InterestDue { due_on, amount } => {
                row.due_on = Some(due_on.naive());
                row.amount_fen = Some(amount.get());
            }
            EventKind::Repaid {
                due_on,
                principal,
                interest,
                penalty,
            } => {
                row.due_on = due_on.map(Day::naive);
                row.principal_fen = Some(principal.get());
                row.interest_fen = Some(interest.get());
                row.penalty_fen = Some(penalty.get());
            }
            EventKind::Prepaid {
                principal,
                interest,
            } => {
                row.principal_fen = Some(principal.get());
                row.interest_fen = Some(interest.get());
            }
            EventKind::WrittenOff { principal } => row.principal_fen = Some(principal.get()),
            EventKind::Reversed { event } => row.reverses_id = Some(event.get()),
            EventKind::Defaulted {} | EventKind::PurposeFailed {} => {}
        }
        row
    }

    fn what(&self) -> Option<EventKind> {
        let amount = |stored: Option<i64>| stored.map(Fen::new);
        Some(match self.kind.parse().ok()? {
            EventName::Drawn => EventKind::Drawn {
                amount: amount(self.amount_fen)?,
            },
            EventName::Extended => EventKind::Extended {
                ends_on: day(self.ends_on?),
            },
            EventName::RateChanged => EventKind::RateChanged {
                rate: Rate::new(self.rate_ppm?)?,
            },
            EventName::InterestDue => EventKind::InterestDue {
                due_on: day(self.due_on?),
                amount: amount(self.amount_fen)?,
            },
            EventName::Repaid => EventKind::Repaid {
                due_on: self.due_on.map(day),
                principal: amount(self.principal_fen)?,
                interest: amount(self.interest_fen)?,
                penalty: amount(self.penalty_fen)?,
            },
            EventName::Prepaid => EventKind::Prepaid {
                principal: amount(self.principal_fen)?,
                interest: amount(self.interest_fen)?,
            },
            EventName::WrittenOff => EventKind::WrittenOff {
                principal: fen(self.principal_fen?),
            },
            EventName::Defaulted => EventKind::Defaulted {},
            EventName::PurposeFailed => EventKind::PurposeFailed {},
            EventName::Reversed => EventKind::Reversed {
                event: LoanEventId::new(self.reverses_id?),
            },
        })
    }

    fn event(self) -> Result<RecordedEvent, StoreError> {
        const CORRUPT: StoreError = StoreError::Corrupt("loan event");
        let what = self.what().ok_or(CORRUPT)?;
        let event = LoanEvent::new(LoanEventId::new(self.id), day(self.on_day), what);
        Ok(RecordedEvent {
            loan: LoanId::new(self.loan_id),
            event_no: self.event_no,
            event: event.or(Err(CORRUPT))?,
            fingerprint: self.fingerprint,
            recorded_by: self.recorded_by,
            recorded_at: self.recorded_at,
        })
    }
}

/// Records an event of a loan whose holder is locked. Answers false, and records nothing, when the
/// loan has an event of that number.
///
/// # Errors
/// A violated constraint when it reverses what is reversed already.
pub async fn try_insert(tx: &mut Tx, new: &RecordedEvent) -> Result<bool, StoreError> {
    let inserted = diesel::insert_into(loan_events::table)
        .values(&Row::of(new))
        .on_conflict((loan_events::loan_id, loan_events::event_no))
        .do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(inserted == 1)
}

/// The events of some loans, in the order in which they came; as they were known at an instant, if
/// one is given.
///
/// # Errors
/// [`StoreError::Corrupt`] when one does not read.
pub async fn of_loans(
    tx: &mut Tx,
    loans: &[LoanId],
    known_at: Option<DateTime<Utc>>,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let ids: Vec<Uuid> = loans.iter().map(|id| id.get()).collect();
    let mut query = loan_events::table
        .select(Row::as_select())
        .filter(loan_events::loan_id.eq_any(ids))
        .order(loan_events::id)
        .into_boxed();
    if let Some(at) = known_at {
        query = query.filter(loan_events::recorded_at.le(at));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::event).collect()
}

/// The events of a loan, newest first, before one.
///
/// # Errors
/// As [`of_loans`].
pub async fn page(
    tx: &mut Tx,
    loan: LoanId,
    before: Option<LoanEventId>,
    limit: i64,
) -> Result<Vec<RecordedEvent>, StoreError> {
    let mut query = loan_events::table
        .select(Row::as_select())
        .filter(loan_events::loan_id.eq(loan.get()))
        .order(loan_events::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(loan_events::id.lt(before.get()));
    }
    let rows: Vec<Row> = query.load(tx.conn()).await?;
    rows.into_iter().map(Row::event).collect()
}
