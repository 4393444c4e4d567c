//! An approved text comes in force by itself on its day, once, and every process takes it up.

use sizhu_api::service::adoption::tick;
use sizhu_tests::policies::{ASSISTANCE, ASSISTANCE_CHANGSHA};

use super::{World, ZHUZHOU};

#[tokio::test]
async fn it_comes_in_force_on_its_day_and_not_before() {
    let world = World::make().await;
    let everywhere = "urban: 500 yuan/month; rural: 300 yuan/month";
    let version = world.approved(ZHUZHOU, "2027-01-01").await;
    let state = world.process();
    let turn = async || {
        let ticked = tick(&state.store, &state.policies, state.news("tick")).await;
        ticked.expect("a tick")
    };
    // The last instant of the day before, in Shanghai.
    world.app.set_clock("2026-12-31T15:59:59Z");
    assert_eq!(turn().await, 0);
    assert_eq!(world.state_of(&version).await, "approved");
    assert_eq!(world.monthly("430202").await, everywhere);

    world.app.set_clock("2026-12-31T16:00:00Z");
    assert_eq!(turn().await, 1);
    assert_eq!(turn().await, 0);
    assert_eq!(world.state_of(&version).await, "in_force");
    world.refreshed("430202", "700 yuan/month").await;
    assert_eq!(world.monthly("430302").await, everywhere);

    // The next one takes its place.
    let next = world.in_force(&ZHUZHOU.replace("700", "750")).await;
    assert_eq!(world.state_of(&version).await, "superseded");
    assert_eq!(world.state_of(&next).await, "in_force");
    world.refreshed("430202", "750 yuan/month").await;
    let query = "SELECT concat_ws(' ', kind, actor) FROM audit_events \
         WHERE object_id = $1::text::uuid ORDER BY id";
    let events = world.app.database.texts(query, &[&version]).await;
    assert_eq!(
        events,
        [
            "policy_version.uploaded policy",
            "policy_version.approved policy-2",
            "policy_version.activated policies",
        ]
    );
}

#[tokio::test]
async fn two_processes_bring_it_in_force_once() {
    let world = World::make().await;
    for round in 0..5 {
        let text = ZHUZHOU.replace("700", &format!("70{round}"));
        let version = world.approved(&text, "2026-11-23").await;
        let (one, other) = (world.process(), world.process());
        let (one, other) = tokio::join!(
            tick(&one.store, &one.policies, one.news("tick")),
            tick(&other.store, &other.policies, other.news("tick")),
        );
        assert_eq!(one.unwrap() + other.unwrap(), 1, "round {round}");
        let events = "SELECT count(*) FROM audit_events WHERE kind = 'policy_version.activated'";
        let activated = world.app.database.number(events).await;
        assert_eq!(activated, round + 1);
        assert_eq!(world.state_of(&version).await, "in_force");
    }
}

#[tokio::test]
async fn another_process_takes_it_up_by_its_own_tick() {
    let world = World::make().await;
    let (one, other) = (world.process(), world.process());
    let amount = |state: &sizhu_api::state::State| {
        let set = state.policies.snapshot();
        let division = sizhu_tests::app::division("430202");
        let programmes = set.programmes(&division);
        let found = programmes
            .iter()
            .find(|it| it.id().as_str() == "test-assistance");
        found.map(|it| it.nearest().to_string())
    };
    assert_eq!(amount(&other), None);
    tick(&other.store, &other.policies, other.news("tick"))
        .await
        .unwrap();
    assert_eq!(amount(&other).as_deref(), Some("national"));
    world.approved(ZHUZHOU, "2026-11-23").await;
    let activated = tick(&one.store, &one.policies, one.news("tick")).await;
    assert_eq!(activated.unwrap(), 1);
    assert_eq!(amount(&other).as_deref(), Some("national"));
    let activated = tick(&other.store, &other.policies, other.news("tick")).await;
    assert_eq!(activated.unwrap(), 0);
    assert_eq!(amount(&other).as_deref(), Some("4302"));
}

#[tokio::test]
async fn one_that_no_longer_fits_on_its_day_is_withdrawn_and_the_rest_goes_on() {
    let world = World::make().await;
    let waiting = world.approved(ZHUZHOU, "2027-01-01").await;
    let other = world.approved(ASSISTANCE_CHANGSHA, "2027-01-01").await;
    let care = super::hospital_care().replacen("100 yuan/day", "120 yuan/day", 1);
    let fits = world.approved(&care, "2027-01-01").await;
    // As if a pack had come in force meanwhile that calls the value otherwise.
    let owner = world.app.database.owner().await;
    let gone = "UPDATE policy_versions SET state = 'superseded', ended_at = now() \
         WHERE programme = 'test-assistance' AND state = 'in_force'";
    owner.batch_execute(gone).await.unwrap();
    let reworded = ASSISTANCE.replace("monthly", "per_month");
    world.app.set_clock("2027-01-01T02:00:00Z");
    let state = world.process();
    let put = "UPDATE policy_versions SET state = 'in_force', activated_at = now(), ended_at = NULL, \
         text_hash = $1 WHERE programme = 'test-assistance' AND place = 'national'";
    let hash = sizhu_core::PolicyHash::of(&reworded).as_str().to_owned();
    let keep = "INSERT INTO policies (hash, programme, body, recorded_at) \
         VALUES ($1, 'test-assistance', $2, now())";
    owner.execute(keep, &[&hash, &reworded]).await.unwrap();
    owner.execute(put, &[&hash]).await.unwrap();
    let activated = tick(&state.store, &state.policies, state.news("tick")).await;
    assert_eq!(activated.unwrap(), 1);
    for unfit in [waiting, other] {
        assert_eq!(world.state_of(&unfit).await, "withdrawn");
    }
    assert_eq!(world.state_of(&fits).await, "in_force");
    let events = "SELECT count(*) FROM audit_events WHERE kind = 'policy_version.unfit'";
    assert_eq!(world.app.database.number(events).await, 2);
}
