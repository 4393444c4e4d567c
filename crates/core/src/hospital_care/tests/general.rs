//! Programmes of stays with several entitlements, and what is told of them.

use serde_json::json;

use super::*;
use crate::fact::{Fact, FactValue};
use crate::stay::Charges;
use crate::trace::ClauseScope;

/// Intensive care with a cap of its own, ordinary days with theirs, a supplement for one illness,
/// a sum for each stay, and a share of what is borne; a waiting period after enrolment.
const SEVERAL: &str = r#"
format = 2
programme = "hospital-care-allowance"
place = "43"
help = "illness"
subject = "person"
period = "stay"
title = { zh = "测试", en = "Test" }
summary = { zh = "测试", en = "Test" }

[sources.test]
instrument = "a test"
class = "general"

[[values.publicity_days]]
from = "2018-04-01"
value = "7 days"
source = "test"

[[values.counting]]
from = "2018-04-01"
value = "discharge_minus_admission"
source = "test"

[[values.intensive_rate]]
from = "2018-04-01"
value = "300 yuan/day"
source = "test"

[[values.intensive_cap]]
from = "2018-04-01"
value = "3 days"
source = "test"

[[values.rate]]
from = "2018-04-01"
table = [
  { nursing_level = ["special", "level_1"], value = "100 yuan/day" },
  { nursing_level = ["level_2", "level_3"], value = "60 yuan/day" },
]
source = "test"

[[values.year_cap]]
from = "2018-04-01"
value = "1000 yuan"
source = "test"

[[values.supplement_rate]]
from = "2018-04-01"
value = "20 yuan/day"
source = "test"

[[values.welcome]]
from = "2018-04-01"
value = "50 yuan"
source = "test"

[[values.deductible]]
from = "2018-04-01"
value = "1000 yuan"
source = "test"

[[values.share]]
from = "2018-04-01"
value = "90 %"
source = "test"

[[values.waiting]]
from = "2018-04-01"
value = "30 days"
source = "test"

[clauses.status]
title = { zh = "资格", en = "Status" }
any = ["lost", { fact = "surgery_complication" }]
source = "test"

[clauses.lost]
title = { zh = "其一", en = "The first" }
fact = "child_died"
source = "test"

[clauses.waited]
title = { zh = "等待期", en = "Waiting period" }
fact = "enrolled_on"
days_since_at_least = "waiting"
source = "test"

[clauses.intensive]
title = { zh = "重症监护", en = "Intensive care" }
fact = "intensive_care"
source = "test"

[clauses.severe]
title = { zh = "特定病种", en = "A named illness" }
fact = "diagnosis"
in = ["N18"]
source = "test"

[clauses.public]
title = { zh = "公立医院", en = "A public hospital" }
fact = "hospital_ownership"
is = "public"
source = "test"

[[versions]]
from = "2018-04-01"
source = "test"
eligibility = { all = ["status", "waited"] }
review = ["county_decision", "publicity"]
publicity = { mode = "aggregate", title = { zh = "补助", en = "Allowance" }, days = "publicity_days" }
payee = "person"
memo = "护理补贴"

[[versions.entitlements]]
id = "intensive"
title = { zh = "重症监护", en = "Intensive care" }
when = { all = ["public", "intensive"] }
form = "per_unit"
units = "stay_days"
rate = "intensive_rate"
counting = "counting"
cap_per_stay = "intensive_cap"

[[versions.entitlements]]
id = "daily"
title = { zh = "住院", en = "Days in hospital" }
when = { all = ["public", { not = "intensive" }] }
form = "per_unit"
units = "stay_days"
rate = "rate"
counting = "counting"
cap_per_year = "year_cap"

[[versions.entitlements]]
id = "supplement"
title = { zh = "补充", en = "Supplement" }
when = { all = ["public", "severe"] }
form = "per_unit"
units = "stay_days"
rate = "supplement_rate"
counting = "counting"

[[versions.entitlements]]
id = "welcome"
title = { zh = "一次", en = "Once" }
when = "public"
form = "flat"
amount = "welcome"

[[versions.entitlements]]
id = "costs"
title = { zh = "费用", en = "Costs" }
when = "public"
form = "share_of_cost"
cost = "cost_self_paid"
deductible = "deductible"
share = "share"
"#;

