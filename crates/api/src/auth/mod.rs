//! Who is asking: client secrets, access tokens, and the callers that handlers extract.

mod caller;
mod keys;
mod secret;
mod throttle;
mod token;

pub use caller::{
    AdminCaller, AuditorCaller, BankCaller, BankOfficerOrAuditor, BankOrOfficer, Caller,
    FinanceCaller, FinanceOrAuditor, HospitalCaller, HospitalOfficerOrAuditor, HospitalOrAuditor,
    OfficerCaller, OfficerOrAuditor, PolicyCaller, PolicyOrAuditor, PolicyOrOfficer,
    ResidentCaller,
};
pub use keys::{Jwk, JwkSet, KeyError, Keys};
pub use secret::{Secrets, generate_secret, hash_secret};
pub use throttle::Throttle;
pub use token::{Claims, TokenFault, TokenPolicy, Tokens};
