//! What happens to loans: checked over their whole histories, recorded all or none, and what was
//! decided of them decided anew.

use std::collections::BTreeMap;

use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::loan::{EventKind, FaultCode, LoanEvent, LoanFault, LoanFaults, check};
use sizhu_core::{Day, LoanEventId, LoanId};
use sizhu_store::{
    Actor, Store, StoreError, Tx, Vault, audit, canonical,
    idempotency::{Answer, Request},
    loan_events::{self, RecordedEvent},
    loans::{self, Loan},
};
use uuid::Uuid;

use super::{Counter, Incomplete, core_loan, visible};
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};
use crate::service::households::{holder_of, lock_holders};
use crate::service::news::News;
use crate::service::once::once;
use crate::service::subsidising::{Which, decide_holders};

/// What happened, as it comes: a reversal names the other event by its number, which may come
/// with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewKind {
    /// Anything but a reversal.
    Told(EventKind),
    /// The event of this number was not so.
    Reversal(String),
}

/// An event that somebody posts.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The bank's own number of it, unique in the loan.
    pub event_no: String,
    /// The day it happened.
    pub on: Day,
    /// What happened.
    pub what: NewKind,
}

impl NewEvent {
    /// Keyed fingerprint of what is said, in whatever form it came.
    fn fingerprint(&self, keys: &Vault) -> Result<[u8; 32], StoreError> {
        let what = match &self.what {
            NewKind::Told(what) => json!(what),
            NewKind::Reversal(number) => json!({ "kind": "reversed", "reverses": number }),
        };
        let told = canonical(&json!({ "no": self.event_no, "on": self.on, "what": what }))?;
        Ok(keys.fingerprint(&[b"loan-event", &told]))
    }
}

/// Events of one loan, in the order in which they came.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The loan.
    pub loan: LoanId,
    /// The events.
    pub events: Vec<NewEvent>,
}

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The loan.
    pub loan: LoanId,
    /// Its events, in the order in which they came: recorded now, or there before with the same
    /// content.
    pub events: Vec<RecordedEvent>,
    /// Those of them that are new.
    pub new: Vec<LoanEventId>,
}

/// What is wrong with an event that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFault {
    /// The place of the batch among all.
    pub batch: usize,
    /// The place of the event in it; `None` for one that was there before.
    pub event: Option<usize>,
    /// The field, as JSON has it.
    pub field: &'static str,
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub text: Text,
    /// The event there is, where one of the number says something else.
    pub existing: Option<LoanEventId>,
}

