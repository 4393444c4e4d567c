//! Placing: whether a new stay counts, is held, or yields its one day to a longer stay.

use sizhu_core::{ClaimId, StayStanding};
use sizhu_store::{
    PersonIndex, StoreError, Tx,
    claims::Claim,
    stays::{self, Stay},
};

use super::news::News;

/// Counts the stay, or holds it because it overlaps one that counts. Nothing is read to find out:
/// the constraint refuses the overlap. Only then is it looked at whether the two merely touch.
/// Whoever is about to settle a stay of the person has to see the new one first.
pub(super) async fn place(
    tx: &mut Tx,
    claim: &Claim,
    index: PersonIndex,
    news: News<'_>,
) -> Result<Stay, StoreError> {
    stays::news_of_held(tx, claim.subject).await?;
    let mut stay = Stay {
        claim: claim.id,
        subject: claim.subject,
        admitted_on: claim.admitted_on,
        discharged_on: claim.discharged_on,
        standing: StayStanding::Counted,
        yields_day: false,
        resolution: None,
        version: 1,
    };
    if stays::try_insert(tx, &stay, index, news.now).await? {
        return Ok(stay);
    }
    match touching(tx, &stay).await? {
        Some(Touch::Yields) => stay.yields_day = true,
        Some(Touch::IsYieldedTo(other)) => stays::set_yields_day(tx, other, true).await?,
        None => stay.standing = StayStanding::Held,
    }
    if stays::try_insert(tx, &stay, index, news.now).await? {
        return Ok(stay);
    }
    stay = Stay {
        standing: StayStanding::Held,
        yields_day: false,
        ..stay
    };
    stays::try_insert(tx, &stay, index, news.now).await?;
    Ok(stay)
}

/// Two stays that share a day and do not overlap: a patient transferred on the day of admission
/// leaves a one-day stay on the first day of a longer one.
enum Touch {
    /// The new stay is the one-day stay.
    Yields,
    /// The new stay is the longer one; the claim named yields its day.
    IsYieldedTo(ClaimId),
}

async fn touching(tx: &mut Tx, new: &Stay) -> Result<Option<Touch>, StoreError> {
    let others = stays::of_subject(tx, new.subject).await?;
    let counted: Vec<&Stay> = others.iter().filter(|stay| stay.counts()).collect();
    let yielded = |day| {
        counted
            .iter()
            .any(|stay| stay.yields_day && stay.admitted_on == day)
    };
    let (new, mut met) = (
        new.placed(),
        counted
            .iter()
            .filter(|stay| !stay.yields_day && stay.placed().overlaps(&new.placed())),
    );
    let (Some(met), None) = (met.next(), met.next()) else {
        return Ok(None);
    };
    let (settled, met) = (met.resolution.is_some(), met.placed());
    if yielded(new.admitted_on) {
        return Ok(None);
    }
    Ok(if new.can_yield_to(&met) {
        Some(Touch::Yields)
    } else if met.can_yield_to(&new) && !settled {
        // What an officer let count keeps its day until an officer says otherwise.
        Some(Touch::IsYieldedTo(met.claim))
    } else {
        None
    })
}
