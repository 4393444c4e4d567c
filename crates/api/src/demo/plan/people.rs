//! The people of one county: couples, singles, and those a surgery harmed.

use sizhu_core::{CitizenId, Day, DivisionCode, MaritalStatus, PersonName, Sex, StatusKind};
use sizhu_store::residents::{Card, ResidentDetails};
use sizhu_store::statuses::Evidence;

use super::identity::Identities;
use super::names::name;
use super::random::Random;
use super::status::{self, Fate};
use super::{EXAMPLE_MEMBER, EXAMPLE_VILLAGE};
use crate::service::statuses::Said;

/// A member of the registry.
pub(in crate::demo) struct Member {
    pub(in crate::demo) citizen_id: CitizenId,
    pub(in crate::demo) details: ResidentDetails,
    pub(in crate::demo) status: Said,
    pub(in crate::demo) fate: Fate,
}

/// Birth years of the members: 49 to 85 in 2026.
const FIRST_YEAR: i32 = 1941;
const LAST_YEAR: i32 = 1976;

/// Bank and the digits its card numbers begin with.
const BANKS: [(&str, &str); 4] = [
    ("中国邮政储蓄银行", "621799"),
    ("中国农业银行", "622848"),
    ("湖南省农村信用社联合社", "623090"),
    ("中国建设银行", "621700"),
];

/// Someone about to become a member.
struct Person {
    born_on: Day,
    citizen_id: CitizenId,
}

/// What the people of one county are made of.
pub(super) struct Makers<'a> {
    pub(super) county: &'a DivisionCode,
    pub(super) villages: &'a [DivisionCode],
    /// Villages where people may live away from home.
    pub(super) elsewhere: &'a [DivisionCode],
    pub(super) random: Random,
    pub(super) identities: &'a mut Identities,
}

