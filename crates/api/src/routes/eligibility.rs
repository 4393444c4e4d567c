//! `/v1/eligibility-checks`: some facts in, each programme's answer out. Nothing is kept.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use serde_json::Value;
use sizhu_core::pack::{Help, Period};
use sizhu_core::programme::{Change, OutOfRange, Programme};
use sizhu_core::{ClauseResult, Day, DivisionCode, Outcome};
use utoipa::ToSchema;

use super::decision_view::{ClauseView, clause};
use super::eligibility_form::{CheckForm, MyCheckForm};
use super::fact_view::FactView;
use super::words;
use crate::auth::ResidentCaller;
use crate::extract::Body;
use crate::openapi::{BodyProblems, CommonProblems, PublicProblems, QuestionProblems};
use crate::policies::PolicySet;
use crate::problem::{FieldError, Language, Problem, ProblemKind, Text};
use crate::service::claims::Audience;
use crate::service::entitling;
use crate::service::screening::{self, Screened};
use crate::state::State;
use crate::wording::told;

/// Something that would have to differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Change)]
pub struct ChangeView {
    /// The clause that it would turn; or `eligibility`, `entitlement`, `programme_in_force`, or a
    /// limit.
    #[schema(example = "minimum_age")]
    clause: String,
    /// The fact, unless it is the rules that would have to change.
    #[schema(example = "wife_born_on")]
    fact: Option<&'static str>,
    /// What the clause, or the fact, is called.
    title: String,
    /// What the fact is: a word, a number, a day, a truth; `null` if it is not known.
    has: Value,
    /// What it would have to be, as rule content.
    needs: Value,
    /// The same in words.
    words: String,
    /// The first day on which time alone brings it about, if it does.
    #[schema(value_type = Option<String>, format = Date)]
    on: Option<Day>,
}

/// A part of what is given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EntitlementShare)]
pub struct ShareView {
    /// The entitlement.
    #[schema(example = "monthly")]
    id: String,
    /// What it is called.
    title: String,
    /// Its amount in fen, before limits; none where it is a service or does not apply.
    amount_fen: Option<i64>,
}

/// What a programme says.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProgrammeAnswer)]
pub struct AnswerView {
    /// The programme.
    #[schema(example = "special-assistance")]
    programme: String,
    /// What it is called.
    title: String,
    /// The help it belongs to.
    #[schema(value_type = words::Help)]
    help: Help,
    /// What one decision covers, and so what the amount is for.
    #[schema(value_type = words::ProgrammePeriod)]
    period: Period,
    /// Its rules' day.
    #[schema(example = "2022-07-01")]
    version: String,
    /// What it comes to.
    #[schema(value_type = words::Outcome)]
    outcome: Outcome,
    /// For one period, in fen.
    #[schema(example = 59_000)]
    amount_fen: i64,
    /// What it is made of.
    entitlements: Vec<ShareView>,
    /// The clauses that fail.
    failing: Vec<ClauseView>,
    /// The facts that would have to be known.
    missing: Vec<FactView>,
    /// For a refusal: ways to a grant, the smallest first, each a list of what would have to differ.
    would_grant: Vec<Vec<ChangeView>>,
    /// Where only one of several programmes is given: the one given in its place, or, while it is
    /// undetermined, those that could be.
    shut_out_by: Vec<String>,
}

impl AnswerView {
    pub(super) fn of(it: &Screened, on: Day, language: Language) -> Self {
        let (programme, explanation) = (&it.programme, &it.explanation);
        let trace = explanation.trace.0.iter();
        let failing = trace.filter(|entry| entry.result == ClauseResult::Fail);
        let ways = explanation.would_grant.iter();
        Self {
            programme: programme.id().to_string(),
            title: told(programme.title(), language),
            help: programme.help(),
            period: programme.period(),
            version: programme.version_label(on),
            outcome: it.outcome,
            amount_fen: it.amount.get(),
            entitlements: explanation
                .shares
                .iter()
                .map(|share| ShareView {
                    id: share.id.clone(),
                    title: told(&share.title, language),
                    amount_fen: share.amount.map(sizhu_core::Fen::get),
                })
                .collect(),
            failing: failing
                .map(|entry| clause(entry, Audience::Registry, language))
                .collect(),
            missing: it
                .missing
                .iter()
                .map(|fact| FactView::of(fact, language))
                .collect(),
            would_grant: ways
                .map(|way| way.iter().map(|it| change(it, language)).collect())
                .collect(),
            shut_out_by: it.shut_out_by.iter().map(ToString::to_string).collect(),
        }
    }
}

fn change(it: &Change, language: Language) -> ChangeView {
    ChangeView {
        clause: it.clause.clone(),
        fact: it.fact.map(|fact| fact.info().id),
        title: told(&it.title, language),
        has: it.has.clone(),
        needs: it.needs.clone(),
        words: told(&it.words, language),
        on: it.on,
    }
}

