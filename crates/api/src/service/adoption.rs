//! What comes in force: the texts the program ships with at start, approved texts on their day, and
//! the set that every process of the service decides under.

use std::sync::Arc;

use serde_json::json;
use sizhu_core::pack::{Period, Place};
use sizhu_core::programme::Programme;
use sizhu_core::{JobId, PolicyHash, PolicyVersionId};
use sizhu_store::{
    Actor, Store, StoreError, Tx, decisions, jobs,
    jobs::{JobKind, JobState, NewJob},
    policies as texts,
    policy_versions::{self, Origin, PolicyVersion, VersionState, activate, supersede, withdraw},
};
use uuid::Uuid;

use super::news::News;
use super::subsidising::LOAN_INTEREST;
use super::versions::{fitting, keep_text, kind_of, record};
use crate::policies::{Document, Policies, PolicySet, Source};
use crate::problem::Problem;

/// The actor of what the service does by itself.
const KEEPER: Actor = Actor::System("policies");

/// Queued redecisions that are looked at: there is one for each change of rules that nobody has
/// worked off.
const REDECISIONS_LOOKED_AT: i64 = 100;

/// What is shipped is recorded as in force where nothing else is, and takes the place of what was
/// shipped before; a text that policy staff brought in force stays, and so does what is in force of
/// a programme whose shipped texts do not fit beside it. Then the set in force is taken up.
/// Decisions of an older engine are queued to be made anew.
///
/// # Errors
/// What the store says; a text in force that the program can no longer read.
pub async fn adopt(store: &Store, policies: &Policies, news: News<'_>) -> Result<(), Problem> {
    let shipped = policies.snapshot();
    let work = async |tx: &mut Tx| {
        policy_versions::alone(tx).await?;
        let mut programmes: Vec<_> = shipped.documents().map(Document::programme).collect();
        programmes.dedup();
        for programme in programmes {
            let of_it = shipped.documents().filter(|it| it.programme() == programme);
            ship(tx, of_it.collect(), news).await?;
        }
        if decisions::any_of_other_engine(tx, sizhu_core::ENGINE_VERSION).await?
            && !engine_change_is_queued(tx).await?
        {
            redecide(tx, None, "engine_changed", news).await?;
        }
        Ok::<(), Problem>(())
    };
    store.transaction(&KEEPER, work).await?;
    take_up(store, policies, news, true).await
}

/// Whether an earlier start, or another process, queued what this one would.
async fn engine_change_is_queued(tx: &mut Tx) -> Result<bool, StoreError> {
    let queued = jobs::Filter {
        kind: JobKind::Redecision,
        within: None,
        state: Some(JobState::Queued),
        before: None,
    };
    let found = jobs::list(tx, &queued, REDECISIONS_LOOKED_AT).await?;
    Ok(found.iter().any(|job| {
        job.params
            .get("cause")
            .is_some_and(|it| it == "engine_changed")
    }))
}

/// Brings approved texts in force whose day has come, and takes up what any process brought in
/// force. Answers how many this one did.
///
/// # Errors
/// As [`adopt`].
pub async fn tick(store: &Store, policies: &Policies, news: News<'_>) -> Result<usize, Problem> {
    let work = async |tx: &mut Tx| Ok::<_, Problem>(policy_versions::due(tx, news.today).await?);
    let due = store.transaction(&KEEPER, work).await?;
    let mut activated = 0_usize;
    for version in due {
        if bring_in_force(store, version, news).await? {
            activated = activated.saturating_add(1);
        }
    }
    take_up(store, policies, news, false).await?;
    Ok(activated)
}

