//! The rules of Sizhu: money, dates, identity, policy packs, stays, decisions and ledger laws.
//!
//! Everything here is pure: no I/O, async, clock, randomness or floating point. The same facts,
//! policy text and [`ENGINE_VERSION`] give the same bytes. A refusal is a value, not an error.

pub mod access;
pub mod citizen_id;
pub mod day;
pub mod diagnosis;
pub mod division;
pub mod hospital;
pub mod hospital_care;
pub mod id;
pub mod ledger;
pub mod money;
pub mod name;
pub mod pack;
pub mod schedule;
pub mod status;
pub mod stay;
pub mod trace;
pub mod word;

pub use citizen_id::{CitizenId, CitizenIdError, Sex, check_digit};
pub use day::{Day, DayError, Period};
pub use diagnosis::{DiagnosisCode, DiagnosisError, DiagnosisRange};
pub use division::{DivisionCode, DivisionError, DivisionLevel};
pub use hospital::{HospitalClass, HospitalGrade, HospitalLevel, Ownership};
pub use hospital_care::{ClaimDecision, decide, for_hospital};
pub use id::{
    AccountId, AuditEventId, AwardId, ClaimId, DecisionId, HospitalId, RecoveryId, ResidentId,
    StatusId, SubjectId, TransferId,
};
pub use ledger::{
    AccountFlags, Balance, Funding, OpenAward, OpenRecovery, SettlementStep, Standing,
    TransferState, TransitionError, serve_queue, settle,
};
pub use money::{Fen, Ratio, Rounding};
pub use name::{NameError, PersonName};
pub use pack::{
    DailyRate, DayCounting, DiagnosisSet, HOSPITAL_CARE, Help, HospitalCarePack, HospitalRule,
    PackError, PolicyHash, RateForm,
};
pub use schedule::{Citation, Dated, Provenance, Schedule, SourceClass};
pub use status::{
    ConfirmationFacts, Confirmed, EndReason, EvidenceKind, Grade, MaritalStatus, PersonBirth,
    StatusKind, Unmet, confirm,
};
pub use stay::{
    EngineError, NursingDays, NursingError, PersonFacts, PricedStay, Segment, StatusFacts,
    StayFacts, Unpaid, YearShare, check_nursing, price, stay_days,
};
pub use trace::{Bilingual, ClauseResult, ENGINE_VERSION, Outcome, Trace, TraceEntry};
pub use word::UnknownWord;
