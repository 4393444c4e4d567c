//! Loans: a bank or an officer posts one; its holder is found or made, and what was decided of the
//! holder's loans is decided anew.

mod asking;
mod confirming;
pub(in crate::service) mod events;
mod overview;

use serde_json::json;
use sizhu_core::access::Grant;
use sizhu_core::loan::Borrower;
use sizhu_core::{CitizenId, DivisionCode, LoanId, ResidentId};
use sizhu_store::{
    Actor, Store, Tx, audit, holders,
    idempotency::{Answer, Request},
    loans::{self, Filter, Listed, Loan, LoanContent, Scope},
    residents::{self, Resident},
};
use uuid::Uuid;

use super::households::{Locked, lock_borrower, lock_holders};
use super::news::News;
use super::once::once;
use super::subsidising::{Which, decide_holders};
use crate::policies::Policies;
use crate::problem::{FieldError, Problem, ProblemKind, Text};

pub(super) use asking::unanswerable;
pub use asking::{Subsidised, preview, schedule, subsidy};
pub use confirming::{Said, confirm, confirm_in};
pub use events::{
    Applied, Batch, EventFault, NewEvent, NewKind, Refused, apply, events, post_events_once,
};
pub use overview::{Overview, leverage_hundredths, overview};

/// Who is at the counter: a caller with what they may, and what an act on loans needs.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    /// The store.
    pub store: &'a Store,
    /// The packs.
    pub policies: &'a Policies,
    /// The actor of the transaction.
    pub actor: &'a Actor,
    /// What the caller may.
    pub grant: &'a Grant,
    /// When.
    pub news: News<'a>,
}

/// What a bank or an officer posts.
#[derive(Clone)]
pub struct NewLoan {
    /// Code of the bank.
    pub bank: String,
    /// Where it came in: `bank`, `officer` or `import`.
    pub channel: &'static str,
    /// The officer's division; `None` for a bank.
    pub within: Option<DivisionCode>,
    /// Who borrows, or represents who does.
    pub borrower: CitizenId,
    /// Credit code of the co-operative or firm that borrows.
    pub credit_code: Option<String>,
    /// The bank's number of the contract.
    pub contract_no: String,
    /// What is said of it.
    pub content: LoanContent,
}

impl NewLoan {
    /// All that was posted, in one form however it was typed.
    ///
    /// # Errors
    /// What cannot be written as JSON.
    pub fn canonical(&self) -> Result<Vec<u8>, Problem> {
        let content = &self.content;
        let told = json!({
            "bank": self.bank,
            "contract_no": self.contract_no,
            "citizen_id": self.borrower.as_str(),
            "name": content.borrower_name.as_str(),
            "credit_code": self.credit_code,
            "purpose": content.purpose,
            "contract": content.contract,
            "households_led": content.households_led,
        });
        Ok(sizhu_store::canonical(&told)?)
    }
}

/// A loan, and what the registry knows of who borrows.
#[derive(Clone)]
pub struct LoanState {
    /// The loan.
    pub loan: Loan,
    /// The borrower's row in the registry; never for banks.
    pub resident: Option<Resident>,
}

/// Who is to be told of a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The bank: what it posted, and nothing of the registry or of what officers confirmed.
    Bank,
    /// An officer, an auditor or the borrower.
    Registry,
}

impl Audience {
    /// The audience a caller is.
    #[must_use]
    pub const fn of(grant: &Grant) -> Self {
        match grant {
            Grant::Officer(_) | Grant::Auditor(_) | Grant::Resident(_) => Self::Registry,
            Grant::Hospital(_)
            | Grant::Bank(_)
            | Grant::Finance(_)
            | Grant::Policy
            | Grant::Admin => Self::Bank,
        }
    }
}

/// A posted loan: a new one, or the one there was, posted again with the same content.
pub enum Posted {
    /// It was recorded now.
    New(LoanState),
    /// It was recorded before.
    Known(LoanState),
}

