//! The ground the service stands on: roles and database, migrations, reference data.
//!
//! Done by an administrator and by the owner, never by the service's own role.

use diesel::sql_types::{Array, Nullable, Text};
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use secrecy::{ExposeSecret, SecretString};

use crate::StoreError;

/// The migrations, compiled in.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// The role that migrations grant to. The role that `DATABASE_URL` names is it, or a member.
const SERVICE_ROLE: &str = "sizhu_service";

/// Names and passwords of the two roles an installation has, and its database.
#[derive(Clone, Debug)]
pub struct Roles {
    /// The role that owns the database and migrates it.
    pub owner: (String, SecretString),
    /// The role the service connects as. It owns nothing.
    pub service: (String, SecretString),
    /// The database.
    pub database: String,
}

fn unavailable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unavailable(error.to_string())
}

async fn connect(url: &str) -> Result<AsyncPgConnection, StoreError> {
    AsyncPgConnection::establish(url).await.map_err(unavailable)
}

/// Quotes an identifier or a literal for statements that take no parameters (`CREATE ROLE`).
fn quoted(text: &str, mark: char) -> String {
    let mut out = String::from(mark);
    for c in text.chars() {
        if c == mark {
            out.push(mark);
        }
        out.push(c);
    }
    out.push(mark);
    out
}

/// Makes the roles and the database as a superuser, or brings them up to date. Safe to repeat.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server cannot be reached, else what it says.
pub async fn bootstrap(admin_url: &SecretString, roles: &Roles) -> Result<(), StoreError> {
    let mut conn = connect(admin_url.expose_secret()).await?;
    let mut make_role = async |name: &str, attributes: &str| -> Result<(), StoreError> {
        let ident = quoted(name, '"');
        let statement = format!(
            "DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {}) \
             THEN CREATE ROLE {ident}; END IF; END $do$; \
             ALTER ROLE {ident} {attributes} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;",
            quoted(name, '\'')
        );
        Ok(conn.batch_execute(&statement).await?)
    };
    make_role(SERVICE_ROLE, "").await?;
    for (name, password) in [&roles.owner, &roles.service] {
        let login = format!("LOGIN PASSWORD {}", quoted(password.expose_secret(), '\''));
        make_role(name, &login).await?;
    }
    let service = quoted(&roles.service.0, '"');
    if roles.service.0 != SERVICE_ROLE {
        conn.batch_execute(&format!("GRANT {SERVICE_ROLE} TO {service}"))
            .await?;
    }
    let known: Vec<Name> =
        diesel::sql_query("SELECT datname AS name FROM pg_database WHERE datname = $1")
            .bind::<Text, _>(&roles.database)
            .load(&mut conn)
            .await?;
    let database = quoted(&roles.database, '"');
    if known.is_empty() {
        let owner = quoted(&roles.owner.0, '"');
        conn.batch_execute(&format!("CREATE DATABASE {database} OWNER {owner}"))
            .await?;
    }
    // Messages in one language: a lock timeout is told apart by its message.
    conn.batch_execute(&format!(
        "ALTER DATABASE {database} SET lc_messages = 'C'; \
         REVOKE ALL ON DATABASE {database} FROM PUBLIC; \
         GRANT CONNECT ON DATABASE {database} TO {SERVICE_ROLE};"
    ))
    .await?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    #[expect(dead_code, reason = "only whether a row came matters")]
    name: String,
}

/// Runs the pending migrations as the owner, and answers how many there were.
///
/// # Errors
/// [`StoreError::Unavailable`] when the server cannot be reached or a migration fails.
pub async fn migrate(owner_url: &SecretString) -> Result<usize, StoreError> {
    let url = owner_url.expose_secret().to_owned();
    // The harness blocks its thread and wants a multi-threaded runtime; the caller's may not be.
    let work = move || -> Result<usize, StoreError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(unavailable)?;
        runtime.block_on(async {
            let mut conn = connect(&url).await?;
            // Two services that start at once migrate one after the other.
            conn.batch_execute("SELECT pg_advisory_lock(5150420)")
                .await?;
            let mut harness = AsyncMigrationHarness::new(conn);
            let done = harness
                .run_pending_migrations(MIGRATIONS)
                .map_err(unavailable)?;
            Ok(done.len())
        })
    };
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || tell.send(work()));
    told.await.map_err(unavailable)?
}

/// Loads the divisions from their CSV (`code,name,level,parent`, as in `data/`), as the owner.
/// Names that changed are brought up to date; nothing is removed. Answers how many rows changed.
///
/// # Errors
/// [`StoreError::Corrupt`] when a line has not four fields, else what the database says.
pub async fn load_divisions(owner_url: &SecretString, csv: &str) -> Result<usize, StoreError> {
    let (mut codes, mut names, mut levels, mut parents) = (vec![], vec![], vec![], vec![]);
    for line in csv.lines().skip(1).filter(|line| !line.is_empty()) {
        let mut fields = line.split(',');
        let (Some(code), Some(name), Some(level), Some(parent), None) = (
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
            fields.next(),
        ) else {
            return Err(StoreError::Corrupt("division line"));
        };
        codes.push(code);
        names.push(name);
        levels.push(level);
        parents.push(Some(parent).filter(|parent| !parent.is_empty()));
    }
    let mut conn = connect(owner_url.expose_secret()).await?;
    let changed = diesel::sql_query(
        "INSERT INTO divisions (code, name, level, parent) \
         SELECT * FROM unnest($1, $2, $3, $4) \
         ON CONFLICT (code) DO UPDATE SET name = excluded.name WHERE divisions.name <> excluded.name",
    )
    .bind::<Array<Text>, _>(codes)
    .bind::<Array<Text>, _>(names)
    .bind::<Array<Text>, _>(levels)
    .bind::<Array<Nullable<Text>>, _>(parents)
    .execute(&mut conn)
    .await?;
    Ok(changed)
}