/// The answer to a check.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EligibilityCheck)]
pub struct CheckView {
    /// The division whose programmes were asked.
    #[schema(example = "430102001001")]
    division: String,
    /// The day decided on.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// What each programme says, by help and title.
    items: Vec<AnswerView>,
}

impl CheckView {
    fn of(division: &DivisionCode, on: Day, found: &[Screened], language: Language) -> Self {
        let items = found.iter().map(|it| AnswerView::of(it, on, language));
        Self {
            division: division.to_string(),
            on,
            items: items.collect(),
        }
    }
}

/// The programmes asked: those named, or all that are in force on the day.
fn asked(
    policies: &PolicySet,
    division: &DivisionCode,
    on: Day,
    named: Option<&Vec<String>>,
) -> Result<Vec<Arc<Programme>>, Vec<FieldError>> {
    let all = policies.programmes(division);
    let Some(named) = named else {
        let in_force = all.into_iter();
        return Ok(in_force.filter(|it| it.version_at(on).is_some()).collect());
    };
    let unknown: Vec<FieldError> = named
        .iter()
        .enumerate()
        .filter(|(_, id)| !all.iter().any(|it| it.id().as_str() == id.as_str()))
        .map(|(index, _)| {
            FieldError::new(
                format!("/programmes/{index}"),
                "unknown_programme",
                Text::new(
                    "该地没有这个项目。",
                    "There is no such programme in this division.",
                ),
            )
        })
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let is_named = |it: &Arc<Programme>| named.iter().any(|id| it.id().as_str() == id.as_str());
    Ok(all.into_iter().filter(is_named).collect())
}

/// Facts that together come to more money than there is.
fn out_of_range(_: OutOfRange) -> Problem {
    Problem::validation(vec![FieldError::of_code("/facts", "range")])
}

/// Check eligibility
///
/// Some facts of someone who is not named in, each programme's answer out: what it comes to, what
/// is missing, and for a refusal what would have to differ. What was received before counts as
/// nothing unless it is given. No token is needed; nothing is kept. An address may ask sixty times in a
/// row, then once every two seconds.
#[utoipa::path(
    operation_id = "create_eligibility_check",
    tag = "programmes",
    security(()),
    request_body = CheckForm,
    responses(
        (status = 200, description = "What each programme says.", body = CheckView),
        PublicProblems, BodyProblems, QuestionProblems,
    )
)]
#[post("/v1/eligibility-checks")]
pub(crate) async fn create_eligibility_check(
    request: HttpRequest,
    state: State,
    Body(form): Body<CheckForm>,
) -> Result<HttpResponse, Problem> {
    let now = state.clock.now();
    let peer = request.peer_addr().map(|address| address.ip());
    state
        .questions
        .ask(peer, now)
        .map_err(|seconds| Problem::new(ProblemKind::TooManyRequests).retry_after(seconds))?;
    let on = form.on.unwrap_or_else(|| Day::of_instant(now));
    let division = DivisionCode::parse(&form.division).map_err(|error| {
        Problem::validation(vec![FieldError::of_code("/division", error.code())])
    })?;
    let policies = state.policies.snapshot();
    let facts = form.facts.parse(false).map_err(Problem::validation)?;
    let programmes = asked(&policies, &division, on, form.programmes.as_ref());
    let programmes = programmes.map_err(Problem::validation)?;
    let sheet = screening::sheet_of(&facts, &division);
    let found = screening::screen(programmes, on, |_| sheet).map_err(out_of_range)?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(CheckView::of(&division, on, &found, language)))
}

/// Check your own eligibility
///
/// As `create_eligibility_check`, from what the registry knows of you and the facts you add. What is
/// on record cannot be given. Nothing is kept.
#[utoipa::path(
    operation_id = "create_my_eligibility_check",
    tag = "me",
    request_body = MyCheckForm,
    responses(
        (status = 200, description = "What each programme says.", body = CheckView),
        CommonProblems, BodyProblems,
    )
)]
#[post("/v1/me/eligibility-checks")]
pub(crate) async fn create_my_eligibility_check(
    request: HttpRequest,
    state: State,
    caller: ResidentCaller,
    Body(form): Body<MyCheckForm>,
) -> Result<HttpResponse, Problem> {
    let on = form
        .on
        .unwrap_or_else(|| Day::of_instant(state.clock.now()));
    let facts = form.facts.parse(true).map_err(Problem::validation)?;
    let policies = state.policies.snapshot();
    let (actor, grant) = (caller.actor(), &caller.caller.grant);
    let known = entitling::known(&state.store, &actor, grant, caller.resident).await?;
    let division = &known.resident.details.division;
    let programmes = asked(&policies, division, on, form.programmes.as_ref());
    let programmes = programmes.map_err(Problem::validation)?;
    let found = screening::screen(programmes, on, |programme| {
        known.sheet(programme, on, &facts)
    })
    .map_err(out_of_range)?;
    let language = Language::of(request.headers());
    Ok(HttpResponse::Ok().json(CheckView::of(division, on, &found, language)))
}
