//! The walk: each operation's example sent to a service that is loaded like the demo, and each
//! answer held to the document.
//!
//! What a new operation needs is said by the test that misses it; `steps` says who asks.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::Value;
use sizhu_tests::{Call, Client, Reply, TestApp};

use super::answers::Answers;
use super::schemas::Schemas;
use super::steps::{DO_JOBS, HOLD_A_STAY, steps};
use super::{operations, resolved};

/// An operation of the document.
struct Operation<'a> {
    id: &'a str,
    method: Method,
    template: &'a str,
    what: &'a Value,
}

/// How far the walk got.
struct Walk<'a> {
    app: &'a TestApp,
    document: &'a Value,
    schemas: Schemas<'a>,
    /// The last id that came of a collection, by its path template.
    made: BTreeMap<String, String>,
    /// What was answered, for the examples.
    answers: Answers,
    /// What does not hold, by operation.
    faults: Vec<String>,
}

impl<'a> Walk<'a> {
    /// The members `name` of the operation's parameters of a kind.
    fn parameters(&self, of: &Operation<'a>, place: &str) -> Vec<&'a Value> {
        let all = of.what["parameters"].as_array().into_iter().flatten();
        let all = all.map(|it| resolved(self.document, it));
        all.filter(|it| it["in"] == place).collect()
    }

    /// The path with its ids, and the examples of its query parameters.
    async fn path(&self, of: &Operation<'a>, client: &Client) -> String {
        let (mut path, mut template) = (String::new(), String::new());
        for part in of.template.split('/').skip(1) {
            let id = match part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) {
                Some(name) => self.id(of, client, name, &template, &path).await,
                None => part.to_owned(),
            };
            path += &format!("/{id}");
            template += &format!("/{part}");
        }
        let mut joint = '?';
        for parameter in self.parameters(of, "query") {
            let example = example(parameter);
            if example.is_null() {
                assert_ne!(
                    parameter["required"], true,
                    "{}: the parameter {} is required and has no example: give it one that works in the demo",
                    of.id, parameter["name"],
                );
                continue;
            }
            let value = example
                .as_str()
                .map_or_else(|| example.to_string(), str::to_owned);
            let name = parameter["name"].as_str().expect("a name");
            path += &format!("{joint}{name}={value}");
            joint = '&';
        }
        path
    }

    /// What stands for `{name}` after a path: see `steps`.
    async fn id(
        &self,
        of: &Operation<'a>,
        client: &Client,
        name: &str,
        template: &str,
        path: &str,
    ) -> String {
        if let Some(made) = self.made.get(template) {
            return made.clone();
        }
        let parameters = self.parameters(of, "path");
        let parameter = parameters.iter().find(|it| it["name"] == name);
        if let Some(example) = parameter.and_then(|it| example(it).as_str()) {
            return example.to_owned();
        }
        let list = client.get(path).await;
        let first = serde_json::from_slice::<Value>(&list.body).unwrap_or_default();
        let first = first["items"][0]["id"].as_str().map(str::to_owned);
        first.unwrap_or_else(|| {
            panic!(
                "{}: no id for {{{name}}}: in tests/it/openapi/steps.rs, let the step that makes one \
                 (POST {template}) stand before it, or give the parameter an example",
                of.id
            )
        })
    }

    /// The request as the document's examples say it.
    async fn request(&self, of: &Operation<'a>, client: &Client) -> Call {
        let path = self.path(of, client).await;
        let mut call = client.call(of.method.clone(), &path);
        for header in self.parameters(of, "header") {
            call = match header["name"].as_str() {
                Some("Idempotency-Key") => call.key(&uuid::Uuid::new_v4().to_string()),
                Some("If-Match") => call.if_match("*"),
                _ => call,
            };
        }
        let Some(contents) = of.what["requestBody"]["content"].as_object() else {
            return call;
        };
        let found = contents.iter().find_map(|(media_type, content)| {
            let example = self.body_example(content);
            (!example.is_null()).then_some((media_type, content, example))
        });
        let (media_type, content, example) = found.unwrap_or_else(|| {
            panic!(
                "{}: its body has no example: #[schema(example = json!(…))] on the form, one that \
                 works in the demo",
                of.id
            )
        });
        match (media_type.as_str(), example) {
            ("application/json", example) => {
                let fault = self.schemas.fault(&content["schema"], example);
                assert_eq!(fault, None, "{}: the example of its body", of.id);
                call.json(example)
            }
            ("application/x-www-form-urlencoded", Value::Object(fields)) => {
                let fields = fields
                    .iter()
                    .map(|(name, it)| (name.as_str(), it.as_str().expect("text")));
                call.form(&fields.collect::<Vec<_>>())
            }
            (media_type, example) => {
                call.bytes(media_type, example.as_str().expect("text").as_bytes())
            }
        }
    }

