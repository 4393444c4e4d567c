//! What stands beside the people of a page: statuses, stays, awards. One query each.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    QueryableByName,
    sql_types::{
        Array, BigInt, Bool, Bytea, Date, Integer, Nullable, SmallInt, Text, Timestamptz,
        Uuid as SqlUuid,
    },
};
use diesel_async::RunQueryDsl;
use sizhu_core::{
    Charges, ClaimId, EndReason, Grade, HospitalClass, NursingDays, Period, PersonName,
    StatusFacts, StatusId, StayFacts, SubjectId,
};
use uuid::Uuid;

use super::{Inhabitant, places};
use crate::{
    StoreError, Tx, Vault,
    awards::received_by,
    claims::{open_diagnosis, patient_name_place},
    rows::{count, day, fen, name, unword, unword_opt},
};

/// Fills in statuses, stays and awards. `registered` opens the registered name of the person at a
/// place of the page: only of those with stays, whose name is compared with the hospital's.
pub(super) async fn fill(
    tx: &mut Tx,
    as_of: DateTime<Utc>,
    people: &mut [Inhabitant],
    registered: impl Fn(usize) -> Result<PersonName, StoreError>,
) -> Result<(), StoreError> {
    if people.is_empty() {
        return Ok(());
    }
    statuses(tx, as_of, people).await?;
    stays(tx, as_of, people, registered).await?;
    awards(tx, as_of, people).await
}

#[derive(QueryableByName)]
struct StatusRow {
    #[diesel(sql_type = SqlUuid)]
    resident_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    status_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SmallInt>)]
    grade: Option<i16>,
    #[diesel(sql_type = Date)]
    starts_on: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    effective_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    ends_on: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    end_reason: Option<String>,
}

impl StatusRow {
    /// The status as rules see it; none if it ended before it began to count.
    fn facts(&self) -> Result<Option<StatusFacts>, StoreError> {
        let grade = match self.grade {
            Some(grade) => {
                let grade = u8::try_from(grade).ok().and_then(Grade::new);
                Some(grade.ok_or(StoreError::Corrupt("grade"))?)
            }
            None => None,
        };
        let from = day(self.effective_from.unwrap_or(self.starts_on));
        let Some(period) = Period::new(from, self.ends_on.map(day)) else {
            return Ok(None);
        };
        Ok(Some(StatusFacts {
            id: StatusId::new(self.status_id),
            kind: unword(&self.kind, "status kind")?,
            grade,
            period,
            confirmed: self.effective_from.is_some(),
        }))
    }
}

async fn statuses(
    tx: &mut Tx,
    as_of: DateTime<Utc>,
    people: &mut [Inhabitant],
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.resident.get()).collect();
    let rows: Vec<StatusRow> = diesel::sql_query(
        "SELECT resident_id, status_id, kind, grade, starts_on, effective_from, ends_on, end_reason \
         FROM status_versions WHERE resident_id = ANY($1) AND withdrawn_because_sealed IS NULL \
           AND recorded_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2) \
         ORDER BY starts_on, status_id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(as_of)
    .load(tx.conn())
    .await?;
    let places = places(people, |person| person.resident.get());
    for row in rows {
        let place = places.get(&row.resident_id);
        let Some(person) = place.and_then(|place| people.get_mut(*place)) else {
            continue;
        };
        let reason: Option<EndReason> = unword_opt(row.end_reason.as_deref(), "end reason")?;
        if reason == Some(EndReason::Death) {
            person.died_on = row.ends_on.map(day);
        }
        person.statuses.extend(row.facts()?);
    }
    Ok(())
}

#[derive(QueryableByName)]
struct StayRow {
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    claim_id: Uuid,
    #[diesel(sql_type = Bool)]
    yields_day: bool,
    #[diesel(sql_type = SqlUuid)]
    version_id: Uuid,
    #[diesel(sql_type = Nullable<Bytea>)]
    patient_name_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Date)]
    admitted_on: NaiveDate,
    #[diesel(sql_type = Date)]
    discharged_on: NaiveDate,
    #[diesel(sql_type = Nullable<Bytea>)]
    diagnosis_sealed: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Integer>)]
    nursing_special: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    nursing_level_1: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    nursing_level_2: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    nursing_level_3: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    icu_days: Option<i32>,
    #[diesel(sql_type = Nullable<BigInt>)]
    total_fen: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    insurance_paid_fen: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    self_paid_fen: Option<i64>,
    #[diesel(sql_type = Date)]
    posted_on: NaiveDate,
    #[diesel(sql_type = Text)]
    level: String,
    #[diesel(sql_type = Text)]
    grade: String,
    #[diesel(sql_type = Text)]
    ownership: String,
}