impl Makers<'_> {
    /// Exactly so many members, of whole households.
    pub(super) fn members(mut self, count: usize) -> Option<Vec<Member>> {
        let mut members = Vec::with_capacity(count);
        while members.len() < count {
            // Of a hundred people, fifty are couples, forty single parents, ten harmed by surgery.
            match self.random.below(75) {
                0..10 => members.push(self.harmed()?),
                10..35 if count - members.len() >= 2 => members.extend(self.couple()?),
                _ => members.push(self.single()?),
            }
        }
        Some(members)
    }

    fn couple(&mut self) -> Option<[Member; 2]> {
        let year = self.birth_year()?;
        let wife = self.person(Sex::Female, year)?;
        let older = i32::try_from(self.random.below(8)).ok()? - 2;
        let husband_year = (year - older).clamp(FIRST_YEAR, LAST_YEAR);
        let husband = self.person(Sex::Male, husband_year)?;
        let status = self.child_status(wife.born_on)?;
        let fate = self.proposed();
        let village = self.random.pick(self.villages)?.clone();
        let married = Some(MaritalStatus::Married);
        let wife_details = self.details(
            &wife,
            village.clone(),
            married,
            Some(husband.citizen_id.clone()),
        )?;
        let husband_details =
            self.details(&husband, village, married, Some(wife.citizen_id.clone()))?;
        let member = |person: Person, details| Member {
            citizen_id: person.citizen_id,
            details,
            status: status.clone(),
            fate,
        };
        Some([member(wife, wife_details), member(husband, husband_details)])
    }

    fn single(&mut self) -> Option<Member> {
        use MaritalStatus::{Divorced, Remarried, Widowed};
        let sex = if self.random.chance(65) {
            Sex::Female
        } else {
            Sex::Male
        };
        let year = self.birth_year()?;
        let person = self.person(sex, year)?;
        let status = self.child_status(person.born_on)?;
        let marital = *self
            .random
            .pick(&[Widowed, Widowed, Widowed, Divorced, Divorced, Remarried])?;
        // Of remarried people each counts for themselves; the new spouse is no member.
        let spouse = match marital {
            Remarried => Some(self.outsider(sex, person.born_on)?),
            Widowed | Divorced | MaritalStatus::Married | MaritalStatus::Unmarried => None,
        };
        self.member(person, status, Some(marital), spouse)
    }

    fn harmed(&mut self) -> Option<Member> {
        let sex = if self.random.chance(85) {
            Sex::Female
        } else {
            Sex::Male
        };
        let year = self.birth_year()?;
        let person = self.person(sex, year)?;
        let county = self.county.as_str();
        let status = status::of_surgery(&mut self.random, county, person.born_on)?;
        if self.random.chance(25) {
            return self.member(person, status, Some(MaritalStatus::Widowed), None);
        }
        let spouse = self.outsider(sex, person.born_on)?;
        self.member(person, status, Some(MaritalStatus::Married), Some(spouse))
    }

    fn member(
        &mut self,
        person: Person,
        status: Said,
        marital: Option<MaritalStatus>,
        spouse: Option<CitizenId>,
    ) -> Option<Member> {
        let village = self.random.pick(self.villages)?.clone();
        let details = self.details(&person, village, marital, spouse)?;
        let mut fate = self.proposed();
        if fate == Fate::Confirmed && self.random.chance(6) {
            let ending = status::ending(&mut self.random, &status, person.born_on);
            fate = ending.map_or(fate, Fate::Ended);
        }
        Some(Member {
            citizen_id: person.citizen_id,
            details,
            status,
            fate,
        })
    }

    fn proposed(&mut self) -> Fate {
        if self.random.chance(3) {
            Fate::Proposed
        } else {
            Fate::Confirmed
        }
    }

    fn child_status(&mut self, parent_born_on: Day) -> Option<Said> {
        let kind = if self.random.below(3) < 2 {
            StatusKind::ChildDied
        } else {
            StatusKind::ChildDisabled
        };
        let county = self.county.as_str();
        status::of_child(
            &mut self.random,
            self.identities,
            county,
            parent_born_on,
            kind,
        )
    }

    /// The middle of the range is likelier than its ends.
    fn birth_year(&mut self) -> Option<i32> {
        let years = self.random.below(18) + self.random.below(19);
        FIRST_YEAR.checked_add_unsigned(years)
    }

    fn person(&mut self, sex: Sex, year: i32) -> Option<Person> {
        let born_on = self
            .random
            .day(Day::first_of_year(year)?, Day::first_of_year(year + 1)?)?;
        let county = self.county.as_str();
        let citizen_id = self
            .identities
            .issue(&mut self.random, county, born_on, sex)?;
        Some(Person {
            born_on,
            citizen_id,
        })
    }

    /// The ID of a husband or wife who is not in the registry, of about the same age.
    fn outsider(&mut self, sex: Sex, born_on: Day) -> Option<CitizenId> {
        let other = match sex {
            Sex::Male => Sex::Female,
            Sex::Female => Sex::Male,
        };
        let year = born_on.year() + i32::try_from(self.random.below(5)).ok()? - 2;
        self.person(other, year.min(LAST_YEAR))
            .map(|person| person.citizen_id)
    }

    fn details(
        &mut self,
        person: &Person,
        division: DivisionCode,
        marital_status: Option<MaritalStatus>,
        spouse: Option<CitizenId>,
    ) -> Option<ResidentDetails> {
        let (sex, year) = (person.citizen_id.sex(), person.born_on.year());
        let name = name(&mut self.random, self.county.as_str(), sex, year)?;
        let away = self.random.chance(8);
        let lives_in = if away {
            self.random.pick(self.elsewhere).cloned()
        } else {
            None
        };
        let phone = format!("13{}0000{}", self.random.below(10), self.random.digits(4));
        let card = if self.random.chance(4) {
            None
        } else {
            Some(card(&mut self.random)?)
        };
        Some(ResidentDetails {
            name,
            division,
            lives_in,
            marital_status,
            spouse,
            phone: Some(phone),
            card,
        })
    }
}

/// A card number of 19 digits with its check digit (ISO/IEC 7812-1).
fn card(random: &mut Random) -> Option<Card> {
    let (bank, prefix) = random.pick(&BANKS)?;
    let body = format!("{prefix}{}", random.digits(12));
    let sum: u32 = body
        .chars()
        .rev()
        .filter_map(|digit| digit.to_digit(10))
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit) {
            (0, 5..) => digit * 2 - 9,
            (0, _) => digit * 2,
            _ => digit,
        })
        .sum();
    let check = (10 - sum % 10) % 10;
    Some(Card {
        bank: (*bank).to_owned(),
        number: format!("{body}{check}"),
    })
}

/// The member the examples name: 李秀英, whose only child died in 2016, without a stay so far.
pub(super) fn example_member() -> Option<Member> {
    let from = Day::from_ymd(2016, 5, 20)?;
    let paper = Evidence {
        kind: sizhu_core::EvidenceKind::DeathCertificate,
        number: "SW43010220160520".to_owned(),
        issued_on: from,
    };
    Some(Member {
        citizen_id: CitizenId::parse(EXAMPLE_MEMBER).ok()?,
        details: ResidentDetails {
            name: PersonName::parse("李秀英").ok()?,
            division: DivisionCode::parse(EXAMPLE_VILLAGE).ok()?,
            lives_in: None,
            marital_status: Some(MaritalStatus::Widowed),
            spouse: None,
            phone: Some("13900001234".to_owned()),
            card: Some(card(&mut Random::of("example-card"))?),
        },
        status: status::said(StatusKind::ChildDied, None, from, paper),
        fate: Fate::Confirmed,
    })
}
