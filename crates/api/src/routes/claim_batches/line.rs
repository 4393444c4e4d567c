//! A line of a batch as posted, and how it becomes what the service takes.

use serde::Deserialize;
use sizhu_core::{Day, HospitalId};
use utoipa::ToSchema;
use validator::Validate;

use crate::extract::{Form, IdempotencyKey, LONGEST_LINE, Line, parse};
use crate::problem::{FieldError, Problem, ProblemKind, Text};
use crate::routes::answer::keyed;
use crate::routes::claim_form::ClaimForm;
use crate::routes::claims::{CREATE, new_claim};
use crate::service::batching::{Said, SentLine, Unreadable};
use crate::state::State;

/// A line of a batch: a claim, and the key under which it is posted.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HospitalClaimLine, example = json!({
    "idempotency_key": "2026-03-0007",
    "claim": {
        "citizen_id": "430102196503150023", "patient_name": "李秀英",
        "medical_record_no": "ZY-2026-0007", "settlement_no": "JS-2026-0007",
        "admitted_on": "2026-03-01", "discharged_on": "2026-04-16",
        "principal_diagnosis": {"code": "I63.900", "name": "脑梗死"},
        "nursing_days": {"special": 0, "level_1": 46, "level_2": 0, "level_3": 0}, "icu_days": 0,
        "charges": {"total_fen": 5_230_000, "insurance_paid_fen": 3_138_000, "self_paid_fen": 2_092_000},
        "consent": {"kind": "written", "reference": "TY-2026-0007", "signed_on": "2026-03-01"}
    }
}))]
pub(super) struct LineForm {
    /// As good as the `Idempotency-Key` of a claim posted by itself: 1 to 255 visible ASCII characters,
    /// unique per claim and client.
    #[schema(min_length = 1, max_length = 255)]
    idempotency_key: String,
    /// The claim, as `POST /v1/hospital-claims` takes it.
    claim: ClaimForm,
}

impl Form for LineForm {
    const OBJECTS: &'static [&'static str] = &[
        "/claim",
        "/claim/principal_diagnosis",
        "/claim/nursing_days",
        "/claim/charges",
        "/claim/consent",
    ];
}

/// What is looked for in a line that is no good otherwise.
#[derive(Deserialize)]
struct KeyAlone {
    idempotency_key: String,
}

/// Reads the lines of one client.
pub(super) struct Reader<'a> {
    pub(super) state: &'a State,
    pub(super) hospital: HospitalId,
    pub(super) client_id: &'a str,
    pub(super) today: Day,
}

impl Reader<'_> {
    /// What a line says, or what is wrong with it.
    pub(super) fn read(&self, line: &Line) -> SentLine {
        let bytes = line.bytes.as_deref().map(<[u8]>::trim_ascii);
        let keys = self.state.store.keys();
        SentLine {
            number: line.number,
            fingerprint: keys.fingerprint(&[b"claim-batch-line", bytes.unwrap_or_default()]),
            said: match bytes {
                None => Err(Unreadable {
                    key: None,
                    problem: too_long(),
                }),
                Some(bytes) => self.said(bytes).map_err(|problem| Unreadable {
                    key: key_of(bytes),
                    problem,
                }),
            },
        }
    }

    fn said(&self, bytes: &[u8]) -> Result<Said, Problem> {
        if bytes.is_empty() {
            return Err(not_json("blank_line", "空行。", "This line is blank."));
        }
        let form: LineForm = parse(bytes).map_err(|problem| {
            if problem.kind() != ProblemKind::InvalidRequestBody {
                return problem;
            }
            not_json(
                "not_json",
                "该行不是恰好一个有效的 JSON 对象。",
                "This line is not exactly one valid JSON object.",
            )
        })?;
        let key = IdempotencyKey::parse(&form.idempotency_key).ok_or_else(bad_key)?;
        let new = new_claim(self.state, self.hospital, &form.claim, self.today);
        let (claim, canonical) = new.map_err(|problem| problem.under("/claim"))?;
        let request = keyed(self.state, self.client_id, &key, CREATE, &[&canonical]);
        Ok(Said {
            request: request.fingerprint,
            key: key.as_str().to_owned(),
            claim,
        })
    }
}

/// The key of a line that cannot be read whole, if there is one.
fn key_of(bytes: &[u8]) -> Option<String> {
    let alone: KeyAlone = serde_json::from_slice(bytes).ok()?;
    let key = IdempotencyKey::parse(&alone.idempotency_key)?;
    Some(key.as_str().to_owned())
}

fn not_json(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    let error = FieldError::new("", code, Text::new(zh, en));
    Problem::new(ProblemKind::InvalidRequestBody).with_errors(vec![error])
}

fn bad_key() -> Problem {
    Problem::validation(vec![FieldError::new(
        "/idempotency_key",
        "invalid_value",
        Text::new(
            "须为 1 至 255 个可见 ASCII 字符。",
            "It has 1 to 255 visible ASCII characters.",
        ),
    )])
}

fn too_long() -> Problem {
    let text = Text::made(
        format!("一行不得超过 {LONGEST_LINE} 字节。"),
        format!("A line must not be longer than {LONGEST_LINE} bytes."),
    );
    let error = FieldError::new("", "line_too_long", text.clone());
    let problem = Problem::new(ProblemKind::PayloadTooLarge).with_detail(text);
    problem.with_errors(vec![error])
}
