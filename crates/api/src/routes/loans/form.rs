//! The form of a loan: what a bank or an officer posts, and how it becomes what the service takes.

use serde::{Deserialize, Serialize};
use sizhu_core::Rounding;
use sizhu_core::loan::{
    Contract, ContractTerms, DayCount, Draw, LoanPurpose, Rate, RateTerms, Repayment, Tenor,
};
use sizhu_core::{Day, DivisionCode};
use sizhu_store::loans::LoanContent;
use utoipa::ToSchema;
use validator::Validate;

use super::super::fields::Fields;
use super::super::words;
use crate::extract::Form;
use crate::problem::{FieldError, Problem, Text};
use crate::service::loans::NewLoan;

/// The longest code of a bank.
const MAX_BANK: usize = 32;

/// The yearly rate of a contract: `fixed` with `rate_ppm`, or `prime` with `tenor`, `basis_points`
/// and, where it follows the Loan Prime Rate, `reset_months`.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanRate)]
pub struct RateForm {
    /// `fixed` or `prime`.
    #[schema(example = "fixed")]
    kind: String,
    /// Rate a year in parts per million: 43500 is 4.35 %.
    #[schema(minimum = 0, maximum = 1_000_000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_ppm: Option<i64>,
    /// Which Loan Prime Rate.
    #[schema(value_type = Option<words::Tenor>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    tenor: Option<String>,
    /// More than that rate, or fewer: 50 is 0.5 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    basis_points: Option<i64>,
    /// Every how many months it follows the rate then in force: 1, 3, 6 or 12. Fixed on the first day,
    /// if it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_months: Option<u32>,
}

/// What a bank and a borrower agreed on.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanContract)]
pub struct ContractForm {
    /// The most that is lent, in fen.
    #[schema(example = 5_000_000, minimum = 1)]
    principal_fen: i64,
    /// When it is paid out; `at_start` if it is left out.
    #[schema(value_type = Option<words::Draw>)]
    draw: Option<String>,
    /// The yearly rate.
    rate: RateForm,
    /// How days become parts of a year.
    #[schema(value_type = words::DayCount)]
    day_count: String,
    /// First day that bears interest (起息日).
    #[schema(value_type = String, format = Date, example = "2025-01-01")]
    starts_on: Day,
    /// First day that bears none (到期日).
    #[schema(value_type = String, format = Date, example = "2026-01-01")]
    ends_on: Day,
    /// How it is repaid.
    #[schema(value_type = words::Repayment)]
    repayment: String,
    /// Months from one due day to the next: 1, 3, 6 or 12.
    #[schema(example = 3)]
    every_months: u32,
    /// The first due day; so many months after the first day, if it is left out.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    first_due_on: Option<Day>,
    /// What the bank does with parts of a fen of interest; `half_up` if it is left out.
    #[schema(value_type = Option<words::Rounding>)]
    rounding: Option<String>,
}

impl ContractForm {
    /// A contract as it is shown.
    pub(super) fn of(contract: &Contract) -> Self {
        let terms = contract.terms();
        let fixed = |rate: Rate| RateForm {
            kind: "fixed".to_owned(),
            rate_ppm: Some(rate.get()),
            tenor: None,
            basis_points: None,
            reset_months: None,
        };
        Self {
            principal_fen: terms.principal.get(),
            draw: Some(terms.draw.as_str().to_owned()),
            rate: match terms.rate {
                RateTerms::Fixed { rate } => fixed(rate),
                RateTerms::Prime {
                    tenor,
                    basis_points,
                    reset_months,
                } => RateForm {
                    kind: "prime".to_owned(),
                    rate_ppm: None,
                    tenor: Some(tenor.as_str().to_owned()),
                    basis_points: Some(basis_points),
                    reset_months,
                },
            },
            day_count: terms.day_count.as_str().to_owned(),
            starts_on: terms.starts_on,
            ends_on: terms.ends_on,
            repayment: terms.repayment.as_str().to_owned(),
            every_months: terms.every_months,
            first_due_on: terms.first_due_on,
            rounding: Some(terms.rounding.as_str().to_owned()),
        }
    }

    fn rate(&self, fields: &mut Fields) -> Option<RateTerms> {
        let rate = &self.rate;
        let at = |member: &str| format!("/contract/rate/{member}");
        match (rate.kind.as_str(), rate.rate_ppm, rate.basis_points) {
            ("fixed", Some(ppm), None) if rate.tenor.is_none() && rate.reset_months.is_none() => {
                let parsed = Rate::new(ppm);
                if parsed.is_none() {
                    fields.refuse(&at("rate_ppm"), "range");
                }
                Some(RateTerms::Fixed { rate: parsed? })
            }
            ("prime", None, Some(basis_points)) => {
                let tenor = rate.tenor.as_deref().unwrap_or_default();
                Some(RateTerms::Prime {
                    tenor: fields.word::<Tenor>(&at("tenor"), tenor)?,
                    basis_points,
                    reset_months: rate.reset_months,
                })
            }
            _ => {
                fields.explain(
                    "/contract/rate",
                    "rate",
                    "固定利率只写rate_ppm；浮动利率写tenor、basis_points和可选的reset_months。",
                    "A fixed rate has rate_ppm only; a prime one has tenor, basis_points and perhaps reset_months.",
                );
                None
            }
        }
    }

