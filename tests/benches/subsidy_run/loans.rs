//! Synthetic borrowers of one county as rows to be copied into the tables, the same in every run: each
//! a household of its own, with one loan over the year and its interest paid each month, one payment
//! in ten some days late.

use sizhu_core::{CitizenId, Day, Sex};
use sizhu_store::{Place, Vault};
use sizhu_tests::{
    bulk::{Chance, bytes, line, plus, vault},
    cluster::DIVISIONS,
    ids,
};
use uuid::Uuid;

/// The county that is run.
pub(crate) const COUNTY: &str = "430102";

/// When the run is asked for.
pub(crate) const NOW: &str = "2026-03-02T02:00:00Z";

/// When all of this was recorded.
const RECORDED: &str = "2026-02-02T02:00:00Z";

/// Days of birth, one after another and over again.
const BIRTHS: u32 = 40 * 365;

/// The tables in the order in which they are filled, with their columns.
pub(crate) const TABLES: [(&str, &str); 8] = [
    ("subjects", "id, person_index, recorded_at"),
    (
        "residents",
        "id, subject_id, citizen_id_sealed, channel, recorded_by, recorded_at",
    ),
    (
        "resident_versions",
        "id, resident_id, version, name_sealed, division, valid_from, recorded_by, recorded_at",
    ),
    ("holders", "id, kind, subject_id, recorded_by, recorded_at"),
    (
        "holder_members",
        "id, holder_id, subject_id, starts_on, recorded_by, recorded_at",
    ),
    (
        "loans",
        "id, subject_id, bank, contract_no, channel, posted_on, recorded_by, recorded_at",
    ),
    (
        "loan_versions",
        "id, loan_id, version, borrower_name_sealed, purpose, principal_fen, draw, rate_ppm, day_count, \
         starts_on, ends_on, repayment, every_months, rounding, family_kept_policy, confirmed_by, \
         confirmed_on, fingerprint, recorded_by, recorded_at",
    ),
    (
        "loan_events",
        "id, loan_id, event_no, on_day, kind, due_on, principal_fen, interest_fen, penalty_fen, \
         fingerprint, recorded_by, recorded_at",
    ),
];

/// Rows of some borrowers, as `COPY` takes them, table by table.
pub(crate) type Rows = [String; TABLES.len()];

/// Makes borrowers, batch after batch.
pub(crate) struct Borrowers {
    vault: Vault,
    villages: Vec<&'static str>,
    chance: Chance,
    made: u32,
}

impl Borrowers {
    pub(crate) fn new() -> Self {
        let codes = DIVISIONS.lines().filter_map(|line| line.split(',').next());
        Self {
            vault: vault(),
            villages: codes
                .filter(|code| code.len() == 12 && code.starts_with(COUNTY))
                .collect(),
            chance: Chance::seeded(),
            made: 0,
        }
    }

    pub(crate) fn batch(&mut self, borrowers: u32) -> Rows {
        let mut rows = Rows::default();
        for _ in 0..borrowers {
            self.made += 1;
            let (subject, name) = self.person(&mut rows);
            self.loan(subject, name, &mut rows);
        }
        rows
    }

    /// The row of a table that belongs to this borrower; ascending as those of a real registry.
    fn id(&self, table: u16, number: u16) -> Uuid {
        let own = u128::from(self.made) << 32;
        let base = 0x0199_0000_0000_7000_8000_0000_0000_0000_u128;
        Uuid::from_u128(base | own | u128::from(table) << 8 | u128::from(number))
    }

    fn seal(&self, column: &'static str, row: Uuid, plain: &str) -> String {
        let sealed = self.vault.seal_text(Place { column, row }, plain);
        bytes(&sealed.expect("a sealed value"))
    }

    /// A person of the registry and their household; answers who it is.
    fn person(&mut self, rows: &mut Rows) -> (Uuid, &'static str) {
        let (subject, resident, version) = (self.id(1, 0), self.id(2, 0), self.id(3, 0));
        let first = Day::first_of_year(1956).expect("a year");
        let born_on = plus(first, self.made % BIRTHS).to_string();
        let own = ids::citizen(COUNTY, &born_on, Sex::Female, self.made / BIRTHS);
        let index = CitizenId::parse(&own).expect("a citizen ID");
        let index = bytes(self.vault.person_index(&index).as_bytes());
        let (name, count) = ("王秀英", u32::try_from(self.villages.len()));
        let village = self.chance.below(count.expect("villages"));
        let village = self.villages[usize::try_from(village).expect("a place")];
        let number = self.seal("residents.citizen_id_sealed", resident, &own);
        let sealed = self.seal("resident_versions.name_sealed", version, name);
        let (holder, member) = (self.id(4, 0), self.id(5, 0));
        let [subjects, residents, versions, holders, members, ..] = rows;
        line(subjects, &[&subject, &index, &RECORDED]);
        line(
            residents,
            &[&resident, &subject, &number, &"import", &"bench", &RECORDED],
        );
        line(
            versions,
            &[
                &version,
                &resident,
                &1,
                &sealed,
                &village,
                &"2020-01-01",
                &"bench",
                &RECORDED,
            ],
        );
        line(
            holders,
            &[&holder, &"household", &subject, &"bench", &RECORDED],
        );
        line(
            members,
            &[
                &member,
                &holder,
                &subject,
                &"2025-01-01",
                &"bench",
                &RECORDED,
            ],
        );
        (subject, name)
    }

    fn loan(&mut self, subject: Uuid, name: &str, rows: &mut Rows) {
        let (loan, version) = (self.id(6, 0), self.id(7, 0));
        let first = Day::first_of_year(2025).expect("a year");
        let starts_on = plus(first, self.chance.below(28));
        let ends_on = starts_on.plus_months(12).expect("a day");
        let principal = i64::from(1_000_000 + self.chance.below(4_000_001));
        let rate = i64::from(30_000 + self.chance.below(20_001));
        let borrower = self.seal("loan_versions.borrower_name_sealed", version, name);
        let unread = bytes(&[0; 32]);
        let contract_no = format!("C{}", self.made);
        {
            let [_, _, _, _, _, loans, versions, _] = &mut *rows;
            line(
                loans,
                &[
                    &loan,
                    &subject,
                    &"ICBC",
                    &contract_no,
                    &"bank",
                    &starts_on,
                    &"bench",
                    &RECORDED,
                ],
            );
            line(
                versions,
                &[
                    &version,
                    &loan,
                    &1,
                    &borrower,
                    &"production",
                    &principal,
                    &"at_start",
                    &rate,
                    &"actual/365",
                    &starts_on,
                    &ends_on,
                    &"interest_only",
                    &1,
                    &"half_up",
                    &"t",
                    &"bench",
                    &"2026-02-02",
                    &unread,
                    &"bench",
                    &RECORDED,
                ],
            );
        }
        for month in 1..=12_u16 {
            let from = starts_on.plus_months(u32::from(month) - 1).expect("a day");
            let due_on = starts_on.plus_months(u32::from(month)).expect("a day");
            let late = match self.chance.below(10) {
                0 => self.chance.below(20),
                _ => 0,
            };
            let exact = principal * rate * from.days_until(due_on);
            let interest = (exact + 182_500_000) / 365_000_000;
            let [.., events] = &mut *rows;
            line(
                events,
                &[
                    &self.id(8, month),
                    &loan,
                    &format!("P{month}"),
                    &plus(due_on, late),
                    &"repaid",
                    &due_on,
                    &0,
                    &interest,
                    &0,
                    &unread,
                    &"bench",
                    &RECORDED,
                ],
            );
        }
    }
}
