//! The rules of Sizhu: money, dates, identity, policy packs, stays, decisions and ledger laws.
//!
//! Everything here is pure: no I/O, async, clock, randomness or floating point. The same facts,
//! policy text and [`ENGINE_VERSION`] give the same bytes. A refusal is a value, not an error.

pub mod access;
pub mod citizen_id;
pub mod day;
pub mod diagnosis;
pub mod division;
pub mod fact;
pub mod golden;
pub mod hospital;
pub mod hospital_care;
pub mod id;
pub mod ledger;
pub mod loan;
pub mod money;
pub mod name;
pub mod pack;
pub mod programme;
pub mod quantity;
pub mod schedule;
pub mod simulation;
pub mod status;
pub mod stay;
pub mod trace;
pub mod word;

pub use citizen_id::{CitizenId, CitizenIdError, Sex, check_digit};
pub use day::{Day, DayError, Period};
pub use diagnosis::{DiagnosisCode, DiagnosisError, DiagnosisRange};
pub use division::{DivisionCode, DivisionError, DivisionLevel};
pub use hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
pub use hospital_care::{ClaimDecision, HOSPITAL_CARE, Uncounted, decide, for_hospital, uncounted};
pub use id::{
    AccountId, AuditEventId, AwardId, ClaimBatchId, ClaimId, DecisionId, HolderId, HospitalId,
    JobId, LoanEventId, LoanId, LoanStatementId, PolicyVersionId, RecoveryId, ResidentId, StatusId,
    SubjectId, SubsidyRunId, TransferId,
};
pub use ledger::{
    AccountFlags, Balance, Funding, OpenAward, OpenRecovery, SettlementStep, Standing,
    TransferState, TransitionError, serve_queue, settle,
};
pub use money::{Fen, Ratio, Rounding};
pub use name::{NameError, PersonName};
pub use pack::{Fault, Help, Place, PolicyHash, ProgrammeId};
pub use programme::{Policy, Programme};
pub use schedule::{Citation, Dated, Provenance, Schedule, SourceClass};
pub use status::{
    ConfirmationFacts, Confirmed, EndReason, EvidenceKind, Grade, MaritalStatus, PersonBirth,
    StatusKind, Unmet, confirm,
};
pub use stay::{
    Charges, Counting, DayCounting, EngineError, KnownFacts, NursingDays, NursingError,
    PersonFacts, PlacedStay, PricedEntitlement, PricedStay, Resolution, Scratch, Segment,
    SettledStay, SnapshotError, StatusFacts, Stay, StayFacts, StayPerson, StayStanding, Unpaid,
    YearShare, YearTotals, check_nursing, counted_days, let_count, price, stay_days, total,
};
pub use trace::{
    Bilingual, ChainLink, ClauseResult, ClauseScope, ENGINE_VERSION, Outcome, Trace, TraceEntry,
};
pub use word::UnknownWord;