impl StayRow {
    /// The stay as rules see it, of someone of this registered name.
    fn facts(&self, keys: &Vault, registered: &PersonName) -> Result<StayFacts, StoreError> {
        let place = patient_name_place(self.version_id);
        let patient = self.patient_name_sealed.as_deref();
        let patient = patient.map(|sealed| name(&keys.open_text(place, sealed)?));
        let diagnosis = self.diagnosis_sealed.as_deref();
        let diagnosis = diagnosis.map(|sealed| open_diagnosis(keys, self.version_id, sealed));
        let days = |days: Option<i32>| count(days.unwrap_or(0));
        let charges = (self.total_fen, self.insurance_paid_fen, self.self_paid_fen);
        Ok(StayFacts {
            claim: ClaimId::new(self.claim_id),
            admitted_on: day(self.admitted_on),
            discharged_on: day(self.discharged_on),
            yields_day: self.yields_day,
            diagnosis: diagnosis.transpose()?.map(|it| it.code),
            nursing: NursingDays {
                special: days(self.nursing_special)?,
                level_1: days(self.nursing_level_1)?,
                level_2: days(self.nursing_level_2)?,
                level_3: days(self.nursing_level_3)?,
            },
            icu_days: self.icu_days.map(count).transpose()?,
            hospital: HospitalClass {
                level: unword(&self.level, "hospital level")?,
                grade: unword(&self.grade, "hospital grade")?,
                ownership: unword(&self.ownership, "ownership")?,
            },
            name_matches: patient.transpose()?.map(|name| registered.matches(&name)),
            posted_on: day(self.posted_on),
            charges: match charges {
                (Some(total), Some(insurance_paid), Some(self_paid)) => Some(Charges {
                    total: fen(total),
                    insurance_paid: fen(insurance_paid),
                    self_paid: fen(self_paid),
                }),
                _ => None,
            },
        })
    }
}

async fn stays(
    tx: &mut Tx,
    as_of: DateTime<Utc>,
    people: &mut [Inhabitant],
    registered: impl Fn(usize) -> Result<PersonName, StoreError>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = people.iter().map(|person| person.subject.get()).collect();
    // A hospital is of the class it had at admission; before the first day known, of its first.
    // Which stays count is kept only as it is now, so each is taken as its claim says now: days of
    // before a correction could overlap those of a stay that has come to count since.
    let rows: Vec<StayRow> = diesel::sql_query(
        "SELECT s.subject_id, s.claim_id, s.yields_day, v.id AS version_id, v.patient_name_sealed, \
                v.admitted_on, v.discharged_on, v.diagnosis_sealed, v.nursing_special, \
                v.nursing_level_1, v.nursing_level_2, v.nursing_level_3, v.icu_days, \
                v.total_fen, v.insurance_paid_fen, v.self_paid_fen, c.posted_on, \
                h.level, h.grade, h.ownership \
         FROM stays s JOIN claims c ON c.id = s.claim_id \
         JOIN claim_versions v ON v.claim_id = c.id AND v.superseded_at IS NULL \
         JOIN LATERAL (SELECT level, grade, ownership FROM hospital_versions \
              WHERE hospital_id = c.hospital_id \
                AND recorded_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2) \
              ORDER BY (valid_from <= v.admitted_on \
                        AND (valid_until IS NULL OR valid_until > v.admitted_on)) DESC, valid_from \
              LIMIT 1) h ON true \
         WHERE s.subject_id = ANY($1) AND s.counted AND s.recorded_at <= $2 \
         ORDER BY v.admitted_on, s.claim_id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .bind::<Timestamptz, _>(as_of)
    .load(tx.conn())
    .await?;
    let keys = tx.keys();
    let places = places(people, |person| person.subject.get());
    let mut names: HashMap<usize, PersonName> = HashMap::new();
    for row in rows {
        let Some(place) = places.get(&row.subject_id).copied() else {
            continue;
        };
        let Some(person) = people.get_mut(place) else {
            continue;
        };
        let own = match names.entry(place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(slot) => slot.insert(registered(place)?),
        };
        person.stays.push(row.facts(&keys, own)?);
    }
    Ok(())
}

async fn awards(
    tx: &mut Tx,
    as_of: DateTime<Utc>,
    people: &mut [Inhabitant],
) -> Result<(), StoreError> {
    let subjects: Vec<SubjectId> = people.iter().map(|person| person.subject).collect();
    let places = places(people, |person| person.subject);
    for received in received_by(tx, &subjects, Some(as_of)).await? {
        let place = places.get(&received.subject);
        if let Some(person) = place.and_then(|place| people.get_mut(*place)) {
            person.received.push(received);
        }
    }
    Ok(())
}