/// Why nothing was recorded.
#[derive(Debug)]
pub enum Refused {
    /// Events that cannot have happened, all of them.
    Faults(Vec<EventFault>),
    /// Anything else.
    Problem(Problem),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Applies events of many loans, which the caller may touch: all or none.
///
/// # Errors
/// Every fault of every event, or what the store says.
pub async fn apply(
    tx: &mut Tx,
    policies: &Policies,
    batches: Vec<Batch>,
    news: News<'_>,
) -> Result<Vec<Applied>, Refused> {
    let mut holders = Vec::new();
    for batch in &batches {
        let loan = loans::find(tx, batch.loan).await?;
        let loan = loan.ok_or_else(|| Problem::internal(&Incomplete(batch.loan)))?;
        holders.push(holder_of(tx, &loan).await?);
    }
    lock_holders(tx, &holders).await?;
    let news = news.after_waiting();
    let (mut applied, mut faults) = (Vec::new(), Vec::new());
    for (place, batch) in batches.into_iter().enumerate() {
        match one_loan(tx, place, batch, news).await? {
            Ok(done) => applied.push(done),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        return Err(Refused::Faults(faults));
    }
    holders.sort_unstable();
    holders.dedup();
    if applied.iter().any(|done| !done.new.is_empty()) {
        decide_holders(tx, policies, &holders, Which::Decided, news).await?;
    }
    Ok(applied)
}

/// Records the new events of one loan, whose holder is locked, if its history allows them.
async fn one_loan(
    tx: &mut Tx,
    place: usize,
    batch: Batch,
    news: News<'_>,
) -> Result<Result<Applied, Vec<EventFault>>, Refused> {
    let loan = loans::find(tx, batch.loan).await?;
    let loan = loan.ok_or_else(|| Problem::internal(&Incomplete(batch.loan)))?;
    let before = loan_events::of_loans(tx, &[loan.id], None).await?;
    let by = tx.actor().name().to_owned();
    let mut history = History::of(place, &loan, before, by, news);
    for (at, event) in batch.events.into_iter().enumerate() {
        let fingerprint = event.fingerprint(&tx.keys())?;
        history.add(at, event, fingerprint);
    }
    let (events, new) = match history.check() {
        Ok(found) => found,
        Err(faults) => return Ok(Err(faults)),
    };
    for event in events.iter().filter(|it| new.contains(&it.event.id())) {
        if !loan_events::try_insert(tx, event).await? {
            return Err(Problem::internal(&Incomplete(loan.id)).into());
        }
    }
    if !new.is_empty() {
        let event = audit::Event {
            kind: "loan.events_posted",
            subject: Some(loan.subject),
            object: Some(loan.id.get()),
            division: None,
            details: json!({ "event_ids": new }),
        };
        audit::record(tx, event, news.now).await?;
    }
    Ok(Ok(Applied {
        loan: loan.id,
        new,
        events,
    }))
}

/// A loan's events with those that are posted among them.
struct History<'a> {
    batch: usize,
    loan: &'a Loan,
    by: String,
    news: News<'a>,
    before: Vec<RecordedEvent>,
    /// In the order posted.
    posted: Vec<RecordedEvent>,
    /// Those of them that are new, with their places.
    new: BTreeMap<LoanEventId, usize>,
    faults: Vec<EventFault>,
}

impl<'a> History<'a> {
    fn of(
        batch: usize,
        loan: &'a Loan,
        before: Vec<RecordedEvent>,
        by: String,
        news: News<'a>,
    ) -> Self {
        Self {
            batch,
            loan,
            by,
            news,
            before,
            posted: Vec::new(),
            new: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, event: usize, field: &'static str, code: &'static str, text: Text) {
        self.faults.push(EventFault {
            batch: self.batch,
            event: Some(event),
            field,
            code,
            text,
            existing: None,
        });
    }

    fn numbered(&self, event_no: &str) -> Option<&RecordedEvent> {
        let mut all = self.before.iter().chain(&self.posted);
        all.find(|it| it.event_no == event_no)
    }

    fn add(&mut self, at: usize, new: NewEvent, fingerprint: [u8; 32]) {
        if let Some(known) = self.numbered(&new.event_no) {
            let (id, same) = (known.event.id(), known.fingerprint == fingerprint);
            if same && !self.new.contains_key(&id) {
                let known = known.clone();
                return self.posted.push(known);
            }
            let text = Text::new(
                "该贷款已有此编号的事件，内容不同；请冲正原事件。",
                "The loan has an event of this number with other content: reverse that one.",
            );
            self.fault(at, "event_no", "event_differs", text);
            if let Some(fault) = self.faults.last_mut() {
                fault.existing = (!self.new.contains_key(&id)).then_some(id);
            }
            return;
        }
        if new.on > self.news.today {
            let text = Text::new("该日期在今天之后。", "This day is after today.");
            return self.fault(at, "on", "date_in_future", text);
        }
        let what = match new.what {
            NewKind::Told(what) => what,
            NewKind::Reversal(number) => match self.numbered(&number) {
                Some(known) => EventKind::Reversed {
                    event: known.event.id(),
                },
                None => {
                    let text = FaultCode::UnknownEvent.text();
                    let text = Text::made(text.zh, text.en);
                    return self.fault(at, "reverses", "unknown_event", text);
                }
            },
        };
        let id = LoanEventId::new(Uuid::now_v7());
        match LoanEvent::new(id, new.on, what) {
            Ok(event) => {
                self.new.insert(id, at);
                self.posted.push(RecordedEvent {
                    loan: self.loan.id,
                    event_no: new.event_no,
                    event,
                    fingerprint: fingerprint.to_vec(),
                    recorded_by: self.by.clone(),
                    recorded_at: self.news.now,
                });
            }
            Err(LoanFaults(faults)) => {
                for fault in faults {
                    self.told(fault, Some(at));
                }
            }
        }
    }

    fn told(&mut self, fault: LoanFault, event: Option<usize>) {
        let text = fault.code.text();
        self.faults.push(EventFault {
            batch: self.batch,
            event,
            field: match fault.field {
                // A reversal names the other by its number.
                "event" => "reverses",
                other => other,
            },
            code: fault.code.as_str(),
            text: Text::made(text.zh, text.en),
            existing: None,
        });
    }

    /// What was posted, and which of it is new, if all of it together can have happened.
    fn check(mut self) -> Result<(Vec<RecordedEvent>, Vec<LoanEventId>), Vec<EventFault>> {
        if self.faults.is_empty() {
            let mut whole = core_loan(self.loan);
            let fresh = (self.posted.iter()).filter(|it| self.new.contains_key(&it.event.id()));
            let all = self.before.iter().chain(fresh);
            whole.events = all.map(|it| it.event).collect();
            if let Err(LoanFaults(faults)) = check(&whole) {
                for fault in faults {
                    let at = fault.event.and_then(|id| self.new.get(&id).copied());
                    self.told(fault, at);
                }
            }
        }
        if self.faults.is_empty() {
            Ok((self.posted, self.new.into_keys().collect()))
        } else {
            Err(self.faults)
        }
    }
}

/// Posts events of a loan that the caller may see, once under its key.
///
/// # Errors
/// As for any request under a key; 404 for a loan the caller may not see; 409 that names the event of
/// a number that says something else; 422 with every fault.
pub async fn post_events_once(
    at: Counter<'_>,
    request: &Request<'_>,
    batch: Batch,
    render: impl FnOnce(&Applied) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let work = async |tx: &mut Tx| {
        visible(tx, at.grant, batch.loan).await?;
        let applied = match apply(tx, at.policies, vec![batch], at.news).await {
            Ok(applied) => applied,
            Err(Refused::Problem(problem)) => return Err(problem),
            Err(Refused::Faults(faults)) => return Err(problem(&faults)),
        };
        let first = applied.first().ok_or_else(Problem::not_found)?;
        render(first)
    };
    once(at.store, at.actor, Some(request), at.news.now, work).await
}

/// Faults of one loan's events as a problem.
fn problem(faults: &[EventFault]) -> Problem {
    let errors = faults.iter().map(|fault| {
        let pointer = match fault.event {
            Some(at) => format!("/events/{at}/{}", fault.field),
            None => "/events".to_owned(),
        };
        FieldError::new(pointer, fault.code, fault.text.clone())
    });
    let errors = errors.collect();
    match faults.iter().find_map(|fault| fault.existing) {
        Some(existing) => Problem::new(ProblemKind::AlreadyExists)
            .with_member("event_id", existing.to_string())
            .with_errors(errors),
        None => Problem::validation(errors),
    }
}

/// The events of a loan that the caller may see, newest first.
///
/// # Errors
/// 404 for a loan the caller may not see.
pub async fn events(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    loan: LoanId,
    before: Option<LoanEventId>,
    limit: i64,
) -> Result<Vec<RecordedEvent>, Problem> {
    store
        .transaction(actor, async |tx| {
            visible(tx, grant, loan).await?;
            Ok(loan_events::page(tx, loan, before, limit).await?)
        })
        .await
}