/// Sixteen days, the first five in intensive care and under special nursing.
fn severe() -> StayFacts {
    StayFacts {
        diagnosis: Some(DiagnosisCode::parse("N18.500").unwrap()),
        nursing: NursingDays {
            special: 5,
            level_1: 6,
            level_2: 0,
            level_3: 5,
        },
        icu_days: Some(5),
        charges: Some(Charges {
            total: Fen::new(900_000),
            insurance_paid: Fen::new(700_000),
            self_paid: Fen::new(200_001),
        }),
        ..stay(1, "2026-03-01", "2026-03-17")
    }
}

fn enrolled(on: &str, stays: Vec<StayFacts>) -> PersonFacts {
    let mut person = member(stays);
    let value = FactValue::parse(Fact::EnrolledOn, &json!(on)).unwrap();
    assert!(person.facts.learn(&value));
    person
}

fn ids(trace: &Trace) -> Vec<&str> {
    trace.0.iter().map(|entry| entry.clause.as_str()).collect()
}

#[test]
fn entitlements_are_priced_one_by_one_and_added() {
    let programme = programme(SEVERAL);
    let decision = one(&programme, &enrolled("2020-01-01", vec![severe()]));
    let intensive = 3 * 30_000;
    // 6 days at 100 yuan and 5 at 60 come to 900 yuan, below the year's cap.
    let daily = 6 * 10_000 + 5 * 6_000;
    let supplement = 16 * 2_000;
    // 90 % of 1,000.01 yuan is 900.009 yuan.
    let once = 5_000 + 90_001;
    let amount = intensive + daily + supplement + once;
    assert_eq!(decision.amount.get(), amount);
    // The supplement pays all sixteen days, and no day counts twice.
    assert_eq!(decision.payable_days, 16);
    assert_eq!(decision.by_year.len(), 1);
    assert_eq!(decision.by_year[0].amount, decision.amount);
    assert_eq!(
        result(&decision, "cap_per_stay:intensive"),
        ClauseResult::Note
    );
    assert_eq!(result(&decision, "entitlement:costs"), ClauseResult::Pass);
    let segments = &decision.trace.clause("daily_rate:daily").unwrap().saw["segments"];
    assert_eq!(segments[0]["unpaid"], "when");
    assert_eq!(segments[0]["entitlement"], "daily");
}

#[test]
fn a_cap_in_yuan_pays_the_last_day_in_part() {
    let programme = programme(SEVERAL);
    let second = StayFacts {
        icu_days: Some(0),
        diagnosis: Some(DiagnosisCode::parse("I63.900").unwrap()),
        ..severe()
    };
    let second = StayFacts {
        claim: ClaimId::new(Uuid::from_u128(2)),
        admitted_on: day("2026-05-01"),
        discharged_on: day("2026-05-17"),
        posted_on: day("2026-05-17"),
        ..second
    };
    let decisions = decide(&programme, &enrolled("2020-01-01", vec![severe(), second])).unwrap();
    // 900 of 1,000 yuan are used up: one whole day is left, and the year's cap stops the rest.
    let rate = decisions[1].trace.clause("daily_rate:daily").unwrap();
    let segments = rate.saw["segments"].as_array().unwrap();
    assert_eq!(segments[0]["amount_fen"], 10_000);
    assert_eq!(segments[1]["unpaid"], "cap_per_year");
    assert_eq!(
        result(&decisions[1], "cap_per_year:daily"),
        ClauseResult::Note
    );
    let half = SEVERAL.replace(
        "value = \"1000 yuan\"\nsource = \"test\"\n\n[[values.supplement",
        "value = \"930.50 yuan\"\nsource = \"test\"\n\n[[values.supplement",
    );
    let programme = packs::programme(&half);
    let third = StayFacts {
        nursing: NursingDays {
            special: 16,
            ..NursingDays::default()
        },
        ..severe()
    };
    let decision = one(&programme, &enrolled("2020-01-01", vec![third]));
    let rate = decision.trace.clause("daily_rate:daily").unwrap();
    let segments = rate.saw["segments"].as_array().unwrap();
    assert_eq!(segments[1]["days"], 9);
    assert_eq!(segments[2]["amount_fen"], 3_050);
    assert_eq!(segments[2]["cut_by"], "cap_per_year");
    assert_eq!(segments[3]["unpaid"], "cap_per_year");
}

