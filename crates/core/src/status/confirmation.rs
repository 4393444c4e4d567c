//! The conditions a status must meet to be confirmed: age of the wife, grade, evidence.
//!
//! Age and unit of review follow the national conditions of the special assistance scheme
//! (特别扶助): the wife is at least 49; someone widowed, divorced or single by their own age;
//! remarried couples each for themselves; the disability is of grade 3 or more severe.

use crate::citizen_id::Sex;
use crate::day::Day;
use crate::trace::Bilingual;

use super::{EvidenceKind, Grade, MaritalStatus, StatusKind};

/// The full years of age the wife, or the single parent, must have reached.
const AGE: u32 = 49;

/// What the identity number of a person tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonBirth {
    /// The person's sex.
    pub sex: Sex,
    /// The person's day of birth.
    pub born_on: Day,
}

/// What is known when a status is to be confirmed.
#[derive(Debug, Clone, Copy)]
pub struct ConfirmationFacts<'a> {
    /// The kind of status.
    pub kind: StatusKind,
    /// Its grade, for the kinds that have one.
    pub grade: Option<Grade>,
    /// The day it is to begin.
    pub from: Day,
    /// The person it is for.
    pub person: PersonBirth,
    /// The person's marital status, if known.
    pub marital: Option<MaritalStatus>,
    /// The person's spouse, if known.
    pub spouse: Option<PersonBirth>,
    /// The papers given.
    pub evidence: &'a [EvidenceKind],
    /// The day of confirmation.
    pub on: Day,
}

/// A status that meets its conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// The first day it counts: the day asked for, or the 49th birthday if that came later.
    pub effective_from: Day,
}

/// A condition not met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The stable code of the condition.
    pub code: &'static str,
    /// The field, as a JSON pointer, that it turns on.
    pub pointer: &'static str,
    /// What would have to be so.
    pub needs: Bilingual,
}

impl Unmet {
    const fn new(
        code: &'static str,
        pointer: &'static str,
        zh: &'static str,
        en: &'static str,
    ) -> Self {
        Self {
            code,
            pointer,
            needs: Bilingual::of(zh, en),
        }
    }
}

/// Checks the conditions of a status.
///
/// # Errors
/// Every condition that is not met, not only the first.
pub fn confirm(facts: &ConfirmationFacts<'_>) -> Result<Confirmed, Vec<Unmet>> {
    let mut unmet = Vec::new();
    unmet.extend(check_grade(facts));
    unmet.extend(check_evidence(facts));
    let effective_from = match check_age(facts) {
        Ok(reached) => reached.map_or(facts.from, |birthday| birthday.max(facts.from)),
        Err(fault) => {
            unmet.push(fault);
            facts.from
        }
    };
    if unmet.is_empty() {
        Ok(Confirmed { effective_from })
    } else {
        Err(unmet)
    }
}

fn check_grade(facts: &ConfirmationFacts<'_>) -> Option<Unmet> {
    match (facts.kind.has_grade(), facts.grade) {
        (false, None) => None,
        (false, Some(_)) => Some(Unmet::new(
            "grade_forbidden",
            "/grade",
            "子女死亡情形不填等级",
            "no grade is given where the child died",
        )),
        (true, None) => Some(Unmet::new(
            "grade_required",
            "/grade",
            "须填写鉴定等级（一级最重）",
            "the certified grade is given (1 is the most severe)",
        )),
        (true, Some(grade)) => (!grade.is_three_or_more_severe()).then(|| {
            Unmet::new(
                "grade_too_mild",
                "/grade",
                "等级须为三级及以上（一、二、三级）",
                "the grade is 3 or more severe (1, 2 or 3)",
            )
        }),
    }
}

fn check_evidence(facts: &ConfirmationFacts<'_>) -> Option<Unmet> {
    use EvidenceKind::{
        ComplicationCertificate, CourtDeclaration, DeathCertificate, DisabilityCertificate,
        MedicalCertificate,
    };
    let (any_of, zh, en): (&[EvidenceKind], _, _) = match facts.kind {
        StatusKind::ChildDied => (
            &[DeathCertificate, CourtDeclaration],
            "须有死亡证明或法院宣告死亡判决",
            "a death certificate or a court's declaration of death is given",
        ),
        StatusKind::ChildDisabled => (
            &[DisabilityCertificate],
            "须有残疾人证",
            "a disability certificate is given",
        ),
        StatusKind::SurgeryComplication => (
            &[
                ComplicationCertificate,
                DisabilityCertificate,
                MedicalCertificate,
            ],
            "须有手术并发症鉴定、残疾人证或医学证明",
            "a complication, disability or medical certificate is given",
        ),
    };
    let given = facts.evidence.iter().any(|kind| any_of.contains(kind));
    (!given).then(|| Unmet::new("evidence_missing", "/evidence", zh, en))
}

/// The day on which the age was reached; `None` if the kind asks for no age.
fn check_age(facts: &ConfirmationFacts<'_>) -> Result<Option<Day>, Unmet> {
    match facts.kind {
        StatusKind::SurgeryComplication => return Ok(None),
        StatusKind::ChildDied | StatusKind::ChildDisabled => {}
    }
    let (born_on, unmet) = who_counts(facts)?;
    match born_on.birthday(AGE) {
        Some(birthday) if birthday <= facts.on => Ok(Some(birthday)),
        Some(_) | None => Err(unmet),
    }
}

/// The day of birth that decides, and what is unmet if that person is too young.
fn who_counts(facts: &ConfirmationFacts<'_>) -> Result<(Day, Unmet), Unmet> {
    let own = Unmet::new(
        "age_under_49",
        "/citizen_id",
        "本人须年满49周岁",
        "the person has reached 49 full years",
    );
    let by_wife = match (facts.person.sex, facts.marital) {
        (Sex::Female, _) => false,
        (Sex::Male, Some(MaritalStatus::Married)) => true,
        (
            Sex::Male,
            Some(
                MaritalStatus::Unmarried
                | MaritalStatus::Remarried
                | MaritalStatus::Divorced
                | MaritalStatus::Widowed,
            ),
        ) => false,
        (Sex::Male, None) => {
            return Err(Unmet::new(
                "marital_status_unknown",
                "/marital_status",
                "须登记婚姻状况，以确定按谁的年龄计算",
                "the marital status is known, to tell whose age counts",
            ));
        }
    };
    if !by_wife {
        return Ok((facts.person.born_on, own));
    }
    match facts.spouse {
        Some(PersonBirth {
            sex: Sex::Female,
            born_on,
        }) => Ok((
            born_on,
            Unmet::new(
                "wife_under_49",
                "/spouse_citizen_id",
                "女方须年满49周岁",
                "the wife has reached 49 full years",
            ),
        )),
        Some(PersonBirth { sex: Sex::Male, .. }) => Err(Unmet::new(
            "spouse_sex",
            "/spouse_citizen_id",
            "男方的配偶身份证号须为女性",
            "the spouse's citizen ID is a woman's",
        )),
        None => Err(Unmet::new(
            "spouse_unknown",
            "/spouse_citizen_id",
            "须登记女方身份证号，以确定其年龄",
            "the wife's citizen ID is known, to tell her age",
        )),
    }
}
