//! Knowing a person: from the rows of the registry and the ledger to what programmes ask.

use sizhu_core::fact::{Fact, FactValue, Sheet};
use sizhu_core::pack::ProgrammeId;
use sizhu_core::programme::{Programme, RegistryPerson};
use sizhu_core::{CitizenId, Day, EndReason, Fen, Period, PersonBirth, StatusFacts};
use sizhu_store::{
    StoreError, Tx,
    awards::{self, Received},
    population::Inhabitant,
    residents::Resident,
    statuses::{self, Status},
};

/// A person in the registry with what they received.
pub struct KnownPerson {
    /// Their row.
    pub resident: Resident,
    /// Their facts.
    pub person: RegistryPerson,
    /// What was granted to them, by programme and year of the days.
    pub received: Vec<Received>,
}

impl KnownPerson {
    /// Loads what is known of a person.
    ///
    /// # Errors
    /// What the store says.
    pub async fn load(tx: &mut Tx, resident: Resident) -> Result<Self, StoreError> {
        let statuses = statuses::of_resident(tx, resident.id).await?;
        let received = awards::received(tx, &[resident.subject]).await?;
        Ok(Self {
            person: registry_person(&resident, &statuses),
            resident,
            received,
        })
    }

    /// What a programme is told of the person on a day: the registry's facts, what they received
    /// from it, and what else is given.
    #[must_use]
    pub fn sheet(&self, programme: &Programme, on: Day, facts: &[FactValue]) -> Sheet {
        let mut sheet = self.person.sheet_on(on);
        for value in facts {
            sheet.set(value.fact(), value.number());
        }
        Sum::of(&self.received, programme.id(), on).tell(&mut sheet);
        sheet
    }
}

/// What a person received from one programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Granted for the calendar year of the day asked about.
    pub this_year: Fen,
    /// Granted ever.
    pub in_all: Fen,
    /// Of that, earmarked or paid.
    pub funded: Fen,
    /// How many times.
    pub times: i64,
}

impl Sum {
    /// The sum over what was received from a programme. Amounts beyond all money count as the
    /// most there is.
    #[must_use]
    pub fn of(received: &[Received], programme: &ProgrammeId, on: Day) -> Self {
        let mut sum = Self::default();
        let add = |a: Fen, b: Fen| a.checked_add(b).unwrap_or(Fen::new(i64::MAX));
        for it in received {
            if it.programme != programme.as_str() {
                continue;
            }
            if it.benefit_year == on.year() {
                sum.this_year = add(sum.this_year, it.granted);
            }
            sum.in_all = add(sum.in_all, it.granted);
            sum.funded = add(sum.funded, it.funded);
            sum.times = sum.times.saturating_add(it.times);
        }
        sum
    }

    /// Tells a sheet what was received. Nothing but stays is awarded yet, so no place of a quota is
    /// taken.
    pub fn tell(&self, sheet: &mut Sheet) {
        sheet.set(Fact::QuotaTaken, 0);
        sheet.set(Fact::TimesReceived, self.times);
        sheet.set(Fact::ReceivedThisYear, self.this_year.get());
        sheet.set(Fact::ReceivedInAll, self.in_all.get());
    }

    /// Granted and neither earmarked nor paid: it waits for money.
    #[must_use]
    pub fn waiting(&self) -> Fen {
        let waiting = self.in_all.checked_sub(self.funded).unwrap_or(Fen::ZERO);
        waiting.max(Fen::ZERO)
    }
}

/// A person of a population as programmes see them.
#[must_use]
pub fn inhabitant(it: &Inhabitant) -> RegistryPerson {
    RegistryPerson {
        registered: true,
        born_on: it.birth.born_on,
        sex: it.birth.sex,
        residence: it.division.clone(),
        marital_status: it.marital_status,
        spouse: it.spouse,
        died_on: it.died_on,
        statuses: it.statuses.clone(),
    }
}

/// A person as programmes see them, from their rows.
#[must_use]
pub fn registry_person(resident: &Resident, statuses: &[Status]) -> RegistryPerson {
    let birth = |id: &CitizenId| PersonBirth {
        sex: id.sex(),
        born_on: id.born_on(),
    };
    let deaths = statuses.iter().filter_map(|status| status.ending);
    let deaths = deaths.filter(|ending| ending.reason == EndReason::Death);
    RegistryPerson {
        registered: true,
        born_on: resident.citizen_id.born_on(),
        sex: resident.citizen_id.sex(),
        residence: resident.details.division.clone(),
        marital_status: resident.details.marital_status,
        spouse: resident.details.spouse.as_ref().map(birth),
        died_on: deaths.map(|ending| ending.on).min(),
        statuses: statuses.iter().filter_map(status_facts).collect(),
    }
}

/// A status as rules see it. One that was withdrawn, or ended before it began to count, never
/// counted.
#[must_use]
pub fn status_facts(status: &Status) -> Option<StatusFacts> {
    let from = match &status.confirmation {
        Some(confirmation) => confirmation.effective_from,
        None => status.starts_on,
    };
    if status.withdrawn_because.is_some() {
        return None;
    }
    Some(StatusFacts {
        id: status.id,
        kind: status.kind,
        grade: status.grade,
        period: Period::new(from, status.ending.map(|ending| ending.on))?,
        confirmed: status.confirmation.is_some(),
    })
}