    /// The contract, or what is wrong with it, by the names of its fields.
    pub(super) fn parse(&self, fields: &mut Fields) -> Option<Contract> {
        let principal = fields.fen("/contract/principal_fen", self.principal_fen);
        let draw = self.draw.as_deref().map_or(Some(Draw::AtStart), |word| {
            fields.word("/contract/draw", word)
        });
        let rate = self.rate(fields);
        let day_count = fields.word::<DayCount>("/contract/day_count", &self.day_count);
        let repayment = fields.word::<Repayment>("/contract/repayment", &self.repayment);
        let rounding = self
            .rounding
            .as_deref()
            .map_or(Some(Rounding::HalfUp), |word| {
                fields.word("/contract/rounding", word)
            });
        let terms = ContractTerms {
            principal: principal?,
            draw: draw?,
            rate: rate?,
            day_count: day_count?,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            repayment: repayment?,
            every_months: self.every_months,
            first_due_on: self.first_due_on,
            rounding: rounding?,
        };
        match Contract::new(terms) {
            Ok(contract) => Some(contract),
            Err(faults) => {
                for fault in faults.0 {
                    let text = fault.code.text();
                    let pointer = format!("/contract/{}", fault.field);
                    let text = Text::made(text.zh, text.en);
                    fields.note(FieldError::new(pointer, fault.code.as_str(), text));
                }
                None
            }
        }
    }
}

/// Who borrows, or represents the co-operative that does.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanBorrower)]
pub struct BorrowerForm {
    /// Citizen ID (GB 11643-1999, 18 characters).
    #[schema(min_length = 18, max_length = 18)]
    citizen_id: String,
    /// Name.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
}

/// A loan to be posted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LoanForm, example = json!({
    "bank": "PSBC", "contract_no": "PSBC-430102-2025-0001",
    "borrower": {"citizen_id": "430102196503150023", "name": "李秀英"},
    "purpose": "production",
    "contract": {
        "principal_fen": 5_000_000, "rate": {"kind": "fixed", "rate_ppm": 43_500},
        "day_count": "actual/360", "starts_on": "2025-01-01", "ends_on": "2026-01-01",
        "repayment": "interest_only", "every_months": 3
    }
}))]
pub struct LoanForm {
    /// Code of the bank. An officer names it; a bank's own is that of its token, and may be left out.
    #[schema(min_length = 1, max_length = 32)]
    bank: Option<String>,
    /// The bank's number of the contract (合同号).
    #[schema(min_length = 1, max_length = 64)]
    contract_no: String,
    /// Who borrows, or represents the co-operative that does.
    borrower: BorrowerForm,
    /// Unified social credit code (GB 32100-2015) of the co-operative or firm that borrows; of a
    /// household's loan it is left out.
    #[schema(min_length = 18, max_length = 18)]
    credit_code: Option<String>,
    /// What it is for.
    #[schema(value_type = words::LoanPurpose)]
    purpose: String,
    /// The contract.
    contract: ContractForm,
    /// Households that a co-operative leads, if known.
    households_led: Option<u32>,
}

impl Form for LoanForm {
    const OBJECTS: &'static [&'static str] = &["/borrower", "/contract", "/contract/rate"];
}

impl LoanForm {
    /// The parsed form, of a bank of this code or an officer.
    pub(super) fn parse(
        self,
        own_bank: Option<&str>,
        within: Option<&DivisionCode>,
        today: Day,
    ) -> Result<NewLoan, Problem> {
        let mut fields = Fields::on(today);
        let bank = match (own_bank, self.bank.as_deref()) {
            (Some(own), None) => Some(own.to_owned()),
            (Some(own), Some(said)) if own == said => Some(own.to_owned()),
            (Some(_), Some(_)) => {
                fields.explain(
                    "/bank",
                    "not_own",
                    "只能登记本行的贷款。",
                    "A bank posts its own loans only.",
                );
                None
            }
            (None, said) => fields.text("/bank", said.unwrap_or_default(), MAX_BANK),
        };
        let contract_no = fields.text("/contract_no", &self.contract_no, 64);
        let borrower = fields.citizen_id("/borrower/citizen_id", &self.borrower.citizen_id);
        let name = fields.name("/borrower/name", &self.borrower.name);
        let credit_code = match &self.credit_code {
            Some(code) => fields.credit_code("/credit_code", code).map(Some),
            None => Some(None),
        };
        let purpose = fields.word::<LoanPurpose>("/purpose", &self.purpose);
        let contract = self.contract.parse(&mut fields);
        if self.households_led.is_some_and(|led| led > 1_000_000) {
            fields.refuse("/households_led", "range");
        }
        fields.finish(|| {
            Some(NewLoan {
                channel: if within.is_some() { "officer" } else { "bank" },
                within: within.cloned(),
                bank: bank?,
                contract_no: contract_no?,
                borrower: borrower?,
                credit_code: credit_code?,
                content: LoanContent {
                    borrower_name: name?,
                    purpose: purpose?,
                    contract: contract?,
                    family_kept_policy: None,
                    households_led: self.households_led,
                    jobs_created: None,
                    income: None,
                    confirmation: None,
                },
            })
        })
    }
}