/// Records the shipped texts of one programme that are news, if they fit what stays in force of it.
async fn ship(tx: &mut Tx, documents: Vec<&Document>, news: News<'_>) -> Result<(), Problem> {
    let mut fresh = Vec::new();
    for document in documents {
        let (programme, place) = (document.programme(), document.place());
        let hash = PolicyHash::of(document.text()).as_str().to_owned();
        let kind = kind_of(document.kind());
        let current = policy_versions::current(tx, programme, place, kind).await?;
        match &current {
            Some(current) if current.text_hash == hash => {}
            Some(current) if current.origin == Origin::Uploaded => {
                tracing::warn!(%programme, %place, "a shipped text is passed over: an uploaded one is in force");
            }
            Some(_) | None => fresh.push((document, current)),
        }
    }
    let Some((first, _)) = fresh.first() else {
        return Ok(());
    };
    let in_force = policy_versions::in_force(tx).await?.into_iter();
    let stays = in_force.filter(|(version, _)| {
        let replaced = |(document, current): &(&Document, Option<PolicyVersion>)| {
            document.programme() == &version.programme
                && current.as_ref().is_some_and(|it| it.id == version.id)
        };
        version.programme == *first.programme() && !fresh.iter().any(replaced)
    });
    let beside: Vec<Source> = stays
        .map(|(version, text)| source(&version, text))
        .collect();
    if !beside.is_empty() {
        let shipped = fresh.iter().map(|(document, _)| Source {
            name: "shipped".to_owned(),
            text: document.text().to_owned(),
        });
        if let Err(faults) = PolicySet::of(shipped.chain(beside).collect()) {
            tracing::error!(programme = %first.programme(), %faults,
                "shipped texts are passed over: they do not fit what is in force");
            return Ok(());
        }
    }
    for (document, current) in fresh {
        put_in_force(tx, document, current.is_some(), news).await?;
    }
    Ok(())
}

/// Records a shipped text as in force, in the place of another if there is one.
async fn put_in_force(
    tx: &mut Tx,
    document: &Document,
    replaces: bool,
    news: News<'_>,
) -> Result<(), Problem> {
    let (programme, place) = (document.programme(), document.place());
    let kind = kind_of(document.kind());
    let hash = PolicyHash::of(document.text()).as_str().to_owned();
    if replaces {
        supersede(tx, programme, place, kind, news.now).await?;
    }
    let version = PolicyVersion {
        id: PolicyVersionId::new(Uuid::now_v7()),
        programme: programme.clone(),
        place: place.clone(),
        kind,
        text_hash: hash,
        origin: Origin::Shipped,
        state: VersionState::InForce,
        version: 1,
        note: String::new(),
        recorded_by: KEEPER.name().to_owned(),
        recorded_at: news.now,
        approval: None,
        activated_at: Some(news.now),
        ended_at: None,
    };
    keep_text(tx, &version, document.text(), news).await?;
    policy_versions::insert(tx, &version).await?;
    record(tx, "policy_version.shipped", &version, news).await?;
    if replaces {
        redecide(tx, Some(&version), "policy_changed", news).await?;
    }
    Ok(())
}

/// Brings one due text in force, in one transaction with the end of the one before it. A text that
/// no longer fits what is in force by now is withdrawn, and the log says so.
async fn bring_in_force(
    store: &Store,
    due: PolicyVersion,
    news: News<'_>,
) -> Result<bool, Problem> {
    let work = async |tx: &mut Tx| {
        policy_versions::alone(tx).await?;
        let Some(mut version) = policy_versions::lock(tx, due.id).await? else {
            return Ok(false);
        };
        if version.state != VersionState::Approved {
            return Ok(false);
        }
        let text = texts::body(tx, &version.text_hash)
            .await?
            .unwrap_or_default();
        let current = in_force(tx).await?;
        if fitting(&current, &text).is_err() {
            tracing::error!(id = %version.id, "an approved policy text no longer fits: withdrawn");
            withdraw(tx, version.id, version.version, news.now).await?;
            version.state = VersionState::Withdrawn;
            record(tx, "policy_version.unfit", &version, news).await?;
            return Ok(false);
        }
        supersede(
            tx,
            &version.programme,
            &version.place,
            version.kind,
            news.now,
        )
        .await?;
        if !activate(tx, version.id, news.now).await? {
            return Ok(false);
        }
        version.state = VersionState::InForce;
        record(tx, "policy_version.activated", &version, news).await?;
        redecide(tx, Some(&version), "policy_changed", news).await?;
        Ok::<bool, Problem>(true)
    };
    store.transaction(&KEEPER, work).await
}

