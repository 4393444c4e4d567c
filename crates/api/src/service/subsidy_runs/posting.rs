//! The list for public posting: as the pack of the place says, a row for each with masked names, or
//! sums of townships that tell of nobody.

use std::collections::BTreeMap;

use sizhu_core::access::Grant;
use sizhu_core::pack::PublicityMode;
use sizhu_core::simulation::{Tally, show};
use sizhu_core::{Bilingual, DivisionCode, DivisionLevel, Fen, ResidentId, SubsidyRunId};
use sizhu_store::{
    Actor, Store, StoreError, Tx, audit, residents,
    subsidy_runs::{self, RunAward, SubsidyRun},
};

use super::visible;
use crate::policies::PolicySet;
use crate::problem::Problem;
use crate::service::desk::state_conflict;
use crate::service::news::News;
use crate::service::subsidising::programme_id;

/// A row of a masked list.
#[derive(Clone, Debug)]
pub struct Row {
    /// Masked name.
    pub name: String,
    /// Village of registered residence.
    pub division: DivisionCode,
    /// What they get, over all calendar years of the period.
    pub amount: Fen,
}

/// A township of an aggregate list; what would tell of fewer than five families is held back.
#[derive(Clone, Debug)]
pub struct Township {
    /// The township; the county in the sum of all.
    pub division: DivisionCode,
    /// How many families.
    pub families: Option<i64>,
    /// What they get together.
    pub amount: Option<Fen>,
}

/// What is posted.
#[derive(Clone, Debug)]
pub enum Listed {
    /// A row for each, by village and name.
    Masked(Vec<Row>),
    /// Townships by code, and all of them together.
    Aggregate(Vec<Township>, Township),
}

/// A list for posting.
#[derive(Clone, Debug)]
pub struct PublicList {
    /// The run.
    pub run: SubsidyRun,
    /// Its neutral title.
    pub title: Bilingual,
    /// What is posted.
    pub listed: Listed,
}

/// The list of a run's county and period.
///
/// # Errors
/// 404 when there is no such run, or none the caller may see; 409 where the pack lets nothing be
/// posted.
pub async fn public_list(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    set: &PolicySet,
    id: SubsidyRunId,
    news: News<'_>,
) -> Result<PublicList, Problem> {
    let work = async |tx: &mut Tx| {
        let run = visible(tx, grant, id).await?.run;
        let programme = programme_id().and_then(|id| set.resolve(&run.county, &id));
        let last = run.period.until.previous().unwrap_or(run.period.from);
        let version = programme.as_ref().and_then(|it| it.version_at(last));
        let publicity = version.map(|version| &version.publicity);
        let Some(publicity) = publicity.filter(|it| it.mode != PublicityMode::None) else {
            return Err(state_conflict(
                "按政策不公示。",
                "By its policy nothing is posted.",
            ));
        };
        let awards = subsidy_runs::awards(tx, &run, None, i64::MAX).await?;
        let listed = match publicity.mode {
            PublicityMode::Masked => Listed::Masked(rows(tx, &awards).await?),
            PublicityMode::Aggregate | PublicityMode::None => aggregate(&run.county, &awards)?,
        };
        let event = audit::Event {
            kind: "subsidy_run.list_read",
            subject: None,
            object: Some(id.get()),
            division: Some(run.county.clone()),
            details: serde_json::json!({ "awards": awards.len() }),
        };
        audit::record(tx, event, news.now).await?;
        let title = publicity.title.clone();
        Ok(PublicList { run, title, listed })
    };
    store.transaction(actor, work).await
}

/// What each person gets, with where they are registered.
fn by_person(awards: &[RunAward]) -> Result<BTreeMap<ResidentId, (DivisionCode, Fen)>, Problem> {
    let corrupt = || Problem::internal(&StoreError::Corrupt("award"));
    let mut people: BTreeMap<ResidentId, (DivisionCode, Fen)> = BTreeMap::new();
    for award in awards {
        let id = ResidentId::new(award.resident_id);
        let division = DivisionCode::parse(&award.division).map_err(|_bad| corrupt())?;
        let entry = people.entry(id).or_insert((division, Fen::ZERO));
        let amount = entry.1.checked_add(Fen::new(award.amount_fen));
        entry.1 = amount.ok_or_else(corrupt)?;
    }
    Ok(people)
}

async fn rows(tx: &mut Tx, awards: &[RunAward]) -> Result<Vec<Row>, Problem> {
    let mut rows = Vec::new();
    for (id, (division, amount)) in by_person(awards)? {
        if let Some(resident) = residents::find(tx, id).await? {
            rows.push(Row {
                name: resident.details.name.masked(),
                division,
                amount,
            });
        }
    }
    rows.sort_by(|a, b| (&a.division, &a.name, a.amount).cmp(&(&b.division, &b.name, b.amount)));
    Ok(rows)
}

/// The township that a division is or lies in; the division itself, if it is wider.
fn township(mut division: DivisionCode) -> DivisionCode {
    while division.level() == DivisionLevel::Village {
        match division.parent() {
            Some(parent) => division = parent,
            None => break,
        }
    }
    division
}

fn aggregate(county: &DivisionCode, awards: &[RunAward]) -> Result<Listed, Problem> {
    let mut townships: BTreeMap<DivisionCode, Tally> = BTreeMap::new();
    let mut sum = Tally::default();
    for (division, amount) in by_person(awards)?.into_values() {
        let township = township(division);
        for tally in [townships.entry(township).or_default(), &mut sum] {
            tally.granted_after = tally.granted_after.saturating_add(1);
            let after = tally.after.checked_add(amount);
            tally.after = after.ok_or_else(|| Problem::internal(&StoreError::Corrupt("award")))?;
        }
    }
    let (codes, tallies): (Vec<DivisionCode>, Vec<Tally>) = townships.into_iter().unzip();
    let (shown, total) = show(&tallies, &sum, false);
    let rows = codes.into_iter().zip(shown).map(|(division, it)| Township {
        division,
        families: it.granted_after,
        amount: it.after,
    });
    let all = Township {
        division: county.clone(),
        families: total.granted_after,
        amount: total.after,
    };
    Ok(Listed::Aggregate(rows.collect(), all))
}
