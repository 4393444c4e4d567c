//! The forms of a status, and how one is shown.

use serde::{Deserialize, Serialize};
use sizhu_core::{Day, EndReason, EvidenceKind, Grade, StatusKind};
use sizhu_store::statuses::{Ending, Evidence, Status};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::fields::Fields;
use super::words;
use crate::extract::Form;
use crate::problem::Problem;
use crate::service::statuses::Said;

/// A status to be posted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusForm, example = json!({
    "kind": "child_disabled", "grade": 2, "from": "2020-06-01",
    "evidence": [{"kind": "disability_certificate", "number": "43010219950101003942",
                  "issued_on": "2020-05-20"}]
}))]
pub struct StatusForm {
    /// Kind.
    #[schema(value_type = words::StatusKind)]
    kind: StatusKind,
    /// Grade, 1 (most severe) to 4: for `child_disabled` and `surgery_complication`. Only 1 to 3
    /// can be confirmed.
    #[schema(minimum = 1, maximum = 4)]
    grade: Option<u8>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Papers it rests on.
    #[schema(max_items = 20)]
    evidence: Vec<EvidenceForm>,
}

impl Form for StatusForm {
    const OBJECTS: &'static [&'static str] = &["/evidence/*"];
    const LISTS: &'static [&'static str] = &["/evidence"];
}

/// A paper.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Evidence)]
pub struct EvidenceForm {
    /// Kind of paper.
    #[schema(value_type = words::EvidenceKind)]
    kind: EvidenceKind,
    /// Its number.
    #[schema(min_length = 1, max_length = 64)]
    number: String,
    /// Day of issue.
    #[schema(value_type = String, format = Date)]
    issued_on: Day,
}

/// What a status is to be from now on, as from the beginning.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusCorrection, example = json!({
    "kind": "child_disabled", "grade": 3, "from": "2020-07-01", "evidence": []
}))]
pub struct CorrectionForm {
    /// Kind.
    #[schema(value_type = words::StatusKind)]
    kind: StatusKind,
    /// Grade, 1 (most severe) to 4.
    #[schema(minimum = 1, maximum = 4)]
    grade: Option<u8>,
    /// First day.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// How it came to its end, if it has ended.
    ending: Option<EndForm>,
    /// Further papers, beside those posted before.
    #[serde(default)]
    #[schema(max_items = 20)]
    evidence: Vec<EvidenceForm>,
}

impl Form for CorrectionForm {
    const OBJECTS: &'static [&'static str] = &["/ending", "/evidence/*"];
    const LISTS: &'static [&'static str] = &["/evidence"];
}

/// The end of a status.
#[derive(Clone, Copy, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusEnd, example = json!({"on": "2026-10-01", "reason": "adoption"}))]
pub struct EndForm {
    /// First day on which it no longer holds.
    #[schema(value_type = String, format = Date)]
    on: Day,
    /// Why: `death` and `cure` or `death`, `birth`, `adoption`, `recovery`, as fits the kind.
    #[schema(value_type = words::EndReason)]
    reason: EndReason,
}

impl Form for EndForm {}

/// Why a status never was true.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StatusWithdrawal, example = json!({"because": "录入到了同名的另一人名下"}))]
pub struct WithdrawalForm {
    /// Why; no names and no numbers.
    #[schema(min_length = 1, max_length = 200)]
    because: String,
}

impl Form for WithdrawalForm {}

impl WithdrawalForm {
    pub(super) fn parse(&self, today: Day) -> Result<String, Problem> {
        let mut fields = Fields::on(today);
        let because = fields.text("/because", &self.because, 200);
        fields.finish(|| because)
    }
}

fn grade(fields: &mut Fields, kind: StatusKind, grade: Option<u8>) -> Option<Grade> {
    match (kind.has_grade(), grade) {
        (true, Some(grade)) => {
            let parsed = Grade::new(grade);
            if parsed.is_none() {
                fields.refuse("/grade", "range");
            }
            parsed
        }
        (true, None) => {
            fields.refuse("/grade", "required");
            None
        }
        (false, Some(_)) => {
            fields.explain(
                "/grade",
                "grade_forbidden",
                "此类资格没有等级。",
                "This kind of status has no grade.",
            );
            None
        }
        (false, None) => None,
    }
}

