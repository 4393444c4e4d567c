//! Batching: an upload of many claims, recorded group by group as it is read. Sent again under its
//! key it goes on: what was taken stands, what was refused is tried anew.

mod many;

use std::collections::{BTreeMap, HashMap};

use chrono::TimeDelta;
use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::{ClaimBatchId, DivisionCode, HospitalId};
use sizhu_store::{
    Actor, Store, Tx, audit,
    claim_batches::{
        self, Batch, BatchState, Begun, Change, Counts, Lease, LineOutcome, LineResult, Scope,
        Taken,
    },
    hospitals,
    idempotency::{self, Answer},
};
use uuid::Uuid;

use super::claims::Posted;
use super::news::News;
use super::once::in_progress;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

pub use many::{Desk, Outcome, Said, SentLine, Unreadable, post_lines};

/// The lines of one transaction at most.
pub const GROUP: usize = 50;

/// Status of an answer that a claim was recorded.
const CREATED: u16 = 201;

/// How long a request holds a batch without recording a line.
const LEASE: TimeDelta = TimeDelta::minutes(2);

/// A batch that is being sent.
#[derive(Debug)]
pub struct Sending {
    batch: Batch,
    lease_id: Uuid,
    county: Option<DivisionCode>,
}

/// What a group's transaction adds to its batch.
#[derive(Debug)]
pub struct Hold<'a> {
    sending: &'a Sending,
    /// What the lines came to in earlier attempts.
    before: BTreeMap<u32, Taken>,
}

impl Hold<'_> {
    /// Keeps what became of some lines, in their own transaction.
    async fn keep(
        &self,
        tx: &mut Tx,
        lines: &[SentLine],
        outcomes: &[Outcome],
        news: News<'_>,
    ) -> Result<(), Problem> {
        let mut change = Change::default();
        let mut results = Vec::with_capacity(lines.len());
        for (line, outcome) in lines.iter().zip(outcomes) {
            let result = result(line, outcome);
            if let Some(before) = self.before.get(&line.number) {
                change.add(before.outcome, -1);
            }
            change.add(result.outcome, 1);
            results.push(result);
        }
        let batch = &self.sending.batch;
        if !results.is_empty() {
            claim_batches::insert_results(tx, batch.id, batch.attempt, &results).await?;
        }
        let lease = self.sending.lease(news);
        if claim_batches::advance(tx, batch.id, lease, change).await? {
            Ok(())
        } else {
            Err(in_progress())
        }
    }
}

fn result(line: &SentLine, outcome: &Outcome) -> LineResult {
    let key = match &line.said {
        Ok(said) => Some(said.key.clone()),
        Err(unreadable) => unreadable.key.clone(),
    };
    let taken = |outcome, status| LineResult {
        number: line.number,
        key: key.clone(),
        outcome,
        status,
        fingerprint: Some(line.fingerprint),
        problem: None,
    };
    match outcome {
        Ok(answered) if answered.before => taken(LineOutcome::Repeated, answered.answer.status),
        Ok(answered) if answered.answer.status == CREATED => taken(LineOutcome::Recorded, CREATED),
        Ok(answered) => taken(LineOutcome::Known, answered.answer.status),
        Err(problem) => {
            let parent = if line.said.is_ok() { "/claim" } else { "" };
            LineResult {
                fingerprint: None,
                problem: Some(problem.clone().under(parent).to_kept()),
                ..taken(LineOutcome::Refused, problem.kind().status().as_u16())
            }
        }
    }
}

/// Begins to send a batch, or to send it again.
///
/// # Errors
/// 409 while another request sends it.
pub async fn begin(
    store: &Store,
    actor: &Actor,
    hospital: HospitalId,
    client_id: &str,
    key: &str,
    news: News<'_>,
) -> Result<Sending, Problem> {
    let lease_id = Uuid::now_v7();
    let work = async |tx: &mut Tx| {
        let lease = lease(lease_id, news);
        let (batch, kind) = match claim_batches::begin(tx, hospital, client_id, key, lease).await? {
            Begun::New(batch) => (batch, "claim_batch.begun"),
            Begun::Again(batch) => (batch, "claim_batch.resumed"),
            Begun::Held => return Err(in_progress()),
        };
        let county = hospitals::find(tx, hospital).await?.map(|it| it.county);
        let sending = Sending {
            batch,
            lease_id,
            county,
        };
        sending.record(tx, kind, news).await?;
        Ok(sending)
    };
    store.transaction(actor, work).await
}

fn lease(id: Uuid, news: News<'_>) -> Lease {
    Lease {
        id,
        now: news.now,
        until: news.now.checked_add_signed(LEASE).unwrap_or(news.now),
    }
}

impl Sending {
    fn lease(&self, news: News<'_>) -> Lease {
        lease(self.lease_id, news)
    }

    async fn record(&self, tx: &mut Tx, kind: &'static str, news: News<'_>) -> Result<(), Problem> {
        record(tx, kind, &self.batch, self.county.clone(), news).await
    }

