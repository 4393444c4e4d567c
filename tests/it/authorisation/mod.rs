//! Authorisation: every operation of the document has a row that says who may, and each other
//! caller is refused as documented.

mod claim_batches;
mod claims;
mod loans;
mod reference;
mod simulation;
mod table;
mod world;

use std::{collections::BTreeSet, sync::Arc};

use chrono::TimeDelta;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use sizhu_api::auth::{Keys, TokenPolicy, Tokens};
use sizhu_core::access::Grant;
use sizhu_tests::{Reply, app::division, coverage, tree};
use table::{PUBLIC, Row, Stranger, rows};
use uuid::Uuid;
use world::{KID, ROLES, Who, World};

/// The `type` of each status that refusals have, checked in full.
#[track_caller]
fn refused(reply: &Reply, status: u16, as_whom: &str) {
    assert_eq!(
        reply.status,
        status,
        "{} as {as_whom}: {}",
        reply.asked,
        reply.text()
    );
    let slug = match status {
        401 => "unauthenticated",
        403 => "forbidden",
        404 => "not-found",
        _ => unreachable!("not a refusal: {status}"),
    };
    let problem = reply.problem(slug);
    assert!(problem.get("errors").is_none(), "{problem}");
}

/// Operations of the document: id, method, path template, security of its own.
fn operations(document: &Value) -> Vec<(String, coverage::Operation, Value)> {
    let find = |it: &coverage::Operation| {
        let operation = &document["paths"][&it.path][it.method.to_ascii_lowercase()];
        let id = operation["operationId"].as_str().expect("an operationId");
        (id.to_owned(), operation["security"].clone())
    };
    let all = coverage::operations(document).into_iter();
    all.map(|it| (find(&it), it))
        .map(|((id, security), it)| (id, it, security))
        .collect()
}

#[tokio::test]
async fn every_operation_has_a_row_and_every_row_an_operation() {
    let world = World::make().await;
    let document = world.app.openapi().await;
    let documented = operations(&document);
    let ids: BTreeSet<&str> = documented.iter().map(|(id, ..)| id.as_str()).collect();
    let rows = rows();
    let listed = rows.iter().map(|row| row.operation).chain(PUBLIC);
    let listed: BTreeSet<&str> = listed.collect();
    assert_eq!(ids, listed);
    assert_eq!(rows.len() + PUBLIC.len(), ids.len(), "a row twice");

    for (id, _, security) in &documented {
        let asks_nothing = security
            .as_array()
            .is_some_and(|it| it.contains(&json!({})));
        assert_eq!(
            asks_nothing,
            PUBLIC.contains(&id.as_str()),
            "{id}: {security}"
        );
    }
    let anyone = world.app.anon();
    for row in &rows {
        let reply = (row.request)(&world, &anyone).await;
        let fits = documented.iter().find(|(id, ..)| id == row.operation);
        let operation = &fits.expect("an operation").1;
        assert!(
            is_of(&reply.asked, operation),
            "{}: {}",
            row.operation,
            reply.asked
        );
    }
}

/// Whether `GET /v1/residents/1` is a request of an operation.
fn is_of(asked: &str, operation: &coverage::Operation) -> bool {
    let (method, path) = asked.split_once(' ').expect("method and path");
    let path = path.split('?').next().unwrap_or_default();
    let (parts, pattern) = (path.split('/'), operation.path.split('/'));
    let same = parts.clone().count() == pattern.clone().count();
    let mut pairs = parts.zip(pattern);
    method == operation.method && same && pairs.all(|(a, b)| a == b || b.starts_with('{'))
}

