//! Subsidising: the loans of a holder go to the core together, for they share caps; what comes back
//! that differs from what was decided before is written, netted by person and year and settled, all in
//! the transaction of the news.

mod known;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use sizhu_core::loan::{LoanDecision, PrimeRates, SubsidyPeriod, subsidise};
use sizhu_core::pack::ProgrammeId;
use sizhu_core::programme::Programme;
use sizhu_core::{Day, DecisionId, DivisionCode, ENGINE_VERSION, Fen, HolderId, LoanId, SubjectId};
use sizhu_store::{
    StoreError, Tx, audit,
    decisions::{self, Decision, LoanDetails, Matter},
    prime_rates,
    residents::Resident,
    subsidy_runs,
};
use uuid::Uuid;

use super::adoption::to_decide_under;
use super::deciding::{changes, same_reasons, same_rules};
use super::news::News;
use super::settling::{self, Change};
use crate::policies::{Policies, PolicySet};
use crate::problem::Problem;

pub use known::Known;

/// The programme id of 计生家庭创业贷款贴息.
pub const LOAN_INTEREST: &str = "entrepreneurship-loan-interest";

/// The same, as packs have it.
#[must_use]
pub fn programme_id() -> Option<ProgrammeId> {
    ProgrammeId::parse(LOAN_INTEREST)
}

/// Which periods of a holder's loans are decided.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// Those that were decided before: news.
    Decided,
    /// One period, of borrowers registered in a county: a run.
    Run {
        /// The county.
        county: &'a DivisionCode,
        /// The period.
        period: SubsidyPeriod,
        /// Last day of which payments count.
        as_of: Day,
    },
    /// Those that were decided before, and those that were run in the county of this person, who was
    /// just registered.
    Registered(SubjectId),
}

/// Loans of one county and period, to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    county: DivisionCode,
    period: SubsidyPeriod,
    as_of: Day,
}

#[derive(Debug, thiserror::Error)]
enum Undecidable {
    #[error("an amount is out of range")]
    Amount,
    #[error("the borrower of loan {0} is not in the registry")]
    Unregistered(LoanId),
}

/// Decides loans of some holders and posts the differences. All people of the holders, and then the
/// holders, are locked by the caller.
///
/// # Errors
/// What the store says; an internal problem when a stored loan cannot be decided.
pub async fn decide_holders(
    tx: &mut Tx,
    policies: &Policies,
    of: &[HolderId],
    which: Which<'_>,
    news: News<'_>,
) -> Result<(), Problem> {
    let set = to_decide_under(tx, policies, LOAN_INTEREST, news).await?;
    let known = Known::load_all(tx, of, None).await?;
    let people: Vec<SubjectId> = known.iter().flat_map(Known::borrowers).collect();
    let loans: Vec<LoanId> = known.iter().flat_map(Known::ids).collect();
    let (before, made) = tx
        .as_decider_of(&people, async |tx| {
            let before = Before::load(tx, &loans).await?;
            let made = make(tx, &set, &known, &before, which, news).await?;
            Ok::<_, Problem>((before, made))
        })
        .await?;
    let decisions: Vec<&Decision> = made.iter().collect();
    decisions::insert_all(tx, &decisions).await?;
    audit::record_all(tx, made.iter().map(event).collect(), news.now).await?;
    let owed = owed(&known, &before, made)?;
    let people: Vec<(&Resident, &[Change])> = owed
        .iter()
        .map(|(resident, changes)| (*resident, changes.as_slice()))
        .collect();
    settling::settle_all(tx, &people, LOAN_INTEREST, news).await
}

/// The decisions in force on some loans.
struct Before(BTreeMap<LoanId, Vec<Decision>>);

impl Before {
    async fn load(tx: &mut Tx, loans: &[LoanId]) -> Result<Self, StoreError> {
        let mut before: BTreeMap<LoanId, Vec<Decision>> = BTreeMap::new();
        for decision in decisions::current_of_loans(tx, loans).await? {
            if let Matter::Loan { loan, .. } = decision.matter {
                before.entry(loan).or_default().push(decision);
            }
        }
        Ok(Self(before))
    }

