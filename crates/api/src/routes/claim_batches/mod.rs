//! `/v1/hospital-claim-batches`: many claims in one body, recorded as they are read.

mod line;
pub mod results;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, get, post, rt};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sizhu_core::ClaimBatchId;
use sizhu_store::claim_batches::{Batch, BatchState, LineOutcome};
use tracing::Instrument as _;
use utoipa::ToSchema;
use uuid::Uuid;

use super::claims::{CREATE, render_posted};
use crate::auth::{HospitalCaller, HospitalOrAuditor};
use crate::extract::{IdempotencyKey, Lines, Listing, NoFilter, Path};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{Language, Problem};
use crate::service::batching::{self as service, Desk, GROUP, Sending, SentLine};
use crate::service::claims::POSTED;
use crate::service::claims::Posted;
use crate::state::State;

use line::{LineForm, Reader};

/// Where a batch is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HospitalClaimBatchState)]
pub enum StateWord {
    /// It is being sent.
    Receiving,
    /// Cut off, or refused before its end: send it again under its key.
    Interrupted,
    /// Read to its end.
    Complete,
}

/// What became of a line of a batch.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HospitalClaimLineOutcome)]
pub enum OutcomeWord {
    /// Its claim was recorded by this batch.
    Recorded,
    /// Its key had been answered before: the same answer.
    Repeated,
    /// Its claim was there before, under another key.
    Known,
    /// It cannot be taken.
    Refused,
}

impl From<LineOutcome> for OutcomeWord {
    fn from(outcome: LineOutcome) -> Self {
        match outcome {
            LineOutcome::Recorded => Self::Recorded,
            LineOutcome::Repeated => Self::Repeated,
            LineOutcome::Known => Self::Known,
            LineOutcome::Refused => Self::Refused,
        }
    }
}

/// An upload of many claims.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HospitalClaimBatch)]
pub struct BatchView {
    /// Its id.
    id: Uuid,
    /// The hospital.
    hospital_id: Uuid,
    /// Its `Idempotency-Key`, for the hospital.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-03")]
    idempotency_key: Option<String>,
    /// Where it is.
    state: StateWord,
    /// Lines with a result so far.
    #[schema(example = 3)]
    lines: u32,
    /// Claims recorded by this batch.
    #[schema(example = 1)]
    recorded: u32,
    /// Lines whose keys had been answered before: they got the same answers.
    #[schema(example = 0)]
    repeated: u32,
    /// Claims that were there before, under other keys.
    #[schema(example = 1)]
    known: u32,
    /// Lines that cannot be taken; the results say why.
    #[schema(example = 1)]
    refused: u32,
    /// When it was first begun to be sent.
    begun_at: DateTime<Utc>,
    /// When it had been read to its end.
    finished_at: Option<DateTime<Utc>>,
}

impl BatchView {
    fn of(batch: Batch, own: bool, now: DateTime<Utc>) -> Self {
        let given_up = batch.lease_until.is_some_and(|until| until <= now);
        let counts = batch.counts;
        Self {
            id: batch.id.get(),
            hospital_id: batch.hospital.get(),
            idempotency_key: own.then_some(batch.key),
            state: match batch.state {
                BatchState::Receiving if given_up => StateWord::Interrupted,
                BatchState::Receiving => StateWord::Receiving,
                BatchState::Interrupted => StateWord::Interrupted,
                BatchState::Complete => StateWord::Complete,
            },
            lines: counts.lines(),
            recorded: counts.recorded,
            repeated: counts.repeated,
            known: counts.known,
            refused: counts.refused,
            begun_at: batch.recorded_at,
            finished_at: batch.finished_at,
        }
    }
}