#[derive(Debug, thiserror::Error)]
#[error("loan {0} has lost a part of its record")]
struct Incomplete(LoanId);

/// Whose loans a caller may see; `None` for roles that see none.
#[must_use]
pub fn scope(grant: &Grant) -> Option<Scope> {
    match grant {
        Grant::Bank(code) => Some(Scope::Bank(code.clone())),
        Grant::Officer(division) | Grant::Auditor(division) => {
            Some(Scope::Division(division.clone()))
        }
        Grant::Resident(id) => Some(Scope::Resident(*id)),
        Grant::Hospital(_) | Grant::Finance(_) | Grant::Policy | Grant::Admin => None,
    }
}

/// Posts a loan, once under its key, and answers what `render` makes of it.
///
/// # Errors
/// As for any request under a key; as [`post`].
pub async fn post_once(
    at: Counter<'_>,
    request: &Request<'_>,
    new: NewLoan,
    render: impl FnOnce(&Posted) -> Result<Answer, Problem>,
) -> Result<Answer, Problem> {
    let work = async |tx: &mut Tx| render(&post(tx, at.policies, new, at.news).await?);
    once(at.store, at.actor, Some(request), at.news.now, work).await
}

/// Records a loan, and decides anew what was decided of its holder's loans.
///
/// # Errors
/// 409 that names the loan already posted for the contract, when its content differs; 422 for a
/// borrower whom an officer may not see.
pub async fn post(
    tx: &mut Tx,
    policies: &Policies,
    new: NewLoan,
    news: News<'_>,
) -> Result<Posted, Problem> {
    let fingerprint = tx.keys().fingerprint(&[b"loan", &new.canonical()?]);
    let credit_code = new.credit_code.as_deref();
    let locked = lock_borrower(tx, &new.borrower, credit_code, news).await?;
    let news = news.after_waiting();
    if let Some(within) = &new.within {
        let resident = locked.resident.as_ref();
        let seen = resident.is_some_and(|it| within.contains(&it.details.division));
        if !seen {
            return Err(stranger());
        }
    }
    let cooperative = match credit_code {
        Some(code) => Some(locked.cooperative(tx, code, news).await?),
        None => None,
    };
    let loan = Loan {
        id: LoanId::new(Uuid::now_v7()),
        subject: locked.subject,
        cooperative,
        bank: new.bank,
        contract_no: new.contract_no,
        posted_on: news.today,
        posted_at: news.now,
        version: 1,
        version_id: Uuid::now_v7(),
        fingerprint: fingerprint.to_vec(),
        content: new.content,
    };
    if !loans::try_insert(tx, &loan, new.channel).await? {
        return known(tx, &loan, new.within.as_ref())
            .await
            .map(Posted::Known);
    }
    let holder = match cooperative {
        Some(cooperative) => cooperative,
        None => locked.household(tx, news).await?,
    };
    let event = audit::Event {
        kind: "loan.posted",
        subject: Some(loan.subject),
        object: Some(loan.id.get()),
        division: None,
        details: json!({
            "loan_version_id": loan.version_id,
            "holder_id": holder,
            "principal_fen": loan.content.contract.terms().principal,
        }),
    };
    audit::record(tx, event, news.now).await?;
    decide_holders(tx, policies, &[holder], Which::Decided, news).await?;
    Ok(Posted::New(LoanState {
        loan,
        resident: locked.resident.filter(|_| new.within.is_some()),
    }))
}

fn stranger() -> Problem {
    Problem::validation(vec![FieldError::new(
        "/borrower/citizen_id",
        "not_in_division",
        Text::new(
            "您的辖区内没有登记此人。",
            "Nobody of this citizen ID is registered in your division.",
        ),
    )])
}

