//! `/v1/hospitals`: the hospitals that post claims.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use sizhu_core::{
    Day, DivisionCode, DivisionLevel, HospitalClass, HospitalGrade, HospitalId, HospitalLevel,
    Ownership,
};
use sizhu_store::hospitals::Hospital;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use super::answer::{answer, send};
use super::fields::Fields;
use super::words;
use crate::auth::{AdminCaller, Caller};
use crate::extract::{Body, Form, Listing};
use crate::openapi::{BodyProblems, CommonProblems, ConflictProblems};
use crate::page::{Page, PageQuery};
use crate::problem::{FieldError, Problem};
use crate::service::reference as service;
use crate::state::State;

/// Which hospitals.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HospitalFilter {
    /// Those in this division.
    #[param(example = "4301")]
    division: Option<String>,
}

/// A hospital as it is now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hospital)]
pub struct HospitalView {
    /// Its id.
    id: Uuid,
    /// National code of the medical institution.
    #[schema(example = "H43010200001")]
    national_code: String,
    /// Registered name.
    name: String,
    /// Level.
    #[schema(value_type = words::HospitalLevel)]
    level: HospitalLevel,
    /// Grade within the level: c 丙, b 乙, a 甲, special 特等.
    #[schema(value_type = words::HospitalGrade)]
    grade: HospitalGrade,
    /// Ownership.
    #[schema(value_type = words::Ownership)]
    ownership: Ownership,
    /// County-level division where it stands.
    #[schema(example = "430102")]
    county: String,
}

impl HospitalView {
    fn of(hospital: &Hospital) -> Self {
        Self {
            id: hospital.id.get(),
            national_code: hospital.national_code.clone(),
            name: hospital.name.clone(),
            level: hospital.class.level,
            grade: hospital.class.grade,
            ownership: hospital.class.ownership,
            county: hospital.county.to_string(),
        }
    }
}

/// List hospitals
#[utoipa::path(
    operation_id = "list_hospitals",
    tag = "hospitals",
    params(HospitalFilter, PageQuery),
    responses((status = 200, description = "A page of hospitals.", body = Page<HospitalView>), CommonProblems)
)]
#[get("/v1/hospitals")]
pub(crate) async fn list_hospitals(
    state: State,
    caller: Caller,
    query: Listing<HospitalFilter>,
) -> Result<HttpResponse, Problem> {
    let within = query
        .filter
        .division
        .as_deref()
        .map(DivisionCode::parse)
        .transpose();
    let within = within.map_err(|error| {
        Problem::parameters(vec![FieldError::of_code("/division", error.code())])
    })?;
    let after = query.page.after::<String>()?;
    let rows = query.page.rows();
    let found =
        service::hospitals(&state.store, &caller.actor(), within.as_ref(), after, rows).await?;
    let key = |hospital: &Hospital| hospital.national_code.clone();
    let page = Page::cut(found, &query.page, key, |row| HospitalView::of(&row));
    Ok(HttpResponse::Ok().json(page))
}

/// A hospital to be recorded.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HospitalForm, example = json!({
    "national_code": "H43010290001", "name": "示例康复医院", "level": "level_2", "grade": "a",
    "ownership": "public", "county": "430102", "valid_from": "2020-01-01"
}))]
pub struct HospitalForm {
    /// National code of the medical institution.
    #[schema(min_length = 1, max_length = 32)]
    national_code: String,
    /// Registered name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Level.
    #[schema(value_type = words::HospitalLevel)]
    level: HospitalLevel,
    /// Grade within the level.
    #[schema(value_type = words::HospitalGrade)]
    grade: HospitalGrade,
    /// Ownership.
    #[schema(value_type = words::Ownership)]
    ownership: Ownership,
    /// County-level division where it stands, 6 digits.
    county: String,
    /// First day on which this is true.
    #[schema(value_type = String, format = Date)]
    valid_from: Day,
}

impl Form for HospitalForm {}

/// Record a hospital
#[utoipa::path(
    operation_id = "create_hospital",
    tag = "hospitals",
    request_body = HospitalForm,
    responses(
        (status = 201, description = "The hospital.", body = HospitalView),
        CommonProblems, BodyProblems, ConflictProblems,
    )
)]
#[post("/v1/hospitals")]
pub(crate) async fn create_hospital(
    state: State,
    caller: AdminCaller,
    Body(form): Body<HospitalForm>,
) -> Result<HttpResponse, Problem> {
    let news = state.news("hospital.recorded");
    let mut fields = Fields::on(news.today);
    let national_code = fields.text("/national_code", &form.national_code, 32);
    let name = fields.text("/name", &form.name, 200);
    let county = fields.division("/county", &form.county, DivisionLevel::County);
    let valid_from = fields.past("/valid_from", form.valid_from);
    let class = HospitalClass {
        level: form.level,
        grade: form.grade,
        ownership: form.ownership,
    };
    let hospital = fields.finish(|| {
        Some(Hospital {
            id: HospitalId::new(Uuid::now_v7()),
            national_code: national_code?,
            name: name?,
            class,
            county: county?,
            valid_from: valid_from?,
        })
    })?;
    service::record_hospital(&state.store, &caller.actor(), &hospital, news).await?;
    Ok(send(answer(
        StatusCode::CREATED,
        None,
        None,
        &HospitalView::of(&hospital),
    )?))
}