    /// Those on one loan.
    fn of(&self, loan: LoanId) -> impl Iterator<Item = &Decision> {
        self.0.get(&loan).into_iter().flatten()
    }

    /// The one on a matter.
    fn on(&self, matter: Matter) -> Option<&Decision> {
        match matter {
            Matter::Loan { loan, .. } => self.of(loan).find(|old| old.matter == matter),
            Matter::Claim(_) => None,
        }
    }
}

/// Decides the loans of some holders; answers what differs from what was decided before.
async fn make(
    tx: &mut Tx,
    set: &PolicySet,
    known: &[Known],
    before: &Before,
    which: Which<'_>,
    news: News<'_>,
) -> Result<Vec<Decision>, Problem> {
    let rates = prime_rates::table(tx, None).await?;
    let mut made = Vec::new();
    for holder in known {
        for want in wanted(tx, holder, before, which, news).await? {
            made.extend(decide(set, holder, before, &want, &rates, news)?);
        }
    }
    Ok(made)
}

/// Decides the loans of a holder for one county and period.
fn decide(
    set: &PolicySet,
    known: &Known,
    before: &Before,
    want: &Wanted,
    rates: &PrimeRates,
    news: News<'_>,
) -> Result<Vec<Decision>, Problem> {
    let mut differing = Vec::new();
    for programme in known.programmes_in(&want.county, set) {
        let facts = known.facts(&programme, want.as_of, rates);
        let decided = subsidise(&programme, &facts, want.period, want.as_of)
            .map_err(|error| Problem::internal(&error))?;
        let snapshot = json!({ "holder": facts, "versions": known.versions() });
        for new in &decided {
            if known.county_of(new.loan).as_ref() != Some(&want.county) {
                continue;
            }
            let own = known.programme_of(new.loan, set);
            if own.is_none_or(|own| own.hash() != programme.hash()) {
                continue;
            }
            let old = before.on(matter_of(new));
            if stands(old, new, &programme) {
                continue;
            }
            let subject = known.subject_of(new.loan);
            let subject =
                subject.ok_or_else(|| Problem::internal(&Undecidable::Unregistered(new.loan)))?;
            let mut made = decision(subject, new, old, &programme, news)?;
            made.facts = snapshot.clone();
            differing.push(made);
        }
    }
    Ok(differing)
}

const fn matter_of(new: &LoanDecision) -> Matter {
    Matter::Loan {
        loan: new.loan,
        period: new.period,
    }
}

/// What the decisions that were made change, by person.
fn owed<'a>(
    known: &'a [Known],
    before: &Before,
    made: Vec<Decision>,
) -> Result<Vec<(&'a Resident, Vec<Change>)>, Problem> {
    let mut people: BTreeMap<SubjectId, Vec<(Option<&Decision>, Decision)>> = BTreeMap::new();
    for new in made {
        let own = people.entry(new.subject).or_default();
        own.push((before.on(new.matter), new));
    }
    let mut owed = Vec::new();
    for (person, written) in &people {
        let changes = changes(written)?;
        if changes.is_empty() {
            continue;
        }
        // Only loans of registered borrowers are decided.
        let resident = known.iter().find_map(|holder| holder.resident(*person));
        owed.extend(resident.map(|resident| (resident, changes)));
    }
    Ok(owed)
}

