//! Entitlements: what programmes say to what the registry knows of a person, beside what the
//! person received; and who is entitled and was never served.

use std::sync::Arc;

use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::fact::FactSet;
use sizhu_core::pack::{Period, ProgrammeId};
use sizhu_core::programme::{Programme, Silent, Verdict};
use sizhu_core::{Day, DivisionCode, Fen, Outcome, ResidentId};
use sizhu_store::{
    Actor, Store, Tx, audit,
    awards::{self, Received},
    population::{self, After, Inhabitant, Range},
    residents::{self, Resident},
};

use super::knowing::{KnownPerson, Sum, inhabitant};
use super::news::News;
use super::residents::visible;
use super::screening::{self, Screened};
use crate::policies::PolicySet;
use crate::problem::Problem;

/// People read at once.
const PAGE: i64 = 500;

/// The most people examined for one page of the list of the unserved.
const EXAMINED: usize = 2_000;

/// What a programme says of a person, beside what they received from it.
#[derive(Clone, Debug)]
pub struct Entitlement {
    /// What it says.
    pub screened: Screened,
    /// What was received.
    pub received: Sum,
    /// Whether anything was ever earmarked or paid.
    pub served: bool,
}

/// What is known of a person whom the caller may see.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn known(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: ResidentId,
) -> Result<KnownPerson, Problem> {
    store
        .transaction(actor, async |tx| {
            let resident = visible(tx, grant, id).await?;
            Ok(KnownPerson::load(tx, resident).await?)
        })
        .await
}

/// What a person is entitled to today, by all programmes of their division. Looking somebody else
/// up is recorded.
///
/// # Errors
/// As [`known`].
pub async fn of_resident(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    policies: &PolicySet,
    id: ResidentId,
    news: News<'_>,
) -> Result<Vec<Entitlement>, Problem> {
    let known = store
        .transaction(actor, async |tx| {
            let resident = visible(tx, grant, id).await?;
            if !matches!(grant, Grant::Resident(_)) {
                let event = audit::Event {
                    kind: "entitlements.read",
                    subject: Some(resident.subject),
                    object: Some(resident.id.get()),
                    division: None,
                    details: json!({}),
                };
                audit::record(tx, event, news.now).await?;
            }
            Ok::<_, Problem>(KnownPerson::load(tx, resident).await?)
        })
        .await?;
    let division = &known.resident.details.division;
    let programmes = in_force(policies, division, news.today);
    let screened = screening::screen(programmes, news.today, |programme| {
        known.sheet(programme, news.today, &[])
    })
    .map_err(|error| Problem::internal(&error))?;
    let entitlements = screened.into_iter().map(|mut screened| {
        let received = Sum::of(&known.received, screened.programme.id(), news.today);
        if by_stays(&screened.programme, &received) {
            screened.outcome = Outcome::Granted;
            screened.amount = received.this_year;
            screened.missing = FactSet::EMPTY;
        }
        Entitlement {
            served: received.funded > Fen::ZERO,
            screened,
            received,
        }
    });
    Ok(entitlements.collect())
}

/// The programmes of a division that are in force on a day.
fn in_force(policies: &PolicySet, division: &DivisionCode, on: Day) -> Vec<Arc<Programme>> {
    let mut programmes = policies.programmes(division);
    programmes.retain(|programme| programme.version_at(on).is_some());
    programmes
}

/// Whether the person's stays, decided one by one, came to something: what a programme of stays
/// says to the registry's facts alone is about a stay that is not there.
fn by_stays(programme: &Programme, received: &Sum) -> bool {
    programme.period() == Period::Stay && received.in_all > Fen::ZERO
}

/// Who is asked for in the list of the unserved.
#[derive(Clone, Debug)]
pub struct Unserved {
    /// Those registered here.
    pub division: DivisionCode,
    /// Those entitled by this programme; by any, if none is named.
    pub programme: Option<ProgrammeId>,
    /// Those after this place in the order.
    pub after: Option<After>,
    /// At most so many.
    pub limit: usize,
}

/// Somebody entitled and never served.
pub struct UnservedPerson {
    /// Who.
    pub resident: Resident,
    /// By which programmes, with the amount of one period and what waits for money.
    pub programmes: Vec<UnservedProgramme>,
}

/// A programme that somebody is entitled by and was never served by.
#[derive(Clone, Debug)]
pub struct UnservedProgramme {
    /// The programme.
    pub programme: Arc<Programme>,
    /// For one period.
    pub amount: Fen,
    /// Granted, and waiting for money.
    pub waiting: Fen,
}

