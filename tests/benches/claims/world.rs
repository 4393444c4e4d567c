//! The cluster of the bench and what is in its database before the first claim: hospitals with
//! clients, money of every county, and people of whom claims will be posted.

use private_postgres::Cluster;
use secrecy::SecretString;
use sizhu_api::auth::hash_secret;
use sizhu_core::{
    CitizenId, Day, HOSPITAL_CARE, HospitalClass, HospitalGrade, HospitalId, HospitalLevel,
    Ownership, Sex, access::Grant,
};
use sizhu_store::{
    Actor, Limits, Place, Store, StoreError, StoreOptions, Vault,
    api_clients::{self, ApiClient},
    hospitals::{self, Hospital},
};
use sizhu_tests::{
    app::division,
    bulk::{self, bytes, copy, execute, line, null, plus},
    client::SECRET,
    cluster::{self, DIVISIONS, PASSWORD, SERVICE},
    ids,
};
use tokio_postgres::Client;
use uuid::Uuid;

/// The database of the bench.
pub(crate) const DATABASE: &str = "bench";

/// When all of it happens: the service's clock stands still.
pub(crate) const NOW: &str = "2026-11-23T02:00:00Z";

/// When what was there before was recorded.
const RECORDED: &str = "2026-10-01T02:00:00Z";

/// How many hospitals post.
pub(crate) const HOSPITALS: u32 = 16;

/// Days of birth, one after another and over again.
const BIRTHS: u32 = 8_000;

/// What every patient is called.
pub(crate) const NAME: &str = "王秀英";

/// Whom a claim is about. Each kind has numbers of its own, whoever claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// In the registry, their only child died.
    Entitled,
    /// In the registry, without a status.
    Registered,
    /// In no registry.
    Stranger,
}

/// Who posts claims: each of the two has people of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Poster {
    /// Hospitals, over HTTP.
    Http,
    /// pgbench, with SQL.
    Pgbench,
}

/// The number of somebody among all people of the bench: it makes the ids of their rows.
pub(crate) fn number(poster: Poster, who: Who, nth: u32) -> u32 {
    let block = match (poster, who) {
        (Poster::Http, Who::Entitled) => 0,
        (Poster::Http, Who::Registered) => 1,
        (Poster::Http, Who::Stranger) => 2,
        (Poster::Pgbench, Who::Entitled) => 3,
        (Poster::Pgbench, Who::Registered) => 4,
        (Poster::Pgbench, Who::Stranger) => 5,
    };
    block * 1_000_000 + nth
}

/// The citizen ID of somebody who is claimed for over HTTP.
pub(crate) fn citizen_id(who: Who, nth: u32) -> String {
    let area = match who {
        Who::Entitled => "430102",
        Who::Registered => "430103",
        Who::Stranger => "430104",
    };
    let born_on = plus(day("1944-01-01"), nth % BIRTHS).to_string();
    ids::citizen(area, &born_on, Sex::Female, nth / BIRTHS)
}

/// The client of a hospital, numbered from 1.
pub(crate) fn client_id(hospital: u32) -> String {
    format!("hospital-{hospital}")
}

/// A PostgreSQL with durable commits and the settings of a server of its own, statistics at hand.
pub(crate) fn start_cluster() -> Cluster {
    let durable = bulk::durable().set("log_line_prefix", "%p ");
    Cluster::start(durable).unwrap_or_else(|error| panic!("PostgreSQL: {error}"))
}

/// Makes the database, migrated and filled with so many people of each kind for each poster.
pub(crate) async fn make(cluster: &Cluster, people: u32) -> Client {
    let admin_url = bulk::make_database(cluster, DATABASE).await;
    add_hospitals(cluster).await;
    let admin = cluster::connect(&admin_url).await;
    add_functions(&admin).await;
    add_money(&admin).await;
    add_people(&admin, people).await;
    execute(&admin, "VACUUM (FREEZE, ANALYZE)").await;
    execute(&admin, "CHECKPOINT").await;
    admin
}