/// The periods to be decided, each of the borrowers of one county. What was looked at as of a later
/// day before is not looked at as of an earlier one again.
async fn wanted(
    tx: &mut Tx,
    known: &Known,
    before: &Before,
    which: Which<'_>,
    news: News<'_>,
) -> Result<Vec<Wanted>, Problem> {
    let ids = known.ids();
    let old: Vec<&Decision> = ids.iter().flat_map(|loan| before.of(*loan)).collect();
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut add = |county: DivisionCode, period, as_of: Day| {
        let latest = old.iter().filter(|old| period_of(old) == Some(period));
        let latest = latest.filter_map(|old| Some(old.details.as_ref()?.as_of));
        let want = Wanted {
            county,
            period,
            as_of: latest.fold(as_of, Day::max),
        };
        if !wanted.contains(&want) {
            wanted.push(want);
        }
    };
    match which {
        Which::Run {
            county,
            period,
            as_of,
        } => add(county.clone(), period, as_of),
        Which::Decided | Which::Registered(_) => {
            for old in &old {
                let Matter::Loan { loan, period } = old.matter else {
                    continue;
                };
                if let Some(county) = known.county_of(loan) {
                    add(county, period, news.today);
                }
            }
        }
    }
    if let Which::Registered(person) = which
        && let Some(county) = known.county_of_person(person)
    {
        for period in subsidy_runs::periods_done(tx, &county, LOAN_INTEREST).await? {
            add(county.clone(), period, news.today);
        }
    }
    wanted.sort_by(|a, b| (a.period.from, &a.county).cmp(&(b.period.from, &b.county)));
    Ok(wanted)
}

fn period_of(decision: &Decision) -> Option<SubsidyPeriod> {
    match decision.matter {
        Matter::Loan { period, .. } => Some(period),
        Matter::Claim(_) => None,
    }
}

/// Whether nothing need be written: the decision before says the same, or there was none and the loan
/// has no day in the period.
fn stands(old: Option<&Decision>, new: &LoanDecision, programme: &Programme) -> bool {
    let Some(old) = old else {
        return new.segments.is_empty() && new.amount == Fen::ZERO;
    };
    let same_details = old.details.as_ref().is_some_and(|details| {
        details.segments == new.segments
            && details.differences == new.differences
            && details.missing == new.missing
    });
    same_result(old, new)
        && same_details
        && same_reasons(&old.trace, &new.trace)
        && same_rules(old, programme)
}

/// Whether outcome, money and days are as before.
fn same_result(old: &Decision, new: &LoanDecision) -> bool {
    old.outcome == new.outcome
        && old.amount == new.amount
        && old.payable_days == new.days
        && old.by_year == new.by_year
}

fn decision(
    subject: SubjectId,
    new: &LoanDecision,
    old: Option<&Decision>,
    programme: &Arc<Programme>,
    news: News<'_>,
) -> Result<Decision, Problem> {
    let before = old.map_or(Fen::ZERO, |old| old.amount);
    let difference = new.amount.checked_sub(before);
    Ok(Decision {
        id: DecisionId::new(Uuid::now_v7()),
        matter: matter_of(new),
        subject,
        number: old.map_or(1, |old| old.number.saturating_add(1)),
        restates: old
            .filter(|old| same_result(old, new))
            .map(|old| old.restates.unwrap_or(old.id)),
        programme: programme.id().to_string(),
        cause: news.cause.to_owned(),
        outcome: new.outcome,
        amount: new.amount,
        difference: difference.ok_or_else(|| Problem::internal(&Undecidable::Amount))?,
        payable_days: new.days,
        by_year: new.by_year.clone(),
        decided_on: news.today,
        policy_hash: programme.hash().as_str().to_owned(),
        policy_division: programme.nearest().clone(),
        policy_version: new.policy_version.clone(),
        engine_version: ENGINE_VERSION.to_owned(),
        facts: serde_json::Value::Null,
        forgotten_at: None,
        trace: new.trace.clone(),
        details: Some(LoanDetails {
            as_of: new.as_of,
            missing: new.missing.clone(),
            segments: new.segments.clone(),
            differences: new.differences.clone(),
        }),
        recorded_at: news.now,
        superseded_at: None,
    })
}

fn event(made: &Decision) -> audit::Event {
    let (loan, period) = match made.matter {
        Matter::Loan { loan, period } => (Some(loan), Some(period)),
        Matter::Claim(_) => (None, None),
    };
    audit::Event {
        kind: "decision.made",
        subject: Some(made.subject),
        object: Some(made.id.get()),
        division: None,
        details: json!({
            "loan_id": loan,
            "period": period,
            "number": made.number,
            "restates_id": made.restates,
            "cause": made.cause,
            "outcome": made.outcome,
            "amount_fen": made.amount,
            "difference_fen": made.difference,
            "policy_hash": made.policy_hash,
            "engine_version": made.engine_version,
        }),
    }
}
