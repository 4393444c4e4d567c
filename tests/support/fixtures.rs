//! People and claims in JSON, as clients of the API write them.

use std::ops::Deref;

use serde_json::{Value, json};
use sizhu_core::Day;

use crate::{TestApp, ids};

/// A village of 芙蓉区, the county that the people of the tests belong to.
pub const VILLAGE: &str = "430102001001";

/// A village of another county, 天心区, of the same city.
pub const OTHER_VILLAGE: &str = "430103002001";

/// A resident as an officer registers one. Widowed, so that the own age counts, whatever the sex.
#[must_use]
pub fn resident(citizen_id: &str, name: &str, division: &str) -> Value {
    json!({
        "citizen_id": citizen_id,
        "name": name,
        "division": division,
        "marital_status": "widowed",
    })
}

/// The status of someone whose only child died, from a day on.
#[must_use]
pub fn child_died(from: &str) -> Value {
    json!({
        "kind": "child_died",
        "from": from,
        "evidence": [{"kind": "death_certificate", "number": "SW-2018-0001", "issued_on": from}],
    })
}

/// The status of someone whose only child is disabled, with the grade (1 is the most severe).
#[must_use]
pub fn child_disabled(from: &str, grade: u8) -> Value {
    json!({
        "kind": "child_disabled",
        "grade": grade,
        "from": from,
        "evidence": [{"kind": "disability_certificate", "number": "CJ-2018-0001", "issued_on": from}],
    })
}

/// Someone in the registry.
#[derive(Clone, Debug)]
pub struct Person {
    /// Citizen ID.
    pub citizen_id: String,
    /// Name.
    pub name: String,
    /// Row id.
    pub resident_id: String,
    /// Row id of the status; empty for someone registered without one.
    pub status_id: String,
}

impl Person {
    /// A claim of this person, otherwise as [`claim`].
    #[must_use]
    pub fn claim(&self) -> Claim {
        claim().of(self)
    }
}

impl TestApp {
    /// Registers someone through the API.
    pub async fn register(&self, resident: &Value) -> Person {
        let division = resident["division"].as_str().expect("a division");
        let officer = self.officer(&division[..6]).await;
        let made = officer
            .post("/v1/residents", resident)
            .await
            .expect(201)
            .json();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Person {
            citizen_id: text(&resident["citizen_id"]),
            name: text(&resident["name"]),
            resident_id: text(&made["id"]),
            status_id: String::new(),
        }
    }

    /// Registers someone with a status through the API. The officer is one of the county, so the
    /// status is confirmed at once.
    pub async fn register_with(&self, resident: &Value, status: &Value) -> Person {
        let mut person = self.register(resident).await;
        let division = resident["division"].as_str().expect("a division");
        let officer = self.officer(&division[..6]).await;
        let path = format!("/v1/residents/{}/statuses", person.resident_id);
        let made = officer.post(&path, status).await.expect(201).json();
        person.status_id = made["id"].as_str().expect("an id").to_owned();
        person
    }

    /// A woman of 66 in [`VILLAGE`] whose only child died in 2018: entitled all through 2026.
    pub async fn special_person(&self) -> Person {
        self.special_person_in(VILLAGE).await
    }

    /// The same in another village.
    pub async fn special_person_in(&self, village: &str) -> Person {
        let resident = resident(&ids::woman("1960-05-01"), "王秀英", village);
        self.register_with(&resident, &child_died("2018-06-01"))
            .await
    }
}

/// A claim that is being written.
#[derive(Clone, Debug)]
pub struct Claim(Value);

/// A claim as a hospital posts it, of 46 days, for somebody unknown. The citizen ID is another one
/// at each call; the medical record number is not.
#[must_use]
pub fn claim() -> Claim {
    Claim(json!({
        "citizen_id": ids::woman("1960-05-01"),
        "patient_name": "王秀英",
        "medical_record_no": "ZY-2026-0007",
        "settlement_no": "JS-2026-0007",
        "admitted_on": "2026-03-01",
        "discharged_on": "2026-04-16",
        "principal_diagnosis": {"code": "I63.900", "name": "脑梗死"},
        "nursing_days": {"special": 0, "level_1": 46, "level_2": 0, "level_3": 0},
        "icu_days": 0,
        "charges": {"total_fen": 5_230_000, "insurance_paid_fen": 3_138_000, "self_paid_fen": 2_092_000},
        "consent": {"kind": "written", "reference": "TY-2026-0007", "signed_on": "2026-03-01"},
    }))
}

impl Claim {
    /// Whose stay it was.
    #[must_use]
    pub fn of(self, person: &Person) -> Self {
        self.set("/citizen_id", person.citizen_id.as_str())
            .set("/patient_name", person.name.as_str())
    }

    /// The medical record number.
    #[must_use]
    pub fn record(self, number: &str) -> Self {
        self.set("/medical_record_no", number)
    }

    /// From admission to discharge. The nursing days are left as "not reported"; the consent is
    /// signed on admission.
    ///
    /// # Panics
    /// When these are no days.
    #[must_use]
    pub fn stay(self, admitted_on: &str, discharged_on: &str) -> Self {
        for day in [admitted_on, discharged_on] {
            assert!(Day::parse(day).is_ok(), "{day} is no day");
        }
        self.set("/admitted_on", admitted_on)
            .set("/discharged_on", discharged_on)
            .set("/consent/signed_on", admitted_on)
            .nursing(0, 0, 0, 0)
    }

    /// The nursing days by level.
    #[must_use]
    pub fn nursing(self, special: u32, level_1: u32, level_2: u32, level_3: u32) -> Self {
        let days = json!({
            "special": special, "level_1": level_1, "level_2": level_2, "level_3": level_3,
        });
        self.set("/nursing_days", days)
    }

    /// Replaces a member, or adds one, by JSON pointer.
    ///
    /// # Panics
    /// When there is no object to put it in.
    #[must_use]
    pub fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        let (parent, member) = pointer.rsplit_once('/').expect("a JSON pointer");
        let parent = self.0.pointer_mut(parent).expect("something to put it in");
        parent[member] = value.into();
        self
    }

    /// Takes a member away, by JSON pointer.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn without(mut self, pointer: &str) -> Self {
        let (parent, member) = pointer.rsplit_once('/').expect("a JSON pointer");
        let parent = self.0.pointer_mut(parent).and_then(Value::as_object_mut);
        assert!(
            parent.expect("an object").remove(member).is_some(),
            "no {pointer}"
        );
        self
    }
}

impl Deref for Claim {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.0
    }
}
