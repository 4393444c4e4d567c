//! Placing: whether a stay counts, is held, or yields its one day to a longer stay.

use sizhu_core::{ClaimId, StayStanding, SubjectId};
use sizhu_store::{
    PersonIndex, StoreError, Tx,
    claims::Claim,
    stays::{self, Stay},
};
use uuid::Uuid;

use super::news::News;

/// Counts the stays of claims on people who are each another, or holds those that overlap one that
/// counts. Nothing is read to find out: the constraint refuses the overlap. Only then is it looked at
/// whether the two merely touch. Whoever is about to settle a stay of one of the people has to see the
/// new one first.
pub(super) async fn place_all(
    tx: &mut Tx,
    claims: &[(&Claim, PersonIndex)],
    news: News<'_>,
) -> Result<Vec<Stay>, StoreError> {
    let subjects: Vec<SubjectId> = claims.iter().map(|(claim, _)| claim.subject).collect();
    stays::news_of_held(tx, &subjects).await?;
    let counted = claims.iter().map(|(claim, index)| (counted(claim), *index));
    let mut new: Vec<(Stay, PersonIndex)> = counted.collect();
    let placed = stays::try_insert_all(tx, &new, news.now).await?;
    for (stay, index) in &mut new {
        if !placed.contains(&stay.claim) {
            *stay = place_among_others(tx, *stay, *index, news).await?;
        }
    }
    Ok(new.into_iter().map(|(stay, _)| stay).collect())
}

const fn counted(claim: &Claim) -> Stay {
    Stay {
        claim: claim.id,
        subject: claim.subject,
        admitted_on: claim.admitted_on,
        discharged_on: claim.discharged_on,
        standing: StayStanding::Counted,
        yields_day: false,
        resolution: None,
        version: 1,
    }
}

/// Places a stay that cannot count as if there were no other.
async fn place_among_others(
    tx: &mut Tx,
    mut stay: Stay,
    index: PersonIndex,
    news: News<'_>,
) -> Result<Stay, StoreError> {
    match fit(&stay, &stays::of_subject(tx, stay.subject).await?) {
        Fit::Yields => stay.yields_day = true,
        Fit::IsYieldedTo(other) => stays::set_yields_day(tx, other, true).await?,
        Fit::Free | Fit::Overlaps => stay.standing = StayStanding::Held,
    }
    if !stays::try_insert_all(tx, &[(stay, index)], news.now)
        .await?
        .is_empty()
    {
        return Ok(stay);
    }
    stay = Stay {
        standing: StayStanding::Held,
        yields_day: false,
        ..stay
    };
    stays::try_insert_all(tx, &[(stay, index)], news.now).await?;
    Ok(stay)
}

/// What placing a person's stays again did to other claims than the corrected one.
#[derive(Debug, Default)]
pub(super) struct PlacedAgain {
    /// Their stays have come to count.
    pub(super) counted: Vec<ClaimId>,
    /// An officer had settled that they do not count in the place of another, which is gone.
    pub(super) reopened: Vec<ClaimId>,
}

/// Places a person's stays again, after one was taken out because its claim was corrected or
/// withdrawn, and with it what an officer had `dropped` of how it was settled. Those that count go on
/// counting, and take back a day they yielded to what is gone. Then `first` is placed, the stay of a
/// corrected claim, and after it what was held, in the order in which it was posted. What did not count
/// in the place of another that is gone is held again, as if nobody had settled it.
pub(super) async fn place_again(
    tx: &mut Tx,
    subject: SubjectId,
    first: Option<ClaimId>,
    dropped: Option<Uuid>,
) -> Result<PlacedAgain, StoreError> {
    // Whoever is about to settle a stay of the person has to see this first.
    stays::news_of_held(tx, &[subject]).await?;
    let before = stays::of_subject(tx, subject).await?;
    let mut after = before.clone();
    placed_again(&mut after, first, dropped);
    let changed = before.iter().zip(&after).filter(|(old, new)| old != new);
    let (counting, coming): (Vec<_>, Vec<_>) = changed.partition(|(old, _)| old.counts());
    // Days are given up and taken back before anybody comes to count on them.
    for (_, stay) in counting.iter().chain(&coming) {
        stays::set(tx, stay).await?;
    }
    let others = coming.iter().filter(|(_, new)| Some(new.claim) != first);
    let claims = |which: fn(&(&Stay, &Stay)) -> bool| {
        let found = others.clone().filter(|pair| which(pair));
        found.map(|(_, new)| new.claim).collect()
    };
    Ok(PlacedAgain {
        counted: claims(|(_, new)| new.counts()),
        reopened: claims(|(old, _)| old.standing == StayStanding::NotCounted),
    })
}