#[test]
fn waiting_after_enrolment_ends_within_a_stay() {
    let programme = programme(SEVERAL);
    let case = |on| {
        let decision = one(&programme, &enrolled(on, vec![severe()]));
        (decision.payable_days, result(&decision, "waited"))
    };
    assert_eq!(case("2026-01-30"), (16, ClauseResult::Pass));
    assert_eq!(case("2026-01-31"), (15, ClauseResult::Note));
    assert_eq!(case("2026-02-14"), (1, ClauseResult::Note));
    assert_eq!(case("2026-02-15"), (0, ClauseResult::Fail));
    let decision = one(&programme, &member(vec![severe()]));
    assert_eq!(decision.outcome, Outcome::Undetermined);
    assert_eq!(result(&decision, "waited"), ClauseResult::Undetermined);
    let told = for_hospital(decision.outcome, &decision.trace);
    assert!(told.clause("waited").is_none());
    let person = told.clause("person_conditions").unwrap();
    assert_eq!(person.result, ClauseResult::Undetermined);
}

#[test]
fn clauses_name_their_entitlement_and_their_parts() {
    let programme = programme(SEVERAL);
    let decision = one(&programme, &enrolled("2020-01-01", vec![severe()]));
    let entry = |id: &str| decision.trace.clause(id).unwrap();
    assert_eq!(entry("status").scope, Some(ClauseScope::Person));
    assert_eq!(entry("status/lost").result, ClauseResult::Pass);
    assert_eq!(entry("severe:supplement").scope, Some(ClauseScope::Stay));
    assert_eq!(entry("status").saw["statuses"][0]["kind"], "child_died");
    assert_eq!(entry("waited").saw["facts"]["enrolled_on"], "2020-01-01");
    assert_eq!(entry("daily_rate:daily").chain[0].value, "rate");
    // Which of the alternatives holds would tell the status.
    let told = for_hospital(decision.outcome, &decision.trace);
    assert!(told.clause("status").is_some() && told.clause("status/lost").is_none());
    assert!(told.clause("patient_name").is_none());
    let json = serde_json::to_string(&decision).unwrap();
    assert!(!json.contains("N18.500"), "{json}");
}

#[test]
fn a_hospital_learns_of_the_stay_only_if_that_stops_every_entitlement() {
    let programme = programme(SEVERAL);
    let told = |stay: StayFacts| {
        let person = PersonFacts {
            settled: Vec::new(),
            registered: false,
            statuses: vec![],
            stays: vec![stay],
            facts: KnownFacts::default(),
        };
        let decision = one(&programme, &person);
        assert_eq!(decision.outcome, Outcome::Refused);
        for_hospital(decision.outcome, &decision.trace)
    };
    // The supplement would not pay, but the days would: so it is the person.
    let stroke = stay(1, "2026-03-01", "2026-03-17");
    let refused = told(stroke.clone());
    assert!(
        refused.clause("person_conditions").is_some(),
        "{:?}",
        ids(&refused)
    );
    assert!(ids(&refused).iter().all(|id| !id.starts_with("status")));
    let private = StayFacts {
        hospital: HospitalClass {
            ownership: Ownership::Private,
            ..stroke.hospital
        },
        ..stroke
    };
    let refused = told(private);
    assert!(
        refused.clause("person_conditions").is_none(),
        "{:?}",
        ids(&refused)
    );
    assert_eq!(
        refused.clause("public:daily").unwrap().result,
        ClauseResult::Fail
    );
}

#[test]
fn nobody_outside_the_registry_is_paid() {
    // A programme that asks nothing of the person but what is not known.
    let text = SEVERAL.replace(
        "all = [\"status\", \"waited\"]",
        "any = [\"status\", \"waited\"]",
    );
    let programme = programme(&text);
    let person = PersonFacts {
        settled: Vec::new(),
        registered: false,
        statuses: vec![status("2010-01-01", None)],
        stays: vec![severe()],
        facts: KnownFacts::default(),
    };
    let decision = one(&programme, &person);
    assert_eq!(
        (decision.outcome, decision.amount),
        (Outcome::Refused, Fen::ZERO)
    );
    assert_eq!(result(&decision, "registered"), ClauseResult::Fail);
    let told = for_hospital(decision.outcome, &decision.trace);
    assert!(told.clause("registered").is_none());
}
