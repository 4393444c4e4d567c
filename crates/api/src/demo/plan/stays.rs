//! Stays in hospital of 2025 and 2026, as hospitals post them.

use serde_json::{Value, json};
use sizhu_core::{
    CitizenId, Day, DiagnosisCode, DivisionCode, EndReason, Fen, NursingDays, PersonName, Sex,
};
use sizhu_store::claims::{Charges, ClaimContent, Consent, Diagnosis};
use sizhu_store::statuses::Ending;

use super::hospitals::DemoHospital;
use super::identity::Identities;
use super::names::name;
use super::people::Member;
use super::random::Random;
use super::status::Fate;

/// A claim some hospital will post.
#[derive(Clone)]
pub(in crate::demo) struct PlannedClaim {
    /// Which hospital, by its place in the table.
    pub(in crate::demo) hospital: usize,
    pub(in crate::demo) citizen_id: CitizenId,
    pub(in crate::demo) medical_record_no: String,
    pub(in crate::demo) content: ClaimContent,
}

impl PlannedClaim {
    /// The claim as a hospital would write it: what its fingerprint is made of.
    pub(in crate::demo) fn form(&self) -> Value {
        let content = &self.content;
        let nursing = &content.nursing;
        json!({
            "citizen_id": self.citizen_id.as_str(),
            "patient_name": content.patient_name.as_str(),
            "medical_record_no": self.medical_record_no,
            "settlement_no": content.settlement_no,
            "admitted_on": content.admitted_on,
            "discharged_on": content.discharged_on,
            "principal_diagnosis": {
                "code": content.diagnosis.code.as_str(), "name": content.diagnosis.name,
            },
            "nursing_days": {
                "special": nursing.special, "level_1": nursing.level_1,
                "level_2": nursing.level_2, "level_3": nursing.level_3,
            },
            "icu_days": content.icu_days,
            "charges": {
                "total_fen": content.charges.total,
                "insurance_paid_fen": content.charges.insurance_paid,
                "self_paid_fen": content.charges.self_paid,
            },
            "consent": {
                "kind": content.consent.kind,
                "reference": content.consent.reference,
                "signed_on": content.consent.signed_on,
            },
        })
    }
}

/// Code, name, fewest and most days, in intensive care at times.
type Illness = (&'static str, &'static str, u32, u32, bool);

/// Severe illnesses, of which the pack's list is made.
const SEVERE: [Illness; 12] = [
    ("I63.900", "脑梗死", 10, 46, false),
    ("I63.900", "脑梗死", 10, 46, false),
    ("I61.900", "脑出血", 14, 60, true),
    ("I60.900", "蛛网膜下腔出血", 14, 50, true),
    ("I21.900", "急性心肌梗死", 7, 21, true),
    ("C34.900", "肺恶性肿瘤", 8, 30, false),
    ("C16.900", "胃恶性肿瘤", 10, 28, false),
    ("C18.900", "结肠恶性肿瘤", 10, 28, false),
    ("C22.000", "肝细胞癌", 8, 30, false),
    ("N18.900", "慢性肾脏病", 6, 25, false),
    ("F20.900", "精神分裂症", 45, 120, false),
    ("K72.900", "肝衰竭", 12, 40, true),
];

/// Illnesses that are not on it.
const OTHER: [Illness; 7] = [
    ("J18.900", "肺炎", 6, 14, false),
    ("I10.x00x002", "原发性高血压", 5, 10, false),
    ("E11.900", "2型糖尿病", 6, 14, false),
    ("K80.200", "胆囊结石", 5, 9, false),
    ("J44.100", "慢性阻塞性肺病伴急性加重", 7, 16, false),
    ("M51.202", "腰椎间盘突出", 7, 15, false),
    ("S72.000", "股骨颈骨折", 12, 25, false),
];

/// How many stays someone has who has any.
const STAYS: [u32; 7] = [1, 1, 1, 1, 2, 2, 3];

/// Makes the claims of the whole province.
pub(super) struct Admissions {
    /// Where the hospitals are, by their place in the table.
    counties: Vec<DivisionCode>,
    /// Medical record numbers used, over all hospitals.
    records: u32,
}

impl Admissions {
    pub(super) fn new(hospitals: &[DemoHospital]) -> Self {
        let counties = hospitals.iter().map(|hospital| hospital.county.clone());
        Self {
            counties: counties.collect(),
            records: 10_000,
        }
    }

    /// The claims of a county's people, in the order in which they are posted.
    pub(super) fn of_members(
        &mut self,
        county: &str,
        members: &[Member],
    ) -> Option<Vec<PlannedClaim>> {
        let mut random = Random::of(&format!("stays-{county}"));
        let mut claims = Vec::new();
        for member in members.iter().filter(|member| is_alive(member)) {
            if !random.chance(9) {
                continue;
            }
            let name = &member.details.name;
            let stays = self.of_person(&mut random, county, &member.citizen_id, name)?;
            if let Some(last) = stays.last()
                && random.chance(5)
            {
                let second = self.elsewhere_at_once(&mut random, last)?;
                claims.extend(stays);
                claims.push(second);
            } else {
                claims.extend(stays);
            }
        }
        Some(claims)
    }

    /// Claims of people who are in no registry.
    pub(super) fn of_strangers(
        &mut self,
        identities: &mut Identities,
    ) -> Option<Vec<PlannedClaim>> {
        let mut random = Random::of("strangers");
        let mut claims = Vec::new();
        for county in ["430103", "430211", "430581", "430703", "431081", "431381"] {
            let first = Day::first_of_year(1950)?;
            let born_on = random.day(first, Day::first_of_year(1970)?)?;
            let sex = if random.chance(50) {
                Sex::Female
            } else {
                Sex::Male
            };
            let citizen_id = identities.issue(&mut random, county, born_on, sex)?;
            let name = name(&mut random, county, sex, born_on.year())?;
            claims.extend(self.of_person(&mut random, county, &citizen_id, &name)?);
        }
        Some(claims)
    }

