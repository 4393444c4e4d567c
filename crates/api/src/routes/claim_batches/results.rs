//! `/v1/hospital-claim-batches/{id}/results`: what became of each line, read page by page while it is
//! sent.

use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sizhu_core::ClaimBatchId;
use sizhu_store::claim_batches::{Batch, Scope};
use sizhu_store::idempotency::Answer;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::OutcomeWord;
use crate::auth::HospitalCaller;
use crate::extract::{Path, Query};
use crate::openapi::{CommonProblems, ProblemDocument};
use crate::problem::{Language, Problem, body};
use crate::routes::claims::ClaimView;
use crate::service::batching::{self as service, Resulting};
use crate::state::State;

/// Lines that are read in one go.
const PAGE: i64 = 200;

/// Which results.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResultsQuery {
    /// Only lines after this one: a cut-off reading goes on there.
    #[serde(default)]
    #[validate(range(max = 2_147_483_647))]
    after: u32,
}

/// What became of a line of a batch.
#[derive(Serialize, ToSchema)]
#[schema(as = HospitalClaimLineResult)]
pub struct ResultView<'a> {
    /// Number of the line, from 1.
    #[schema(example = 1)]
    line: u32,
    /// Its key, where it can be read.
    #[schema(example = "2026-03-0007")]
    idempotency_key: Option<&'a str>,
    /// What became of it.
    outcome: OutcomeWord,
    /// Status with which it would have been answered by itself.
    #[schema(example = 201)]
    status: u16,
    /// Address of its claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/hospital-claims/0197a5b0-0000-7000-8000-000000000001")]
    location: Option<&'a str>,
    /// Version of its claim, as answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "\"v1000001\"")]
    etag: Option<&'a str>,
    /// Its claim, as a claim posted by itself was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ClaimView>)]
    claim: Option<&'a RawValue>,
    /// Why it was refused, with pointers into the line; its `instance` is the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ProblemDocument>)]
    problem: Option<Value>,
}

#[derive(Debug, thiserror::Error)]
#[error("the result of line {0} cannot be read")]
struct Unreadable(u32);

impl<'a> ResultView<'a> {
    fn of(result: &'a Resulting, batch: &Batch, language: Language) -> Result<Self, Problem> {
        let line = &result.line;
        let unreadable = || Problem::internal(&Unreadable(line.number));
        let answer: Option<&Answer> = result.answer.as_ref();
        let claim = answer.map(|answer| serde_json::from_slice(&answer.body));
        let problem = line.problem.as_ref().map(Problem::from_kept);
        let problem = match problem {
            Some(None) => return Err(unreadable()),
            Some(Some(problem)) => Some(body(&problem, language, Some(batch.id.get()))),
            None => None,
        };
        if claim.is_none() && problem.is_none() {
            return Err(unreadable());
        }
        Ok(Self {
            line: line.number,
            idempotency_key: line.key.as_deref(),
            outcome: line.outcome.into(),
            status: line.status,
            location: answer.and_then(|answer| answer.location.as_deref()),
            etag: answer.and_then(|answer| answer.etag.as_deref()),
            claim: claim
                .transpose()
                .map_err(|error| Problem::internal(&error))?,
            problem,
        })
    }
}

/// Read the results of a batch
///
/// A line for each line that has a result, in their order; while the batch is being sent, those so far.
/// It is written as it is read, however long it is: with `after` a cut-off reading goes on.
#[utoipa::path(
    operation_id = "list_hospital_claim_batch_results",
    tag = "hospital-claims",
    params(ResultsQuery, ("id" = Uuid, Path, description = "The batch.")),
    responses(
        (status = 200, description = "Results, one JSON object a line.",
         content((ResultView = "application/x-ndjson"))),
        CommonProblems,
    )
)]
#[get("/v1/hospital-claim-batches/{id}/results")]
pub(crate) async fn list_hospital_claim_batch_results(
    request: HttpRequest,
    state: State,
    caller: HospitalCaller,
    Path(id): Path<Uuid>,
    Query(query): Query<ResultsQuery>,
) -> Result<HttpResponse, Problem> {
    let scope = Scope::Hospital(caller.hospital);
    let actor = caller.actor();
    let batch = service::find(&state.store, &actor, &scope, ClaimBatchId::new(id)).await?;
    let reading = Reading {
        state,
        caller,
        batch,
        language: Language::of(request.headers()),
    };
    let pages = stream::try_unfold((reading, query.after), async |(reading, after)| {
        let page = reading.page(after).await?;
        Ok::<_, Problem>(page.map(|(bytes, last)| (bytes, (reading, last))))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/x-ndjson")
        .streaming(pages))
}

struct Reading {
    state: State,
    caller: HospitalCaller,
    batch: Batch,
    language: Language,
}

impl Reading {
    /// The next lines as bytes, and the number of the last; none at the end.
    async fn page(&self, after: u32) -> Result<Option<(Bytes, u32)>, Problem> {
        let (store, actor) = (&self.state.store, self.caller.actor());
        let results = service::results(store, &actor, &self.batch, after, PAGE).await?;
        let Some(last) = results.last() else {
            return Ok(None);
        };
        let last = last.line.number;
        let mut bytes = Vec::new();
        for result in &results {
            let view = ResultView::of(result, &self.batch, self.language)?;
            let line = serde_json::to_vec(&view).map_err(|error| Problem::internal(&error))?;
            bytes.extend(line);
            bytes.push(b'\n');
        }
        Ok(Some((bytes.into(), last)))
    }
}
