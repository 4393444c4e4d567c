//! The facts, each with its type, scope, source and meaning.
//!
//! A fact is added here and nowhere else: packs, forms, documents and the sheet follow.

use std::str::FromStr;

use super::FactType::{Between, Count, Diagnosis, Division, Money, Share, Truth, Word};
use super::{FactInfo, FactScope, FactSource, FactType, words};
use crate::quantity::Unit;
use crate::word::UnknownWord;

/// Declares the facts in their one table: variant, id, type, scope, source, whether it reveals a
/// status or an illness, Chinese title, English title, meaning.
macro_rules! facts {
    ($( $variant:ident, $id:literal, $kind:expr, $scope:ident, $source:ident, $revealing:literal,
        $zh:literal, $en:literal, $meaning:literal; )+) => {
        /// A fact a policy pack may ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fact {
            $( #[doc = $meaning] $variant, )+
        }

        impl Fact {
            /// Every fact, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// Its place in the catalogue.
            #[must_use]
            #[expect(clippy::as_conversions, reason = "the number of a variant without data")]
            pub const fn place(self) -> usize {
                self as usize
            }

            /// Its bit in a fact set.
            #[expect(clippy::as_conversions, reason = "the number of a variant without data")]
            pub(super) const fn bit(self) -> u128 {
                match 1_u128.checked_shl(self as u32) {
                    Some(bit) => bit,
                    None => 0,
                }
            }

            /// What is known of the fact itself.
            #[must_use]
            pub const fn info(self) -> &'static FactInfo {
                match self {
                    $( Self::$variant => &FactInfo {
                        id: $id, kind: $kind, scope: FactScope::$scope, source: FactSource::$source,
                        revealing: $revealing, title: ($zh, $en), meaning: $meaning,
                    }, )+
                }
            }
        }

        impl FromStr for Fact {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $( $id => Ok(Self::$variant), )+
                    _ => Err(UnknownWord { vocabulary: "Fact" }),
                }
            }
        }
    };
}

/// How many facts there are.
pub const FACT_COUNT: usize = Fact::ALL.len();

