//! The demo province on paper: who lives where, what befell them, who was in hospital. Pure, and
//! the same at each start.

mod apportion;
mod hospitals;
mod identity;
mod names;
mod people;
mod random;
mod status;
mod stays;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use anyhow::Context as _;
use sizhu_core::{DivisionCode, Fen};

use apportion::apportion;
use identity::Identities;
use people::{Makers, example_member};
use random::Random;
use stays::Admissions;

pub(super) use hospitals::DemoHospital;
pub(super) use people::Member;
pub(super) use status::Fate;
pub(super) use stays::PlannedClaim;

/// 李秀英, whom the examples of claims name. In the registry, without a stay.
pub(super) const EXAMPLE_MEMBER: &str = "430102196503150023";

/// 周桂兰, whom the example of registering names. Not in the registry.
pub(super) const EXAMPLE_NEWCOMER: &str = "430102196808120044";

/// The village of 李秀英, and of the chain of officers.
pub(super) const EXAMPLE_VILLAGE: &str = "430102001001";

/// Members of the registry, unless more are asked for.
pub(super) const MEMBERS: u32 = 2_000;

/// Members that even the smallest county has.
const FEWEST: u64 = 2;

/// 18,000,000 yuan a year, as the province spends on the hospital-care allowance.
const BUDGET_FEN: u64 = 1_800_000_000;

/// 7,500,000 yuan a year, as the province spends on the interest of start-up loans.
const LOAN_BUDGET_FEN: u64 = 750_000_000;

/// Loans of each county; what a larger province has more of them, counties share by their size.
const FEWEST_LOANS: u64 = 3;

/// A county-level unit, and how many the demo puts there.
pub(super) struct County {
    pub(super) code: DivisionCode,
    /// What its account is filled with each year.
    pub(super) budget: Fen,
    /// What its account of the loan programme is filled with each year.
    pub(super) loan_budget: Fen,
    /// Loans of its members.
    pub(super) loans: usize,
    members: usize,
    villages: Vec<DivisionCode>,
}

/// Who lives in a county.
pub(super) struct People {
    pub(super) members: Vec<Member>,
    /// Claims on them, in the order in which they are posted.
    pub(super) claims: Vec<PlannedClaim>,
}

/// The whole province, before anybody lives there.
pub(super) struct Plan {
    pub(super) hospitals: Vec<DemoHospital>,
    pub(super) counties: Vec<County>,
}

impl Plan {
    /// Plans so many members on the divisions of a CSV (`code,name,level,parent`).
    ///
    /// # Errors
    /// A division that is none, or fewer members than counties need.
    pub(super) fn make(divisions: &str, members: u32) -> anyhow::Result<Self> {
        let villages = villages_by_county(divisions)?;
        let counts = member_counts(&villages, members.into())?;
        let budgets = apportion(BUDGET_FEN, &counts);
        let loan_budgets = apportion(LOAN_BUDGET_FEN, &counts);
        let loans = loan_counts(&counts, members.into())?;
        let amounts = budgets.into_iter().zip(loan_budgets).zip(loans);
        let mut counties = Vec::with_capacity(villages.len());
        for (((code, villages), count), ((budget, loan_budget), loans)) in
            villages.into_iter().zip(counts).zip(amounts)
        {
            counties.push(County {
                code,
                budget: Fen::new(i64::try_from(budget)?),
                loan_budget: Fen::new(i64::try_from(loan_budget)?),
                loans,
                members: usize::try_from(count)?,
                villages,
            });
        }
        Ok(Self {
            hospitals: hospitals::hospitals().context("a hospital of the demo is none")?,
            counties,
        })
    }
}

/// Makes the people of the province, county after county: a large province is never in memory whole.
pub(super) struct Planner {
    plan: Arc<Plan>,
    /// Villages where people may live away from home: in the capital.
    elsewhere: Vec<DivisionCode>,
    identities: Identities,
    admissions: Admissions,
    next: usize,
}

