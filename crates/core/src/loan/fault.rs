//! What is wrong with a contract or the history of a loan: the event, the field, a stable code.

use std::fmt;

use crate::id::LoanEventId;
use crate::trace::Bilingual;
use crate::word::words;

words! {
    /// What is wrong with a field of a contract or an event.
    pub enum FaultCode {
        /// Neither this field nor its like is above nothing.
        Nothing = "nothing",
        /// Outside what can be counted.
        OutOfRange = "out_of_range",
        /// Not after the first day.
        NotAfterStart = "not_after_start",
        /// Not 1, 3, 6 or 12 months.
        Months = "months",
        /// The first due day is not after the start, or after the end.
        FirstDueDay = "first_due_day",
        /// Instalments of a loan that is not drawn at once.
        InstalmentsOfDraws = "instalments_of_draws",
        /// The event lies before the loan's first day.
        BeforeStart = "before_start",
        /// A draw of a loan that is drawn at once.
        DrawnAtStart = "drawn_at_start",
        /// A draw or an extension on or after the loan's end.
        AfterEnd = "after_end",
        /// More is drawn than the contract lends.
        MoreThanContract = "more_than_contract",
        /// More is repaid or written off than is owed on the day.
        MoreThanOwed = "more_than_owed",
        /// Interest is due on a day on which none is by the contract.
        NotADueDay = "not_a_due_day",
        /// The interest of the due day was told before.
        DueTwice = "due_twice",
        /// The new end is not after the one before.
        NotLater = "not_later",
        /// There is no such event of this loan.
        UnknownEvent = "unknown_event",
        /// A reversal cannot be reversed.
        ReversalReversed = "reversal_reversed",
        /// The event was reversed before.
        ReversedTwice = "reversed_twice",
        /// The id of the event is another's.
        SameEvent = "same_event",
    }
}

impl FaultCode {
    /// What is wrong, in a sentence of each language.
    #[must_use]
    pub const fn text(self) -> Bilingual {
        let (zh, en) = match self {
            Self::Nothing => ("须大于零。", "This must be above nothing."),
            Self::OutOfRange => ("超出可计算范围。", "This is outside what can be counted."),
            Self::NotAfterStart => (
                "须晚于起息日，且期限不超过五十年。",
                "This must lie after the first day, at most 50 years.",
            ),
            Self::Months => (
                "须为1、3、6或12个月。",
                "This must be 1, 3, 6 or 12 months.",
            ),
            Self::FirstDueDay => (
                "首个应还日须晚于起息日且不晚于到期日；利随本清只在到期日。",
                "The first due day lies after the start and not after the end; of a bullet loan it is the end.",
            ),
            Self::InstalmentsOfDraws => (
                "分期还本的贷款须在起息日一次放款。",
                "A loan repaid by instalments is drawn at once.",
            ),
            Self::BeforeStart => ("早于贷款起息日。", "This lies before the loan's first day."),
            Self::DrawnAtStart => ("该贷款已一次放款。", "This loan was drawn at once."),
            Self::AfterEnd => (
                "不早于贷款到期日。",
                "This lies on or after the loan's end.",
            ),
            Self::MoreThanContract => (
                "放款合计超过合同本金。",
                "The draws come to more than the contract's principal.",
            ),
            Self::MoreThanOwed => (
                "超过当日所欠本金。",
                "This is more than the principal owed on the day.",
            ),
            Self::NotADueDay => (
                "按合同该日不结息。",
                "No interest is due on this day by the contract.",
            ),
            Self::DueTwice => (
                "该结息日已有应付利息。",
                "The interest due on this day was told before.",
            ),
            Self::NotLater => (
                "展期后的到期日须晚于原到期日。",
                "The new end must lie after the one before.",
            ),
            Self::UnknownEvent => (
                "该贷款没有这一事件。",
                "There is no such event of this loan.",
            ),
            Self::ReversalReversed => ("冲正不能再冲正。", "A reversal cannot be reversed."),
            Self::ReversedTwice => ("该事件已冲正。", "This event was reversed before."),
            Self::SameEvent => ("事件编号重复。", "The id of the event is another's."),
        };
        Bilingual::of(zh, en)
    }
}

/// A field that is wrong, of the contract or of an event. Never repeats the value: it came from
/// outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub struct LoanFault {
    /// The event; `None` where the contract is wrong.
    pub event: Option<LoanEventId>,
    /// The field, as JSON has it: `principal_fen`, `due_on`.
    pub field: &'static str,
    /// What is wrong with it.
    pub code: FaultCode,
}

impl fmt::Display for LoanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(event) = self.event {
            write!(f, "event {event}: ")?;
        }
        write!(f, "{}: {}", self.field, self.code.text().en)
    }
}

/// Every fault of something that was read; never none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct LoanFaults(pub Vec<LoanFault>);
