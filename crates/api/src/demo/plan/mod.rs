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

use anyhow::Context as _;
use sizhu_core::{DivisionCode, Fen};

use apportion::apportion;
use identity::Identities;
use people::{People, example_member};
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

/// Members of the registry in all.
const MEMBERS: u64 = 2_000;

/// Members that even the smallest county has.
const FEWEST: u64 = 2;

/// 18,000,000 yuan a year, as the province spends on the hospital-care allowance.
const BUDGET_FEN: u64 = 1_800_000_000;

/// 7,500,000 yuan a year, as the province spends on the interest of start-up loans.
const LOAN_BUDGET_FEN: u64 = 750_000_000;

/// A county-level unit and what the demo puts there.
pub(super) struct County {
    pub(super) code: DivisionCode,
    /// What its account is filled with each year.
    pub(super) budget: Fen,
    /// What its account of the loan programme is filled with each year.
    pub(super) loan_budget: Fen,
    pub(super) members: Vec<Member>,
    /// Claims on its members, in the order in which they are posted.
    pub(super) claims: Vec<PlannedClaim>,
}

/// The whole province.
pub(super) struct Plan {
    pub(super) hospitals: Vec<DemoHospital>,
    pub(super) counties: Vec<County>,
    /// Claims on people who are in no registry.
    pub(super) strangers: Vec<PlannedClaim>,
}

impl Plan {
    /// Plans the province on the divisions of a CSV (`code,name,level,parent`).
    ///
    /// # Errors
    /// A division that is none, or nobody to be found for a place.
    pub(super) fn make(divisions: &str) -> anyhow::Result<Self> {
        let villages = villages_by_county(divisions)?;
        let hospitals = hospitals::hospitals().context("a hospital of the demo is none")?;
        let mut identities = Identities::new();
        let mut admissions = Admissions::new(&hospitals);
        let counts = member_counts(&villages)?;
        let mut counties = Vec::with_capacity(villages.len());
        // People who live away from home live in the capital.
        let elsewhere: Vec<DivisionCode> = villages
            .iter()
            .filter(|(county, _)| county.as_str().starts_with("4301"))
            .flat_map(|(_, villages)| villages.iter().step_by(10).cloned())
            .collect();
        let budgets = apportion(BUDGET_FEN, &counts);
        let budgets = budgets.into_iter().zip(apportion(LOAN_BUDGET_FEN, &counts));
        for (((code, villages), count), budget) in villages.iter().zip(counts).zip(budgets) {
            let mut members = Vec::new();
            if EXAMPLE_VILLAGE.starts_with(code.as_str()) {
                members.push(example_member().context("the example is no person")?);
            }
            let people = People {
                county: code,
                villages,
                elsewhere: &elsewhere,
                random: Random::of(&format!("people-{code}")),
                identities: &mut identities,
            };
            let more = usize::try_from(count)?.saturating_sub(members.len());
            let made = people
                .members(more)
                .with_context(|| format!("no people for {code}"))?;
            let claims = admissions.of_members(code.as_str(), &made);
            members.extend(made);
            counties.push(County {
                code: code.clone(),
                budget: Fen::new(i64::try_from(budget.0)?),
                loan_budget: Fen::new(i64::try_from(budget.1)?),
                members,
                claims: claims.with_context(|| format!("no stays for {code}"))?,
            });
        }
        let strangers = admissions
            .of_strangers(&mut identities)
            .context("no strangers")?;
        Ok(Self {
            hospitals,
            counties,
            strangers,
        })
    }

    /// How many members there are.
    pub(super) fn members(&self) -> usize {
        self.counties
            .iter()
            .map(|county| county.members.len())
            .sum()
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
fn member_counts(villages: &[(DivisionCode, Vec<DivisionCode>)]) -> anyhow::Result<Vec<u64>> {
    let weights: Vec<u64> = villages
        .iter()
        .map(|(_, villages)| u64::try_from(villages.len()))
        .collect::<Result<_, _>>()?;
    let everywhere = FEWEST * u64::try_from(weights.len())?;
    let others = MEMBERS
        .checked_sub(everywhere)
        .context("more counties than members")?;
    Ok(apportion(others, &weights)
        .into_iter()
        .map(|count| count + FEWEST)
        .collect())
}
