//! Two people's work in the demo: one client of policy staff uploads, the other approves.

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use sizhu_tests::tree;

use super::Demo;

/// Status and body of the answer to a request of a client.
async fn answer(demo: &Demo, client: &str, request: RequestBuilder) -> (u16, Value) {
    let token = demo.token(client).await;
    let answer = request.bearer_auth(token).send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

pub(super) async fn a_second_client_approves(demo: &Demo) {
    let care = tree::read("policies/hunan/illness/hospital-care-allowance.toml");
    let dearer = care.replace("value = \"100 yuan/day\"", "value = \"120 yuan/day\"");
    let versions = format!("{}/v1/policy-versions", demo.base);
    let upload = demo.http.post(&versions);
    let upload = upload.json(&json!({"text": dearer, "note": "120 yuan a day"}));
    let (status, draft) = answer(demo, "demo-policy", upload).await;
    assert_eq!(status, 201, "{draft}");
    let approval = format!(
        "{versions}/{}/approval",
        draft["id"].as_str().expect("an id")
    );
    for (client, expected) in [("demo-policy", 403), ("demo-policy-2", 200)] {
        let form = json!({"activates_on": "2099-01-01"});
        let request = demo.http.post(&approval).header("If-Match", "\"v1\"");
        let (status, answered) = answer(demo, client, request.json(&form)).await;
        assert_eq!(status, expected, "{client}: {answered}");
    }
}
