//! Policy texts in the hands of policy staff: uploaded as drafts, approved by a second client,
//! withdrawn before they are in force. A text never changes.

use serde_json::json;
use sizhu_core::{Day, PolicyHash, PolicyVersionId, pack};
use sizhu_store::{
    Actor, Constraint, Store, StoreError, Tx, audit, divisions, policies,
    policy_versions::{
        self, Approval, Filter, Origin, PolicyVersion, TextKind, VersionState, approve, withdraw,
    },
};
use uuid::Uuid;

use super::adoption::in_force;
use super::desk::state_conflict;
use super::news::News;
use crate::policies::{PolicyFaults, PolicySet, Source};
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// Faults that one answer tells at most; the text is short, its author reads on after them.
const FAULTS_TOLD: usize = 100;

/// What policy staff work with: the store, who acts and when.
#[derive(Clone, Copy)]
pub struct Office<'a> {
    /// The store.
    pub store: &'a Store,
    /// The actor of the transaction.
    pub actor: &'a Actor,
    /// When.
    pub news: News<'a>,
}

/// A text and its body.
#[derive(Debug)]
pub struct Uploaded {
    /// Where it is in its life.
    pub version: PolicyVersion,
    /// The text.
    pub text: String,
}

/// Uploads a draft. A bad text is refused whole, and so is one that does not fit what is in force.
///
/// # Errors
/// 422 with every fault and its place.
pub async fn upload(office: Office<'_>, text: String, note: String) -> Result<Uploaded, Problem> {
    let Ok(heading) = pack::heading(&text) else {
        // With every other fault that can be found in it.
        return Err(match fitting(&PolicySet::default(), &text) {
            Err(problem) => problem,
            Ok(_) => refused(&[]),
        });
    };
    let version = PolicyVersion {
        id: PolicyVersionId::new(Uuid::now_v7()),
        programme: heading.programme,
        place: heading.place,
        kind: kind_of(heading.document),
        text_hash: PolicyHash::of(&text).as_str().to_owned(),
        origin: Origin::Uploaded,
        state: VersionState::Draft,
        version: 1,
        note,
        recorded_by: office.actor.name().to_owned(),
        recorded_at: office.news.now,
        approval: None,
        activated_at: None,
        ended_at: None,
    };
    let work = async |tx: &mut Tx| {
        fitting(&in_force(tx).await?, &text)?;
        keep_text(tx, &version, &text, office.news).await?;
        policy_versions::insert(tx, &version).await?;
        record(tx, "policy_version.uploaded", &version, office.news).await?;
        Ok::<(), Problem>(())
    };
    office.store.transaction(office.actor, work).await?;
    Ok(Uploaded { version, text })
}

/// Keeps the body of a text under its hash, if its place is known.
pub(super) async fn keep_text(
    tx: &mut Tx,
    version: &PolicyVersion,
    text: &str,
    news: News<'_>,
) -> Result<(), Problem> {
    if let pack::Place::Division(code) = &version.place
        && !divisions::exists(tx, code).await?
    {
        return Err(Problem::validation(vec![FieldError::new(
            "/text",
            "unknown_division",
            Text::new(
                "没有文本所在地的区划代码。",
                "There is no division of the text's place.",
            ),
        )]));
    }
    let (hash, programme) = (&version.text_hash, version.programme.as_str());
    policies::keep(tx, hash, programme, &version.place, text, news.now).await?;
    Ok(())
}

/// A text with its body.
///
/// # Errors
/// 404.
pub async fn find(store: &Store, actor: &Actor, id: PolicyVersionId) -> Result<Uploaded, Problem> {
    let work = async |tx: &mut Tx| {
        let found = policy_versions::find(tx, id).await?;
        with_text(tx, found.ok_or_else(Problem::not_found)?).await
    };
    store.transaction(actor, work).await
}

/// Texts, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<PolicyVersion>, Problem> {
    let work = async |tx: &mut Tx| Ok(policy_versions::list(tx, filter, limit).await?);
    store.transaction(actor, work).await
}

/// A text, and the one in force in its place, if there is one.
///
/// # Errors
/// 404.
pub async fn find_with_current(
    store: &Store,
    actor: &Actor,
    id: PolicyVersionId,
) -> Result<(Uploaded, Option<Uploaded>), Problem> {
    let work = async |tx: &mut Tx| {
        let found = policy_versions::find(tx, id).await?;
        let found = found.ok_or_else(Problem::not_found)?;
        let current =
            policy_versions::current(tx, &found.programme, &found.place, found.kind).await?;
        let current = match current.filter(|current| current.id != found.id) {
            Some(current) => Some(with_text(tx, current).await?),
            None => None,
        };
        Ok((with_text(tx, found).await?, current))
    };
    store.transaction(actor, work).await
}