/// Post many claims
///
/// A JSON object a line, each a claim with a key of its own, which is as good as the `Idempotency-Key`
/// of a claim posted by itself. Lines are recorded as they are read; one that cannot be taken harms no
/// other. The answer comes when all are recorded: how many lines came to what. The results say it line
/// by line.
///
/// Sent again under its `Idempotency-Key`, after it was cut off or with refused lines mended, the batch
/// goes on: what was taken stands.
#[utoipa::path(
    operation_id = "create_hospital_claim_batch",
    tag = "hospital-claims",
    params(("Idempotency-Key" = String, Header, description = "Unique per batch and client.",
            example = "2026-03")),
    request_body(
        description = "Any number of lines of at most 64 KiB each.",
        content((LineForm = "application/x-ndjson", example = json!(EXAMPLE)))
    ),
    responses(
        (status = 202, description = "All lines have a result.", body = BatchView,
         headers(("Location" = String, description = "The batch."))),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/hospital-claim-batches")]
pub(crate) async fn create_hospital_claim_batch(
    request: HttpRequest,
    state: State,
    caller: HospitalCaller,
    key: IdempotencyKey,
    lines: Lines,
) -> Result<HttpResponse, Problem> {
    let language = Language::of(request.headers());
    let clock = state.clock.clone();
    let receiving = Receiving {
        state,
        caller,
        language,
    };
    // On its own: a sender that hangs up drops this request, and what was read is still recorded.
    let work = async move { receiving.receive(key, lines).await };
    let received = rt::spawn(work.in_current_span()).await;
    let batch = received.map_err(|error| Problem::internal(&error))??;
    let location = format!("/v1/hospital-claim-batches/{}", batch.id);
    Ok(HttpResponse::build(StatusCode::ACCEPTED)
        .insert_header((LOCATION, location))
        .json(BatchView::of(batch, true, clock.now())))
}

/// Two lines of a batch.
const EXAMPLE: &str = concat!(
    r#"{"idempotency_key":"2026-03-0007","claim":{"citizen_id":"430102196503150023","patient_name":"李秀英","#,
    r#""medical_record_no":"ZY-2026-0107","admitted_on":"2026-05-01","discharged_on":"2026-05-11","#,
    r#""principal_diagnosis":{"code":"I63.900","name":"脑梗死"},"#,
    r#""charges":{"total_fen":1230000,"insurance_paid_fen":738000,"self_paid_fen":492000},"#,
    r#""consent":{"kind":"written","reference":"TY-2026-0107","signed_on":"2026-05-01"}}}"#,
    "\n",
    r#"{"idempotency_key":"2026-03-0008","claim":{"citizen_id":"430102196503150023","patient_name":"李秀英","#,
    r#""medical_record_no":"ZY-2026-0108","admitted_on":"2026-06-01","discharged_on":"2026-06-04","#,
    r#""principal_diagnosis":{"code":"I10.x00","name":"高血压"},"#,
    r#""charges":{"total_fen":410000,"insurance_paid_fen":246000,"self_paid_fen":164000},"#,
    r#""consent":{"kind":"electronic","reference":"TY-2026-0108","signed_on":"2026-06-01"}}}"#,
    "\n",
);

/// The receiving of a batch.
struct Receiving {
    state: State,
    caller: HospitalCaller,
    language: Language,
}

impl Receiving {
    async fn receive(self, key: IdempotencyKey, lines: Lines) -> Result<Batch, Problem> {
        let (state, caller) = (&self.state, &self.caller);
        let (store, actor) = (&state.store, caller.actor());
        let client_id = &caller.caller.client_id;
        let news = state.news("claim_batch.sent");
        let begun = service::begin(
            store,
            &actor,
            caller.hospital,
            client_id,
            key.as_str(),
            news,
        );
        let sending = begun.await?;
        let read = self.read(&sending, lines).await;
        let news = state.news("claim_batch.sent");
        let ended = sending.end(store, &actor, read.is_ok(), news).await;
        read.and(ended)
    }

    /// Reads lines as they come, and no faster than they are recorded.
    async fn read(&self, sending: &Sending, mut lines: Lines) -> Result<(), Problem> {
        let (state, actor) = (&self.state, self.caller.actor());
        let client_id = &self.caller.caller.client_id;
        let desk = Desk {
            store: &state.store,
            actor: &actor,
            client_id,
            operation: CREATE,
            policies: &state.policies,
        };
        let render = |posted: &Posted| render_posted(posted, self.language);
        loop {
            let group = lines.group(GROUP).await?;
            if group.is_empty() {
                return Ok(());
            }
            let news = state.news(POSTED);
            let reader = Reader {
                state,
                hospital: self.caller.hospital,
                client_id,
                today: news.today,
            };
            let sent: Vec<SentLine> = group.iter().map(|line| reader.read(line)).collect();
            drop(group);
            sending.take(desk, sent, news, &render).await?;
        }
    }
}

/// List batches
///
/// A hospital's own; for auditors those of hospitals in their division, in numbers. Newest first.
#[utoipa::path(
    operation_id = "list_hospital_claim_batches",
    tag = "hospital-claims",
    params(PageQuery),
    responses(
        (status = 200, description = "A page of batches.", body = Page<BatchView>),
        CommonProblems
    )
)]
#[get("/v1/hospital-claim-batches")]
pub(crate) async fn list_hospital_claim_batches(
    state: State,
    caller: HospitalOrAuditor,
    query: Listing<NoFilter>,
) -> Result<HttpResponse, Problem> {
    let scope = service::scope(&caller.caller().grant).ok_or_else(Problem::forbidden)?;
    let before = query.page.after::<Uuid>()?.map(ClaimBatchId::new);
    let (store, actor, rows) = (&state.store, caller.actor(), query.page.rows());
    let found = service::list(store, &actor, &scope, before, rows).await?;
    let (own, now) = (is_own(&caller), state.clock.now());
    let key = |it: &Batch| it.id.get();
    let page = Page::cut(found, &query.page, key, |it| BatchView::of(it, own, now));
    Ok(HttpResponse::Ok().json(page))
}

/// Get a batch
///
/// How many lines came to what so far.
#[utoipa::path(
    operation_id = "get_hospital_claim_batch",
    tag = "hospital-claims",
    params(("id" = Uuid, Path, description = "The batch.")),
    responses(
        (status = 200, description = "The batch as it is now.", body = BatchView),
        CommonProblems
    )
)]
#[get("/v1/hospital-claim-batches/{id}")]
pub(crate) async fn get_hospital_claim_batch(
    state: State,
    caller: HospitalOrAuditor,
    Path(id): Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let scope = service::scope(&caller.caller().grant).ok_or_else(Problem::forbidden)?;
    let id = ClaimBatchId::new(id);
    let batch = service::find(&state.store, &caller.actor(), &scope, id).await?;
    let view = BatchView::of(batch, is_own(&caller), state.clock.now());
    Ok(HttpResponse::Ok().json(view))
}

const fn is_own(caller: &HospitalOrAuditor) -> bool {
    matches!(caller, HospitalOrAuditor::Hospital(_))
}
