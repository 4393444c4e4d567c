//! Callers: what a handler asks for instead of checking roles itself. Wrong role: 403.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use sizhu_core::access::Grant;
use sizhu_core::{DivisionCode, HospitalId, ResidentId};
use sizhu_store::Actor;
use uuid::Uuid;

use crate::problem::{Problem, Text};
use crate::state::State;

/// Anyone with a valid access token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The client's id.
    pub client_id: String,
    /// What the client is, and what of.
    pub grant: Grant,
    /// The token's id, for the audit trail.
    pub token_id: Uuid,
}

impl Caller {
    /// The actor of this caller's transactions.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::Client {
            id: self.client_id.clone(),
            grant: self.grant.clone(),
        }
    }

    fn authenticate(request: &HttpRequest) -> Result<Self, Problem> {
        let state = State::of(request)?;
        let token = bearer(request)?;
        let (claims, grant) = state
            .tokens
            .verify(token, state.clock.now())
            .map_err(|fault| {
                tracing::info!(%fault, "access token refused");
                Problem::unauthenticated()
                    .with_challenge(r#"Bearer realm="sizhu", error="invalid_token""#)
                    .with_detail(Text::new(
                        "访问令牌无效或已过期，请重新获取。",
                        "The access token is not valid or has expired: get a new one.",
                    ))
            })?;
        let span = tracing::Span::current();
        span.record("client", claims.sub.as_str());
        span.record("role", claims.role.as_str());
        Ok(Self {
            client_id: claims.sub,
            grant,
            token_id: claims.jti,
        })
    }
}

/// The token of `Authorization: Bearer …` (RFC 6750, 2.1).
fn bearer(request: &HttpRequest) -> Result<&str, Problem> {
    let mut values = request.headers().get_all(AUTHORIZATION);
    let value = values.next().and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match (token, values.next()) {
        (Some(token), None) => Ok(token),
        _ => Err(Problem::unauthenticated()),
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::authenticate(request))
    }
}

/// Makes a caller of one role, with what it is bound to.
macro_rules! caller_of {
    ($(#[$doc:meta])* $name:ident, $variant:ident $(, $field:ident: $bound:ty)?) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// The client and its token.
            pub caller: Caller,
            $(/// What the role is bound to.
            pub $field: $bound,)?
        }

        impl $name {
            /// The actor of this caller's transactions.
            #[must_use]
            pub fn actor(&self) -> Actor {
                self.caller.actor()
            }
        }

        impl TryFrom<Caller> for $name {
            type Error = Caller;

            fn try_from(caller: Caller) -> Result<Self, Caller> {
                match &caller.grant {
                    Grant::$variant $(($field))? => Ok(Self {
                        $($field: $field.clone(),)?
                        caller,
                    }),
                    _ => Err(caller),
                }
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Caller::authenticate(request).and_then(|caller| {
                    Self::try_from(caller).map_err(|_other_role| Problem::forbidden())
                }))
            }
        }
    };
}

/// Makes a caller of either of several roles.
macro_rules! either_of {
    ($(#[$doc:meta])* $name:ident { $($variant:ident($caller:ident)),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub enum $name {
            $(#[doc = concat!("As [`", stringify!($caller), "`].")]
            $variant($caller),)+
        }

        impl $name {
            /// The client and its token.
            #[must_use]
            pub const fn caller(&self) -> &Caller {
                match self {
                    $(Self::$variant(inner) => &inner.caller,)+
                }
            }

            /// The actor of this caller's transactions.
            #[must_use]
            pub fn actor(&self) -> Actor {
                self.caller().actor()
            }
        }

        impl FromRequest for $name {
            type Error = Problem;
            type Future = Ready<Result<Self, Problem>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready(Caller::authenticate(request).and_then(|caller| {
                    $(let caller = match $caller::try_from(caller) {
                        Ok(found) => return Ok(Self::$variant(found)),
                        Err(other_role) => other_role,
                    };)+
                    drop(caller);
                    Err(Problem::forbidden())
                }))
            }
        }
    };
}

caller_of!(
    /// A person asking about themselves.
    ResidentCaller, Resident, resident: ResidentId
);
caller_of!(
    /// A hospital's information system.
    HospitalCaller, Hospital, hospital: HospitalId
);
caller_of!(
    /// A bank.
    BankCaller, Bank, bank: String
);
caller_of!(
    /// An officer of a division.
    OfficerCaller, Officer, division: DivisionCode
);
caller_of!(
    /// The finance department of a division.
    FinanceCaller, Finance, division: DivisionCode
);
caller_of!(
    /// An auditor of a division.
    AuditorCaller, Auditor, division: DivisionCode
);
caller_of!(
    /// Policy staff.
    PolicyCaller, Policy
);
caller_of!(
    /// An administrator of the installation.
    AdminCaller, Admin
);

either_of!(
    /// Those who may see decisions in full.
    OfficerOrAuditor { Officer(OfficerCaller), Auditor(AuditorCaller) }
);
either_of!(
    /// Those who may see accounts.
    FinanceOrAuditor { Finance(FinanceCaller), Auditor(AuditorCaller) }
);
either_of!(
    /// Those who may simulate draft rules: policy staff, and officers in their division.
    PolicyOrOfficer { Policy(PolicyCaller), Officer(OfficerCaller) }
);
either_of!(
    /// Those who may see claims, each in their own scope.
    HospitalOfficerOrAuditor {
        Hospital(HospitalCaller),
        Officer(OfficerCaller),
        Auditor(AuditorCaller),
    }
);
either_of!(
    /// Those who may see what became of uploads of claims.
    HospitalOrAuditor { Hospital(HospitalCaller), Auditor(AuditorCaller) }
);
either_of!(
    /// Those who post loans and what happens to them: a bank its own, an officer in their division.
    BankOrOfficer { Bank(BankCaller), Officer(OfficerCaller) }
);
either_of!(
    /// Those who may see loans, each in their own scope.
    BankOfficerOrAuditor {
        Bank(BankCaller),
        Officer(OfficerCaller),
        Auditor(AuditorCaller),
    }
);
either_of!(
    /// Those who may read policy texts and their lives.
    PolicyOrAuditor { Policy(PolicyCaller), Auditor(AuditorCaller) }
);