/// The stays of a person as they are placed again.
fn placed_again(stays: &mut [Stay], first: Option<ClaimId>, dropped: Option<Uuid>) {
    let yielding: Vec<Stay> = stays.iter().filter(|it| it.yields_day).copied().collect();
    for stay in yielding {
        if !meets_one(stays, &stay) {
            change(stays, stay.claim, |it| it.yields_day = false);
        }
    }
    // What rests on a resolution that is history waits for another.
    for stay in stays.iter_mut() {
        if stay.standing == StayStanding::NotCounted
            && dropped.is_some()
            && stay.resolution == dropped
        {
            reopen(stay);
        }
    }
    let corrected = stays.iter().find(|it| Some(it.claim) == first).copied();
    if let Some(stay) = corrected.filter(|it| it.standing == StayStanding::Held) {
        count_if_it_fits(stays, &stay);
    }
    let settled = stays
        .iter()
        .filter(|it| it.standing == StayStanding::NotCounted);
    let settled: Vec<Stay> = settled.copied().collect();
    for stay in settled {
        if !meets_one(stays, &stay) {
            change(stays, stay.claim, reopen);
        }
    }
    let held = stays.iter().filter(|it| it.standing == StayStanding::Held);
    let mut held: Vec<Stay> = held.copied().collect();
    held.sort_by_key(|stay| stay.claim);
    for stay in held {
        count_if_it_fits(stays, &stay);
    }
}

const fn reopen(stay: &mut Stay) {
    stay.standing = StayStanding::Held;
    stay.resolution = None;
}

fn count_if_it_fits(stays: &mut [Stay], stay: &Stay) {
    match fit(stay, stays) {
        Fit::Free => {}
        Fit::Yields => change(stays, stay.claim, |it| it.yields_day = true),
        Fit::IsYieldedTo(other) => change(stays, other, |it| it.yields_day = true),
        Fit::Overlaps => return,
    }
    change(stays, stay.claim, |it| it.standing = StayStanding::Counted);
}

fn change(stays: &mut [Stay], claim: ClaimId, to: impl FnOnce(&mut Stay)) {
    if let Some(stay) = stays.iter_mut().find(|stay| stay.claim == claim) {
        to(stay);
    }
}

/// Those of other stays that take days of this one.
fn met<'a>(stays: &'a [Stay], stay: &'a Stay) -> impl Iterator<Item = &'a Stay> {
    let others = stays.iter().filter(|other| other.claim != stay.claim);
    others.filter(|other| other.takes_days() && other.placed().overlaps(&stay.placed()))
}

fn meets_one(stays: &[Stay], stay: &Stay) -> bool {
    met(stays, stay).next().is_some()
}

/// How a stay fits in with those that count.
#[derive(Debug, PartialEq, Eq)]
enum Fit {
    /// No other is on its days.
    Free,
    /// It is a one-day stay on the first day of a longer one: a patient transferred on the day of
    /// admission leaves one. The two share a day and do not overlap.
    Yields,
    /// It is the longer one; the claim named yields its day.
    IsYieldedTo(ClaimId),
    /// Another is on its days.
    Overlaps,
}

fn fit(new: &Stay, others: &[Stay]) -> Fit {
    let mut all = met(others, new);
    let other = match (all.next(), all.next()) {
        (None, _) => return Fit::Free,
        (Some(other), None) => other,
        (Some(_), Some(_)) => return Fit::Overlaps,
    };
    let mut others = others.iter().filter(|it| it.claim != new.claim);
    if others.any(|it| it.yields_day && it.admitted_on == new.admitted_on) {
        return Fit::Overlaps;
    }
    let (new, met) = (new.placed(), other.placed());
    if new.can_yield_to(&met) {
        Fit::Yields
    } else if met.can_yield_to(&new) && other.resolution.is_none() {
        // What an officer let count keeps its day until an officer says otherwise.
        Fit::IsYieldedTo(met.claim)
    } else {
        Fit::Overlaps
    }
}

#[cfg(test)]
mod tests {
    use sizhu_core::Day;
    use uuid::Uuid;

    use super::*;

    /// A held stay, claimed as the `number`th, of days of March 2026.
    fn held(number: u128, from: u32, until: u32) -> Stay {
        let day = |day| Day::parse(&format!("2026-03-{day:02}")).unwrap();
        Stay {
            claim: ClaimId::new(Uuid::from_u128(number)),
            subject: SubjectId::new(Uuid::nil()),
            admitted_on: day(from),
            discharged_on: day(until),
            standing: StayStanding::Held,
            yields_day: false,
            resolution: None,
            version: 1,
        }
    }

    fn counted(number: u128, from: u32, until: u32) -> Stay {
        Stay {
            standing: StayStanding::Counted,
            ..held(number, from, until)
        }
    }

    /// Not counted, by the resolution of such a number.
    fn settled(stay: Stay, resolution: u128) -> Stay {
        Stay {
            standing: StayStanding::NotCounted,
            resolution: Some(Uuid::from_u128(resolution)),
            ..stay
        }
    }

    /// What each stay comes to: `+` counts, `y` yields its day, `-` is held, `n` does not count, `r` is
    /// refused, `w` withdrawn.
    fn placed(stays: Vec<Stay>, first: Option<u128>) -> String {
        dropping(stays, first, None)
    }