impl Planner {
    pub(super) fn new(plan: Arc<Plan>) -> Self {
        let counties = plan.counties.iter();
        let capital = counties.filter(|county| county.code.as_str().starts_with("4301"));
        let elsewhere = capital.flat_map(|county| county.villages.iter().step_by(10).cloned());
        Self {
            elsewhere: elsewhere.collect(),
            identities: Identities::new(),
            admissions: Admissions::new(&plan.hospitals),
            next: 0,
            plan,
        }
    }

    /// The people of the next county, and its place in the plan; `None` after the last.
    ///
    /// # Errors
    /// Nobody to be found for a place.
    pub(super) fn next(&mut self) -> anyhow::Result<Option<(usize, People)>> {
        let at = self.next;
        let Some(county) = self.plan.counties.get(at) else {
            return Ok(None);
        };
        self.next = at.saturating_add(1);
        let code = &county.code;
        let mut members = Vec::new();
        if EXAMPLE_VILLAGE.starts_with(code.as_str()) {
            members.push(example_member().context("the example is no person")?);
        }
        let makers = Makers {
            county: code,
            villages: &county.villages,
            elsewhere: &self.elsewhere,
            random: Random::of(&format!("people-{code}")),
            identities: &mut self.identities,
        };
        let made = makers.members(county.members.saturating_sub(members.len()));
        let made = made.with_context(|| format!("no people for {code}"))?;
        let claims = self.admissions.of_members(code.as_str(), &made);
        let claims = claims.with_context(|| format!("no stays for {code}"))?;
        members.extend(made);
        Ok(Some((at, People { members, claims })))
    }

    /// Claims on people who are in no registry, once all counties are made.
    ///
    /// # Errors
    /// Nobody to be found for a place.
    pub(super) fn strangers(&mut self) -> anyhow::Result<Vec<PlannedClaim>> {
        let claims = self.admissions.of_strangers(&mut self.identities);
        claims.context("no strangers")
    }
}

/// The villages of each county-level unit that has any, by code.
fn villages_by_county(divisions: &str) -> anyhow::Result<Vec<(DivisionCode, Vec<DivisionCode>)>> {
    let mut codes: Vec<&str> = divisions
        .lines()
        .filter_map(|line| line.split(',').next())
        .filter(|code| code.len() == 12)
        .collect();
    codes.sort_unstable();
    let mut counties: Vec<(DivisionCode, Vec<DivisionCode>)> = Vec::new();
    for code in codes {
        let village = DivisionCode::parse(code).context("a division of the demo is none")?;
        let county = village.county().context("a village in no county")?;
        match counties.last_mut() {
            Some((last, villages)) if *last == county => villages.push(village),
            _ => counties.push((county, vec![village])),
        }
    }
    Ok(counties)
}

/// Members by county: a few each, the others by the number of villages.
fn member_counts(
    villages: &[(DivisionCode, Vec<DivisionCode>)],
    members: u64,
) -> anyhow::Result<Vec<u64>> {
    let weights: Vec<u64> = villages
        .iter()
        .map(|(_, villages)| u64::try_from(villages.len()))
        .collect::<Result<_, _>>()?;
    let everywhere = FEWEST * u64::try_from(weights.len())?;
    let others = members
        .checked_sub(everywhere)
        .with_context(|| format!("the demo has at least {everywhere} residents"))?;
    Ok(apportion(others, &weights)
        .into_iter()
        .map(|count| count + FEWEST)
        .collect())
}

/// Loans by county, in the proportion of the small demo to its members.
fn loan_counts(counts: &[u64], members: u64) -> anyhow::Result<Vec<usize>> {
    let everywhere = FEWEST_LOANS * u64::try_from(counts.len())?;
    let others = (everywhere * members / u64::from(MEMBERS)).saturating_sub(everywhere);
    let more = apportion(others, counts).into_iter();
    let loans = more.map(|more| usize::try_from(more + FEWEST_LOANS));
    Ok(loans.collect::<Result<_, _>>()?)
}
