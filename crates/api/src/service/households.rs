//! Whose loans share caps: the household or co-operative of a borrower is found or made, with all its
//! people locked first, in the one order of the house.

use std::collections::{BTreeSet, HashSet};

use sizhu_core::{CitizenId, HolderId, SubjectId};
use sizhu_store::{
    PersonIndex, StoreError, Tx, holders, loans,
    residents::{self, Resident},
    subjects,
};

use super::news::News;

/// A borrower whose people are locked, until the transaction ends.
pub(super) struct Locked {
    /// The borrower.
    pub(super) subject: SubjectId,
    /// Their row in the registry.
    pub(super) resident: Option<Resident>,
    /// The spouse whom the registry knows.
    pub(super) spouse: Option<SubjectId>,
    /// Everyone who is locked.
    people: Vec<SubjectId>,
}

/// Locks a borrower and everyone with whom their loans can share a cap: the spouse whom the registry
/// knows, the households of both, and who else represents the co-operative.
pub(super) async fn lock_borrower(
    tx: &mut Tx,
    borrower: &CitizenId,
    credit_code: Option<&str>,
    news: News<'_>,
) -> Result<Locked, StoreError> {
    let index = tx.keys().person_index(borrower);
    let resident = known(tx, index).await?;
    let spouse = spouse_index(tx, resident.as_ref());
    let mut people = beside(tx, index, spouse).await?;
    if let Some(code) = credit_code
        && let Some(cooperative) = holders::cooperative(tx, code).await?
    {
        add_people(tx, cooperative, &mut people).await?;
    }
    let locked = lock_people(tx, people, spouse, news).await?;
    let resident = residents::find_by_subject(tx, locked.subject).await?;
    // Somebody registered them while the locks were waited for: once more, from the start.
    if spouse_index(tx, resident.as_ref()) != spouse {
        return Err(StoreError::LockTimeout);
    }
    Ok(Locked { resident, ..locked })
}

/// Locks someone who is to be registered, with a spouse if one is named, and everyone with whom loans
/// of theirs can share a cap.
pub(super) async fn lock_newcomer(
    tx: &mut Tx,
    person: &CitizenId,
    spouse: Option<&CitizenId>,
    news: News<'_>,
) -> Result<Locked, StoreError> {
    let index = tx.keys().person_index(person);
    let spouse = spouse.map(|spouse| tx.keys().person_index(spouse));
    let people = beside_newcomer(tx, index, spouse).await?;
    lock_people(tx, people, spouse, news).await
}

/// Locks several people who are to be registered one after the other, each with everyone whom
/// [`lock_newcomer`] locks: one by one they would be locked in no order.
pub(super) async fn lock_newcomers(
    tx: &mut Tx,
    newcomers: &[(&CitizenId, Option<&CitizenId>)],
    news: News<'_>,
) -> Result<(), StoreError> {
    let keys = tx.keys();
    let mut all = HashSet::new();
    for (person, spouse) in newcomers {
        let spouse = spouse.map(|spouse| keys.person_index(spouse));
        all.extend(beside_newcomer(tx, keys.person_index(person), spouse).await?);
    }
    let all: Vec<PersonIndex> = all.into_iter().collect();
    subjects::lock_all(tx, &all, news.now)
        .await
        .map(|_locked| ())
}

/// A person who is to be registered, their spouse, and everyone with whom loans of theirs can share
/// a cap.
async fn beside_newcomer(
    tx: &mut Tx,
    index: PersonIndex,
    spouse: Option<PersonIndex>,
) -> Result<Vec<PersonIndex>, StoreError> {
    let mut people = beside(tx, index, spouse).await?;
    if let Some(subject) = subjects::find(tx, index).await? {
        for loan in loans::of_subject(tx, subject).await? {
            if let Some(cooperative) = loan.cooperative {
                add_people(tx, cooperative, &mut people).await?;
            }
        }
    }
    Ok(people)
}

/// A person, their spouse, and the households of both.
async fn beside(
    tx: &mut Tx,
    index: PersonIndex,
    spouse: Option<PersonIndex>,
) -> Result<Vec<PersonIndex>, StoreError> {
    let mut people = vec![index];
    people.extend(spouse.filter(|spouse| *spouse != index));
    for person in people.clone() {
        let Some(subject) = subjects::find(tx, person).await? else {
            continue;
        };
        if let Some(household) = holders::household_of(tx, subject).await? {
            add_people(tx, household, &mut people).await?;
        }
    }
    Ok(people)
}

/// Locks people of whom the first is the person in question.
async fn lock_people(
    tx: &mut Tx,
    people: Vec<PersonIndex>,
    spouse: Option<PersonIndex>,
    news: News<'_>,
) -> Result<Locked, StoreError> {
    let locked = subjects::lock_all(tx, &people, news.now).await?;
    let spouse = spouse.and_then(|spouse| people.iter().position(|it| *it == spouse));
    let spouse = spouse.and_then(|at| locked.get(at).copied());
    let subject = locked.first().copied();
    let subject = subject.ok_or(StoreError::Corrupt("subject"))?;
    Ok(Locked {
        subject,
        resident: None,
        spouse: spouse.filter(|spouse| *spouse != subject),
        people: locked,
    })
}