async fn add_hospitals(cluster: &Cluster) {
    let store = Store::connect(&StoreOptions {
        url: cluster.url(SERVICE, PASSWORD, DATABASE).into(),
        connections: 1,
        limits: Limits::default(),
        keys: std::sync::Arc::new(bulk::vault()),
    });
    let secret_hash = hash_secret(&SecretString::from(SECRET)).expect("a hash");
    let recorded = RECORDED.parse().expect("an instant");
    let work = async |tx: &mut sizhu_store::Tx| {
        for nth in 1..=HOSPITALS {
            let id = HospitalId::new(id(HOSPITAL, nth));
            let hospital = Hospital {
                id,
                national_code: format!("H43010200{nth:03}"),
                name: format!("长沙市第{nth}医院"),
                class: HospitalClass {
                    level: HospitalLevel::Three,
                    grade: HospitalGrade::A,
                    ownership: Ownership::Public,
                },
                county: division("430102"),
                valid_from: day("2000-01-01"),
            };
            hospitals::insert(tx, &hospital, recorded).await?;
            let client = ApiClient {
                client_id: client_id(nth),
                secret_hash: secret_hash.clone(),
                grant: Grant::Hospital(id),
                demo: false,
                enabled: true,
            };
            api_clients::insert(tx, &client, recorded).await?;
        }
        Ok::<_, StoreError>(())
    };
    let store = store.expect("a store");
    let made = store.transaction(&Actor::System("bench"), work).await;
    made.expect("hospitals");
}

/// Kinds of rows, in their ids.
pub(crate) const HOSPITAL: u32 = 1;
pub(crate) const SUBJECT: u32 = 2;
pub(crate) const RESIDENT: u32 = 3;
const VERSION: u32 = 4;
const STATUS: u32 = 5;
const STATUS_VERSION: u32 = 6;
/// The first of three: budget, appropriations, payables.
pub(crate) const ACCOUNTS: u32 = 7;

/// The id of a row, as the function `uuid_of` of the bench's database makes it.
pub(crate) fn id(kind: u32, number: u32) -> Uuid {
    Uuid::from_u128(u128::from(kind) << 64 | u128::from(number))
}

/// What pgbench makes ids and words from numbers with. They are inlined where they are called.
async fn add_functions(admin: &Client) {
    let counties: Vec<String> = counties().map(|code| format!("'{code}'")).collect();
    let statements = format!(
        "CREATE FUNCTION uuid_of(bigint, bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS \
         $$ SELECT (lpad(to_hex($1), 16, '0') || lpad(to_hex($2), 16, '0'))::uuid $$; \
         CREATE FUNCTION county_of(bigint) RETURNS text LANGUAGE sql IMMUTABLE AS \
         $$ SELECT (ARRAY[{}])[1 + $1 % {}] $$; \
         CREATE FUNCTION hospital_of(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS \
         $$ SELECT 1 + $1 % {HOSPITALS} $$",
        counties.join(", "),
        counties.len(),
    );
    execute(admin, &statements).await;
}

/// The codes of all counties.
fn counties() -> impl Iterator<Item = &'static str> {
    let codes = DIVISIONS.lines().filter_map(|line| line.split(',').next());
    codes.filter(|code| code.len() == 6)
}

/// The county where somebody is registered.
pub(crate) fn county(number: u32) -> &'static str {
    let all: Vec<&str> = counties().collect();
    all[usize::try_from(number).expect("a place") % all.len()]
}

/// Every county has more money than is asked of it.
async fn add_money(admin: &Client) {
    let mut rows = String::new();
    for county in counties() {
        let number: u32 = county.parse().expect("digits");
        let kinds = [
            ("budget", true, 0_i64, 1_000_000_000_000_000_i64),
            ("appropriations", false, 1_000_000_000_000_000, 0),
            ("payables", false, 0, 0),
        ];
        for (place, (kind, bounded, debits, credits)) in (0..).zip(kinds) {
            let id = id(ACCOUNTS + place, number);
            let columns: [&dyn std::fmt::Display; 11] = [
                &id,
                &"fiscal",
                &HOSPITAL_CARE,
                &2026,
                &county,
                &kind,
                &bounded,
                &false,
                &debits,
                &credits,
                &RECORDED,
            ];
            line(&mut rows, &columns);
        }
    }
    let columns = "id, fund, programme, year, county, kind, debits_must_not_exceed_credits, \
                   credits_must_not_exceed_debits, debits_posted_fen, credits_posted_fen, recorded_at";
    copy(admin, &[("accounts", columns)], [rows]).await;
}

