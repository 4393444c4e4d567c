//! Migrations go up and down and up again, and leave nothing behind.

use diesel_async::{AsyncConnection as _, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness as _;
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_store::MIGRATIONS;
use sizhu_tests::Database;

use super::column;

/// Reverts every migration, the last first.
async fn revert(owner_url: SecretString) {
    // The harness blocks its thread inside a runtime of many.
    let work = move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let connection = AsyncPgConnection::establish(owner_url.expose_secret())
                .await
                .unwrap();
            let mut harness = AsyncMigrationHarness::new(connection);
            harness.revert_all_migrations(MIGRATIONS).unwrap().len()
        })
    };
    let reverted = tokio::task::spawn_blocking(work).await.unwrap();
    assert!(reverted > 0);
}

#[tokio::test]
async fn migrations_go_up_down_and_up_again() {
    let database = Database::empty();
    let made = sizhu_store::migrate(&database.owner_url()).await.unwrap();
    let first = database.schema();
    assert_eq!(
        first,
        Database::create().schema(),
        "the template is migrated as any database is"
    );
    assert_eq!(
        sizhu_store::migrate(&database.owner_url()).await.unwrap(),
        0
    );

    revert(database.owner_url()).await;
    let left = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
         AND relname NOT LIKE '\\_\\_diesel\\_schema\\_migrations%' \
         UNION ALL SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
         UNION ALL SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql'";
    assert_eq!(column(&database, left).await, [""; 0]);

    assert_eq!(
        sizhu_store::migrate(&database.owner_url()).await.unwrap(),
        made
    );
    assert_eq!(database.schema(), first);
}

#[tokio::test]
async fn divisions_load_once_and_are_brought_up_to_date() {
    let database = Database::create();
    let csv = sizhu_tests::cluster::DIVISIONS;
    let load = async |csv: &str| sizhu_store::load_divisions(&database.owner_url(), csv).await;
    assert_eq!(load(csv).await.unwrap(), 0);
    let renamed = csv.replace("430102,芙蓉区,", "430102,芙蓉新区,");
    assert_eq!(load(&renamed).await.unwrap(), 1);
    assert!(
        load("code,name,level,parent\n43,湖南省,province")
            .await
            .is_err()
    );
    let count = column(&database, "SELECT count(*)::text FROM divisions").await;
    assert_eq!(count, [(csv.lines().count() - 1).to_string()]);
}