/// Queues everyone with claims or decided loans to be decided anew: a rule that reaches back, or a new
/// engine, is news as any other.
async fn redecide(
    tx: &mut Tx,
    version: Option<&PolicyVersion>,
    cause: &'static str,
    news: News<'_>,
) -> Result<(), StoreError> {
    let decided = |version: &PolicyVersion| {
        [sizhu_core::HOSPITAL_CARE, LOAN_INTEREST].contains(&version.programme.as_str())
    };
    if version.is_some_and(|version| !decided(version)) {
        return Ok(());
    }
    let division = version.and_then(|version| match &version.place {
        Place::Division(code) => Some(code.clone()),
        Place::National => None,
    });
    let job = NewJob {
        id: JobId::new(Uuid::now_v7()),
        kind: JobKind::Redecision,
        division,
        params: json!({ "cause": cause }),
        open_key: None,
    };
    jobs::enqueue(tx, &job, news.now).await.map(|_queued| ())
}

/// The set in force, as the database has it.
pub(super) async fn in_force(tx: &mut Tx) -> Result<PolicySet, Problem> {
    let found = policy_versions::in_force(tx).await?;
    let sources = found
        .into_iter()
        .map(|(version, text)| source(&version, text));
    PolicySet::of(sources.collect()).map_err(|faults| Problem::internal(&faults))
}

/// A stored text, named by its row.
fn source(version: &PolicyVersion, text: String) -> Source {
    let kind = version.kind.as_str();
    Source {
        name: format!("{} of {} ({kind})", version.programme, version.place),
        text,
    }
}

/// The set to decide under: the process's own while the programme is made of the texts that
/// are in force, else what the database has. Another process may have brought one in force that
/// this one takes up a moment later; a decision under the old one would not be made anew by the
/// job that was queued with it. The subject is locked by the caller, as it is by that job.
pub(super) async fn to_decide_under(
    tx: &mut Tx,
    policies: &Policies,
    programme: &str,
    news: News<'_>,
) -> Result<Arc<PolicySet>, Problem> {
    let present = policies.snapshot();
    let stored = policy_versions::hashes_in_force(tx, programme).await?;
    let texts = present
        .documents()
        .filter(|it| it.programme().as_str() == programme);
    let mut own: Vec<String> = texts
        .map(|it| PolicyHash::of(it.text()).as_str().to_owned())
        .collect();
    own.sort_unstable();
    if own == stored {
        return Ok(present);
    }
    let fresh = in_force(tx).await?;
    keep_compiled(tx, &fresh, news).await?;
    Ok(Arc::new(fresh))
}

/// Keeps what decisions will be made under, for they name it.
async fn keep_compiled(tx: &mut Tx, set: &PolicySet, news: News<'_>) -> Result<(), StoreError> {
    let decided =
        |it: &&Arc<Programme>| it.period() == Period::Stay || it.id().as_str() == LOAN_INTEREST;
    for programme in set.compiled().filter(decided) {
        let (hash, id) = (programme.hash().as_str(), programme.id().as_str());
        let text = programme.policy().text();
        texts::keep(tx, hash, id, programme.nearest(), text, news.now).await?;
    }
    Ok(())
}

/// Takes up what another process brought in force.
///
/// # Errors
/// As [`adopt`].
pub async fn refresh(store: &Store, policies: &Policies, news: News<'_>) -> Result<(), Problem> {
    take_up(store, policies, news, false).await
}

/// Takes up the set in force, if it is another than the present one. What decisions will be made
/// under is kept first, for they name it.
async fn take_up(
    store: &Store,
    policies: &Policies,
    news: News<'_>,
    anyway: bool,
) -> Result<(), Problem> {
    let present = policies.snapshot();
    let work = async |tx: &mut Tx| {
        let fresh = in_force(tx).await?;
        if !anyway && fresh.same_texts(&present) {
            return Ok(None);
        }
        keep_compiled(tx, &fresh, news).await?;
        Ok::<_, Problem>(Some(fresh))
    };
    if let Some(fresh) = store.transaction(&KEEPER, work).await? {
        policies.replace(fresh);
    }
    Ok(())
}