/// The tables of people in the order in which they are filled, with their columns.
const TABLES: [(&str, &str); 5] = [
    ("subjects", "id, person_index, recorded_at"),
    (
        "residents",
        "id, subject_id, citizen_id_sealed, channel, recorded_by, recorded_at",
    ),
    (
        "resident_versions",
        "id, resident_id, version, name_sealed, division, marital_status, valid_from, \
         recorded_by, recorded_at",
    ),
    (
        "statuses",
        "id, resident_id, channel, recorded_by, recorded_at",
    ),
    (
        "status_versions",
        "id, status_id, resident_id, version, kind, grade, starts_on, effective_from, \
         confirmed_by, confirmed_on, recorded_by, recorded_at",
    ),
];

async fn add_people(admin: &Client, people: u32) {
    let vault = bulk::vault();
    let counties: Vec<&str> = counties().collect();
    let villages: Vec<&str> = counties.iter().map(|county| village(county)).collect();
    for poster in [Poster::Http, Poster::Pgbench] {
        for who in [Who::Entitled, Who::Registered] {
            let mut rows: [String; 5] = Default::default();
            for nth in 0..people {
                add_person(&vault, &villages, (poster, who, nth), &mut rows);
            }
            copy(admin, &TABLES, rows).await;
        }
    }
    // Whom pgbench names by a number is found by the hash of that number.
    let found = format!(
        "UPDATE subjects SET person_index = sha256(int8send(('x' || \
         right(id::text, 12))::bit(48)::bigint)) WHERE id >= '{}'",
        id(SUBJECT, number(Poster::Pgbench, Who::Entitled, 0)),
    );
    execute(admin, &found).await;
}

/// The first village of a county.
fn village(county: &str) -> &'static str {
    let mut codes = DIVISIONS.lines().filter_map(|line| line.split(',').next());
    let found = codes.find(|code| code.len() == 12 && code.starts_with(county));
    found.expect("a village in each county")
}

fn add_person(
    vault: &Vault,
    villages: &[&str],
    (poster, who, nth): (Poster, Who, u32),
    rows: &mut [String; 5],
) {
    let number = number(poster, who, nth);
    let (subject, resident, version) = (
        id(SUBJECT, number),
        id(RESIDENT, number),
        id(VERSION, number),
    );
    let own = citizen_id(who, nth);
    let index = match poster {
        Poster::Http => *vault
            .person_index(&CitizenId::parse(&own).expect("a citizen ID"))
            .as_bytes(),
        Poster::Pgbench => {
            let mut index = [0; 32];
            index[..4].copy_from_slice(&number.to_be_bytes());
            index
        }
    };
    let seal = |column, row, plain: &str| {
        let sealed = vault.seal_text(Place { column, row }, plain);
        bytes(&sealed.expect("a sealed value"))
    };
    let citizen_id = seal("residents.citizen_id_sealed", resident, &own);
    let name = seal("resident_versions.name_sealed", version, NAME);
    let village = villages[usize::try_from(number).expect("a place") % villages.len()];
    let [subjects, residents, versions, statuses, status_versions] = rows;
    line(subjects, &[&subject, &bytes(&index), &RECORDED]);
    let columns: [&dyn std::fmt::Display; 6] = [
        &resident,
        &subject,
        &citizen_id,
        &"import",
        &"bench",
        &RECORDED,
    ];
    line(residents, &columns);
    let columns: [&dyn std::fmt::Display; 9] = [
        &version,
        &resident,
        &1,
        &name,
        &village,
        &"widowed",
        &"2020-01-01",
        &"bench",
        &RECORDED,
    ];
    line(versions, &columns);
    if who != Who::Entitled {
        return;
    }
    let (status, version) = (id(STATUS, number), id(STATUS_VERSION, number));
    line(
        statuses,
        &[&status, &resident, &"import", &"bench", &RECORDED],
    );
    let (from, grade) = ("2018-06-01", null());
    let columns: [&dyn std::fmt::Display; 12] = [
        &version,
        &status,
        &resident,
        &1,
        &"child_died",
        &grade,
        &from,
        &from,
        &"bench",
        &from,
        &"bench",
        &RECORDED,
    ];
    line(status_versions, &columns);
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}
