//! The accounts of a purse while differences are settled: what is left, who waits, what is to be written.

use chrono::{DateTime, Utc};
use sizhu_core::{AwardId, Fen};
use sizhu_store::{
    StoreError, Tx,
    accounts::{self, Books},
    transfers::{self, Earmark},
};

/// The locked accounts of a purse.
pub(super) struct Till {
    /// The accounts.
    pub(super) books: Books,
    /// Whether it got money or a place in its queue back, so that the queue is to be served.
    pub(super) freed: bool,
    available: Fen,
    /// How many awards wait.
    waiting: i64,
    next_waiting_no: i64,
    released: Vec<AwardId>,
    earmarked: Vec<(AwardId, Fen)>,
}

impl Till {
    /// Accounts that are locked, so that what they say holds; with so many awards in the queue.
    pub(super) fn new(books: Books, waiting: i64) -> Self {
        Self {
            freed: false,
            available: books.budget.available(),
            waiting,
            next_waiting_no: books.budget.next_waiting_no,
            released: Vec::new(),
            earmarked: Vec::new(),
            books,
        }
    }

    /// Whether an award of an amount gets its money now: nobody waits, and it is there.
    pub(super) fn has(&self, amount: Fen) -> bool {
        self.waiting == 0 && self.available >= amount
    }

    /// Sets money aside for an award. `None` on overflow.
    pub(super) fn earmark(&mut self, award: AwardId, amount: Fen) -> Option<()> {
        self.available = self.available.checked_sub(amount)?;
        self.earmarked.push((award, amount));
        Some(())
    }

    /// The next place in the queue.
    pub(super) const fn queue(&mut self) -> i64 {
        let place = self.next_waiting_no;
        self.next_waiting_no = place.saturating_add(1);
        self.waiting = self.waiting.saturating_add(1);
        place
    }

    /// Takes the earmark of an award back. `None` on overflow.
    pub(super) fn release(&mut self, award: AwardId, amount: Fen) -> Option<()> {
        self.available = self.available.checked_add(amount)?;
        self.released.push(award);
        self.freed = true;
        Some(())
    }

    /// An award leaves the queue: it may have been the one that did not fit.
    pub(super) const fn leave_queue(&mut self) {
        self.waiting = self.waiting.saturating_sub(1);
        self.freed = true;
    }

    /// An award that keeps the place in the queue of another.
    pub(super) const fn keep_place(&mut self) {
        self.waiting = self.waiting.saturating_add(1);
    }
}

/// Writes what became of some accounts; the awards are written.
pub(super) async fn write(
    tx: &mut Tx,
    tills: &[Till],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let released = tills.iter().flat_map(|till| {
        let awards = till.released.iter();
        awards.map(|award| (&till.books, *award))
    });
    transfers::release(tx, &released.collect::<Vec<_>>(), now).await?;
    let earmarked = tills.iter().flat_map(|till| {
        let awards = till.earmarked.iter();
        awards.map(|(award, amount)| Earmark {
            books: &till.books,
            award: *award,
            amount: *amount,
        })
    });
    transfers::earmark(tx, &earmarked.collect::<Vec<_>>(), now).await?;
    let queued = tills.iter().filter_map(|till| {
        let budget = &till.books.budget;
        let moved = till.next_waiting_no != budget.next_waiting_no;
        moved.then_some((budget.id, till.next_waiting_no))
    });
    accounts::set_next_waiting_no(tx, &queued.collect::<Vec<_>>()).await
}
