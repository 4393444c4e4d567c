//! Placing: whether a stay counts, is held, or yields its one day to a longer stay.

use sizhu_core::ClaimId;
use sizhu_store::{
    PersonIndex, StoreError, Tx,
    claims::Claim,
    stays::{self, Stay},
};

use super::news::News;

/// Counts the stay, or holds it because it overlaps one that counts. Nothing is read to find out:
/// the constraint refuses the overlap. Only then is it looked at whether the two merely touch.
pub(super) async fn place(
    tx: &mut Tx,
    claim: &Claim,
    index: PersonIndex,
    news: News<'_>,
) -> Result<Stay, StoreError> {
    let mut stay = Stay {
        claim: claim.id,
        subject: claim.subject,
        admitted_on: claim.content.admitted_on,
        discharged_on: claim.content.discharged_on,
        counted: true,
        yields_day: false,
    };
    if stays::try_insert(tx, &stay, index, news.now).await? {
        return Ok(stay);
    }
    match touching(tx, &stay).await? {
        Some(Touch::Yields) => stay.yields_day = true,
        Some(Touch::IsYieldedTo(other)) => stays::yield_day(tx, other).await?,
        None => stay.counted = false,
    }
    if stays::try_insert(tx, &stay, index, news.now).await? {
        return Ok(stay);
    }
    stay = Stay {
        counted: false,
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
    let counted: Vec<&Stay> = others.iter().filter(|stay| stay.counted).collect();
    let yielded = |day| {
        counted
            .iter()
            .any(|stay| stay.yields_day && stay.admitted_on == day)
    };
    let mut met = counted
        .iter()
        .filter(|stay| !stay.yields_day && overlap(stay, new));
    let (Some(met), None) = (met.next(), met.next()) else {
        return Ok(None);
    };
    let one_day = |stay: &Stay| stay.admitted_on == stay.discharged_on;
    if met.admitted_on != new.admitted_on || yielded(new.admitted_on) {
        return Ok(None);
    }
    Ok(match (one_day(new), one_day(met)) {
        (true, false) => Some(Touch::Yields),
        (false, true) => Some(Touch::IsYieldedTo(met.claim)),
        (true, true) | (false, false) => None,
    })
}

/// Whether two stays overlap, each `[admitted, discharged)` or one day.
fn overlap(one: &Stay, other: &Stay) -> bool {
    let last = |stay: &Stay| {
        let end = stay.discharged_on.previous().unwrap_or(stay.discharged_on);
        end.max(stay.admitted_on)
    };
    one.admitted_on <= last(other) && other.admitted_on <= last(one)
}