/// The loan posted before for the same contract, if it said the same.
async fn known(
    tx: &mut Tx,
    posted: &Loan,
    within: Option<&DivisionCode>,
) -> Result<LoanState, Problem> {
    let before = loans::find_by_natural_key(tx, &posted.bank, &posted.contract_no).await?;
    let before = before.ok_or_else(|| Problem::internal(&Incomplete(posted.id)))?;
    let (seen, resident) = match within {
        None => (true, None),
        Some(within) => {
            let resident = residents::find_by_subject(tx, before.subject).await?;
            let seen = resident.filter(|it| within.contains(&it.details.division));
            (seen.is_some(), seen)
        }
    };
    if seen && before.fingerprint == posted.fingerprint {
        let loan = before;
        return Ok(LoanState { loan, resident });
    }
    let problem = Problem::new(ProblemKind::AlreadyExists).with_errors(vec![FieldError::new(
        "/contract_no",
        "contract_used",
        Text::new(
            "该银行的这份合同已登记，内容不同。",
            "This contract of the bank was posted before with other content.",
        ),
    )]);
    if !seen {
        return Err(problem);
    }
    Err(problem
        .with_member("loan_id", before.id.to_string())
        .with_member("loan", format!("/v1/loans/{}", before.id)))
}

/// One loan, if the caller may see it.
///
/// # Errors
/// 404 when there is none, or none the caller may see.
pub async fn find(
    store: &Store,
    actor: &Actor,
    grant: &Grant,
    id: LoanId,
) -> Result<LoanState, Problem> {
    store
        .transaction(actor, async |tx| {
            let loan = visible(tx, grant, id).await?;
            let resident = match Audience::of(grant) {
                Audience::Bank => None,
                Audience::Registry => residents::find_by_subject(tx, loan.subject).await?,
            };
            Ok(LoanState { loan, resident })
        })
        .await
}

/// A loan, if the caller may see it.
async fn visible(tx: &mut Tx, grant: &Grant, id: LoanId) -> Result<Loan, Problem> {
    let scope = scope(grant).ok_or_else(Problem::forbidden)?;
    if loans::visible(tx, id, scope).await?.is_none() {
        return Err(Problem::not_found());
    }
    loans::find(tx, id).await?.ok_or_else(Problem::not_found)
}

/// Loans the caller may see, newest first.
///
/// # Errors
/// What the store says.
pub async fn list(
    store: &Store,
    actor: &Actor,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Listed>, Problem> {
    store
        .transaction(actor, async |tx| Ok(loans::list(tx, filter, limit).await?))
        .await
}

/// The loan as the core takes it, without its events.
pub(crate) fn core_loan(loan: &Loan) -> sizhu_core::loan::Loan {
    let content = &loan.content;
    sizhu_core::loan::Loan {
        id: loan.id,
        contract_no: loan.contract_no.clone(),
        contract: content.contract,
        borrower: match loan.cooperative {
            Some(_) => Borrower::Cooperative,
            None => Borrower::Household,
        },
        purpose: content.purpose,
        households_led: content.households_led,
        family_kept_policy: content.family_kept_policy,
        events: Vec::new(),
    }
}

/// Loans of a person who was just registered, who is locked with everyone beside: their household is
/// found or made, and what was run of their county is decided of it.
///
/// # Errors
/// What the store says.
pub(super) async fn registered(
    tx: &mut Tx,
    policies: &Policies,
    locked: &Locked,
    news: News<'_>,
) -> Result<(), Problem> {
    let loans = loans::of_subject(tx, locked.subject).await?;
    let theirs = match locked.spouse {
        Some(spouse) => holders::household_of(tx, spouse).await?,
        None => None,
    };
    let mut of = Vec::new();
    if theirs.is_some() || loans.iter().any(|loan| loan.cooperative.is_none()) {
        of.push(locked.household(tx, news).await?);
    }
    of.extend(loans.iter().filter_map(|loan| loan.cooperative));
    if of.is_empty() {
        return Ok(());
    }
    lock_holders(tx, &of).await?;
    let which = Which::Registered(locked.subject);
    decide_holders(tx, policies, &of, which, news).await
}

/// A resident's own scope.
#[must_use]
pub const fn own(resident: ResidentId) -> Filter {
    Filter::all(Scope::Resident(resident))
}
