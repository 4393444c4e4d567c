//! The claims that are posted: their kinds in the demo's proportion, their people, their JSON.

use std::ops::Deref as _;

use serde_json::Value;
use sizhu_core::CitizenId;
use sizhu_tests::{bulk, fixtures};

use crate::world::{self, Poster, Who};

/// What a claim is like: each kind takes another way through the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The first stay of someone entitled: granted.
    First,
    /// A later stay of theirs: granted, and the first one decided with it.
    Later,
    /// A stay that overlaps the first, claimed elsewhere: held.
    Held,
    /// A stay of someone registered without a status: refused.
    Refused,
    /// A stay of someone in no registry: refused.
    Stranger,
}

/// The kinds, with how many of a hundred claims are of each: as in the demo, where seven people in
/// hospital have eleven stays, one stay of twenty people is claimed twice, a quarter of the stays
/// is for nothing the rules pay for, and three claims of a hundred are for strangers.
pub(crate) const KINDS: [(Kind, u32); 5] = [
    (Kind::First, 45),
    (Kind::Later, 33),
    (Kind::Held, 3),
    (Kind::Refused, 16),
    (Kind::Stranger, 3),
];

impl Kind {
    /// Whom it is about.
    pub(crate) const fn who(self) -> Who {
        match self {
            Self::First | Self::Later | Self::Held => Who::Entitled,
            Self::Refused => Who::Registered,
            Self::Stranger => Who::Stranger,
        }
    }

    const fn stay(self) -> (&'static str, &'static str) {
        match self {
            Self::First | Self::Refused | Self::Stranger => ("2026-03-01", "2026-03-21"),
            Self::Later => ("2026-05-04", "2026-05-24"),
            Self::Held => ("2026-03-05", "2026-03-25"),
        }
    }

    /// Its place in [`KINDS`].
    pub(crate) fn place(self) -> usize {
        let found = KINDS.iter().position(|(kind, _)| *kind == self);
        found.expect("all kinds are listed")
    }
}

/// A claim to be posted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    pub(crate) kind: Kind,
    nth: u32,
}

impl Claim {
    pub(crate) const fn new(kind: Kind, nth: u32) -> Self {
        Self { kind, nth }
    }

    /// The number of the person.
    pub(crate) fn number(self) -> u32 {
        world::number(Poster::Http, self.kind.who(), self.nth)
    }

    /// The blind index of the person.
    pub(crate) fn index(self) -> [u8; 32] {
        let own = world::citizen_id(self.kind.who(), self.nth);
        let own = CitizenId::parse(&own).expect("a citizen ID");
        *bulk::vault().person_index(&own).as_bytes()
    }

    /// The hospital that posts it; held stays are claimed by another one.
    pub(crate) fn hospital(self) -> u32 {
        let shift = u32::from(self.kind == Kind::Held);
        1 + (self.number() + shift) % world::HOSPITALS
    }

    /// The hospital's number of it, which is its `Idempotency-Key` too.
    pub(crate) fn record(self) -> String {
        format!("ZY-{}-{}", self.kind.place(), self.number())
    }

    pub(crate) fn body(self) -> Value {
        let (from, to) = self.kind.stay();
        fixtures::claim()
            .set("/citizen_id", world::citizen_id(self.kind.who(), self.nth))
            .set("/patient_name", world::NAME)
            .record(&self.record())
            .stay(from, to)
            .nursing(0, 20, 0, 0)
            .deref()
            .clone()
    }
}

/// How many first stays lie between the first and the later stay of a person, so that the first
/// is answered by then.
const APART: u32 = 64;

/// Deals out claims, no two alike, over all runs.
pub(crate) struct Deck {
    dealt: [u32; KINDS.len()],
    state: u64,
}

impl Deck {
    pub(crate) const fn new() -> Self {
        Self {
            dealt: [0; KINDS.len()],
            state: 0x9E37_79B9_7F4A_7C15,
        }
    }

    /// The next claim, of a kind by chance.
    pub(crate) fn deal(&mut self) -> Claim {
        let mut left = self.below(100);
        let drawn = KINDS.iter().find(|(_, weight)| {
            let here = left < *weight;
            left = left.saturating_sub(*weight);
            here
        });
        let kind = drawn.map_or(Kind::First, |(kind, _)| *kind);
        let ahead = self.dealt[Kind::First.place()];
        let too_early = self.dealt[kind.place()] + APART >= ahead;
        let is_later = matches!(kind, Kind::Later | Kind::Held);
        self.deal_of(if is_later && too_early {
            Kind::First
        } else {
            kind
        })
    }

    /// The next claim of a kind.
    pub(crate) fn deal_of(&mut self, kind: Kind) -> Claim {
        let nth = &mut self.dealt[kind.place()];
        let claim = Claim::new(kind, *nth);
        *nth += 1;
        claim
    }

    /// Xorshift (Marsaglia 2003), below a bound.
    fn below(&mut self, bound: u32) -> u32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        u32::try_from(self.state % u64::from(bound)).expect("below a bound of 32 bits")
    }
}
