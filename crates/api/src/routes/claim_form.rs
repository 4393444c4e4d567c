//! The form of a claim: what a hospital posts, and how it becomes what the service takes.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::{Day, NursingDays};
use sizhu_store::claims::{Charges, ClaimContent, Consent, Diagnosis};
use utoipa::ToSchema;
use validator::Validate;

use super::fields::Fields;
use crate::extract::Form;
use crate::problem::Problem;

/// The longest stay taken, in days: five years. Longer ones are slips of the keyboard.
const MAX_STAY_DAYS: i64 = 1_826;

/// A claim on a stay in hospital.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HospitalClaimForm, example = json!({
    "citizen_id": "430102196503150023", "patient_name": "李秀英",
    "medical_record_no": "ZY-2026-0007", "settlement_no": "JS-2026-0007",
    "admitted_on": "2026-03-01", "discharged_on": "2026-04-16",
    "principal_diagnosis": {"code": "I63.900", "name": "脑梗死"},
    "nursing_days": {"special": 0, "level_1": 46, "level_2": 0, "level_3": 0}, "icu_days": 0,
    "charges": {"total_fen": 5_230_000, "insurance_paid_fen": 3_138_000, "self_paid_fen": 2_092_000},
    "consent": {"kind": "written", "reference": "TY-2026-0007", "signed_on": "2026-03-01"}
}))]
pub struct ClaimForm {
    /// The patient's citizen ID (GB 11643-1999, 18 characters).
    #[schema(min_length = 18, max_length = 18)]
    citizen_id: String,
    /// The patient's name.
    #[schema(min_length = 1, max_length = 64)]
    patient_name: String,
    /// The hospital's medical record number (病案号).
    #[schema(min_length = 1, max_length = 64)]
    medical_record_no: String,
    /// Settlement number (结算ID) of the medical insurance.
    #[schema(min_length = 1, max_length = 64)]
    settlement_no: Option<String>,
    /// Day of admission.
    #[schema(value_type = String, format = Date)]
    admitted_on: Day,
    /// Day of discharge.
    #[schema(value_type = String, format = Date)]
    discharged_on: Day,
    /// Principal diagnosis.
    principal_diagnosis: DiagnosisForm,
    /// Days by nursing level: they add up to the stay's days, or are all zero if not reported.
    #[serde(default)]
    nursing_days: NursingForm,
    /// Days in intensive care.
    #[serde(default)]
    icu_days: u32,
    /// Charges.
    charges: ChargesForm,
    /// The patient's consent.
    consent: ConsentForm,
}

impl Form for ClaimForm {
    const OBJECTS: &'static [&'static str] = &[
        "/principal_diagnosis",
        "/nursing_days",
        "/charges",
        "/consent",
    ];
}

/// A diagnosis.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Diagnosis)]
pub struct DiagnosisForm {
    /// ICD-10 code; the longer codes of the Chinese insurance list are taken.
    #[schema(example = "I63.900")]
    code: String,
    /// Its name.
    #[schema(example = "脑梗死", min_length = 1, max_length = 200)]
    name: String,
}

/// Days by nursing level.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NursingDays)]
pub struct NursingForm {
    /// 特级护理.
    #[serde(default)]
    special: u32,
    /// 一级护理.
    #[serde(default)]
    level_1: u32,
    /// 二级护理.
    #[serde(default)]
    level_2: u32,
    /// 三级护理.
    #[serde(default)]
    level_3: u32,
}

/// What a stay cost, and who paid.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Charges)]
pub struct ChargesForm {
    /// In all, in fen.
    #[schema(minimum = 0)]
    total_fen: i64,
    /// By medical insurance, in fen.
    #[schema(minimum = 0)]
    insurance_paid_fen: i64,
    /// By the patient, in fen.
    #[schema(minimum = 0)]
    self_paid_fen: i64,
}

/// How the patient agreed.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentKind {
    /// On paper.
    Written,
    /// By electronic signature.
    Electronic,
    /// By a guardian.
    Guardian,
}

/// The patient's consent to this use of their data.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Consent)]
pub struct ConsentForm {
    /// How it was given.
    kind: ConsentKind,
    /// The hospital's own number of it.
    #[schema(min_length = 1, max_length = 100)]
    reference: String,
    /// Day it was given.
    #[schema(value_type = String, format = Date)]
    signed_on: Day,
}

impl ConsentKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Electronic => "electronic",
            Self::Guardian => "guardian",
        }
    }
}

/// A claim whose every field was found acceptable by itself.
pub(crate) struct ParsedClaim {
    pub(crate) citizen_id: sizhu_core::CitizenId,
    pub(crate) medical_record_no: String,
    pub(crate) content: ClaimContent,
}