    /// Takes some lines of the batch. Those that were taken before stand.
    ///
    /// # Errors
    /// 422 for a line that was taken before with other content; 409 when another request has the
    /// batch; what passes by itself and did not.
    pub async fn take(
        &self,
        desk: Desk<'_>,
        lines: Vec<SentLine>,
        news: News<'_>,
        render: &impl Fn(&Posted) -> Result<Answer, Problem>,
    ) -> Result<(), Problem> {
        let before = self.before(desk, &lines).await?;
        let mut new = Vec::with_capacity(lines.len());
        for line in lines {
            match before.get(&line.number).and_then(|it| it.fingerprint) {
                Some(same) if same == line.fingerprint => {}
                Some(_) => return Err(otherwise(line.number)),
                None => new.push(line),
            }
        }
        let hold = Hold {
            sending: self,
            before,
        };
        post_lines(desk, new, Some(&hold), news, render).await
    }

    async fn before(
        &self,
        desk: Desk<'_>,
        lines: &[SentLine],
    ) -> Result<BTreeMap<u32, Taken>, Problem> {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return Ok(BTreeMap::new());
        };
        if self.batch.counts == Counts::default() {
            return Ok(BTreeMap::new());
        }
        let work = async |tx: &mut Tx| {
            let id = self.batch.id;
            Ok(claim_batches::taken(tx, id, first.number, last.number).await?)
        };
        desk.store.transaction(desk.actor, work).await
    }

    /// Lets go of the batch: read to its end, or not.
    ///
    /// # Errors
    /// 409 when another request has it.
    pub async fn end(
        &self,
        store: &Store,
        actor: &Actor,
        complete: bool,
        news: News<'_>,
    ) -> Result<Batch, Problem> {
        let (state, kind) = match complete {
            true => (BatchState::Complete, "claim_batch.completed"),
            false => (BatchState::Interrupted, "claim_batch.interrupted"),
        };
        let work = async |tx: &mut Tx| {
            let batch = claim_batches::end(tx, self.batch.id, self.lease(news), state).await?;
            let batch = batch.ok_or_else(in_progress)?;
            record(tx, kind, &batch, self.county.clone(), news).await?;
            Ok(batch)
        };
        store.transaction(actor, work).await
    }
}

async fn record(
    tx: &mut Tx,
    kind: &'static str,
    batch: &Batch,
    county: Option<DivisionCode>,
    news: News<'_>,
) -> Result<(), Problem> {
    let counts = batch.counts;
    let event = audit::Event {
        kind,
        subject: None,
        object: Some(batch.id.get()),
        division: county,
        details: json!({
            "hospital_id": batch.hospital,
            "attempt": batch.attempt,
            "lines": counts.lines(),
            "recorded": counts.recorded,
            "repeated": counts.repeated,
            "known": counts.known,
            "refused": counts.refused,
        }),
    };
    audit::record(tx, event, news.now).await?;
    Ok(())
}

/// What was taken under the key is not what comes now.
fn otherwise(number: u32) -> Problem {
    let error = FieldError::new(
        format!("/{number}"),
        "line_differs",
        Text::made(
            format!("第 {number} 行已按其他内容收录；更改后的文件请用新的键发送。"),
            format!(
                "Line {number} was taken with other content: send a changed file under a new key."
            ),
        ),
    );
    Problem::new(ProblemKind::IdempotencyKeyReused).with_errors(vec![error])
}

/// Whose batches a caller may see; `None` for roles that see none.
#[must_use]
pub fn scope(grant: &Grant) -> Option<Scope> {
    match grant {
        Grant::Hospital(id) => Some(Scope::Hospital(*id)),
        Grant::Auditor(division) => Some(Scope::Division(division.clone())),
        Grant::Officer(_)
        | Grant::Resident(_)
        | Grant::Bank(_)
        | Grant::Finance(_)
        | Grant::Policy
        | Grant::Admin => None,
    }
}

/// A batch, if the caller may see it.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    scope: &Scope,
    id: ClaimBatchId,
) -> Result<Batch, Problem> {
    let work = async |tx: &mut Tx| {
        let found = claim_batches::find(tx, scope, id).await?;
        found.ok_or_else(Problem::not_found)
    };
    store.transaction(actor, work).await
}

/// Batches the caller may see, newest first, before one.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    scope: &Scope,
    before: Option<ClaimBatchId>,
    limit: i64,
) -> Result<Vec<Batch>, Problem> {
    let work = async |tx: &mut Tx| Ok(claim_batches::list(tx, scope, before, limit).await?);
    store.transaction(actor, work).await
}

/// A line's result, and the answer if it was taken.
#[derive(Debug)]
pub struct Resulting {
    /// The result.
    pub line: LineResult,
    /// The answer.
    pub answer: Option<Answer>,
}

/// Results of a batch after a line, in the order of the lines, with the answers to those taken.
///
/// # Errors
/// What the store says.
pub async fn results(
    store: &Store,
    actor: &Actor,
    batch: &Batch,
    after: u32,
    limit: i64,
) -> Result<Vec<Resulting>, Problem> {
    let work = async |tx: &mut Tx| {
        let lines = claim_batches::results(tx, batch.id, after, limit).await?;
        let taken = lines.iter().filter(|it| it.fingerprint.is_some());
        let keys: Vec<&str> = taken.filter_map(|it| it.key.as_deref()).collect();
        let answers: HashMap<String, Answer> =
            idempotency::answers(tx, &batch.client_id, &keys).await?;
        let with_answer = |line: LineResult| {
            let key = line.key.as_ref().filter(|_| line.fingerprint.is_some());
            let answer = key.and_then(|key| answers.get(key)).cloned();
            Resulting { line, answer }
        };
        Ok(lines.into_iter().map(with_answer).collect())
    };
    store.transaction(actor, work).await
}
