//! Importing: some lines of a file in one transaction, each by itself. What cannot be taken is taken
//! back alone, and the others stay.

use std::collections::HashSet;

use sizhu_core::{DivisionCode, DivisionLevel, HOSPITAL_CARE};
use sizhu_store::{
    Actor, Store, StoreError, Tx,
    residents::{self, Resident, ResidentDetails},
    subjects,
};
use uuid::Uuid;

use super::claims::{NewClaim, Posted};
use super::households::lock_newcomers;
use super::news::News;
use super::posting::{self, Posting};
use super::residents::{Newcomer, Registered, register_in};
use super::settling;
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, Text};

/// For whom whoever runs the installation imports.
pub const IMPORTER: Actor = Actor::System("cli");

/// What became of a line.
#[derive(Clone, Debug)]
pub enum Taken {
    /// It was recorded now, in this row.
    New(Uuid),
    /// The same was recorded before, in this row.
    Known(Uuid),
    /// It cannot be taken, and nothing of it was.
    Refused(Problem),
}

/// Whether what was done is to stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// It stays.
    Yes,
    /// It is taken back: all that is wanted is what would become of the lines.
    No,
}

/// Why a group was not committed.
enum Undone {
    Problem(Problem),
    Checked(Vec<Taken>),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<Problem> for Undone {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What an import works with.
#[derive(Clone, Copy)]
pub struct Importing<'a> {
    /// The store.
    pub store: &'a Store,
    /// The packs.
    pub policies: &'a Policies,
    /// Whether it is more than a check.
    pub keep: Keep,
    /// When.
    pub news: News<'a>,
}

impl Importing<'_> {
    /// Registers people. Someone in the registry is known if nothing else is said of them than there.
    ///
    /// # Errors
    /// What is the fault of no line: what the store says.
    pub async fn residents(self, group: Vec<Newcomer>) -> Result<Vec<Taken>, Problem> {
        let work = async |tx: &mut Tx| {
            let people: Vec<_> = group
                .iter()
                .map(|it| (&it.citizen_id, it.details.spouse.as_ref()))
                .collect();
            lock_newcomers(tx, &people, self.news).await?;
            let mut taken = Vec::with_capacity(group.len());
            for newcomer in &group {
                let line = async |tx: &mut Tx| self.resident(tx, newcomer.clone()).await;
                taken.push(judged(tx.attempt(line).await?)?);
            }
            self.end(taken)
        };
        self.ended(self.store.transaction(&IMPORTER, work).await)
    }

    async fn resident(self, tx: &mut Tx, newcomer: Newcomer) -> Result<Taken, Problem> {
        let told = newcomer.details.clone();
        let index = tx.keys().person_index(&newcomer.citizen_id);
        if let Some(subject) = subjects::find(tx, index).await?
            && let Some(known) = residents::find_by_subject(tx, subject).await?
        {
            return known_as_told(&known, &told);
        }
        let province = province(&told.division)?;
        match register_in(tx, self.policies, &province, newcomer, self.news).await? {
            Registered::New(resident) => Ok(Taken::New(resident.id.get())),
            Registered::Known(known) => known_as_told(&known, &told),
        }
    }

    /// Posts claims, as their hospitals would.
    ///
    /// # Errors
    /// What is the fault of no line: what the store says.
    pub async fn claims(self, group: Vec<NewClaim>) -> Result<Vec<Taken>, Problem> {
        let work = async |tx: &mut Tx| {
            self.lock(tx, &group).await?;
            let mut taken = vec![None; group.len()];
            let clash = |one: &(usize, NewClaim), other: &(usize, NewClaim)| {
                posting::clash(&one.1, &other.1)
            };
            for some in posting::apart(group.into_iter().enumerate().collect(), clash) {
                let (places, some): (Vec<usize>, Vec<NewClaim>) = some.into_iter().unzip();
                for (place, line) in places.into_iter().zip(self.post(tx, some).await?) {
                    if let Some(own) = taken.get_mut(place) {
                        *own = Some(line);
                    }
                }
            }
            self.end(taken.into_iter().flatten().collect())
        };
        self.ended(self.store.transaction(&IMPORTER, work).await)
    }

