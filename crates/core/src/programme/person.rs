//! What the registry knows of a person, as facts of a day.

use crate::citizen_id::Sex;
use crate::day::Day;
use crate::division::DivisionCode;
use crate::fact::{Fact, Sheet, division_span};
use crate::status::{MaritalStatus, PersonBirth};
use crate::stay::{StatusFacts, tell_statuses};

/// A person as the registry has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryPerson {
    /// Whether the person is in the registry. Of one who is not, only birth and sex are known.
    pub registered: bool,
    /// The day of birth, as the citizen ID tells it.
    pub born_on: Day,
    /// The sex, as the citizen ID tells it.
    pub sex: Sex,
    /// The division of registered residence.
    pub residence: DivisionCode,
    /// The marital status, where it is known.
    pub marital_status: Option<MaritalStatus>,
    /// The spouse, where one is known.
    pub spouse: Option<PersonBirth>,
    /// The day of death, if the person died.
    pub died_on: Option<Day>,
    /// The person's statuses, in any order. Only confirmed ones count.
    pub statuses: Vec<StatusFacts>,
}

impl RegistryPerson {
    /// What the registry knows on a day. What it does not know is left open, but a status that it
    /// has not is none: the registry is where statuses are confirmed. The first day and the grade
    /// of a status are known only while one holds.
    #[must_use]
    pub fn sheet_on(&self, day: Day) -> Sheet {
        let mut sheet = Sheet::EMPTY;
        sheet.set(Fact::Registered, i64::from(self.registered));
        sheet.set(Fact::BornOn, self.born_on.number());
        sheet.set(Fact::Sex, Fact::Sex.word_number(self.sex.as_str()));
        if self.registered {
            let alive = self.died_on.is_none_or(|died_on| day < died_on);
            sheet.set(Fact::Alive, i64::from(alive));
        }
        sheet.set(Fact::Residence, division_span(&self.residence).0);
        if let Some(status) = self.marital_status {
            let fact = Fact::MaritalStatus;
            sheet.set(fact, fact.word_number(status.as_str()));
        }
        if let Some(spouse) = self.spouse {
            sheet.set(Fact::SpouseBornOn, spouse.born_on.number());
        }
        sheet.set(Fact::WifeBornOn, self.wife_born_on().map(Day::number));
        tell_statuses(&mut sheet, &self.statuses, day);
        sheet
    }

    /// The day of birth of the woman of the couple: the person, or else the spouse.
    fn wife_born_on(&self) -> Option<Day> {
        let spouse = self.spouse.filter(|spouse| spouse.sex == Sex::Female);
        match self.sex {
            Sex::Female => Some(self.born_on),
            Sex::Male => spouse.map(|spouse| spouse.born_on),
        }
    }
}
