//! What every handler can reach: the store, the clock, the tokens, the configuration.

use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use sizhu_store::{Store, StoreError, StoreOptions};
use tokio::sync::Notify;

use crate::auth::{Secrets, Throttle, Tokens};
use crate::clock::Clock;
use crate::config::Config;
use crate::policies::Policies;
use crate::problem::Problem;
use crate::service::intake::Intake;
use crate::service::news::News;

/// The state of one worker. Extract it as `State`; clones are cheap.
#[derive(Clone)]
pub struct State {
    /// The database, with this worker's own pool.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// Issues and verifies access tokens.
    pub tokens: Tokens,
    /// Compares client secrets.
    pub secrets: Secrets,
    /// Failed attempts of clients, shared by the workers.
    pub throttle: Arc<Throttle>,
    /// Questions asked without a token, shared by the workers.
    pub questions: Arc<Throttle>,
    /// The configuration.
    pub config: Arc<Config>,
    /// The policy packs in force.
    pub policies: Arc<Policies>,
    /// Wakes the runner of jobs of this process.
    pub jobs: Arc<Notify>,
    /// Where claims come in, of this worker.
    pub intake: Intake,
}

/// What the workers' states have in common.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) tokens: Tokens,
    pub(crate) secrets: Secrets,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) questions: Arc<Throttle>,
    pub(crate) config: Arc<Config>,
    pub(crate) policies: Arc<Policies>,
    pub(crate) jobs: Arc<Notify>,
}

impl Shared {
    pub(crate) fn new(
        config: Config,
        clock: Clock,
        policies: Policies,
    ) -> Result<Self, argon2::password_hash::Error> {
        Ok(Self {
            clock,
            tokens: Tokens::new(Arc::clone(&config.token_keys), config.tokens.clone()),
            secrets: Secrets::new()?,
            throttle: Arc::default(),
            questions: Arc::new(match config.limit_questions {
                true => Throttle::for_questions(),
                false => Throttle::open(),
            }),
            config: Arc::new(config),
            policies: Arc::new(policies),
            jobs: Arc::default(),
        })
    }

    /// The state of one worker, with a pool of its own.
    pub(crate) fn worker(&self) -> Result<State, StoreError> {
        let store = Store::connect(&StoreOptions {
            url: self.config.database_url.clone(),
            connections: self.config.connections,
            limits: self.config.limits,
            keys: Arc::clone(&self.config.vault),
        })?;
        let (policies, clock) = (Arc::clone(&self.policies), self.clock.clone());
        let patience = self.config.limits.connection;
        Ok(State {
            intake: Intake::new(store.clone(), policies, clock, patience),
            store,
            clock: self.clock.clone(),
            tokens: self.tokens.clone(),
            secrets: self.secrets.clone(),
            throttle: Arc::clone(&self.throttle),
            questions: Arc::clone(&self.questions),
            config: Arc::clone(&self.config),
            policies: Arc::clone(&self.policies),
            jobs: Arc::clone(&self.jobs),
        })
    }
}

/// The application was put together without a state.
#[derive(Debug, thiserror::Error)]
#[error("no state in the application")]
struct NoState;

impl State {
    /// A state of its own beside those of a server: for a process that only does jobs, and for tests.
    ///
    /// # Errors
    /// The database address cannot be used, or there is no random source.
    pub fn open(config: Config, clock: Clock, policies: Policies) -> anyhow::Result<Self> {
        let shared = Shared::new(config, clock, policies)
            .map_err(|error| anyhow::anyhow!("cannot prepare secrets: {error}"))?;
        Ok(shared.worker()?)
    }

    /// The same for work that nobody waits for.
    #[must_use]
    pub(crate) fn patient(mut self) -> Self {
        self.store = self.store.patient();
        self
    }

    /// News that comes now.
    #[must_use]
    pub fn news(&self, cause: &'static str) -> News<'_> {
        News::now(&self.clock, cause)
    }

    /// The state behind a request.
    pub(crate) fn of(request: &HttpRequest) -> Result<&Self, Problem> {
        request
            .app_data::<web::Data<Self>>()
            .map(|data| data.as_ref())
            .ok_or_else(|| Problem::internal(&NoState))
    }
}

impl FromRequest for State {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request).cloned())
    }
}
