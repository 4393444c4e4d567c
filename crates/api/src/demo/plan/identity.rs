//! Synthetic citizen IDs: valid by GB 11643-1999, given out once each, of nobody.

use std::collections::HashSet;

use sizhu_core::{CitizenId, Day, Sex, check_digit};

use super::random::Random;
use super::{EXAMPLE_MEMBER, EXAMPLE_NEWCOMER};

/// How often another serial number is tried on one area and birthday.
const TRIES: u32 = 1_000;

/// The IDs given out so far, each without its check digit: a whole province of them is kept.
pub(super) struct Identities(HashSet<u64>);

impl Identities {
    /// None given out but those that the examples name.
    pub(super) fn new() -> Self {
        Self(
            [EXAMPLE_MEMBER, EXAMPLE_NEWCOMER]
                .into_iter()
                .filter_map(bare)
                .collect(),
        )
    }

    /// An ID nobody has yet; `None` when the area and day have no more.
    pub(super) fn issue(
        &mut self,
        random: &mut Random,
        area: &str,
        born_on: Day,
        sex: Sex,
    ) -> Option<CitizenId> {
        let odd = match sex {
            Sex::Male => 1,
            Sex::Female => 0,
        };
        let birthday = born_on.to_string().replace('-', "");
        for _ in 0..TRIES {
            let serial = random.below(500) * 2 + odd;
            let body = format!("{area}{birthday}{serial:03}");
            let number = format!("{body}{}", check_digit(&body)?);
            if self.0.insert(bare(&number)?) {
                return CitizenId::parse(&number).ok();
            }
        }
        None
    }
}

/// The digits of an ID before its check digit, as one number.
fn bare(id: &str) -> Option<u64> {
    id.get(..17)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_valid_and_given_once() {
        let (mut random, mut ids) = (Random::of("ids"), Identities::new());
        let born_on = Day::from_ymd(1958, 2, 28).unwrap();
        let mut seen = HashSet::new();
        for _ in 0..200 {
            let id = ids
                .issue(&mut random, "430371", born_on, Sex::Female)
                .unwrap();
            assert_eq!(
                (id.born_on(), id.sex(), id.area()),
                (born_on, Sex::Female, "430371")
            );
            assert!(seen.insert(id));
        }
    }

    #[test]
    fn the_examples_are_valid_and_taken() {
        for example in [EXAMPLE_MEMBER, EXAMPLE_NEWCOMER] {
            CitizenId::parse(example).unwrap();
            assert!(Identities::new().0.contains(&bare(example).unwrap()));
        }
    }
}
