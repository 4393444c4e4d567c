//! Synthetic residents as rows to be copied into the tables, the same in every run: seven of ten with
//! a status, half with one or two stays in hospital, all villages of the province.

use std::time::Duration;

use sizhu_core::{CitizenId, Day, Sex};
use sizhu_store::{Place, Vault};
use sizhu_tests::{
    bulk::{Chance, bytes, line, null, plus, vault},
    cluster::DIVISIONS,
    ids,
};
use uuid::Uuid;

/// When the simulation is asked for.
pub(crate) const NOW: &str = "2026-11-23T02:00:00Z";

/// The year that is simulated.
pub(crate) const YEAR: i32 = 2026;

/// When all of this was recorded.
const RECORDED: &str = "2026-10-01T02:00:00Z";

/// Days of birth, one after another and over again.
const BIRTHS: u32 = 60 * 365;

/// The hospital of all stays.
pub(crate) const HOSPITAL: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0001);

/// So many in a second.
pub(crate) fn rate(people: i64, wall: Duration) -> f64 {
    let people = i32::try_from(people).map_or(f64::MAX, f64::from);
    people / wall.as_secs_f64()
}

/// The tables in the order in which they are filled, with their columns.
pub(crate) const TABLES: [(&str, &str); 8] = [
    ("subjects", "id, person_index, recorded_at"),
    (
        "residents",
        "id, subject_id, citizen_id_sealed, channel, recorded_by, recorded_at",
    ),
    (
        "resident_versions",
        "id, resident_id, version, name_sealed, division, marital_status, \
         spouse_citizen_id_sealed, valid_from, recorded_by, recorded_at",
    ),
    (
        "statuses",
        "id, resident_id, channel, recorded_by, recorded_at",
    ),
    (
        "status_versions",
        "id, status_id, resident_id, version, kind, grade, starts_on, effective_from, ends_on, \
         end_reason, confirmed_by, confirmed_on, recorded_by, recorded_at",
    ),
    (
        "claims",
        "id, subject_id, hospital_id, medical_record_no, admitted_on, channel, posted_on, \
         recorded_by, recorded_at",
    ),
    (
        "claim_versions",
        "id, claim_id, version, patient_name_sealed, admitted_on, discharged_on, \
         diagnosis_sealed, nursing_special, nursing_level_1, nursing_level_2, nursing_level_3, \
         icu_days, total_fen, insurance_paid_fen, self_paid_fen, consent_kind, \
         consent_reference, consent_signed_on, fingerprint, recorded_by, recorded_at",
    ),
    (
        "stays",
        "claim_id, subject_id, person_index, admitted_on, discharged_on, counted, yields_day, \
         recorded_at",
    ),
];

/// Rows of some people, as `COPY` takes them, table by table.
pub(crate) type Rows = [String; TABLES.len()];

/// Makes people, batch after batch.
pub(crate) struct People {
    vault: Vault,
    villages: Vec<&'static str>,
    chance: Chance,
    made: u32,
}

impl People {
    pub(crate) fn new() -> Self {
        let codes = DIVISIONS.lines().filter_map(|line| line.split(',').next());
        Self {
            vault: vault(),
            villages: codes.filter(|code| code.len() == 12).collect(),
            chance: Chance::seeded(),
            made: 0,
        }
    }

    pub(crate) fn batch(&mut self, people: u32) -> Rows {
        let mut rows = Rows::default();
        for _ in 0..people {
            self.made += 1;
            self.person(&mut rows);
        }
        rows
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.chance.below(bound)
    }

    fn day(&mut self, year: i32, years: u32) -> Day {
        let days = self.below(years * 365);
        plus(Day::first_of_year(year).expect("a year"), days)
    }

    /// The row of a table that belongs to this person; ascending as those of a real registry.
    fn id(&self, table: u16, number: u16) -> Uuid {
        let own = u128::from(self.made) << 32;
        let base = 0x0199_0000_0000_7000_8000_0000_0000_0000_u128;
        Uuid::from_u128(base | own | u128::from(table) << 8 | u128::from(number))
    }

    fn seal(&self, column: &'static str, row: Uuid, plain: &str) -> String {
        let sealed = self.vault.seal_text(Place { column, row }, plain);
        bytes(&sealed.expect("a sealed value"))
    }

    /// Another one for each person: the days of birth go round, and then the numbers of a day go up.
    fn citizen_id(&self, sex: Sex) -> String {
        let first = Day::first_of_year(1936).expect("a year");
        let born_on = plus(first, self.made % BIRTHS).to_string();
        ids::citizen("430102", &born_on, sex, self.made / BIRTHS)
    }

