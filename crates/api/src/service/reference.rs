//! Reference data: divisions and hospitals.

use serde_json::json;
use sizhu_core::DivisionCode;
use sizhu_store::{
    Actor, Constraint, Store, audit,
    divisions::{self, Division},
    hospitals::{self, Hospital},
};

use super::news::News;
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
