//! What the program ships with is in force from the first start, and gives way to what policy staff
//! brought in force.

use sizhu_api::{
    policies::{Policies, PolicySet, Source},
    service::adoption::adopt,
};
use sizhu_tests::policies::{ASSISTANCE, ASSISTANCE_CHANGSHA};

use super::{World, ZHUZHOU, hospital_care};

fn shipped(texts: &[&str]) -> Policies {
    let sources = texts.iter().map(|text| Source {
        name: "shipped".to_owned(),
        text: (*text).to_owned(),
    });
    Policies::new(PolicySet::of(sources.collect()).expect("policies"))
}

impl World {
    /// A start of another version of the program, with these texts.
    async fn start_of(&self, texts: &[&str]) {
        let state = self.process_under(shipped(texts));
        let adopted = adopt(&state.store, &state.policies, state.news("start")).await;
        adopted.expect("a start");
    }

    /// The texts in force: programme, place, origin.
    async fn now(&self) -> Vec<String> {
        let query = "SELECT concat_ws(' ', programme, place, origin) FROM policy_versions \
             WHERE state = 'in_force' AND programme LIKE 'test%' ORDER BY 1";
        self.app.database.texts(query, &[]).await
    }
}

const AT_FIRST: [&str; 4] = [
    "test-assistance 4301 shipped",
    "test-assistance national shipped",
    "test-reward national shipped",
    "test-visit 43 shipped",
];

#[tokio::test]
async fn the_first_start_records_what_is_shipped_and_later_ones_nothing() {
    let world = World::make().await;
    assert_eq!(world.now().await, AT_FIRST);
    let rows = world.rows().await;
    world
        .start_of(&[ASSISTANCE, ASSISTANCE_CHANGSHA, &hospital_care()])
        .await;
    assert_eq!(world.rows().await, rows);
    let events = "SELECT count(*) FROM audit_events WHERE kind = 'policy_version.shipped'";
    assert_eq!(world.app.database.number(events).await, 5);
}

#[tokio::test]
async fn starts_at_the_same_time_do_not_stand_in_each_others_way() {
    let world = World::make().await;
    for yuan in 901..904 {
        let text = ASSISTANCE.replacen("500 yuan", &format!("{yuan} yuan"), 1);
        let states: Vec<_> = (0..4)
            .map(|_| world.process_under(shipped(&[&text, ASSISTANCE_CHANGSHA])))
            .collect();
        let starts = states
            .iter()
            .map(|state| adopt(&state.store, &state.policies, state.news("start")));
        for started in futures_util::future::join_all(starts).await {
            started.expect("a start");
        }
        assert_eq!(world.now().await, AT_FIRST);
    }
    let over = "SELECT count(*) FROM policy_versions WHERE state = 'superseded'";
    assert_eq!(world.app.database.number(over).await, 3);
}

#[tokio::test]
async fn a_newer_shipped_text_takes_the_place_of_a_shipped_one_only() {
    let world = World::make().await;
    world
        .in_force(&ASSISTANCE_CHANGSHA.replace("800", "850"))
        .await;
    world.in_force(ZHUZHOU).await;
    let pack = ASSISTANCE.replacen("500 yuan", "520 yuan", 1);
    let overlay = ASSISTANCE_CHANGSHA.replace("800", "820");
    world.start_of(&[&pack, &overlay]).await;
    assert_eq!(
        world.now().await,
        [
            "test-assistance 4301 uploaded",
            "test-assistance 4302 uploaded",
            "test-assistance national shipped",
            "test-reward national shipped",
            "test-visit 43 shipped",
        ]
    );
    world.refreshed("430102", "850 yuan/month").await;
    world
        .refreshed("430302", "urban: 520 yuan/month; rural: 300 yuan/month")
        .await;
}

#[tokio::test]
async fn shipped_texts_that_do_not_fit_what_staff_brought_in_force_are_passed_over() {
    let world = World::make().await;
    world.in_force(ZHUZHOU).await;
    let rows = world.rows().await;
    let pack = ASSISTANCE.replace("monthly", "per_month");
    let overlay = ASSISTANCE_CHANGSHA.replace("monthly", "per_month");
    // Both fit each other, and neither fits Zhuzhou's: the service starts under what it had.
    world.start_of(&[&pack, &overlay]).await;
    assert_eq!(world.rows().await, rows);
    assert_eq!(world.monthly("430102").await, "800 yuan/month");
}

#[tokio::test]
async fn shipped_texts_that_change_together_come_in_force_together() {
    let world = World::make().await;
    let pack = ASSISTANCE.replace("monthly", "per_month");
    let overlay = ASSISTANCE_CHANGSHA
        .replace("monthly", "per_month")
        .replace("800", "888");
    world.start_of(&[&pack, &overlay]).await;
    assert_eq!(world.now().await, AT_FIRST);
    world.refreshed("430102", "888 yuan/month").await;
}

#[tokio::test]
async fn a_newer_shipped_hospital_care_decides_everyone_anew_once() {
    let world = World::make().await;
    let care = hospital_care().replacen("100 yuan/day", "120 yuan/day", 1);
    let queued = "SELECT count(*) FROM jobs WHERE kind = 'redecision'";
    world.start_of(&[&care]).await;
    world.start_of(&[&care]).await;
    assert_eq!(world.app.database.number(queued).await, 1);
}