async fn known(tx: &mut Tx, index: PersonIndex) -> Result<Option<Resident>, StoreError> {
    match subjects::find(tx, index).await? {
        Some(subject) => residents::find_by_subject(tx, subject).await,
        None => Ok(None),
    }
}

fn spouse_index(tx: &Tx, resident: Option<&Resident>) -> Option<PersonIndex> {
    let spouse = resident?.details.spouse.as_ref()?;
    Some(tx.keys().person_index(spouse))
}

async fn add_people(
    tx: &mut Tx,
    holder: HolderId,
    people: &mut Vec<PersonIndex>,
) -> Result<(), StoreError> {
    for (_, person) in holders::people(tx, &[holder]).await? {
        let index = subjects::index_of(tx, person).await?;
        if !people.contains(&index) {
            people.push(index);
        }
    }
    Ok(())
}

impl Locked {
    /// The household of the borrower, locked: their own, else that of their spouse, else a new one;
    /// with the spouse in it, who leaves one of their own.
    pub(super) async fn household(
        &self,
        tx: &mut Tx,
        news: News<'_>,
    ) -> Result<HolderId, StoreError> {
        let own = holders::household_of(tx, self.subject).await?;
        let theirs = match self.spouse {
            Some(spouse) => holders::household_of(tx, spouse).await?,
            None => None,
        };
        let holder = match (own, theirs) {
            (Some(own), _) => own,
            (None, Some(theirs)) if self.has_room(tx, theirs).await? => {
                holders::join(tx, theirs, self.subject, news.today, news.now).await?;
                theirs
            }
            (None, _) => holders::insert_household(tx, self.subject, news.today, news.now).await?,
        };
        if let Some(spouse) = self.spouse
            && theirs != Some(holder)
            && self.has_room(tx, holder).await?
            && self.may_leave(tx, theirs, spouse).await?
        {
            if theirs.is_some() {
                holders::leave(tx, spouse, news.now).await?;
            }
            holders::join(tx, holder, spouse, news.today, news.now).await?;
        }
        self.lock(tx, holder).await?;
        Ok(holder)
    }

    /// Whether a household holds nobody but this couple, so that the other of them may join it.
    async fn has_room(&self, tx: &mut Tx, household: HolderId) -> Result<bool, StoreError> {
        let members = holders::members(tx, household).await?;
        let of_the_couple = |it: &SubjectId| *it == self.subject || Some(*it) == self.spouse;
        Ok(members.iter().all(of_the_couple))
    }

    /// Whether the spouse lives with nobody else.
    async fn may_leave(
        &self,
        tx: &mut Tx,
        household: Option<HolderId>,
        spouse: SubjectId,
    ) -> Result<bool, StoreError> {
        match household {
            Some(household) => Ok(holders::members(tx, household).await? == [spouse]),
            None => Ok(true),
        }
    }

    /// The co-operative of a credit code, locked; made if nobody named it before.
    pub(super) async fn cooperative(
        &self,
        tx: &mut Tx,
        credit_code: &str,
        news: News<'_>,
    ) -> Result<HolderId, StoreError> {
        let id = holders::cooperative_or_new(tx, credit_code, self.subject, news.now).await?;
        self.lock(tx, id).await?;
        Ok(id)
    }

    async fn lock(&self, tx: &mut Tx, holder: HolderId) -> Result<(), StoreError> {
        holders::lock(tx, &[holder]).await?;
        let people = holders::people(tx, &[holder]).await?;
        if (people.iter()).all(|(_, person)| self.people.contains(person)) {
            return Ok(());
        }
        // Somebody came to it while the locks were waited for: once more, from the start.
        Err(StoreError::LockTimeout)
    }
}

/// Locks all people of some holders, and then the holders. Answers the people.
pub(super) async fn lock_holders(
    tx: &mut Tx,
    of: &[HolderId],
) -> Result<Vec<SubjectId>, StoreError> {
    let people = people_of(tx, of).await?;
    subjects::lock_all_known(tx, &people).await?;
    holders::lock(tx, of).await?;
    // Somebody came to one of them while the locks were waited for: once more, from the start.
    if people_of(tx, of).await? != people {
        return Err(StoreError::LockTimeout);
    }
    Ok(people)
}

/// All people of some holders, in one order, each once.
async fn people_of(tx: &mut Tx, of: &[HolderId]) -> Result<Vec<SubjectId>, StoreError> {
    let found = holders::people(tx, of).await?;
    let people: BTreeSet<SubjectId> = found.into_iter().map(|(_, person)| person).collect();
    Ok(people.into_iter().collect())
}

/// The holder of a loan.
pub(super) async fn holder_of(
    tx: &mut Tx,
    loan: &sizhu_store::loans::Loan,
) -> Result<HolderId, StoreError> {
    let found = match loan.cooperative {
        Some(cooperative) => Some(cooperative),
        None => holders::household_of(tx, loan.subject).await?,
    };
    found.ok_or(StoreError::Corrupt("holder"))
}
