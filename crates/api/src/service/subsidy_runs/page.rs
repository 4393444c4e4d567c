//! A page of a run: some holders decided together, in one transaction.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sizhu_core::HolderId;
use sizhu_store::{Tx, holders, jobs::Job, subsidy_runs};

use crate::jobs::{JobFault, Page};
use crate::service::households::lock_holders;
use crate::service::news::News;
use crate::service::passing_over::{PassedOver, decided};
use crate::service::subsidising::{Which, decide_holders};
use crate::state::State;

/// Holders on a page: their people, and then their county's account, stay locked while it is written.
const HOLDERS: i64 = 250;

/// How far a run is.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The last holder.
    after: Option<HolderId>,
    /// Those who could not be decided.
    holders: PassedOver,
}

/// A page of a run's holders, in one transaction. Where some of it cannot be decided, its first half is
/// taken, and of that the first half, until those that are left can be, or it is one, who is passed over:
/// each page keeps to the order of the locks.
///
/// # Errors
/// What the store says.
pub async fn page(state: &State, tx: &mut Tx, job: &Job, most: u32) -> Result<Page, JobFault> {
    let run = subsidy_runs::of_job(tx, job.id).await?;
    let run = run.ok_or(JobFault::Failed("unknown_run"))?;
    let cursor = job.cursor.clone().map(serde_json::from_value);
    let cursor: Option<Cursor> = cursor
        .transpose()
        .map_err(|error| JobFault::internal(&error))?;
    let mut cursor = cursor.unwrap_or_default();
    let (county, until) = (&run.county, run.period.until);
    let total = match job.total {
        Some(total) => total,
        None => holders::count_of_county(tx, county, until).await?,
    };
    let limit = i64::from(most).clamp(1, HOLDERS);
    let found = holders::page_of_county(tx, county, until, cursor.after, limit).await?;
    let mut done = job.done;
    let mut result = None;
    if !found.is_empty() {
        lock_holders(tx, &found).await?;
        let which = Which::Run {
            county,
            period: run.period,
            as_of: run.as_of,
        };
        let news = News::now(&state.clock, "subsidy_run");
        let decide = async |tx: &mut Tx, of: &[HolderId]| {
            decide_holders(tx, &state.policies, of, which, news).await
        };
        let mut taken = found.as_slice();
        while !decided(tx, async |tx| decide(tx, taken).await).await? {
            if let [only] = taken {
                cursor.holders.note(only.get());
                break;
            }
            (taken, _) = taken.split_at(taken.len().div_ceil(2));
        }
        cursor.after = taken.last().copied();
        done = done.saturating_add(i64::try_from(taken.len()).unwrap_or(0));
    } else {
        result = Some(json!({
            "holders": job.done,
            "undecided": cursor.holders.count,
            "undecided_holders": cursor.holders.named,
        }));
    }
    Ok(Page {
        cursor: serde_json::to_value(&cursor).map_err(|error| JobFault::internal(&error))?,
        done,
        total: Some(total),
        result,
    })
}
