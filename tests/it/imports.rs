//! `sizhu import`: files of residents and of claims, whole, broken, twice, and cut off half way.

use std::{env, fs, path::PathBuf, time::Duration};

use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;
use sizhu_core::Sex;
use sizhu_tests::{Database, ids};

use crate::program::{Program, Service, environment, run, sizhu, texts};

const HEADINGS: &str = "身份证号,姓名,户籍地,婚姻状况\n";
const VILLAGE: &str = "430102001001";
const CLAIM_HEADINGS: &str = "hospital,citizen_id,patient_name,medical_record_no,admitted_on,\
    discharged_on,diagnosis_code,diagnosis_name,total,insurance_paid,self_paid,consent_kind,\
    consent_reference,consent_signed_on\n";

/// A database, its configuration, and a folder for files that goes when the test does.
struct Place {
    database: Database,
    vars: Vec<(String, String)>,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Place {
    fn new() -> Self {
        let database = Database::create();
        let folder = env::temp_dir().join(format!("sizhu-import-{}", uuid::Uuid::now_v7()));
        fs::create_dir_all(&folder).expect("a folder");
        Self {
            vars: environment(database.service_url().expose_secret()),
            database,
            folder,
        }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let file = self.folder.join(name);
        fs::write(&file, text).expect("a file");
        file.to_str().expect("UTF-8").to_owned()
    }

    /// Runs an import; answers its exit code and what it wrote.
    fn import(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = run(&[&["import"], arguments].concat(), self.vars.clone());
        let (printed, complaint) = texts(&output);
        (output.status.code(), format!("{printed}{complaint}"))
    }

    /// What the results say of a file's lines: line, outcome, column, code.
    fn results(&self, name: &str) -> Vec<[String; 4]> {
        let text = fs::read_to_string(self.folder.join(name)).expect("results");
        let text = text.trim_start_matches('\u{feff}');
        let lines = text.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            [0, 1, 3, 4].map(|at| cells[at].to_owned())
        });
        lines.collect()
    }

    async fn count(&self, query: &str) -> i64 {
        let owner = self.database.owner().await;
        owner.query_one(query, &[]).await.expect(query).get(0)
    }
}

fn person(number: u32) -> String {
    let day = format!("1960-01-{:02}", number / 400 + 1);
    ids::citizen("430102", &day, Sex::Female, number % 400)
}

fn residents(count: u32) -> Vec<String> {
    let line = |number| format!("{},王秀英,{VILLAGE},丧偶\n", person(number));
    (0..count).map(line).collect()
}

#[tokio::test]
async fn residents_are_recorded_once_however_often_the_file_is_run() {
    let place = Place::new();
    let file = place.file(
        "people.csv",
        &format!("{HEADINGS}{}", residents(250).concat()),
    );
    let (code, told) = place.import(&["residents", &file]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("250 recorded, 0 known, 0 refused"), "{told}");
    let (code, told) = place.import(&["residents", &file]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("0 recorded, 250 known, 0 refused"), "{told}");
    let imported = "SELECT count(*) FROM residents WHERE channel = 'import'";
    assert_eq!(place.count(imported).await, 250);
    let audited = "SELECT count(*) FROM audit_events \
                   WHERE kind = 'resident.registered' AND actor = 'cli' AND actor_role = 'system'";
    assert_eq!(place.count(audited).await, 250);
    assert_eq!(place.results("people.results.csv").len(), 250);
}