/// The table of docs/API.md says the same as the table here.
#[test]
fn the_documented_table_is_this_one() {
    let columns = [
        "hospital", "officer", "finance", "auditor", "resident", "admin", "policy", "bank",
    ];
    let text = tree::read("docs/API.md");
    let mut lines = text
        .lines()
        .skip_while(|line| !line.starts_with("| operation |"));
    let header = lines.next().expect("the table");
    let header: Vec<&str> = header.trim_matches('|').split('|').map(str::trim).collect();
    assert_eq!(header[2..], columns, "columns");
    let mut documented = BTreeSet::new();
    for line in lines.skip(1).take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line
            .trim_start_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        for (role, cell) in columns.iter().zip(&cells[2..]) {
            if !cell.is_empty() {
                documented.extend(role.split(", ").map(|role| format!("{} {role}", cells[0])));
            }
        }
    }
    let may = |row: &Row| {
        let name = format!("`{}`", row.operation);
        row.may
            .iter()
            .map(move |who| format!("{name} {}", who.role()))
            .collect::<Vec<_>>()
    };
    let here: BTreeSet<String> = rows().iter().flat_map(may).collect();
    assert_eq!(documented, here);
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_answered() {
    let world = World::make().await;
    let expired = world
        .app
        .officer("43")
        .await
        .token()
        .await
        .expect("a token");
    world.app.advance_days(1);
    let written = world.written().await;
    let mut bad = bad_tokens(&world);
    bad.push(("expired", expired));
    for row in rows() {
        let reply = (row.request)(&world, &world.app.anon()).await;
        refused(&reply, 401, "nobody");
        let challenge = reply.header("WWW-Authenticate").unwrap_or_default();
        assert!(
            challenge.starts_with("Bearer ") && !challenge.contains("error"),
            "{challenge}"
        );
        for (fault, token) in &bad {
            let reply = (row.request)(&world, &world.app.with_token(token)).await;
            refused(&reply, 401, fault);
            let challenge = reply.header("WWW-Authenticate").unwrap_or_default();
            assert!(
                challenge.contains(r#"error="invalid_token""#),
                "{fault}: {challenge}"
            );
        }
        // A body is not even looked at.
        let reply = (row.request)(&world, &world.app.anon()).header("Authorization", "Basic YTpi");
        refused(&reply.await, 401, "Basic");
    }
    assert_eq!(world.written().await, written);
}

/// Tokens with one fault each; all else is as the service would issue it.
fn bad_tokens(world: &World) -> Vec<(&'static str, String)> {
    let now = world.app.clock.now();
    let grant = Grant::Officer(division("43"));
    let good = || TokenPolicy {
        issuer: "http://127.0.0.1:8080".to_owned(),
        audience: "sizhu".to_owned(),
        lifetime_seconds: 1_800,
    };
    let issue = |kid: &str, key: &str, policy: TokenPolicy, at| {
        let keys = Keys::from_base64([(kid, key)]).expect("a key");
        let tokens = Tokens::new(Arc::new(keys), policy);
        tokens
            .issue("officer-43", &grant, Uuid::nil(), at)
            .expect("a token")
    };
    let ours = issue(KID, &world.key, good(), now);
    let (signed, signature) = ours.rsplit_once('.').expect("a signature");
    let other_key = Keys::generate_base64().expect("a key");
    let audience = TokenPolicy {
        audience: "another".to_owned(),
        ..good()
    };
    let issuer = TokenPolicy {
        issuer: "http://127.0.0.1:1".to_owned(),
        ..good()
    };
    let tampered: String = signature.chars().rev().collect();
    let other = ours.split('.').nth(1).expect("claims");
    vec![
        ("garbage", "garbage".to_owned()),
        ("three parts of nothing", "a.b.c".to_owned()),
        ("no signature", format!("{signed}.")),
        ("another signature", format!("{signed}.{tampered}")),
        (
            "no algorithm",
            format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{other}."),
        ),
        ("another key", issue(KID, &other_key, good(), now)),
        ("an unknown key", issue("other", &world.key, good(), now)),
        ("another audience", issue(KID, &world.key, audience, now)),
        ("another issuer", issue(KID, &world.key, issuer, now)),
        (
            "not yet valid",
            issue(KID, &world.key, good(), now + TimeDelta::hours(1)),
        ),
        (
            "long expired",
            issue(KID, &world.key, good(), now - TimeDelta::hours(1)),
        ),
        ("signed with the public key", with_public_key(world, &ours)),
    ]
}

/// The classic confusion: the public key taken for the secret of an HMAC.
fn with_public_key(world: &World, ours: &str) -> String {
    let keys = Keys::from_base64([(KID, world.key.as_str())]).expect("a key");
    let public = keys.published().keys[0].x.clone();
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = Some(KID.to_owned());
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(ours)
        .expect("claims")
        .claims;
    encode(
        &header,
        &claims,
        &EncodingKey::from_secret(public.as_bytes()),
    )
    .expect("a token")
}

/// The very same service takes a token that has no fault, so the faults are what was refused.
#[tokio::test]
async fn a_token_made_beside_the_service_is_as_good_as_its_own() {
    let world = World::make().await;
    let keys = Keys::from_base64([(KID, world.key.as_str())]).expect("a key");
    let policy = TokenPolicy {
        issuer: "http://127.0.0.1:8080".to_owned(),
        audience: "sizhu".to_owned(),
        lifetime_seconds: 1_800,
    };
    let tokens = Tokens::new(Arc::new(keys), policy);
    let grant = Grant::Officer(division("43"));
    let now = world.app.clock.now();
    let token = tokens
        .issue("officer-43", &grant, Uuid::nil(), now)
        .expect("a token");
    let path = format!("/v1/residents/{}", world.person.resident_id);
    world.app.with_token(&token).get(&path).await.expect(200);
    // Two of them are one too many, whichever is good.
    let twice = world.app.with_token(&token).get(&path);
    let twice = twice
        .header("Authorization", &format!("Bearer {token}"))
        .header("Authorization", "Bearer x");
    refused(&twice.await, 401, "two tokens");
}

#[tokio::test]
async fn a_role_that_may_not_is_refused_whatever_it_asks() {
    let world = World::make().await;
    let written = world.written().await;
    for row in rows() {
        let may: BTreeSet<&str> = row.may.iter().map(|who| who.role()).collect();
        for who in ROLES.iter().filter(|who| !may.contains(who.role())) {
            let reply = (row.request)(&world, &world.client(*who).await).await;
            refused(&reply, 403, who.role());
        }
    }
    assert_eq!(world.written().await, written);
}

#[tokio::test]
async fn those_who_may_can_and_those_outside_the_scope_cannot() {
    let world = World::make().await;
    for row in rows() {
        let written = world.written().await;
        for (who, expected) in row.strangers {
            let reply = (row.request)(&world, &world.client(*who).await).await;
            let as_whom = format!("{who:?}");
            match expected {
                Stranger::NotFound => refused(&reply, 404, &as_whom),
                Stranger::Forbidden => refused(&reply, 403, &as_whom),
                Stranger::Nothing => sees_nothing(&world, &reply, &as_whom),
            }
        }
        assert_eq!(world.written().await, written, "{}", row.operation);
        for who in row.may {
            let reply = (row.request)(&world, &world.client(*who).await).await;
            let text = reply.text();
            assert_eq!(
                reply.status, row.success,
                "{} as {who:?}: {text}",
                row.operation
            );
        }
    }
}

#[track_caller]
fn sees_nothing(world: &World, reply: &Reply, as_whom: &str) {
    let text = reply.text();
    assert_eq!(reply.status, 200, "{} as {as_whom}: {text}", reply.asked);
    for secret in world.secrets() {
        assert!(
            !text.contains(secret),
            "{} shows {as_whom} {secret}: {text}",
            reply.asked
        );
    }
}

/// A record that is not there and one outside the scope are answered alike, byte for byte but for
/// the request's id.
#[tokio::test]
async fn nobody_learns_what_exists_outside_their_scope() {
    let world = World::make().await;
    let nowhere = Uuid::now_v7();
    let beside = world.client(Who::Officer("430103")).await;
    let hospital = world.client(Who::Hospital(2)).await;
    let finance = world.client(Who::Finance("430103")).await;
    for (client, folder, id) in [
        (&beside, "/v1/residents", &world.person.resident_id),
        (&beside, "/v1/hospital-claims", &world.claim),
        (&hospital, "/v1/hospital-claims", &world.claim),
        (&beside, "/v1/loans", &world.loan),
        (&beside, "/v1/decisions", &world.decision),
        (&finance, "/v1/accounts", &world.account),
    ] {
        let answer = async |id: &str| {
            let reply = client.get(&format!("{folder}/{id}")).await.expect(404);
            let mut problem = reply.problem("not-found");
            problem["instance"] = Value::Null;
            let mut headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            (problem, headers)
        };
        assert_eq!(
            answer(id).await,
            answer(&nowhere.to_string()).await,
            "{folder}"
        );
    }
}

#[tokio::test]
async fn public_operations_ask_for_no_token_and_mind_none() {
    let world = World::make().await;
    for client in [world.app.anon(), world.app.with_token("garbage")] {
        for path in [
            "/.well-known/jwks.json",
            "/openapi.json",
            "/v1/programmes",
            "/v1/programmes/hospital-care-allowance",
            "/v1/facts",
            "/v1/prime-rates",
            "/problems",
            "/problems/not-found",
            "/health/live",
            "/health/ready",
            "/metrics",
            "/swagger-ui/",
        ] {
            client.get(path).await.expect(200);
        }
    }
}
