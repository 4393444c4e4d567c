//! Stating: a bank's statement becomes events of its loans, all lines or the sound ones, and what
//! became of each line is kept for the file that goes back.

mod judging;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use sizhu_core::loan::{DueDay, PrimeRates, dues};
use sizhu_core::{Day, LoanId, LoanStatementId};
use sizhu_store::{
    Actor, Store, Tx, audit,
    idempotency::{Answer, Request},
    loan_events,
    loan_events::RecordedEvent,
    loan_statements::{self, Counts, OnFault, Statement, StatementFormat, StatementLine},
    loans, prime_rates,
};
use uuid::Uuid;

use super::loans::core_loan;
use super::loans::events::{Applied, Refused, apply};
use super::news::News;
use super::once::once;
use crate::policies::Policies;
use crate::problem::Problem;
use crate::statement::NumberedLine;

use judging::Judged;

/// A statement as a bank sends it, read.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Code of the bank.
    pub bank: String,
    /// How it was written.
    pub format: StatementFormat,
    /// What is to be done where some line cannot be taken.
    pub on_fault: OnFault,
    /// Its lines.
    pub lines: Vec<NumberedLine>,
}

/// A statement that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The statement.
    pub statement: Statement,
    /// What became of its lines, in their order.
    pub lines: Vec<StatementLine>,
}

/// Takes a statement, once under its key.
///
/// # Errors
/// As for any request under a key. 422 with every fault of every line where it is to be taken whole
/// and some line cannot be: then nothing is taken and nothing is kept.
pub async fn take_once(
    store: &Store,
    actor: &Actor,
    request: &Request<'_>,
    policies: &Policies,
    sent: Sent,
    news: News<'_>,
    render: impl FnOnce(&Taken) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let work = async |tx: &mut Tx| render(&take(tx, policies, sent, news).await?);
    once(store, actor, Some(request), news.now, work).await
}

async fn take(
    tx: &mut Tx,
    policies: &Policies,
    sent: Sent,
    news: News<'_>,
) -> Result<Taken, Problem> {
    let contracts: BTreeSet<&str> = sent.lines.iter().filter_map(judging::contract_no).collect();
    let contracts: Vec<&str> = contracts.into_iter().collect();
    let loans = loans::ids_of_contracts(tx, &sent.bank, &contracts).await?;
    let ids: Vec<LoanId> = loans.values().copied().collect();
    let before = interest_due(tx, &ids).await?;
    let mut judged = judging::judge(&sent.lines, &loans, &before);
    let applied = loop {
        let batches = judging::batches(&judged);
        let work = async |tx: &mut Tx| apply(tx, policies, batches.events, news).await;
        match tx.attempt(work).await? {
            Ok(applied) => break applied,
            Err(Refused::Problem(problem)) => return Err(problem),
            // Fewer lines stay each time.
            Err(Refused::Faults(faults)) => judging::blame(&mut judged, &batches.places, &faults),
        }
        if sent.on_fault == OnFault::RefuseAll {
            break Vec::new();
        }
    };
    if sent.on_fault == OnFault::RefuseAll && judged.iter().any(Judged::is_faulty) {
        return Err(judging::problem(&judged));
    }
    let after = interest_due(tx, &ids).await?;
    let lines = judging::outcomes(judged, &new_of(&applied), &after);
    keep(tx, sent, lines, news).await
}

/// The numbers of the events that are new, by loan.
fn new_of(applied: &[Applied]) -> BTreeSet<(LoanId, String)> {
    let mut new = BTreeSet::new();
    for of_loan in applied {
        let events = of_loan.events.iter();
        let events = events.filter(|it| of_loan.new.contains(&it.event.id()));
        new.extend(events.map(|it| (it.loan, it.event_no.clone())));
    }
    new
}

/// The interest of each due day of some loans, as the core has it from all that was told.
async fn interest_due(
    tx: &mut Tx,
    loans: &[LoanId],
) -> Result<BTreeMap<(LoanId, Day), DueDay>, Problem> {
    let rates: PrimeRates = prime_rates::table(tx, None).await?;
    let mut events: BTreeMap<LoanId, Vec<RecordedEvent>> = BTreeMap::new();
    for event in loan_events::of_loans(tx, loans, None).await? {
        events.entry(event.loan).or_default().push(event);
    }
    let mut found = BTreeMap::new();
    for loan in loans::find_many(tx, loans).await? {
        let mut whole = core_loan(&loan);
        let events = events.remove(&loan.id).unwrap_or_default();
        whole.events = events.into_iter().map(|it| it.event).collect();
        let dues = dues(&whole, &rates).map_err(|error| Problem::internal(&error))?;
        found.extend(dues.into_iter().map(|due| ((loan.id, due.due_on), due)));
    }
    Ok(found)
}

async fn keep(
    tx: &mut Tx,
    sent: Sent,
    lines: Vec<StatementLine>,
    news: News<'_>,
) -> Result<Taken, Problem> {
    let outcomes = lines.iter().map(|line| line.outcome);
    let statement = Statement {
        id: LoanStatementId::new(Uuid::now_v7()),
        bank: sent.bank,
        format: sent.format,
        on_fault: sent.on_fault,
        counts: Counts::of(outcomes),
        recorded_by: tx.actor().name().to_owned(),
        recorded_at: news.now,
    };
    loan_statements::insert(tx, &statement, &lines).await?;
    let counts = statement.counts;
    let event = audit::Event {
        kind: "loan_statement.taken",
        subject: None,
        object: Some(statement.id.get()),
        division: None,
        details: json!({
            "lines": counts.lines(),
            "accepted": counts.accepted,
            "differing": counts.differing,
            "repeated": counts.repeated,
            "unknown": counts.unknown,
            "refused": counts.refused,
        }),
    };
    audit::record(tx, event, news.now).await?;
    Ok(Taken { statement, lines })
}

/// A bank's own statement with its lines.
///
/// # Errors
/// 404 when the bank sent none of that id.
pub async fn find(
    store: &Store,
    actor: &Actor,
    bank: &str,
    id: LoanStatementId,
) -> Result<Taken, Problem> {
    let work = async |tx: &mut Tx| {
        let statement = loan_statements::find(tx, bank, id).await?;
        let statement = statement.ok_or_else(Problem::not_found)?;
        let lines = loan_statements::lines(tx, id).await?;
        Ok(Taken { statement, lines })
    };
    store.transaction(actor, work).await
}

/// A bank's own statements, newest first, before one.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    bank: &str,
    before: Option<LoanStatementId>,
    limit: i64,
) -> Result<Vec<Statement>, Problem> {
    let work = async |tx: &mut Tx| Ok(loan_statements::list(tx, bank, before, limit).await?);
    store.transaction(actor, work).await
}
