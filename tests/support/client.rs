//! A caller of the service: a client with a token of its own, and its requests.

use std::{
    future::IntoFuture,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{
    Method, RequestBuilder,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderName},
};
use serde_json::{Value, json};
use sizhu_api::clock::Clock;
use uuid::Uuid;

use crate::{Reply, coverage};

/// The secret of every client of the tests.
pub const SECRET: &str = "a secret of the tests";

/// How clients reach a server.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    pub(crate) clock: Clock,
}

/// How a client shows who it is.
#[derive(Debug)]
enum Credentials {
    None,
    Token(String),
    /// Gets a token when it has none for the present time of the clock.
    Secret {
        client_id: String,
        secret: &'static str,
        token: Mutex<Option<Minted>>,
    },
}

#[derive(Clone, Debug)]
struct Minted {
    token: String,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// A caller. Cheap to clone; clones share a token. A test may move the clock as it likes: an
/// expired token is replaced.
#[derive(Clone, Debug)]
pub struct Client {
    line: Line,
    credentials: Arc<Credentials>,
}

impl Client {
    pub(crate) fn anonymous(line: Line) -> Self {
        Self {
            line,
            credentials: Arc::new(Credentials::None),
        }
    }

    pub(crate) fn with_token(line: Line, token: String) -> Self {
        Self {
            line,
            credentials: Arc::new(Credentials::Token(token)),
        }
    }

    pub(crate) fn with_secret(line: Line, client_id: String, secret: &'static str) -> Self {
        let credentials = Credentials::Secret {
            client_id,
            secret,
            token: Mutex::new(None),
        };
        Self {
            line,
            credentials: Arc::new(credentials),
        }
    }

    /// Name of the client, empty for one without.
    #[must_use]
    pub fn id(&self) -> &str {
        match &*self.credentials {
            Credentials::Secret { client_id, .. } => client_id,
            Credentials::None | Credentials::Token(_) => "",
        }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// `POST` of JSON.
    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// `PUT` of JSON.
    pub fn put(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PUT, path).json(body)
    }

    /// `PATCH` of JSON.
    pub fn patch(&self, path: &str, body: &Value) -> Call {
        self.call(Method::PATCH, path).json(body)
    }

    /// Posts a hospital claim under a fresh `Idempotency-Key`.
    pub fn claim(&self, body: &Value) -> Call {
        self.claim_with_key(body, &Uuid::new_v4().to_string())
    }

    /// Posts a hospital claim under a key.
    pub fn claim_with_key(&self, body: &Value, key: &str) -> Call {
        self.post("/v1/hospital-claims", body).key(key)
    }

    /// Corrects a hospital claim, whatever was last said in it.
    pub fn correct(&self, id: &str, body: &Value) -> Call {
        let path = format!("/v1/hospital-claims/{id}");
        self.put(&path, body).if_match("*")
    }

    /// Withdraws a hospital claim under a fresh `Idempotency-Key`.
    pub fn withdraw(&self, id: &str) -> Call {
        let path = format!("/v1/hospital-claims/{id}/withdrawal");
        let key = Uuid::new_v4().to_string();
        self.post(&path, &json!({"reason": "重复申报"})).key(&key)
    }

    /// Any request, to be built further.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let url = format!("{}{path}", self.line.base);
        Call {
            asked: format!("{method} {path}"),
            request: self.line.http.request(method.clone(), url),
            method,
            path: path.to_owned(),
            client: self.clone(),
        }
    }

    /// The access token, if the client has one; got from `POST /oauth/token`.
    ///
    /// # Panics
    /// When the service gives none.
    pub async fn token(&self) -> Option<String> {
        let (client_id, secret, kept) = match &*self.credentials {
            Credentials::None => return None,
            Credentials::Token(token) => return Some(token.clone()),
            Credentials::Secret {
                client_id,
                secret,
                token,
            } => (client_id, secret, token),
        };
        let now = self.line.clock.now();
        let fresh = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(minted) = fresh.filter(|it| it.from <= now && now < it.until) {
            return Some(minted.token);
        }
        let reply = Box::pin(
            Self::anonymous(self.line.clone())
                .call(Method::POST, "/oauth/token")
                .basic(client_id, secret)
                .form(&[("grant_type", "client_credentials")])
                .send(),
        );
        let answer = reply.await.expect(200).json();
        let token = answer["access_token"].as_str().expect("a token").to_owned();
        let lifetime = answer["expires_in"].as_i64().expect("a lifetime");
        let until = now + TimeDelta::seconds(lifetime);
        let minted = Minted {
            token: token.clone(),
            from: now,
            until,
        };
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(minted);
        Some(token)
    }
}

/// A request that is being built; `.await` sends it.
#[derive(Debug)]
#[must_use = "a call is sent by `.await`"]
pub struct Call {
    asked: String,
    method: Method,
    path: String,
    request: RequestBuilder,
    client: Client,
}

impl Call {
    /// A header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    /// `If-Match`.
    pub fn if_match(self, etag: &str) -> Self {
        self.header("If-Match", etag)
    }

    /// `Accept-Language`.
    pub fn language(self, languages: &str) -> Self {
        self.header("Accept-Language", languages)
    }

    /// HTTP Basic credentials, in place of the client's own.
    pub fn basic(mut self, user: &str, password: &str) -> Self {
        self.request = self.request.basic_auth(user, Some(password));
        self
    }

    /// A body of JSON.
    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// A body of form fields.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        self.request = self.request.form(fields);
        self
    }

    /// Any body at all.
    pub fn bytes(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.request = self
            .request
            .header(CONTENT_TYPE, content_type)
            .body(body.into());
        self
    }

    /// Sends the request and reads the answer.
    ///
    /// # Panics
    /// When the service does not answer.
    pub async fn send(self) -> Reply {
        let Self {
            asked,
            method,
            path,
            request,
            client,
        } = self;
        let mut request = request.build().expect("a request");
        if !request.headers().contains_key::<HeaderName>(AUTHORIZATION)
            && let Some(token) = client.token().await
        {
            let value = format!("Bearer {token}").parse().expect("a header");
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        let answer = client.line.http.execute(request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await;
        let body = body
            .unwrap_or_else(|error| panic!("{asked}: {error:?}"))
            .to_vec();
        coverage::record(method.as_str(), &path, status);
        Reply {
            asked,
            status,
            headers,
            body,
        }
    }
}

impl IntoFuture for Call {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
