//! Jobs that are cancelled, or lose their runner in the middle.

use serde_json::json;

use super::*;

/// The lease of a runner, and a little more.
const SILENCE: chrono::TimeDelta = chrono::TimeDelta::seconds(121);

/// The result and the changes of a simulation, as they are kept.
async fn kept(world: &World, address: &str) -> (Value, Vec<String>) {
    let officer = world.app.officer("4301").await;
    let done = officer.get(address).await.expect(200).json();
    assert_eq!(done["state"], "done", "{done}");
    let job = address.rsplit('/').next().unwrap().to_owned();
    let query = "SELECT concat_ws(' ', resident_id, programme, county, outcome_before, outcome_after, \
            before_fen, after_fen) FROM simulation_changes WHERE job_id = $1::text::uuid ORDER BY 1";
    let changes = world.app.database.texts(query, &[&job]).await;
    (done["result"].clone(), changes)
}

#[tokio::test]
async fn a_job_goes_on_where_a_dead_process_left_it() {
    let world = World::make(false).await;
    let officer = world.app.officer("4301").await;
    let undisturbed = world.done(&officer, 2).await;

    let address = world.ask(&officer).await;
    // Registered after it was asked for: no part of it, whenever it is read.
    world.app.clock.advance(chrono::TimeDelta::seconds(1));
    world.app.special_person().await;
    let mut dies = world.runner(2);
    let job = dies.take_up().await.unwrap().unwrap();
    let Next::GoesOn(job) = dies.step(job).await.unwrap() else {
        panic!("there are more pages");
    };
    let Next::GoesOn(job) = dies.step(*job).await.unwrap() else {
        panic!("there are more pages");
    };
    let stale = job.clone();
    let running = officer.get(&address).await.expect(200).json();
    assert_eq!(
        (&running["state"], &running["people_done"]),
        (&json!("running"), &json!(4))
    );

    // While its lease lasts, nobody else takes it.
    let mut heir = world.runner(3);
    assert!(heir.take_up().await.unwrap().is_none());
    world.app.clock.advance(SILENCE);
    let job = heir.take_up().await.unwrap().expect("the job of the dead");
    assert_eq!((job.attempt, job.done), (2, 4));
    // One that was only slow learns that the job is another's, and leaves nothing.
    assert!(matches!(dies.step(*stale).await.unwrap(), Next::Lost));
    assert_eq!(finish(&mut heir, job).await, JobState::Done);
    assert_eq!(
        kept(&world, &address).await,
        kept(&world, &undisturbed).await
    );
}

#[tokio::test]
async fn a_simulation_is_cancelled_before_and_between_its_pages() {
    let world = World::make(false).await;
    let officer = world.app.officer("4301").await;
    let queued = world.ask(&officer).await;
    let cancelled = officer
        .post(&format!("{queued}/cancellation"), &json!({}))
        .await;
    assert_eq!(cancelled.expect(202).json()["state"], "cancelled");

    let running = world.ask(&officer).await;
    let mut runner = world.runner(2);
    let job = runner.take_up().await.unwrap().unwrap();
    let Next::GoesOn(job) = runner.step(job).await.unwrap() else {
        panic!("there are more pages");
    };
    let asked = officer
        .post(&format!("{running}/cancellation"), &json!({}))
        .await;
    let asked = asked.expect(202).json();
    assert_eq!(
        (&asked["state"], &asked["cancel_requested"]),
        (&json!("running"), &json!(true))
    );
    assert!(matches!(
        runner.step(*job).await.unwrap(),
        Next::Over(JobState::Cancelled)
    ));
    let over = officer.get(&running).await.expect(200).json();
    assert_eq!(over["state"], "cancelled");
    assert!(over.get("result").is_none(), "{over}");
    let again = officer
        .post(&format!("{running}/cancellation"), &json!({}))
        .await;
    again.expect(409).problem("state-conflict");
    let table = officer.get(&format!("{running}/result.csv")).await;
    table.expect(409).problem("state-conflict");
}

#[tokio::test]
async fn the_server_does_jobs_by_itself() {
    let world = World::make(true).await;
    let officer = world.app.officer("4301").await;
    let address = world.ask(&officer).await;
    for _ in 0..200 {
        let job = officer.get(&address).await.expect(200).json();
        match job["state"].as_str().unwrap() {
            "done" => {
                assert_eq!(
                    numbers(county(&job, "430103")),
                    "1440000 1560000 2 120000 0 0"
                );
                return;
            }
            "queued" | "running" => {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            other => panic!("{other}: {job}"),
        }
    }
    panic!("not done in ten seconds");
}
