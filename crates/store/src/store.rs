//! The pool, and the transaction that everything else is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::sql_types::Text;
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    TransactionManager,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use secrecy::{ExposeSecret, SecretString};
use sizhu_core::SubjectId;

use crate::{
    Actor, Limits, StoreError, Vault, actor::Settings, limits::setting, prepared::Prepared,
};

/// What a store is opened with.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Where the database is, and as whom: the service's role, which owns nothing.
    pub url: SecretString,
    /// Connections at most. One pool per worker; about four connections a core do best.
    pub connections: usize,
    /// How long anything may take.
    pub limits: Limits,
    /// The keys.
    pub keys: Arc<Vault>,
}

/// The database, behind a pool of connections. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<AsyncPgConnection>,
    limits: Limits,
    keys: Arc<Vault>,
}

impl Store {
    /// Makes a pool. Connections are opened when first needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the pool cannot be built.
    pub fn connect(options: &StoreOptions) -> Result<Self, StoreError> {
        let mut config = ManagerConfig::default();
        // The default asks `SELECT 1` at each checkout; a connection known to be closed or left
        // inside a transaction is discarded without asking.
        config.recycling_method = RecyclingMethod::Fast;
        let manager =
            AsyncDieselConnectionManager::new_with_config(options.url.expose_secret(), config);
        let pool = Pool::builder(manager).max_size(options.connections).build();
        Ok(Self {
            pool: pool.map_err(|error| StoreError::Unavailable(error.to_string()))?,
            limits: options.limits,
            keys: Arc::clone(&options.keys),
        })
    }

    /// The same database for work that nobody waits for: its transactions may take long.
    #[must_use]
    pub fn patient(mut self) -> Self {
        self.limits = self.limits.patient();
        self
    }

    /// The keys of the installation.
    #[must_use]
    pub fn keys(&self) -> &Vault {
        &self.keys
    }

    async fn connection(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        match tokio::time::timeout(self.limits.connection, self.pool.get()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(StoreError::Unavailable(error.to_string())),
            Err(elapsed) => Err(StoreError::Unavailable(elapsed.to_string())),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] and whatever the database says.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let asking = async {
            let mut connection = self.connection().await?;
            connection.batch_execute("SELECT 1").await?;
            Ok(())
        };
        self.within_limit(asking).await
    }

    /// Runs `f` in a transaction opened for `actor`: committed when it returns `Ok`, rolled back
    /// when it returns `Err`, is dropped half way or takes longer than the store's limit: a database
    /// that has gone silent keeps nobody waiting.
    ///
    /// After an error from committing or from the limit it may have been committed all the same.
    ///
    /// # Errors
    /// What `f` returns, or a [`StoreError`] from opening or committing.
    pub async fn transaction<T, E: From<StoreError>>(
        &self,
        actor: &Actor,
        f: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        self.within_limit(self.run(actor, f)).await
    }

    async fn within_limit<T, E: From<StoreError>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match tokio::time::timeout(self.limits.transaction, work).await {
            Ok(result) => result,
            Err(elapsed) => Err(StoreError::Unavailable(elapsed.to_string()).into()),
        }
    }

    async fn run<T, E: From<StoreError>>(
        &self,
        actor: &Actor,
        f: impl AsyncFnOnce(&mut Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let connection = self.connection().await?;
        let mut tx = Tx {
            connection: Some(connection),
            limits: self.limits,
            keys: Arc::clone(&self.keys),
            actor: actor.clone(),
            actors: BTreeMap::new(),
        };
        AnsiTransactionManager::begin_transaction(tx.conn())
            .await
            .map_err(StoreError::from)?;
        tx.announce(actor.settings()).await?;
        let result = f(&mut tx).await;
        match result {
            Ok(_) => AnsiTransactionManager::commit_transaction(tx.conn())
                .await
                .map_err(StoreError::from)?,
            Err(_) => {
                if let Err(error) = AnsiTransactionManager::rollback_transaction(tx.conn()).await {
                    // Dropped open, the transaction takes its connection with it.
                    tracing::warn!(%error, "a transaction could not be rolled back");
                    return result;
                }
            }
        }
        tx.give_back();
        result
    }
}

