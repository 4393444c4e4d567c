//! Reference data: divisions, hospitals, and the policy packs the service runs under.

use chrono::{DateTime, Utc};
use serde_json::json;
use sizhu_core::DivisionCode;
use sizhu_store::{
    Actor, Constraint, Store, StoreError, Tx, audit,
    divisions::{self, Division},
    hospitals::{self, Hospital},
    policies,
};

use super::news::News;
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

/// The divisions right below one, by code.
///
/// # Errors
/// What the store says.
pub async fn divisions(
    store: &Store,
    actor: &Actor,
    parent: Option<&DivisionCode>,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<Division>, Problem> {
    store
        .transaction(actor, async |tx| {
            Ok(divisions::list(tx, parent, after.as_deref(), limit).await?)
        })
        .await
}

/// Hospitals by national code.
///
/// # Errors
/// What the store says.
pub async fn hospitals(
    store: &Store,
    actor: &Actor,
    within: Option<&DivisionCode>,
    after: Option<String>,
    limit: i64,
) -> Result<Vec<Hospital>, Problem> {
    store
        .transaction(actor, async |tx| {
            Ok(hospitals::list(tx, within, after.as_deref(), limit).await?)
        })
        .await
}

/// Keeps the packs the service runs under, for decisions name them.
///
/// # Errors
/// What the store says.
pub async fn keep_policies(
    store: &Store,
    packs: &Policies,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let work = async |tx: &mut Tx| {
        for pack in packs.all() {
            let rules = &pack.rules;
            let (hash, programme) = (rules.hash().as_str(), rules.programme());
            let (division, text) = (rules.division(), &pack.text);
            if policies::keep(tx, hash, programme, division, text, now).await? {
                let event = audit::Event {
                    kind: "policy.adopted",
                    subject: None,
                    object: None,
                    division: Some(division.clone()),
                    details: json!({ "programme": programme, "hash": hash }),
                };
                audit::record(tx, event, now).await?;
            }
        }
        Ok(())
    };
    store.transaction(&Actor::System("start"), work).await
}

/// Records a new hospital.
///
/// # Errors
/// 409 when its national code is known, 422 for a county that is not.
pub async fn record_hospital(
    store: &Store,
    actor: &Actor,
    hospital: &Hospital,
    news: News<'_>,
) -> Result<(), Problem> {
    store
        .transaction(actor, async |tx| {
            if !divisions::exists(tx, &hospital.county).await? {
                return Err(Problem::validation(vec![FieldError::new(
                    "/county",
                    "unknown_division",
                    Text::new("没有这个区划代码。", "There is no division of this code."),
                )]));
            }
            match hospitals::insert(tx, hospital, news.now).await {
                Err(error) if error.constraint() == Some(Constraint::HospitalCode) => {
                    return Err(Problem::new(ProblemKind::AlreadyExists).with_errors(vec![
                        FieldError::new(
                            "/national_code",
                            "recorded",
                            Text::new("该机构代码已登记。", "This code is recorded already."),
                        ),
                    ]));
                }
                inserted => inserted?,
            }
            let event = audit::Event {
                kind: "hospital.recorded",
                subject: None,
                object: Some(hospital.id.get()),
                division: Some(hospital.county.clone()),
                details: json!({ "county": hospital.county }),
            };
            audit::record(tx, event, news.now).await?;
            Ok(())
        })
        .await
}