    fn dropping(mut stays: Vec<Stay>, first: Option<u128>, dropped: Option<u128>) -> String {
        placed_again(
            &mut stays,
            first.map(|it| ClaimId::new(Uuid::from_u128(it))),
            dropped.map(Uuid::from_u128),
        );
        let sign = |stay: &Stay| match (stay.standing, stay.yields_day) {
            (StayStanding::Counted, true) => 'y',
            (StayStanding::Counted, false) => '+',
            (StayStanding::Held, _) => '-',
            (StayStanding::NotCounted, _) => 'n',
            (StayStanding::Refused, _) => 'r',
            (StayStanding::Withdrawn, _) => 'w',
        };
        stays.iter().map(sign).collect()
    }

    #[test]
    fn what_did_not_count_for_another_waits_again_once_that_is_gone() {
        let gone = Stay {
            standing: StayStanding::Withdrawn,
            ..held(1, 1, 10)
        };
        assert_eq!(placed(vec![gone, settled(held(2, 5, 15), 8)], None), "w+");
        let refused = Stay {
            standing: StayStanding::Refused,
            ..settled(held(2, 5, 15), 8)
        };
        assert_eq!(placed(vec![gone, refused], None), "wr");
        // While one that counts is on its days it stays as it was settled, also after a correction.
        let kept = vec![held(1, 1, 9), settled(held(2, 5, 15), 8)];
        assert_eq!(placed(kept, Some(1)), "+n");
        let kept = vec![held(1, 1, 5), settled(held(2, 5, 15), 8)];
        assert_eq!(placed(kept, Some(1)), "++");
        // What gave way to the corrected stay waits for an officer anew.
        let gave_way = vec![settled(counted(1, 1, 10), 8), held(2, 9, 15)];
        assert_eq!(dropping(gave_way, Some(2), Some(8)), "-+");
    }

    #[test]
    fn a_day_that_an_officer_let_count_is_not_taken_over() {
        let let_count = Stay {
            standing: StayStanding::Counted,
            ..settled(held(1, 5, 5), 8)
        };
        assert_eq!(placed(vec![let_count, held(2, 5, 8)], Some(2)), "+-");
        assert_eq!(placed(vec![counted(1, 5, 5), held(2, 5, 8)], Some(2)), "y+");
    }

    #[test]
    fn what_counts_goes_on_counting_and_the_oldest_that_is_held_comes_first() {
        let stays = vec![
            counted(9, 1, 5),
            held(3, 10, 20),
            held(2, 12, 22),
            held(1, 4, 6),
        ];
        assert_eq!(placed(stays, None), "+-+-");
    }

    #[test]
    fn what_was_corrected_comes_before_what_was_held_and_after_what_counts() {
        let stays = vec![held(1, 1, 10), held(5, 8, 12), counted(7, 12, 14)];
        assert_eq!(placed(stays.clone(), Some(5)), "-++");
        assert_eq!(placed(stays, Some(1)), "+-+");
        let stays = vec![counted(7, 12, 14), held(1, 13, 15)];
        assert_eq!(placed(stays, Some(1)), "+-");
    }

    #[test]
    fn a_day_that_was_yielded_to_what_is_gone_is_taken_back() {
        let yielding = Stay {
            yields_day: true,
            ..counted(1, 5, 5)
        };
        let gone = Stay {
            standing: StayStanding::Withdrawn,
            ..held(2, 5, 15)
        };
        assert_eq!(placed(vec![yielding, gone], None), "+w");
        // Another that was held there goes on waiting: the day is taken.
        assert_eq!(placed(vec![yielding, gone, held(3, 5, 5)], None), "+w-");
        // A longer one that begins on the day gets it again, one that begins before does not.
        assert_eq!(placed(vec![yielding, gone, held(3, 5, 8)], None), "yw+");
        assert_eq!(placed(vec![yielding, gone, held(3, 4, 8)], None), "+w-");
        // While the longer one is there, nothing changes.
        assert_eq!(placed(vec![yielding, counted(2, 5, 15)], None), "y+");
    }

    #[test]
    fn nothing_overlaps_and_nothing_is_held_that_would_fit() {
        // All stays of up to three days within four, in every order of posting.
        let spans: Vec<(u32, u32)> = (1..=4)
            .flat_map(|from| (from..=4).map(move |until| (from, until)))
            .collect();
        for one in &spans {
            for two in &spans {
                for three in &spans {
                    let mut stays = vec![
                        held(1, one.0, one.1),
                        held(2, two.0, two.1),
                        held(3, three.0, three.1),
                    ];
                    placed_again(&mut stays, None, None);
                    let took: Vec<&Stay> = stays.iter().filter(|it| it.takes_days()).collect();
                    for (number, stay) in took.iter().enumerate() {
                        let mut others = took.iter().skip(number + 1);
                        assert!(
                            !others.any(|other| stay.placed().overlaps(&other.placed())),
                            "{stays:?}"
                        );
                    }
                    for stay in stays.iter().filter(|it| !it.counts()) {
                        assert_eq!(fit(stay, &stays), Fit::Overlaps, "{stays:?}");
                    }
                    let again = stays.clone();
                    placed_again(&mut stays, None, None);
                    assert_eq!(again, stays, "placing again changes nothing");
                }
            }
        }
    }
}