    fn body_example(&self, content: &'a Value) -> &'a Value {
        let example = &content["example"];
        if example.is_null() {
            return &resolved(self.document, &content["schema"])["example"];
        }
        example
    }

    /// Sends the operation's example; the answer is one that the document promises.
    async fn step(&mut self, of: &Operation<'a>, client: &Client) {
        let call = self.request(of, client).await;
        let reply = call.await;
        self.hold(of, &reply);
        // A repeat under a fresh key finds what is there.
        let again = &of.what["responses"]["200"];
        if of.method == Method::POST && matches!(reply.status, 201 | 202) && !again.is_null() {
            let call = self.request(of, client).await;
            let reply = call.await;
            if reply.status == 200 {
                self.hold(of, &reply);
            } else {
                self.fault(
                    of,
                    &format!("a repeat is answered {}, not 200", reply.status),
                );
            }
        }
    }

    /// Posts the example of a claim as two stays that overlap; the second, which is held, is the last
    /// that was made.
    async fn hold_a_stay(&mut self, of: &Operation<'a>, client: &Client) {
        let content = &of.what["requestBody"]["content"]["application/json"];
        let mut claim = self.body_example(content).clone();
        for (record, from, until) in [
            ("H1", "2025-09-01", "2025-09-11"),
            ("H2", "2025-09-06", "2025-09-16"),
        ] {
            claim["medical_record_no"] = record.into();
            claim["nursing_days"]["level_1"] = 10.into();
            claim["admitted_on"] = from.into();
            claim["discharged_on"] = until.into();
            let posted = client.claim(&claim).await.expect(201);
            self.remember(of, &posted.json());
        }
    }

    fn fault(&mut self, of: &Operation<'_>, what: &str) {
        self.faults.push(format!("{}: {what}", of.id));
    }

    /// Holds an answer to the document, and remembers what it made.
    fn hold(&mut self, of: &Operation<'a>, reply: &Reply) {
        let status = reply.status.to_string();
        let response = resolved(self.document, &of.what["responses"][&status]);
        if !status.starts_with('2') || !response.is_object() {
            let text = reply.text();
            self.fault(of, &format!("answers {status} to its example: {text}"));
            return;
        }
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            if reply.header(name).is_none() && header["required"] != false {
                self.fault(of, &format!("{status} without {name}"));
            }
        }
        let media_type = reply.header("Content-Type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default();
        let content = &response["content"][media_type];
        if !content.is_object() {
            self.fault(of, &format!("{status} does not declare {media_type}"));
            return;
        }
        let Some(answer) = value(media_type, reply) else {
            return;
        };
        if let Some(fault) = self.schemas.fault(&content["schema"], &answer) {
            self.fault(of, &format!("{status} is not of its schema: {fault}"));
        }
        self.remember(of, &answer);
        self.answers.add(of.id, &status, media_type, &answer);
    }

    fn remember(&mut self, of: &Operation<'a>, answer: &Value) {
        if of.method == Method::POST
            && let Some(id) = answer["id"].as_str()
        {
            self.made.insert(of.template.to_owned(), id.to_owned());
        }
        let decision = answer["decision"]["id"].as_str();
        let decision = decision.or(answer["items"][0]["decision"]["id"].as_str());
        if let Some(id) = decision {
            self.made.insert("/v1/decisions".to_owned(), id.to_owned());
        }
    }
}

/// A body as a JSON value: JSON as it is, text as text; nothing of what is neither.
fn value(media_type: &str, reply: &Reply) -> Option<Value> {
    let textual = media_type.starts_with("text/") || media_type == "image/svg+xml";
    match media_type {
        "application/json" => Some(reply.json()),
        // Each line is a value of the schema.
        "application/x-ndjson" => {
            let text = reply.text();
            let line = text.lines().next().expect("a line");
            Some(serde_json::from_str(line).expect("JSON"))
        }
        _ if textual => Some(Value::String(reply.text())),
        _ => None,
    }
}

fn example(parameter: &Value) -> &Value {
    let example = &parameter["example"];
    if example.is_null() {
        return &parameter["schema"]["example"];
    }
    example
}

/// Each operation has an example that works in the demo: the request succeeds, and the answer is of
/// the status, type, headers and schema that the document promises.
#[tokio::test]
async fn every_operation_works_in_the_demo() {
    let app = TestApp::start_as_demo().await;
    let document = app.openapi().await;
    let all = operations(&document);
    let by_id: BTreeMap<&str, Operation<'_>> = all
        .iter()
        .map(|(name, what)| {
            let (method, template) = name.split_once(' ').expect("method and path");
            let id = what["operationId"].as_str().expect("an id");
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let operation = Operation {
                id,
                method,
                template,
                what,
            };
            (id, operation)
        })
        .collect();
    let asked: BTreeSet<&str> = steps()
        .map(|(id, _)| id)
        .filter(|it| ![DO_JOBS, HOLD_A_STAY].contains(it))
        .collect();
    let missing: Vec<&&str> = by_id.keys().filter(|it| !asked.contains(**it)).collect();
    assert!(
        missing.is_empty(),
        "no step for {missing:?}: add a row to tests/it/openapi/steps.rs that says which client of the \
         demo asks, after what it needs"
    );
    let mut walk = Walk {
        app: &app,
        document: &document,
        schemas: Schemas::of(&document),
        made: BTreeMap::new(),
        answers: Answers::default(),
        faults: Vec::new(),
    };
    for (id, client) in steps() {
        if id == DO_JOBS {
            walk.app.do_jobs().await;
            continue;
        }
        if id == HOLD_A_STAY {
            walk.hold_a_stay(&by_id["create_hospital_claim"], &app.demo(client))
                .await;
            continue;
        }
        let operation = by_id.get(id);
        let operation = operation
            .unwrap_or_else(|| panic!("tests/it/openapi/steps.rs: {id} is not in the document"));
        let client = app.demo(client);
        walk.step(operation, &client).await;
    }
    assert!(walk.faults.is_empty(), "{}", walk.faults.join("\n"));
    walk.answers.write(&document, &walk.schemas);
}