facts! {
    Registered, "registered", Truth, Person, Registry, false,
        "已登记", "in the registry",
        "The person is in the association's registry.";
    Alive, "alive", Truth, Person, Registry, false,
        "健在", "alive",
        "The person lives. Money to someone who died is paid for days before the death only.";
    Sex, "sex", Word(words::SEX), Person, Registry, false,
        "性别", "sex",
        "As the citizen ID tells it (GB 11643-1999).";
    BornOn, "born_on", FactType::Day, Person, Registry, false,
        "出生日期", "day of birth",
        "As the citizen ID tells it. Of a child, for programmes for children.";
    Hukou, "hukou", Word(words::HUKOU), Person, Form, false,
        "户口性质", "kind of household registration",
        "Urban or rural household registration.";
    Residence, "residence", Division, Person, Registry, false,
        "户籍地", "registered residence",
        "The division of registered residence.";
    SpouseResidence, "spouse_residence", Division, Person, Form, false,
        "配偶户籍地", "spouse's registered residence",
        "The division of the spouse's registered residence.";
    MaritalStatus, "marital_status", Word(words::MARITAL), Person, Registry, false,
        "婚姻状况", "marital status",
        "First marriages are told from later ones.";
    SpouseBornOn, "spouse_born_on", FactType::Day, Person, Registry, false,
        "配偶出生日期", "spouse's day of birth",
        "As the spouse's citizen ID tells it.";
    WifeBornOn, "wife_born_on", FactType::Day, Person, Registry, false,
        "妻子出生日期", "the wife's day of birth",
        "The woman of the couple, the person or the spouse.";
    ChildrenBorn, "children_born", Count(Unit::Child), Person, Form, false,
        "生育子女数", "children born",
        "All children ever born to the person, adopted ones too.";
    ChildrenLiving, "children_living", Count(Unit::Child), Person, Form, true,
        "现存子女数", "children living",
        "Children alive, adopted ones too.";
    DaughtersLiving, "daughters_living", Count(Unit::Child), Person, Form, false,
        "现存女儿数", "daughters living",
        "Daughters among the children alive.";
    OnlyChildCertificate, "only_child_certificate", Truth, Person, Form, false,
        "独生子女父母光荣证", "only-child certificate",
        "The person holds the certificate of honour of parents of an only child.";
    BirthPolicyKept, "birth_policy_kept", Truth, Person, Form, false,
        "符合生育政策", "birth policy kept",
        "No birth against the rules in force at the time.";
    ChildDied, "child_died", Truth, Person, Registry, true,
        "失独资格", "status: only child died",
        "A confirmed status of this kind holds on the day.";
    ChildDiedFrom, "child_died_from", FactType::Day, Person, Registry, true,
        "失独资格起始日", "status since: only child died",
        "The first day that status counts.";
    ChildDisabled, "child_disabled", Truth, Person, Registry, true,
        "独生子女伤残资格", "status: only child disabled",
        "A confirmed status of this kind holds on the day.";
    ChildDisabledFrom, "child_disabled_from", FactType::Day, Person, Registry, true,
        "伤残资格起始日", "status since: only child disabled",
        "The first day that status counts.";
    ChildDisabilityGrade, "child_disability_grade", Between(Unit::Grade, 1, 4), Person, Registry, true,
        "子女残疾等级", "the child's grade of disability",
        "1 is the most severe, 4 the mildest: grade 3 and more severe means at most 3.";
    SurgeryComplication, "surgery_complication", Truth, Person, Registry, true,
        "手术并发症资格", "status: surgery complication",
        "A confirmed status of this kind holds on the day.";
    SurgeryComplicationFrom, "surgery_complication_from", FactType::Day, Person, Registry, true,
        "并发症资格起始日", "status since: surgery complication",
        "The first day that status counts.";
    ComplicationGrade, "complication_grade", Between(Unit::Grade, 1, 4), Person, Registry, true,
        "并发症等级", "grade of the complication",
        "1 is the most severe, 4 the mildest.";
    DisabilityGrade, "disability_grade", Between(Unit::Grade, 1, 4), Person, Form, false,
        "本人残疾等级", "the person's own grade of disability",
        "1 is the most severe, 4 the mildest.";
    CareDependency, "care_dependency", Word(words::CARE_DEPENDENCY), Person, Form, false,
        "失能等级", "dependence on care",
        "What an assessment of abilities came to.";
    EnrolledOn, "enrolled_on", FactType::Day, Person, Form, false,
        "参保（登记）日期", "day of enrolment",
        "The day the person was enrolled in the programme or its insurance; waiting periods run from it.";
    ProgrammeMember, "programme_member", Truth, Person, Form, false,
        "项目对象", "enrolled in the programme",
        "The person is on the programme's roster.";
    ReproductiveFitness, "reproductive_fitness", Truth, Person, Form, true,
        "医学上适宜生育", "medically fit for pregnancy",
        "Neither of the couple is medically unfit.";
    FertilityAssessment, "fertility_assessment", Word(words::FERTILITY), Person, Hospital, true,
        "生育力评估结论", "result of the fertility assessment",
        "What the assessing hospital advises; no detail of it.";
    SignedUpOn, "signed_up_on", FactType::Day, Person, Form, false,
        "报名日期", "day of signing up",
        "The day the person or couple signed up for the campaign.";
    TreatmentCycles, "treatment_cycles", Count(Unit::Cycle), Person, Hospital, true,
        "治疗周期数", "cycles of treatment",
        "Cycles of treatment in the period decided on.";
    ServiceMonths, "service_months", Count(Unit::Month), Person, Form, false,
        "服务月数", "months of service",
        "Months in the period in which the service was really used.";
    ServiceDays, "service_days", Count(Unit::Day), Person, Form, false,
        "服务天数", "days of service",
        "Days in the period in which the service was really used.";
    ServiceTimes, "service_times", Count(Unit::Time), Person, Form, false,
        "服务次数", "times of service",
        "Times in the period the service was really used.";
    ChildcareForm, "childcare_form", Word(words::CHILDCARE), Person, Form, false,
        "托育形式", "kind of nursery place",
        "The child's place in a nursery.";
    ChildcareCertified, "childcare_certified", Truth, Person, Form, false,
        "普惠性托育机构", "certified nursery",
        "The nursery is certified as affordable (普惠性) and really has the child.";
    SchoolAdmitted, "school_admitted", Word(words::SCHOOL), Person, Form, false,
        "录取学校类别", "school admitted to",
        "The kind of school the student was admitted to this year.";
    ParentIsSpecial, "parent_is_special", Truth, Person, Registry, true,
        "父母属计生特殊家庭", "parent of a special family",
        "A parent holds a confirmed special-family status.";
    FamilyKeptPolicy, "family_kept_policy", Truth, Household, Form, false,
        "计划生育家庭", "family-planning family",
        "The family kept the birth policy and is a family-planning family (独生子女户、两女户).";
    LowIncome, "low_income", Truth, Household, Form, false,
        "低收入（低保、特困）", "low income",
        "On subsistence allowance, in special hardship or on the margin of it.";
    IncomePerHead, "income_per_head", Money, Household, Form, false,
        "家庭人均月收入", "monthly income per head",
        "The household's income a month, divided by its people.";
    MeanIncome, "mean_income", Money, Household, Records, false,
        "当地人均月收入", "local mean income",
        "The county's mean monthly income per head, from its statistics.";
    HouseholdPersons, "household_persons", Count(Unit::Person), Household, Form, false,
        "家庭人口", "people of the household",
        "How many live as one.";
    ProjectAgreement, "project_agreement", Truth, Household, Form, false,
        "帮扶协议", "support agreement signed",
        "The household signed the agreement of its support project.";
    ProjectAccepted, "project_accepted", Truth, Household, Form, false,
        "项目验收", "project accepted",
        "The household's project passed its acceptance.";
    Event, "event", Word(words::EVENT), Event, Form, true,
        "事件", "event",
        "What happened.";
    EventOn, "event_on", FactType::Day, Event, Form, false,
        "事件日期", "day of the event",
        "The day it happened.";
    CostTotal, "cost_total", Money, Event, Hospital, false,
        "费用总额", "total cost",
        "The whole cost of the stay, event or period decided on.";
    CostInsured, "cost_insured", Money, Event, Hospital, false,
        "医保支付", "paid by medical insurance",
        "The part medical insurance paid.";
    CostSelfPaid, "cost_self_paid", Money, Event, Hospital, false,
        "个人负担费用", "cost borne by oneself",
        "The part the person paid.";
    LoanBorrower, "loan_borrower", Word(words::BORROWER), Loan, Bank, false,
        "借款主体", "borrower",
        "Who borrows.";
    LoanPurpose, "loan_purpose", Word(words::LOAN_PURPOSE), Loan, Bank, false,
        "贷款用途", "purpose of the loan",
        "What the loan is for, as the contract says and the check found.";
    LoanPrincipal, "loan_principal", Money, Loan, Bank, false,
        "贷款本金", "principal",
        "The balance that bears interest, the same on each of its days.";
    LoanRate, "loan_rate", Share, Loan, Bank, false,
        "年利率", "annual rate",
        "The contract's rate a year.";
    LoanFrom, "loan_from", FactType::Day, Loan, Bank, false,
        "起息日", "interest from",
        "The first day that bears interest.";
    LoanUntil, "loan_until", FactType::Day, Loan, Bank, false,
        "到期日", "interest until",
        "The first day that bears none.";
    LoanInterestPaid, "loan_interest_paid", Truth, Loan, Bank, false,
        "已按期付息", "interest paid in time",
        "The bank certifies that the interest was paid and is not overdue.";
    LoanTimesSubsidised, "loan_times_subsidised", Count(Unit::Time), Loan, Records, false,
        "已贴息次数", "times subsidised before",
        "How many times the household's loans were subsidised before.";
    LoanHouseholdsLed, "loan_households_led", Count(Unit::Household), Loan, Form, false,
        "带动户数", "households led",
        "How many households a co-operative leads.";
    Diagnosis, "diagnosis", Diagnosis, Stay, Hospital, true,
        "主要诊断", "principal diagnosis",
        "ICD-10 with the extensions of the insurance edition.";
    HospitalLevel, "hospital_level", Word(words::HOSPITAL_LEVEL), Stay, Hospital, false,
        "医院等级", "level of the hospital",
        "At admission.";
    HospitalGrade, "hospital_grade", Word(words::HOSPITAL_GRADE), Stay, Hospital, false,
        "医院等次", "grade of the hospital",
        "Within its level, at admission.";
    HospitalOwnership, "hospital_ownership", Word(words::OWNERSHIP), Stay, Hospital, false,
        "医院性质", "owner of the hospital",
        "Public or private, at admission.";
    AdmittedOn, "admitted_on", FactType::Day, Stay, Hospital, false,
        "入院日期", "day of admission",
        "The first day of the stay.";
    DischargedOn, "discharged_on", FactType::Day, Stay, Hospital, false,
        "出院日期", "day of discharge",
        "The day the stay ended.";
    ClaimedAfter, "claimed_after", Count(Unit::Day), Stay, Hospital, false,
        "出院至申报天数", "days from discharge to claim",
        "Days from discharge to the day the claim was posted.";
    StayDays, "stay_days", Count(Unit::Day), Stay, Hospital, false,
        "住院天数", "days of the stay",
        "The stay's days, counted as its programme counts them.";
    NursingLevel, "nursing_level", Word(words::NURSING), Day, Hospital, false,
        "护理级别", "level of nursing",
        "Of the day.";
    IntensiveCare, "intensive_care", Truth, Day, Hospital, false,
        "重症监护", "intensive care",
        "Whether the day was spent in intensive care.";
    QuotaTaken, "quota_taken", Count(Unit::Place), Record, Records, false,
        "已用名额", "places taken",
        "Places of the quota taken before, in the same division and window.";
    TimesReceived, "times_received", Count(Unit::Time), Record, Records, false,
        "已享受次数", "times received",
        "How many times the programme was granted before.";
    ReceivedThisYear, "received_this_year", Money, Record, Records, false,
        "本年已享受金额", "received this year",
        "What the programme granted before in the calendar year.";
    ReceivedInAll, "received_in_all", Money, Record, Records, false,
        "累计已享受金额", "received in all",
        "What the programme granted before, ever.";
}