    /// Posts claims on different people together, or one by one where one of them cannot be taken.
    async fn post(self, tx: &mut Tx, claims: Vec<NewClaim>) -> Result<Vec<Taken>, Problem> {
        let together = async |tx: &mut Tx| {
            let of = |claim: &NewClaim| Posting {
                by: IMPORTER,
                claim: claim.clone(),
            };
            let postings = claims.iter().map(of).collect();
            let posted = posting::post_all(tx, self.policies, postings, self.news).await?;
            Ok::<_, Problem>(posted.iter().map(taken).collect())
        };
        if let Ok(all) = tx.attempt(together).await? {
            return Ok(all);
        }
        let mut all = Vec::with_capacity(claims.len());
        for claim in claims {
            let line = async |tx: &mut Tx| {
                let posted = posting::post(tx, self.policies, claim, self.news).await?;
                Ok(taken(&posted))
            };
            all.push(judged(tx.attempt(line).await?)?);
        }
        Ok(all)
    }

    /// Locks the patients of a group, and then the accounts that may pay for them, in the order of
    /// the house: claim by claim they would be locked in the order of the file.
    async fn lock(self, tx: &mut Tx, group: &[NewClaim]) -> Result<(), Problem> {
        let keys = tx.keys();
        let people: HashSet<_> = group
            .iter()
            .map(|it| keys.person_index(&it.citizen_id))
            .collect();
        let people: Vec<_> = people.into_iter().collect();
        let subjects = subjects::lock_all(tx, &people, self.news.now).await?;
        let patients = residents::of_subjects(tx, &subjects).await?;
        let patients: Vec<&Resident> = patients.iter().collect();
        settling::books_of(tx, &patients, HOSPITAL_CARE, self.news).await?;
        Ok(())
    }

    fn end(self, taken: Vec<Taken>) -> Result<Vec<Taken>, Undone> {
        match self.keep {
            Keep::Yes => Ok(taken),
            Keep::No => Err(Undone::Checked(taken)),
        }
    }

    fn ended(self, result: Result<Vec<Taken>, Undone>) -> Result<Vec<Taken>, Problem> {
        match result {
            Ok(taken) | Err(Undone::Checked(taken)) => Ok(taken),
            Err(Undone::Problem(problem)) => Err(problem),
        }
    }
}

/// What became of a posted line.
const fn taken(posted: &Posted) -> Taken {
    match posted {
        Posted::New(it) => Taken::New(it.claim.id.get()),
        Posted::Known(it) => Taken::Known(it.claim.id.get()),
    }
}

/// A refusal is of the line; what the store or the program failed at is not.
fn judged(result: Result<Taken, Problem>) -> Result<Taken, Problem> {
    match result {
        Err(problem) if problem.kind().status().is_client_error() => Ok(Taken::Refused(problem)),
        other => other,
    }
}

/// The province of a division: an import is bound to none below.
fn province(division: &DivisionCode) -> Result<DivisionCode, Problem> {
    let mut code = division.clone();
    while code.level() != DivisionLevel::Province {
        code = code.parent().ok_or_else(Problem::not_found)?;
    }
    Ok(code)
}

/// A person of the registry, if nothing else is told of them; what is not told contradicts nothing.
fn known_as_told(known: &Resident, told: &ResidentDetails) -> Result<Taken, Problem> {
    let is = &known.details;
    let differs = [
        ("/name", is.name.as_str() != told.name.as_str()),
        ("/division", is.division != told.division),
        (
            "/lives_in",
            told.lives_in.is_some() && is.lives_in != told.lives_in,
        ),
        (
            "/marital_status",
            told.marital_status.is_some() && is.marital_status != told.marital_status,
        ),
        (
            "/spouse_citizen_id",
            told.spouse.is_some() && is.spouse != told.spouse,
        ),
        ("/phone", told.phone.is_some() && is.phone != told.phone),
        ("/card", told.card.is_some() && is.card != told.card),
    ];
    let errors: Vec<FieldError> = differs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(pointer, _)| {
            let detail = Text::new(
                "此人已登记，登记的内容不同。",
                "This person is in the registry already, with something else.",
            );
            FieldError::new(pointer, "registered_differs", detail)
        })
        .collect();
    if errors.is_empty() {
        return Ok(Taken::Known(known.id.get()));
    }
    Err(Problem::validation(errors))
}
