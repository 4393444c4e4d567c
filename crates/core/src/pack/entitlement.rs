//! Entitlements: what a version gives, in which form, and the limits of it all.

use crate::fact::Fact;
use crate::trace::Bilingual;

use super::condition::Condition;
use super::words::FormKind;

/// One entitlement of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its id, unique in the version.
    pub id: String,
    /// What it is called.
    pub title: Bilingual,
    /// When it is given, beside the programme's eligibility; always, if nothing is said.
    pub when: Option<Condition>,
    /// Its form. Strings are names of values.
    pub form: Form,
}

/// The forms of entitlement. Each string is the name of a value of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// An amount, the same each period, perhaps by table. `yuan`, or `yuan` per the period.
    Flat {
        /// The amount.
        amount: String,
    },
    /// A rate for each unit of a counted fact.
    PerUnit {
        /// `yuan` per the unit of the fact, perhaps by table.
        rate: String,
        /// The counted fact.
        units: Fact,
        /// First units that are not paid.
        free: Option<String>,
        /// The most units paid, or the most `yuan`, in one period.
        cap: Option<String>,
    },
    /// A rate for each day of each stay in hospital, of a programme with the period `stay`.
    PerStayDay(StayUnits),
    /// A share of a cost above a deductible, by tier, up to a ceiling.
    ShareOfCost {
        /// The cost, a fact that is money.
        cost: Fact,
        /// What one bears first, in `yuan`.
        deductible: Option<String>,
        /// The share: a percentage, perhaps by table, or tiers of what is above the deductible.
        share: String,
        /// The most paid, in `yuan`.
        ceiling: Option<String>,
    },
    /// Interest on the capped balance at the capped rate, over the loan's days in the window.
    Interest {
        /// The most principal that counts, in `yuan`, perhaps by table; all loans of a household
        /// or co-operative share it.
        principal_cap: String,
        /// Of co-operatives and firms, in place of it: so many `yuan` for each household they lead.
        principal_cap_per_household_led: Option<String>,
        /// The highest rate that counts, in per cent.
        rate_cap: String,
        /// How days become parts of a year: a word of `loan::DayCount`.
        day_count: String,
        /// The day of the year on which the subsidy's years begin.
        window_start: String,
        /// When it is paid: a word of `loan::Paid`; `year_end`, if nothing is said.
        paid: Option<String>,
        /// Days after its due day on which interest still counts as paid in time; 0, if nothing
        /// is said.
        grace: Option<String>,
    },
    /// A premium that the platform pays for the person.
    Premium {
        /// `yuan`, or `yuan` per the period.
        amount: String,
        /// Who insures.
        insurer: Bilingual,
    },
    /// An amount for the first so many.
    Quota {
        /// The amount, in `yuan`.
        amount: String,
        /// The number of places.
        places: String,
    },
    /// A service, no money.
    InKind {
        /// What is given.
        service: Bilingual,
    },
}

impl Form {
    /// The form's name in packs.
    #[must_use]
    pub const fn kind(&self) -> FormKind {
        match self {
            Self::Flat { .. } => FormKind::Flat,
            Self::PerUnit { .. } | Self::PerStayDay(_) => FormKind::PerUnit,
            Self::ShareOfCost { .. } => FormKind::ShareOfCost,
            Self::Interest { .. } => FormKind::Interest,
            Self::Premium { .. } => FormKind::Premium,
            Self::Quota { .. } => FormKind::Quota,
            Self::InKind { .. } => FormKind::InKind,
        }
    }
}

/// How days of stays are paid. Each string is the name of a value; caps are days or `yuan`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StayUnits {
    /// `yuan/day`, perhaps by table; the value of each day decides.
    pub rate: String,
    /// How days are counted: `discharge_minus_admission` or `both_ends`. At admission.
    pub counting: String,
    /// First days of each stay that are not paid. At admission.
    pub free: Option<String>,
    /// The most of one stay. At admission.
    pub cap_per_stay: Option<String>,
    /// The most in one calendar year. Of each day.
    pub cap_per_year: Option<String>,
    /// The most in a life. Of each day.
    pub cap_lifetime: Option<String>,
}

/// What all components of a version together may come to. Each string is the name of a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Limits {
    /// `yuan` in one period.
    pub per_period: Option<String>,
    /// `yuan` in one calendar year, less what was received this year.
    pub per_year: Option<String>,
    /// `yuan` in a life, less what was received in all.
    pub lifetime: Option<String>,
    /// `times` in a life, less the times received.
    pub times: Option<String>,
}
