//! Laws of a transaction: for whom it is opened, and what is left when it ends in whatever way.

use std::{future::pending, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use private_postgres::Cluster;
use sizhu_core::{
    Day, HospitalClass, HospitalGrade, HospitalId, HospitalLevel, Ownership, SubjectId,
    access::Grant,
};
use sizhu_store::{
    Actor, Limits, Store, StoreError, StoreOptions, Tx, Vault,
    hospitals::{self, Hospital},
};
use sizhu_tests::{Database, app::division, cluster};
use uuid::Uuid;

/// A store of one connection: what a transaction leaves on it, the next one finds.
fn store(url: impl Into<secrecy::SecretString>) -> Store {
    let keys = Vault::new(vec![("test".to_owned(), [1; 32])], [2; 32], [3; 32]).unwrap();
    Store::connect(&StoreOptions {
        url: url.into(),
        connections: 1,
        limits: Limits::default(),
        keys: Arc::new(keys),
    })
    .unwrap()
}

fn officer(id: &str, code: &str) -> Actor {
    Actor::Client {
        id: id.to_owned(),
        grant: Grant::Officer(division(code)),
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-23T02:00:00Z".parse().unwrap()
}

fn hospital(national_code: &str) -> Hospital {
    Hospital {
        id: HospitalId::new(Uuid::now_v7()),
        national_code: national_code.to_owned(),
        name: "医院".to_owned(),
        class: HospitalClass {
            level: HospitalLevel::Two,
            grade: HospitalGrade::B,
            ownership: Ownership::Public,
        },
        county: division("430102"),
        valid_from: Day::parse("2020-01-01").unwrap(),
    }
}

async fn insert(tx: &mut Tx, national_code: &str) -> Result<(), StoreError> {
    hospitals::insert(tx, &hospital(national_code), now()).await
}

/// National codes of the hospitals there are.
async fn codes(store: &Store) -> Vec<String> {
    let listed: Result<_, StoreError> = store
        .transaction(&Actor::System("test"), async |tx| {
            hospitals::list(tx, None, None, 100).await
        })
        .await;
    listed
        .unwrap()
        .into_iter()
        .map(|it| it.national_code)
        .collect()
}

/// Two witnesses, since a transaction of the store runs no SQL of the tests: a trigger writes down
/// the settings it sees at each insert, and a `set_config` that is found before PostgreSQL's own
/// writes down what a setting was before it is set.
const WITNESSES: &str = "
    CREATE TABLE seen (
        no integer GENERATED ALWAYS AS IDENTITY, code text,
        actor text, role text, scope text, subject text);
    CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        INSERT INTO seen (code, actor, role, scope, subject) VALUES (
            NEW.national_code, current_setting('sizhu.actor'), current_setting('sizhu.role'),
            current_setting('sizhu.scope'), current_setting('sizhu.subject'));
        RETURN NEW;
    END $$;
    CREATE TRIGGER see AFTER INSERT ON hospitals FOR EACH ROW EXECUTE FUNCTION see();

    CREATE TABLE before (
        no integer GENERATED ALWAYS AS IDENTITY, name text, was text, becomes text, local boolean);
    CREATE FUNCTION note(text, text, text, boolean) RETURNS void
        LANGUAGE sql SECURITY DEFINER AS
        'INSERT INTO before (name, was, becomes, local) VALUES ($1, $2, $3, $4)';
    CREATE FUNCTION public.set_config(name text, value text, local boolean) RETURNS text
        LANGUAGE plpgsql AS $$ BEGIN
        PERFORM note(name, coalesce(current_setting(name, true), ''), value, local);
        RETURN pg_catalog.set_config(name, value, local);
    END $$;
    ALTER ROLE sizhu_service IN DATABASE %DATABASE% SET search_path = public, pg_catalog;
";

async fn witnessed(database: &Database) -> tokio_postgres::Client {
    let admin = database.admin().await;
    let witnesses = WITNESSES.replace("%DATABASE%", database.name());
    admin.batch_execute(&witnesses).await.unwrap();
    admin
}

#[tokio::test]
async fn the_database_knows_for_whom_a_transaction_is() {
    let database = Database::create();
    let admin = witnessed(&database).await;
    let store = store(database.service_url());
    let subject = SubjectId::new(Uuid::from_u128(7));
    let done: Result<(), StoreError> = store
        .transaction(&officer("officer-1", "430102"), async |tx| {
            insert(tx, "H1").await?;
            tx.as_decider(subject, async |tx| insert(tx, "H2").await)
                .await?;
            insert(tx, "H3").await
        })
        .await;
    done.unwrap();
    let done: Result<(), StoreError> = store
        .transaction(&Actor::System("loading"), async |tx| insert(tx, "H4").await)
        .await;
    done.unwrap();

    let query = "SELECT concat_ws(' ', code, actor, role, scope, subject) FROM seen ORDER BY no";
    let rows = admin.query(query, &[]).await.unwrap();
    let seen: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    let person = subject.to_string();
    assert_eq!(
        seen,
        [
            "H1 officer-1 officer 430102 ".to_owned(),
            format!("H2 officer-1 decider  {person}"),
            "H3 officer-1 officer 430102 ".to_owned(),
            "H4 loading system  ".to_owned(),
        ]
    );
}

#[tokio::test]
async fn nothing_of_an_actor_stays_on_the_connection() {
    let database = Database::create();
    let admin = witnessed(&database).await;
    let store = store(database.service_url());
    for client in ["officer-1", "officer-2", "officer-3"] {
        let done: Result<(), StoreError> = store
            .transaction(&officer(client, "430102"), async |tx| {
                insert(tx, client).await
            })
            .await;
        done.unwrap();
    }
    let query = "SELECT count(*) FILTER (WHERE name LIKE 'sizhu.%'), \
         count(*) FILTER (WHERE name LIKE 'sizhu.%' AND was <> ''), \
         count(*) FILTER (WHERE NOT local) FROM before";
    let row = admin.query_one(query, &[]).await.unwrap();
    let (set, left, for_good): (i64, i64, i64) = (row.get(0), row.get(1), row.get(2));
    assert_eq!((set, left, for_good), (12, 0, 0));
}

#[tokio::test]
async fn a_refused_transaction_leaves_nothing() {
    let database = Database::create();
    let store = store(database.service_url());
    let refused: Result<(), StoreError> = store
        .transaction(&Actor::System("test"), async |tx| {
            insert(tx, "H1").await?;
            Err(StoreError::LockTimeout)
        })
        .await;
    assert!(matches!(refused, Err(StoreError::LockTimeout)));
    // PostgreSQL itself refuses the second: the transaction is broken, the connection is not.
    let refused: Result<(), StoreError> = store
        .transaction(&Actor::System("test"), async |tx| {
            insert(tx, "H2").await?;
            insert(tx, "H2").await
        })
        .await;
    assert!(refused.unwrap_err().constraint().is_some());
    assert_eq!(codes(&store).await, [""; 0]);
}

#[tokio::test]
async fn a_transaction_dropped_half_way_leaves_nothing() {
    let database = Database::create();
    let store = store(database.service_url());
    let admin = database.admin().await;
    let open = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    for _ in 0..3 {
        let system = Actor::System("test");
        let half = store.transaction(&system, async |tx| {
            insert(tx, "H1").await?;
            pending::<Result<(), StoreError>>().await
        });
        let waited = tokio::time::timeout(Duration::from_millis(300), half).await;
        assert!(waited.is_err(), "it waits for ever");
        // Before anybody asks the pool for a connection again: what it locked is free.
        let mut left = 1;
        for _ in 0..50 {
            left = admin.query_one(open, &[]).await.unwrap().get::<_, i64>(0);
            if left == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(left, 0, "a dropped transaction keeps its locks");
    }
    assert_eq!(codes(&store).await, [""; 0]);
}

#[tokio::test]
async fn a_restarted_database_is_found_again() {
    let mut cluster = Cluster::start(cluster::options()).unwrap();
    let roles = cluster::roles("sizhu");
    let admin_url = cluster.admin_url("postgres").into();
    sizhu_store::bootstrap(&admin_url, &roles).await.unwrap();
    // Safe to repeat, and the password is the newest.
    sizhu_store::bootstrap(&admin_url, &roles).await.unwrap();
    let owner = cluster
        .url(cluster::OWNER, cluster::PASSWORD, "sizhu")
        .into();
    sizhu_store::migrate(&owner).await.unwrap();
    let store = store(cluster.url(cluster::SERVICE, cluster::PASSWORD, "sizhu"));
    store.ping().await.unwrap();
    assert_eq!(codes(&store).await, [""; 0]);

    let cluster = tokio::task::spawn_blocking(move || {
        cluster.restart().unwrap();
        cluster
    });
    let cluster = cluster.await.unwrap();
    // One failed attempt per old connection is fair; the next gets a new one.
    let first = store.ping().await;
    assert!(
        matches!(first, Ok(()) | Err(StoreError::Unavailable(_))),
        "{first:?}"
    );
    store.ping().await.unwrap();
    assert_eq!(codes(&store).await, [""; 0]);

    tokio::task::spawn_blocking(|| cluster.stop().unwrap())
        .await
        .unwrap();
    let away = store.ping().await;
    assert!(matches!(away, Err(StoreError::Unavailable(_))), "{away:?}");
}