#[tokio::test]
async fn a_broken_line_harms_no_other() {
    let place = Place::new();
    let mut lines = residents(230);
    lines[3] = format!("{}0,王秀英,{VILLAGE},\n", &person(3)[..17]);
    if lines[3].starts_with(&person(3)) {
        lines[3] = format!("{}1,王秀英,{VILLAGE},\n", &person(3)[..17]);
    }
    lines[118] = format!("{},王秀英,430102999999,\n", person(118));
    lines[198] = format!("{},李四,{VILLAGE},\n", person(0));
    let file = place.file("people.csv", &format!("{HEADINGS}{}", lines.concat()));
    let broken = [
        ["5", "refused", "citizen_id", "citizen_id_check_digit"],
        ["120", "refused", "division", "unknown_division"],
        ["200", "refused", "", "repeated_line_differs"],
    ];
    let refused = || -> Vec<[String; 4]> {
        let all = place.results("told.csv").into_iter();
        all.filter(|line| line[1] == "refused").collect()
    };
    let told_to = place.folder.join("told.csv");
    let told_to = ["--results", told_to.to_str().expect("UTF-8")];

    let (code, told) = place.import(&[&["residents", &file], &told_to[..]].concat());
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("3 of 230 lines are wrong; nothing was recorded"),
        "{told}"
    );
    assert!(
        told.contains("line 5, citizen_id: ") && !told.contains(&person(0)),
        "{told}"
    );
    assert_eq!(refused(), broken.map(|line| line.map(str::to_owned)));
    for table in ["residents", "subjects", "audit_events WHERE actor = 'cli'"] {
        let rows = place.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, 0, "{table}");
    }

    let sound = ["--on-fault", "take-sound"];
    for expected in [
        "227 recorded, 0 known, 3 refused",
        "0 recorded, 227 known, 3 refused",
    ] {
        let (code, told) = place.import(&[&["residents", &file], &told_to[..], &sound].concat());
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains(expected), "{told}");
        assert_eq!(refused(), broken.map(|line| line.map(str::to_owned)));
    }
    assert_eq!(place.count("SELECT count(*) FROM residents").await, 227);

    // What the registry has already is not written over.
    let other = place.file(
        "other.csv",
        &format!("{HEADINGS}{},李四,{VILLAGE},\n", person(1)),
    );
    let (code, told) = place.import(&["residents", &other]);
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(
        place.results("other.results.csv")[0][2..],
        ["name", "registered_differs"]
    );
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_where_it_was() {
    let place = Place::new();
    let file = place.file(
        "people.csv",
        &format!("{HEADINGS}{}", residents(3_000).concat()),
    );
    let arguments = ["import", "residents", &file, "--on-fault", "take-sound"];
    let mut command = sizhu(&arguments);
    command.envs(place.vars.clone());
    let mut program = Program::start(command);
    let begun = |it: &Program| {
        let lines = it.stderr.all();
        lines
            .iter()
            .any(|line| line.contains(" of 3000 residents"))
            .then_some(())
    };
    program.wait_for(Duration::from_secs(120), begun).await;
    program.signal("KILL");
    program.ended(Duration::from_secs(30)).await;
    let before = place.count("SELECT count(*) FROM residents").await;
    assert!(
        (100..3_000).contains(&before) && before % 100 == 0,
        "{before}"
    );
    let (code, told) = place.import(&arguments[1..]);
    assert_eq!(code, Some(0), "{told}");
    let expected = format!("{} recorded, {before} known, 0 refused", 3_000 - before);
    assert!(told.contains(&expected), "{told}");
    assert_eq!(place.count("SELECT count(*) FROM residents").await, 3_000);
}

#[tokio::test]
async fn claims_are_decided_as_if_posted() {
    let place = Place::new();
    let service = Service::serve(place.vars.clone()).await;
    let admin = service.client("an-admin", &["admin"]).await;
    let form = json!({
        "national_code": "H43010200001", "name": "医院", "level": "level_3", "grade": "a",
        "ownership": "public", "county": "430102", "valid_from": "2020-01-01",
    });
    let made = service.request(Method::POST, "/v1/hospitals", &admin);
    let made = made.json(&form).send().await.expect("an answer");
    assert_eq!(made.status(), 201);
    let people = place.file(
        "people.csv",
        &format!("{HEADINGS}{}", residents(2).concat()),
    );
    assert_eq!(place.import(&["residents", &people]).0, Some(0));

    let claim = |hospital: &str, number: u32, total: &str| {
        format!(
            "{hospital},{},王秀英,ZY-{number},2026-03-01,2026/3/11,I63.900,脑梗死,{total},600,400.00,\
             书面,TY-{number},20260301\n",
            person(number)
        )
    };
    let lines = [
        claim("", 0, "1000"),
        claim("H43010200001", 1, "1000"),
        claim("", 2, "1000"),
    ];
    let file = place.file("claims.csv", &format!("{CLAIM_HEADINGS}{}", lines.concat()));
    // Some lines name no hospital.
    let (code, told) = place.import(&["claims", &file]);
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(place.count("SELECT count(*) FROM claims").await, 0);
    let of = ["--hospital", "H43010200001"];
    for expected in ["3 recorded, 0 known", "0 recorded, 3 known"] {
        let (code, told) = place.import(&[&["claims", &file], &of[..]].concat());
        assert_eq!(code, Some(0), "{told}");
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(
        place
            .count("SELECT count(*) FROM claims WHERE channel = 'import'")
            .await,
        3
    );
    assert_eq!(place.count("SELECT count(*) FROM decisions").await, 3);

    let bare = lines
        .concat()
        .replace(",ZY-0,", ",ZY-9,")
        .replace(",1000,", ",1001,");
    let file = place.file("changed.csv", &format!("{CLAIM_HEADINGS}{bare}"));
    let (code, told) =
        place.import(&[&["claims", &file, "--on-fault", "take-sound"], &of[..]].concat());
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("1 recorded, 0 known, 2 refused"), "{told}");
    let results = place.results("changed.results.csv");
    assert_eq!(results[1][..2], ["3", "refused"]);
    assert!(results[1][3].contains("claim"), "{results:?}");
}

#[test]
fn whoever_calls_it_wrongly_is_told() {
    let place = Place::new();
    let row = ",430102196503150023,李秀英,ZY-1,2026-03-01,2026-03-11,I63.900,脑梗死,1,1,0,书面,T,20260301";
    let without = format!("{CLAIM_HEADINGS}{row}\n")
        .replacen("hospital,", "", 1)
        .replace("\n,", "\n");
    let without = place.file("claims.csv", &without);
    let wrong: [&[&str]; 4] = [
        &["claims", &without],
        &["claims", &without, "--hospital", "H00000000000"],
        &["residents", &without, "--results", &without],
        &["residents"],
    ];
    for arguments in wrong {
        let (code, told) = place.import(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {told}");
    }
    let (code, told) = place.import(&["residents", &without]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("line 1: ") && told.contains("There is no column name"),
        "{told}"
    );
}