/// Approves a draft, by another client than the one that uploaded it, for a day not before today.
/// It is checked once more against what is in force now.
///
/// # Errors
/// 403 to the uploader, 404, 409 when it is no draft or another one waits for its day, 412, 422 when
/// the day has passed or the text no longer fits.
pub async fn approve_draft(
    office: Office<'_>,
    id: PolicyVersionId,
    activates_on: Day,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<PolicyVersion, Problem> {
    if activates_on < office.news.today {
        return Err(Problem::validation(vec![FieldError::new(
            "/activates_on",
            "date_in_past",
            Text::new(
                "生效日期不得早于今天。",
                "The day cannot be earlier than today.",
            ),
        )]));
    }
    let work = async |tx: &mut Tx| {
        let found = lock(tx, id, seen).await?;
        if found.recorded_by == office.actor.name() {
            return Err(own_text());
        }
        if found.state != VersionState::Draft {
            return Err(state_conflict(
                "不是草稿，不能批准。",
                "Only a draft can be approved.",
            ));
        }
        let uploaded = with_text(tx, found).await?;
        fitting(&in_force(tx).await?, &uploaded.text)?;
        let approval = Approval {
            by: office.actor.name().to_owned(),
            at: office.news.now,
            activates_on,
        };
        let mut version = uploaded.version;
        if !approve(tx, id, version.version, &approval)
            .await
            .map_err(in_the_way)?
        {
            return Err(changed());
        }
        version.state = VersionState::Approved;
        version.version = version.version.saturating_add(1);
        version.approval = Some(approval);
        record(tx, "policy_version.approved", &version, office.news).await?;
        Ok(version)
    };
    office.store.transaction(office.actor, work).await
}

/// Withdraws a draft or an approved text before it is in force.
///
/// # Errors
/// 404, 409 once it is in force or over, 412.
pub async fn withdraw_text(
    office: Office<'_>,
    id: PolicyVersionId,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<PolicyVersion, Problem> {
    let work = async |tx: &mut Tx| {
        let mut version = lock(tx, id, seen).await?;
        if !withdraw(tx, id, version.version, office.news.now).await? {
            return Err(state_conflict(
                "已经生效或已经结束，不能撤回。",
                "It is in force or over: it cannot be withdrawn.",
            ));
        }
        version.state = VersionState::Withdrawn;
        version.version = version.version.saturating_add(1);
        version.ended_at = Some(office.news.now);
        record(tx, "policy_version.withdrawn", &version, office.news).await?;
        Ok(version)
    };
    office.store.transaction(office.actor, work).await
}

async fn lock(
    tx: &mut Tx,
    id: PolicyVersionId,
    seen: impl FnOnce(i64) -> Result<(), Problem>,
) -> Result<PolicyVersion, Problem> {
    let found = policy_versions::lock(tx, id).await?;
    let found = found.ok_or_else(Problem::not_found)?;
    seen(found.version.into())?;
    Ok(found)
}

async fn with_text(tx: &mut Tx, version: PolicyVersion) -> Result<Uploaded, Problem> {
    let text = policies::body(tx, &version.text_hash).await?;
    let text = text.ok_or_else(|| Problem::internal(&StoreError::Corrupt("policy text")))?;
    Ok(Uploaded { version, text })
}

/// What is in force with the text in its place; refused whole where it does not fit.
pub(super) fn fitting(current: &PolicySet, text: &str) -> Result<PolicySet, Problem> {
    let source = Source {
        name: "text".to_owned(),
        text: text.to_owned(),
    };
    current
        .with_draft(source)
        .map_err(|PolicyFaults(faults)| refused(&faults))
}

fn refused(faults: &[String]) -> Problem {
    let told = faults.iter().take(FAULTS_TOLD).map(|fault| {
        FieldError::new(
            "/text",
            "policy_fault",
            Text::made(fault.clone(), fault.clone()),
        )
    });
    let problem = Problem::validation(told.collect()).with_member("faults", faults.len());
    problem.with_detail(Text::new(
        "政策文本有误，未予接受；现行版本不变。",
        "The text has faults and was not taken; what is in force is unchanged.",
    ))
}

fn own_text() -> Problem {
    Problem::forbidden().with_detail(Text::new(
        "不得批准自己上传的文本。",
        "Nobody approves what they uploaded themselves.",
    ))
}

fn changed() -> Problem {
    Problem::new(ProblemKind::PreconditionFailed)
}

fn in_the_way(error: StoreError) -> Problem {
    match error.constraint() {
        Some(Constraint::PolicyApproved) => state_conflict(
            "已有待生效的版本，须先撤回。",
            "Another version waits for its day: withdraw it first.",
        ),
        Some(Constraint::PolicyApprover) => own_text(),
        Some(_) | None => error.into(),
    }
}

/// The store's word for what a text is.
pub(super) const fn kind_of(document: pack::Document) -> TextKind {
    match document {
        pack::Document::Pack => TextKind::Pack,
        pack::Document::Overlay => TextKind::Overlay,
    }
}

/// Records a step in the life of a text.
pub(super) async fn record(
    tx: &mut Tx,
    kind: &'static str,
    version: &PolicyVersion,
    news: News<'_>,
) -> Result<(), StoreError> {
    let division = match &version.place {
        pack::Place::Division(code) => Some(code.clone()),
        pack::Place::National => None,
    };
    let event = audit::Event {
        kind,
        subject: None,
        object: Some(version.id.get()),
        division,
        details: json!({
            "programme": version.programme.as_str(),
            "place": version.place.as_str(),
            "kind": version.kind.as_str(),
            "hash": version.text_hash,
            "state": version.state.as_str(),
            "activates_on": version.approval.as_ref().map(|it| it.activates_on),
        }),
    };
    audit::record(tx, event, news.now).await?;
    Ok(())
}