/// People entitled by the registry's facts and never served, and where to go on. Someone entitled
/// by one programme or another that would take its place is entitled. One page examines
/// a bounded number of people, so it may hold few or none and still not be the last. The reading
/// is recorded.
///
/// # Errors
/// What the store says.
pub async fn unserved(
    store: &Store,
    actor: &Actor,
    policies: &PolicySet,
    asked: &Unserved,
    news: News<'_>,
) -> Result<(Vec<UnservedPerson>, Option<After>), Problem> {
    store
        .transaction(actor, async |tx| {
            let mut search = Search {
                policies,
                asked,
                on: news.today,
                here: None,
                found: Vec::new(),
                examined: 0,
                last: asked.after.clone(),
            };
            let more = search.run(tx, news).await?;
            let event = audit::Event {
                kind: "unserved.listed",
                subject: None,
                object: None,
                division: Some(asked.division.clone()),
                details: json!({
                    "examined": search.examined,
                    "found": search.found.len(),
                    "programme": asked.programme.as_ref().map(ProgrammeId::as_str),
                }),
            };
            audit::record(tx, event, news.now).await?;
            Ok((search.found, search.last.filter(|_| more)))
        })
        .await
}

/// A search for the unserved under way.
struct Search<'a> {
    policies: &'a PolicySet,
    asked: &'a Unserved,
    on: Day,
    /// The programmes of the village of the person before: people come village by village.
    here: Option<(DivisionCode, Vec<Arc<Programme>>)>,
    found: Vec<UnservedPerson>,
    examined: usize,
    /// The place of the last person examined.
    last: Option<After>,
}

impl Search<'_> {
    /// Examines people until the page is full or enough were examined, and answers whether there
    /// may be more.
    async fn run(&mut self, tx: &mut Tx, news: News<'_>) -> Result<bool, Problem> {
        let range = Range {
            division: self.asked.division.clone(),
            as_of: news.now,
        };
        loop {
            let people = population::page(tx, &range, self.last.as_ref(), PAGE).await?;
            if people.is_empty() {
                return Ok(false);
            }
            let subjects: Vec<_> = people.iter().map(|person| person.subject).collect();
            let received = awards::received(tx, &subjects).await?;
            for person in &people {
                self.examined = self.examined.saturating_add(1);
                self.last = Some(person.place());
                let own = received.iter().filter(|it| it.subject == person.subject);
                let own: Vec<Received> = own.cloned().collect();
                let programmes = self.examine(person, &own)?;
                if programmes.is_empty() {
                    continue;
                }
                if let Some(resident) = residents::find(tx, person.resident).await? {
                    self.found.push(UnservedPerson {
                        resident,
                        programmes,
                    });
                }
                if self.found.len() >= self.asked.limit {
                    return Ok(true);
                }
            }
            if self.examined >= EXAMINED {
                return Ok(true);
            }
        }
    }

    /// The programmes that entitle a person and never served them.
    fn examine(
        &mut self,
        person: &Inhabitant,
        received: &[Received],
    ) -> Result<Vec<UnservedProgramme>, Problem> {
        let programmes = self.programmes(&person.division);
        let registered = inhabitant(person);
        let sheet = registered.sheet_on(self.on);
        let mut verdicts: Vec<Verdict> = Vec::with_capacity(programmes.len());
        for programme in &programmes {
            let mut sheet = sheet;
            Sum::of(received, programme.id(), self.on).tell(&mut sheet);
            let verdict = programme.on(self.on).evaluate(&sheet, &mut Silent);
            verdicts.push(verdict.map_err(|error| Problem::internal(&error))?);
        }
        let asked = programmes.iter().map(AsRef::as_ref).zip(&verdicts);
        let granted = screening::granted(&asked.collect::<Vec<_>>(), self.on);
        let mut found = Vec::new();
        for ((programme, verdict), granted) in programmes.iter().zip(&verdicts).zip(granted) {
            let sum = Sum::of(received, programme.id(), self.on);
            let stays = by_stays(programme, &sum);
            // What may yet be given in its place was not given either.
            let granted = granted.is_some_and(|others| {
                let funded = |id: &ProgrammeId| Sum::of(received, id, self.on).funded;
                others.iter().all(|id| funded(id) <= Fen::ZERO)
            });
            let entitled = granted || stays;
            let named = self.asked.programme.as_ref();
            let asked_for = named.is_none_or(|id| id == programme.id());
            if entitled && asked_for && sum.funded <= Fen::ZERO {
                found.push(UnservedProgramme {
                    programme: Arc::clone(programme),
                    amount: if stays { sum.this_year } else { verdict.amount },
                    waiting: sum.waiting(),
                });
            }
        }
        Ok(found)
    }

    fn programmes(&mut self, division: &DivisionCode) -> Vec<Arc<Programme>> {
        match &self.here {
            Some((here, programmes)) if here == division => programmes.clone(),
            Some(_) | None => {
                let programmes = in_force(self.policies, division, self.on);
                self.here = Some((division.clone(), programmes.clone()));
                programmes
            }
        }
    }
}