fn evidence(fields: &mut Fields, forms: &[EvidenceForm]) -> Vec<Evidence> {
    if forms.len() > 20 {
        fields.refuse("/evidence", "length");
    }
    let mut papers = Vec::new();
    for (index, form) in forms.iter().enumerate() {
        let number = fields.text(&format!("/evidence/{index}/number"), &form.number, 64);
        let issued = fields.past(&format!("/evidence/{index}/issued_on"), form.issued_on);
        if let (Some(number), Some(issued_on)) = (number, issued) {
            papers.push(Evidence {
                kind: form.kind,
                number,
                issued_on,
            });
        }
    }
    papers
}

impl StatusForm {
    pub(super) fn parse(&self, today: Day) -> Result<Said, Problem> {
        let form = CorrectionForm {
            kind: self.kind,
            grade: self.grade,
            from: self.from,
            ending: None,
            evidence: self.evidence.clone(),
        };
        form.parse(today)
    }
}

impl CorrectionForm {
    pub(super) fn parse(&self, today: Day) -> Result<Said, Problem> {
        let mut fields = Fields::on(today);
        let grade = grade(&mut fields, self.kind, self.grade);
        let from = fields.past("/from", self.from);
        let evidence = evidence(&mut fields, &self.evidence);
        fields.finish(|| {
            Some(Said {
                kind: self.kind,
                grade,
                from: from?,
                ending: self.ending.map(EndForm::ending),
                evidence,
            })
        })
    }
}

impl EndForm {
    pub(super) const fn ending(self) -> Ending {
        Ending {
            on: self.on,
            reason: self.reason,
        }
    }
}

/// Whether a status counts.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatusState {
    /// It waits for an officer of county level.
    Proposed,
    /// It counts.
    Confirmed,
    /// It counted until its end.
    Ended,
    /// It never was true.
    Withdrawn,
}

/// A status. Papers are not shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Status)]
pub struct StatusView {
    /// Its id.
    id: Uuid,
    /// Kind.
    #[schema(value_type = words::StatusKind)]
    kind: StatusKind,
    /// Grade, 1 (most severe) to 4.
    grade: Option<u8>,
    /// Whether it counts.
    state: StatusState,
    /// First day, as posted.
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// First day that counts: `from`, or the day the conditions came to hold if that was later.
    #[schema(value_type = Option<String>, format = Date)]
    effective_from: Option<Day>,
    /// Day of confirmation.
    #[schema(value_type = Option<String>, format = Date)]
    confirmed_on: Option<Day>,
    /// First day on which it no longer holds.
    #[schema(value_type = Option<String>, format = Date)]
    ended_on: Option<Day>,
    /// Why it ended.
    #[schema(value_type = Option<words::EndReason>)]
    end_reason: Option<EndReason>,
    /// Counts up with every change; the ETag.
    version: i32,
}

impl StatusView {
    pub(super) fn of(status: &Status) -> Self {
        let confirmation = status.confirmation.as_ref();
        let state = match (&status.withdrawn_because, confirmation, status.ending) {
            (Some(_), _, _) => StatusState::Withdrawn,
            (None, _, Some(_)) => StatusState::Ended,
            (None, Some(_), None) => StatusState::Confirmed,
            (None, None, None) => StatusState::Proposed,
        };
        Self {
            id: status.id.get(),
            kind: status.kind,
            grade: status.grade.map(Grade::get),
            state,
            from: status.starts_on,
            effective_from: confirmation.map(|it| it.effective_from),
            confirmed_on: confirmation.map(|it| it.on),
            ended_on: status.ending.map(|ending| ending.on),
            end_reason: status.ending.map(|ending| ending.reason),
            version: status.version,
        }
    }
}