impl ClaimForm {
    /// What the form says, as canonical bytes: what fingerprints are made of. Spaces that parsing
    /// takes away make no other content.
    pub(crate) fn canonical(&self, parsed: &ParsedClaim) -> Result<Vec<u8>, Problem> {
        let content = &parsed.content;
        let said = Self {
            citizen_id: parsed.citizen_id.as_str().to_owned(),
            patient_name: content.patient_name.as_str().to_owned(),
            medical_record_no: parsed.medical_record_no.clone(),
            settlement_no: content.settlement_no.clone(),
            principal_diagnosis: DiagnosisForm {
                code: content.diagnosis.code.as_str().to_owned(),
                name: content.diagnosis.name.clone(),
            },
            consent: ConsentForm {
                reference: content.consent.reference.clone(),
                ..self.consent.clone()
            },
            ..self.clone()
        };
        Ok(sizhu_store::canonical(&json!(said))?)
    }

    pub(crate) fn parse(&self, today: Day) -> Result<ParsedClaim, Problem> {
        let mut fields = Fields::on(today);
        let citizen_id = fields.citizen_id("/citizen_id", &self.citizen_id);
        let patient_name = fields.name("/patient_name", &self.patient_name);
        let record = fields.text("/medical_record_no", &self.medical_record_no, 64);
        let settlement = self.settlement_no.as_deref();
        let settlement = settlement.map(|text| fields.text("/settlement_no", text, 64));
        let code = fields.diagnosis("/principal_diagnosis/code", &self.principal_diagnosis.code);
        let name = fields.text(
            "/principal_diagnosis/name",
            &self.principal_diagnosis.name,
            200,
        );
        self.parse_dates(
            &mut fields,
            citizen_id.as_ref().map(sizhu_core::CitizenId::born_on),
        );
        let charges = self.charges.parse(&mut fields);
        let consent = self.consent.parse(&mut fields);
        fields.finish(|| {
            Some(ParsedClaim {
                citizen_id: citizen_id?,
                medical_record_no: record?,
                content: ClaimContent {
                    patient_name: patient_name?,
                    settlement_no: match settlement {
                        Some(settlement) => Some(settlement?),
                        None => None,
                    },
                    admitted_on: self.admitted_on,
                    discharged_on: self.discharged_on,
                    diagnosis: Diagnosis {
                        code: code?,
                        name: name?,
                    },
                    nursing: self.nursing_days.into(),
                    icu_days: self.icu_days,
                    charges: charges?,
                    consent: consent?,
                },
            })
        })
    }

    fn parse_dates(&self, fields: &mut Fields, born_on: Option<Day>) {
        if self.discharged_on < self.admitted_on {
            fields.explain(
                "/discharged_on",
                "date_order",
                "出院日期不得早于入院日期。",
                "The discharge cannot be before the admission.",
            );
        }
        if born_on.is_some_and(|born_on| self.admitted_on < born_on) {
            fields.explain(
                "/admitted_on",
                "date_order",
                "入院日期不得早于出生日期。",
                "The admission cannot be before the birth.",
            );
        }
        let days = self.admitted_on.days_until(self.discharged_on);
        if days > MAX_STAY_DAYS {
            fields.explain(
                "/discharged_on",
                "stay_too_long",
                "一次住院不得超过五年，请核对日期。",
                "A stay of more than five years is taken for a slip: check the dates.",
            );
        }
        fields.past("/admitted_on", self.admitted_on);
        fields.past("/discharged_on", self.discharged_on);
    }
}

impl ChargesForm {
    fn parse(self, fields: &mut Fields) -> Option<Charges> {
        let total = fields.fen("/charges/total_fen", self.total_fen);
        let insurance = fields.fen("/charges/insurance_paid_fen", self.insurance_paid_fen);
        let own = fields.fen("/charges/self_paid_fen", self.self_paid_fen);
        let charges = Charges {
            total: total?,
            insurance_paid: insurance?,
            self_paid: own?,
        };
        let paid = charges.insurance_paid.checked_add(charges.self_paid)?;
        if paid > charges.total {
            fields.explain(
                "/charges/total_fen",
                "charges_sum",
                "医保支付与自付之和不得超过总费用。",
                "What insurance and patient paid cannot be more than the total.",
            );
            return None;
        }
        Some(charges)
    }
}

impl ConsentForm {
    fn parse(&self, fields: &mut Fields) -> Option<Consent> {
        let reference = fields.text("/consent/reference", &self.reference, 100);
        let signed_on = fields.past("/consent/signed_on", self.signed_on);
        Some(Consent {
            kind: self.kind.as_str().to_owned(),
            reference: reference?,
            signed_on: signed_on?,
        })
    }
}

impl From<NursingForm> for NursingDays {
    fn from(form: NursingForm) -> Self {
        Self {
            special: form.special,
            level_1: form.level_1,
            level_2: form.level_2,
            level_3: form.level_3,
        }
    }
}