    fn person(&mut self, rows: &mut Rows) {
        let (subject, resident, version) = (self.id(1, 0), self.id(2, 0), self.id(3, 0));
        let sexes = match self.below(2) {
            0 => (Sex::Female, Sex::Male),
            _ => (Sex::Male, Sex::Female),
        };
        let own = self.citizen_id(sexes.0);
        let index = CitizenId::parse(&own).expect("a citizen ID");
        let index = bytes(self.vault.person_index(&index).as_bytes());
        let spouse = match self.below(4) {
            0 => None,
            _ => Some(self.citizen_id(sexes.1)),
        };
        let marital = if spouse.is_some() {
            "married"
        } else {
            "widowed"
        };
        let spouse = spouse.map_or_else(null, |id| {
            self.seal("resident_versions.spouse_citizen_id_sealed", version, &id)
        });
        let village = self.below(u32::try_from(self.villages.len()).expect("villages"));
        let village = self.villages[usize::try_from(village).expect("a place")];
        let sealed = self.seal("residents.citizen_id_sealed", resident, &own);
        let name = self.seal("resident_versions.name_sealed", version, "王秀英");
        let [subjects, residents, versions, ..] = rows;
        line(subjects, &[&subject, &index, &RECORDED]);
        line(
            residents,
            &[&resident, &subject, &sealed, &"import", &"bench", &RECORDED],
        );
        line(
            versions,
            &[
                &version,
                &resident,
                &1,
                &name,
                &village,
                &marital,
                &spouse,
                &"2020-01-01",
                &"bench",
                &RECORDED,
            ],
        );
        if self.below(10) < 7 {
            self.status(resident, rows);
        }
        self.stays(subject, &index, rows);
    }

    fn status(&mut self, resident: Uuid, rows: &mut Rows) {
        let (status, version) = (self.id(4, 0), self.id(5, 0));
        let (kind, grade) = match self.below(2) {
            0 => ("child_died", null()),
            _ => ("child_disabled", (1 + self.below(3)).to_string()),
        };
        let from = self.day(2008, 17);
        let ends = self.below(10) == 0;
        let (until, reason) = match ends {
            true => (self.day(YEAR, 1).to_string(), "birth".to_owned()),
            false => (null(), null()),
        };
        let [_, _, _, statuses, versions, ..] = rows;
        line(
            statuses,
            &[&status, &resident, &"import", &"bench", &RECORDED],
        );
        line(
            versions,
            &[
                &version, &status, &resident, &1, &kind, &grade, &from, &from, &until, &reason,
                &"bench", &from, &"bench", &RECORDED,
            ],
        );
    }

    /// None, one or two stays of the year, which do not overlap.
    fn stays(&mut self, subject: Uuid, index: &str, rows: &mut Rows) {
        let mut free_from = Day::first_of_year(YEAR).expect("a year");
        for number in 0..self.below(4).saturating_sub(1) {
            let number = u16::try_from(number).expect("few stays");
            let (claim, version) = (self.id(6, number), self.id(7, number));
            let admitted_on = plus(free_from, self.below(60));
            let discharged_on = plus(admitted_on, 1 + self.below(70));
            free_from = discharged_on;
            let diagnosis = match self.below(4) {
                0 => r#"{"code":"I63.900","name":"脑梗死"}"#,
                1 => r#"{"code":"C34.900","name":"肺癌"}"#,
                2 => r#"{"code":"F20.000","name":"精神分裂症"}"#,
                _ => r#"{"code":"J18.900","name":"肺炎"}"#,
            };
            let diagnosis = self.seal("claim_versions.diagnosis_sealed", version, diagnosis);
            let patient = self.seal("claim_versions.patient_name_sealed", version, "王秀英");
            let record = format!("ZY-{}-{number}", self.made);
            let [_, _, _, _, _, claims, versions, stays] = rows;
            line(
                claims,
                &[
                    &claim,
                    &subject,
                    &HOSPITAL,
                    &record,
                    &admitted_on,
                    &"import",
                    &discharged_on,
                    &"bench",
                    &RECORDED,
                ],
            );
            line(
                versions,
                &[
                    &version,
                    &claim,
                    &1,
                    &patient,
                    &admitted_on,
                    &discharged_on,
                    &diagnosis,
                    &0,
                    &0,
                    &0,
                    &0,
                    &0,
                    &5_230_000,
                    &3_138_000,
                    &2_092_000,
                    &"written",
                    &record,
                    &admitted_on,
                    &bytes(&[0; 32]),
                    &"bench",
                    &RECORDED,
                ],
            );
            line(
                stays,
                &[
                    &claim,
                    &subject,
                    &index,
                    &admitted_on,
                    &discharged_on,
                    &"t",
                    &"f",
                    &RECORDED,
                ],
            );
        }
    }
}
