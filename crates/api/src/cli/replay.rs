//! `sizhu replay`: every stored decision made once more, and compared with what it says.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use sizhu_core::DecisionId;
use sizhu_store::{Actor, Store, StoreError, StoreOptions, Tx, decisions};

use crate::config::Config;
use crate::problem::{Language, Problem};
use crate::service::replaying::{Replay, make_again};

/// Decisions in one transaction.
const PAGE: i64 = 200;

/// For whom decisions are replayed.
const ACTOR: Actor = Actor::System("replay");

/// Replays everything, telling how far it is on standard error and each decision that does not hold
/// on standard output.
pub(super) async fn run() -> anyhow::Result<ExitCode> {
    let config = Config::from_env()?;
    let store = Store::connect(&StoreOptions {
        url: config.database_url.clone(),
        connections: 1,
        limits: config.limits.patient(),
        keys: Arc::clone(&config.vault),
    })?;
    let count = async |tx: &mut Tx| Ok::<_, Problem>(decisions::count_all(tx).await?);
    let total = store.transaction(&ACTOR, count).await?;
    let (mut done, mut failed, mut gone, mut after) = (0_u64, 0_u64, 0_u64, None);
    loop {
        let replays = page(&store, after).await?;
        let Some((last, _)) = replays.last() else {
            break;
        };
        after = Some(*last);
        for (id, replay) in &replays {
            done = done.saturating_add(1);
            if let Some(at) = replay.as_ref().and_then(Replay::facts_deleted_at) {
                gone = gone.saturating_add(1);
                let at = at.to_rfc3339();
                writeln!(
                    io::stdout(),
                    "{id}: not replayed: its facts were deleted in due time, {at}"
                )?;
            } else if !replay.as_ref().is_some_and(Replay::holds) {
                failed = failed.saturating_add(1);
                tell(*id, replay.as_ref())?;
            }
        }
        writeln!(
            io::stderr(),
            "{done} of {total} decisions replayed, {failed} differ"
        )?;
    }
    let replayed = done.saturating_sub(gone);
    write!(
        io::stdout(),
        "{replayed} decisions replayed, {failed} differ"
    )?;
    match gone {
        0 => writeln!(io::stdout())?,
        gone => writeln!(
            io::stdout(),
            "; {gone} not replayed: their facts were deleted in due time"
        )?,
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The next decisions, each replayed; `None` for one whose sealed columns do not open.
async fn page(
    store: &Store,
    after: Option<DecisionId>,
) -> Result<Vec<(DecisionId, Option<Replay>)>, Problem> {
    let work = async |tx: &mut Tx| {
        let mut replays = Vec::new();
        for (id, stored) in decisions::page(tx, after, PAGE).await? {
            let replay = match stored {
                Ok(stored) => Some(make_again(tx, stored).await?),
                Err(StoreError::Vault(_) | StoreError::Corrupt(_)) => None,
                Err(error) => return Err(error.into()),
            };
            replays.push((id, replay));
        }
        Ok::<_, Problem>(replays)
    };
    store.transaction(&ACTOR, work).await
}

fn tell(id: DecisionId, replay: Option<&Replay>) -> anyhow::Result<()> {
    let Some(replay) = replay else {
        writeln!(
            io::stdout(),
            "{id}: its facts or its trace cannot be opened: they were changed, or are sealed under \
             a key that is not configured"
        )?;
        return Ok(());
    };
    for difference in &replay.differences {
        let words = difference.in_language(Language::English);
        let engine = &replay.stored.engine_version;
        writeln!(io::stdout(), "{id} (engine {engine}): {words}")?;
    }
    Ok(())
}
