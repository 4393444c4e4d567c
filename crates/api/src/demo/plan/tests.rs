//! What must hold of the demo province.

use std::collections::HashSet;
use std::sync::Arc;

use sizhu_core::{Day, MaritalStatus, Sex, StatusKind, check_nursing};

use super::*;
use crate::routes::claim_form::ClaimForm;

/// A plan, and who lives there.
struct Province {
    plan: Arc<Plan>,
    people: Vec<People>,
    strangers: Vec<PlannedClaim>,
}

fn province(of: u32) -> Province {
    let plan = Arc::new(Plan::make(crate::setup::DIVISIONS, of).unwrap());
    let mut planner = Planner::new(Arc::clone(&plan));
    let mut people = Vec::new();
    while let Some((at, made)) = planner.next().unwrap() {
        assert_eq!(at, people.len());
        people.push(made);
    }
    let strangers = planner.strangers().unwrap();
    Province {
        plan,
        people,
        strangers,
    }
}

fn plan() -> Province {
    province(MEMBERS)
}

fn members(province: &Province) -> impl Iterator<Item = &Member> {
    province.people.iter().flat_map(|county| &county.members)
}

fn claims(province: &Province) -> impl Iterator<Item = &PlannedClaim> {
    let of_members = province.people.iter().flat_map(|county| &county.claims);
    of_members.chain(&province.strangers)
}

#[test]
fn the_same_seed_makes_the_same_province() {
    let (one, other) = (plan(), plan());
    let people = |plan: &Province| -> Vec<String> {
        members(plan)
            .map(|member| {
                let details = &member.details;
                format!(
                    "{} {} {} {:?} {} {:?}",
                    member.citizen_id.as_str(),
                    details.name.as_str(),
                    details.division,
                    details.phone,
                    member.status.from,
                    member.fate,
                )
            })
            .collect()
    };
    assert_eq!(people(&one), people(&other));
    let forms = |plan: &Province| -> Vec<_> { claims(plan).map(PlannedClaim::form).collect() };
    assert_eq!(forms(&one), forms(&other));
}

#[test]
fn everybody_is_somebody_else_and_at_home_in_their_county() {
    let plan = plan();
    assert_eq!(
        (
            plan.plan.hospitals.len(),
            plan.plan.counties.len(),
            members(&plan).count()
        ),
        (40, 134, 2_000)
    );
    let ids: HashSet<&str> = members(&plan)
        .map(|member| member.citizen_id.as_str())
        .collect();
    assert_eq!(ids.len(), 2_000);
    assert!(ids.contains(EXAMPLE_MEMBER) && !ids.contains(EXAMPLE_NEWCOMER));
    for (county, people) in plan.plan.counties.iter().zip(&plan.people) {
        assert_eq!(county.members, people.members.len(), "{}", county.code);
        assert!(
            (county.members >= 2, county.loans) == (true, 3),
            "{}",
            county.code
        );
        for member in &people.members {
            assert!(county.code.contains(&member.details.division));
            assert_eq!(member.citizen_id.area(), county.code.as_str());
        }
    }
}

#[test]
fn budgets_add_up_to_the_fen() {
    let sum: i64 = plan()
        .plan
        .counties
        .iter()
        .map(|county| county.budget.get())
        .sum();
    assert_eq!(sum, 1_800_000_000);
}

#[test]
fn people_are_of_believable_age_kind_and_marriage() {
    let plan = plan();
    let share = |of: &dyn Fn(&Member) -> bool| members(&plan).filter(|member| of(member)).count();
    let kind = |kind| share(&|member: &Member| member.status.kind == kind);
    assert!((1_080..1_320).contains(&kind(StatusKind::ChildDied)));
    assert!((500..700).contains(&kind(StatusKind::ChildDisabled)));
    assert!((150..250).contains(&kind(StatusKind::SurgeryComplication)));
    assert!((30..100).contains(&share(&|member| member.fate == Fate::Proposed)));
    assert!((30..100).contains(&share(&|member| matches!(member.fate, Fate::Ended(_)))));
    let end = Day::from_ymd(2026, 1, 1).unwrap();
    for member in members(&plan) {
        let (born_on, status) = (member.citizen_id.born_on(), &member.status);
        assert!((49..=85).contains(&born_on.age_on(end)));
        assert!(Day::from_ymd(1990, 1, 1).unwrap() <= status.from && status.from < end);
        assert_eq!(status.kind.has_grade(), status.grade.is_some());
        assert!(status.kind.entitles(status.grade));
        assert!(status.evidence.iter().all(|paper| paper.issued_on < end));
        let spouse = member.details.spouse.as_ref();
        let married = member.details.marital_status == Some(MaritalStatus::Married);
        if married && member.citizen_id.sex() == Sex::Male {
            assert_eq!(spouse.unwrap().sex(), Sex::Female);
        }
        if let Fate::Ended(ending) = member.fate {
            assert!(ending.on > status.from && ending.on < end && ending.reason.fits(status.kind));
        }
    }
    let ids: HashSet<_> = members(&plan).map(|member| &member.citizen_id).collect();
    let in_couples = members(&plan)
        .filter(|member| {
            member
                .details
                .spouse
                .as_ref()
                .is_some_and(|spouse| ids.contains(spouse))
        })
        .count();
    assert!((850..1_150).contains(&in_couples), "{in_couples}");
}

#[test]
fn stays_could_be_posted_by_a_hospital() {
    let plan = plan();
    assert!(
        (250..400).contains(&claims(&plan).count()),
        "{}",
        claims(&plan).count()
    );
    let mut keys = HashSet::new();
    for claim in claims(&plan) {
        assert_ne!(claim.citizen_id.as_str(), EXAMPLE_MEMBER);
        let form = claim.form();
        let read: ClaimForm = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), form);
        let content = &claim.content;
        let days = content.admitted_on.days_until(content.discharged_on).max(1);
        check_nursing(
            u32::try_from(days).unwrap(),
            &content.nursing,
            content.icu_days,
        )
        .unwrap();
        assert!(keys.insert(claim.medical_record_no.clone()));
        assert!(content.discharged_on < Day::from_ymd(2026, 11, 1).unwrap());
    }
}

#[test]
fn a_larger_province_is_larger_everywhere_in_proportion() {
    let large = province(20_000);
    assert_eq!(members(&large).count(), 20_000);
    let ids: HashSet<&str> = members(&large).map(|it| it.citizen_id.as_str()).collect();
    assert_eq!(ids.len(), 20_000);
    let stays = claims(&large).count();
    assert!((2_500..4_000).contains(&stays), "{stays}");
    let loans: usize = large.plan.counties.iter().map(|county| county.loans).sum();
    assert_eq!(loans, 10 * 3 * 134);
    let small = plan();
    for (few, many) in small.plan.counties.iter().zip(&large.plan.counties) {
        assert!(many.members > few.members && many.loans <= many.members);
    }
    assert!(Plan::make(crate::setup::DIVISIONS, 267).is_err());
}