    /// One stay after another, until the autumn of 2026.
    fn of_person(
        &mut self,
        random: &mut Random,
        county: &str,
        citizen_id: &CitizenId,
        name: &PersonName,
    ) -> Option<Vec<PlannedClaim>> {
        let end = Day::from_ymd(2026, 10, 1)?;
        let mut claims = Vec::new();
        let mut admitted_on = Day::from_ymd(2025, 1, 4)?.plus_days(random.below(480))?;
        for _ in 0..*random.pick(&STAYS)? {
            let illness = if random.chance(75) {
                random.pick(&SEVERE)
            } else {
                random.pick(&OTHER)
            };
            let &(_, _, fewest, most, _) = illness?;
            let discharged_on = admitted_on.plus_days(fewest + random.below(most - fewest + 1))?;
            if discharged_on >= end {
                break;
            }
            let hospital = self.hospital(random, county)?;
            // A hospital mishears a name now and then.
            let patient = if random.chance(2) {
                name_misheard(name)?
            } else {
                name.clone()
            };
            let stay = (admitted_on, discharged_on);
            claims.push(self.claim(random, hospital, citizen_id, patient, illness?, stay)?);
            admitted_on = discharged_on.plus_days(5 + random.below(150))?;
        }
        Some(claims)
    }

    /// Another hospital claims days of the same stay.
    fn elsewhere_at_once(
        &mut self,
        random: &mut Random,
        first: &PlannedClaim,
    ) -> Option<PlannedClaim> {
        let other = if first.hospital == 0 { 1 } else { 0 };
        let admitted_on = first.content.admitted_on.plus_days(2)?;
        let discharged_on = first.content.discharged_on.plus_days(1 + random.below(5))?;
        let illness = (
            first.content.diagnosis.code.as_str(),
            first.content.diagnosis.name.as_str(),
        );
        let known = SEVERE
            .iter()
            .chain(&OTHER)
            .find(|known| (known.0, known.1) == illness)?;
        let patient = first.content.patient_name.clone();
        let stay = (admitted_on, discharged_on);
        self.claim(random, other, &first.citizen_id, patient, known, stay)
    }

    /// Mostly one of the own city, else the large one in the capital.
    fn hospital(&self, random: &mut Random, county: &str) -> Option<usize> {
        let city = county.get(..4)?;
        let near: Vec<usize> = self
            .counties
            .iter()
            .enumerate()
            .filter(|(_, county)| county.as_str().starts_with(city))
            .map(|(at, _)| at)
            .collect();
        if random.chance(80) {
            random.pick(&near).copied()
        } else {
            Some(0)
        }
    }

    fn claim(
        &mut self,
        random: &mut Random,
        hospital: usize,
        citizen_id: &CitizenId,
        patient_name: PersonName,
        illness: &Illness,
        (admitted_on, discharged_on): (Day, Day),
    ) -> Option<PlannedClaim> {
        let &(code, name, _, _, critical) = illness;
        let days = u32::try_from(admitted_on.days_until(discharged_on))
            .ok()?
            .max(1);
        self.records += 1;
        let number = format!("{}-{}", admitted_on.year(), self.records);
        let icu_days = if critical {
            (1 + random.below(6)).min(days)
        } else {
            0
        };
        let content = ClaimContent {
            patient_name,
            settlement_no: Some(format!("JS-{number}")),
            admitted_on,
            discharged_on,
            diagnosis: Diagnosis {
                code: DiagnosisCode::parse(code).ok()?,
                name: name.to_owned(),
            },
            nursing: nursing(random, days, icu_days),
            icu_days,
            charges: charges(random, days)?,
            consent: Consent {
                kind: "written".to_owned(),
                reference: format!("TY-{number}"),
                signed_on: admitted_on,
            },
        };
        Some(PlannedClaim {
            hospital,
            citizen_id: citizen_id.clone(),
            medical_record_no: format!("ZY-{number}"),
            content,
        })
    }
}

fn is_alive(member: &Member) -> bool {
    !matches!(
        member.fate,
        Fate::Ended(Ending {
            reason: EndReason::Death,
            ..
        })
    )
}

/// The same surname with a given name that sounds like another's.
fn name_misheard(name: &PersonName) -> Option<PersonName> {
    let surname = name.as_str().chars().next()?;
    PersonName::parse(&format!("{surname}新华")).ok()
}

/// Days by level, which add up to the stay's; some hospitals do not report them.
fn nursing(random: &mut Random, days: u32, icu_days: u32) -> NursingDays {
    if random.chance(20) {
        return NursingDays::default();
    }
    let level_1 = random.below(days.saturating_sub(icu_days) + 1);
    NursingDays {
        special: icu_days,
        level_1,
        level_2: days.saturating_sub(icu_days).saturating_sub(level_1),
        level_3: 0,
    }
}

/// 600 to 1,500 yuan a day, of which insurance pays 55 to 75 per cent.
fn charges(random: &mut Random, days: u32) -> Option<Charges> {
    let total = i64::from(60_000 + random.below(90_001)) * i64::from(days);
    let insurance_paid = total * i64::from(55 + random.below(21)) / 100;
    Some(Charges {
        total: Fen::new(total),
        insurance_paid: Fen::new(insurance_paid),
        self_paid: Fen::new(total.checked_sub(insurance_paid)?),
    })
}