/// An open transaction, and for whom.
///
/// Dropped before its end, as when a client hangs up, it closes its connection, and PostgreSQL
/// rolls back at once. Put back into the pool it would keep its locks until somebody came for it.
pub struct Tx {
    connection: Option<Object<AsyncPgConnection>>,
    limits: Limits,
    keys: Arc<Vault>,
    actor: Actor,
    /// Who acts on whom, where that is not the actor of the transaction.
    actors: BTreeMap<SubjectId, Actor>,
}

impl Drop for Tx {
    fn drop(&mut self) {
        if let Some(open) = self.connection.take() {
            drop(Object::take(open));
        }
    }
}

impl Tx {
    #[expect(
        clippy::expect_used,
        reason = "the connection leaves in `give_back` and `drop` only"
    )]
    pub(crate) fn conn(&mut self) -> &mut AsyncPgConnection {
        self.connection
            .as_mut()
            .expect("an open transaction has a connection")
    }

    /// The transaction is over: its connection may serve another.
    fn give_back(mut self) {
        drop(self.connection.take());
    }

    /// The keys of the installation.
    #[must_use]
    pub fn keys(&self) -> Arc<Vault> {
        Arc::clone(&self.keys)
    }

    /// How long anything may take in it.
    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// For whom the transaction was opened.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Lets somebody else act on a person: what is recorded of that person is recorded under them. So
    /// what several clients post goes into one transaction, and each answers for their own.
    pub fn act_on(&mut self, subject: SubjectId, actor: Actor) {
        self.actors.insert(subject, actor);
    }

    /// Who acts on a person; the actor of the transaction where nobody is concerned.
    pub(crate) fn actor_on(&self, subject: Option<SubjectId>) -> &Actor {
        let own = subject.and_then(|subject| self.actors.get(&subject));
        own.unwrap_or(&self.actor)
    }

    async fn announce(&mut self, settings: Settings) -> Result<(), StoreError> {
        let statement = diesel::sql_query(
            "SELECT set_config('sizhu.actor', $1, true), set_config('sizhu.role', $2, true), \
             set_config('sizhu.scope', $3, true), set_config('sizhu.subject', $4, true), \
             set_config('lock_timeout', $5, true), set_config('statement_timeout', $6, true), \
             set_config('idle_in_transaction_session_timeout', '60s', true)",
        )
        .bind::<Text, _>(settings.actor)
        .bind::<Text, _>(settings.role)
        .bind::<Text, _>(settings.scope)
        .bind::<Text, _>(settings.subject)
        .bind::<Text, _>(setting(self.limits.lock))
        // Of a transaction that was given up here, the server does not go on with a statement.
        .bind::<Text, _>(setting(self.limits.transaction));
        Prepared(statement).execute(self.conn()).await?;
        Ok(())
    }

    /// Runs `f` so that it can fail alone: on `Err` all that it wrote is taken back, and the
    /// transaction goes on as it was before.
    ///
    /// # Errors
    /// A [`StoreError`] when the transaction itself cannot go on. What `f` returns is the answer.
    pub async fn attempt<T, E>(
        &mut self,
        f: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<Result<T, E>, StoreError> {
        AnsiTransactionManager::begin_transaction(self.conn()).await?;
        let result = f(self).await;
        if result.is_ok() {
            AnsiTransactionManager::commit_transaction(self.conn()).await?;
        } else {
            AnsiTransactionManager::rollback_transaction(self.conn()).await?;
        }
        Ok(result)
    }

    /// Runs `f` as the decider of one person, who is locked, as [`Tx::as_decider_of`] does.
    ///
    /// # Errors
    /// What `f` returns, or a [`StoreError`].
    pub async fn as_decider<T, E: From<StoreError>>(
        &mut self,
        subject: SubjectId,
        f: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.as_decider_of(&[subject], f).await
    }

    /// Runs `f` as the decider of some people, who are locked: an actor of its own that sees all that
    /// is known of them, whoever the caller is. What the caller is answered is cut to the caller's
    /// scope by the caller's own code.
    ///
    /// # Errors
    /// What `f` returns, or a [`StoreError`].
    pub async fn as_decider_of<T, E: From<StoreError>>(
        &mut self,
        subjects: &[SubjectId],
        f: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let decider = self.actor.decider(subjects);
        self.announce(decider).await?;
        let value = f(self).await?;
        let own = self.actor.settings();
        self.announce(own).await?;
        Ok(value)
    }
}
