//! Each way an access token can be wrong is refused; the published keys verify a right one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_800_000_000;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn policy() -> TokenPolicy {
    TokenPolicy {
        issuer: "https://sizhu.example".into(),
        audience: "sizhu".into(),
        lifetime_seconds: 600,
    }
}

struct Fixture {
    tokens: Tokens,
    private: Vec<u8>,
}

fn fixture() -> Fixture {
    use base64::engine::general_purpose::STANDARD;
    let key = Keys::generate_base64().unwrap();
    Fixture {
        tokens: Tokens::new(
            Arc::new(Keys::from_base64([("k1", key.as_str())]).unwrap()),
            policy(),
        ),
        private: STANDARD.decode(&key).unwrap(),
    }
}

fn officer() -> Grant {
    Grant::Officer(DivisionCode::parse("430102").unwrap())
}

impl Fixture {
    fn good_claims(&self) -> Value {
        json!({
            "iss": "https://sizhu.example", "aud": "sizhu", "sub": "client", "iat": NOW,
            "nbf": NOW, "exp": NOW + 600, "jti": Uuid::nil(), "role": "officer",
            "division": "430102",
        })
    }

    /// Signs anything with the right key.
    fn sign(&self, typ: &str, kid: Option<&str>, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(typ.into());
        header.kid = kid.map(Into::into);
        encode(&header, claims, &EncodingKey::from_ed_der(&self.private)).unwrap()
    }

    fn verdict(&self, token: &str) -> Result<(), TokenFault> {
        self.tokens.verify(token, now()).map(|_| ())
    }

    /// The verdict on good claims with some replaced; `null` takes one away.
    fn with(&self, changes: Value) -> Result<(), TokenFault> {
        let mut claims = self.good_claims();
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        self.verdict(&self.sign("at+jwt", Some("k1"), &claims))
    }
}

#[test]
fn every_grant_survives_the_journey() {
    let fixture = fixture();
    let division = || DivisionCode::parse("43").unwrap();
    for grant in [
        Grant::Resident(ResidentId::new(Uuid::from_u128(1))),
        Grant::Hospital(HospitalId::new(Uuid::from_u128(2))),
        Grant::Bank("ABC".into()),
        officer(),
        Grant::Finance(division()),
        Grant::Auditor(division()),
        Grant::Policy,
        Grant::Admin,
    ] {
        let token = fixture
            .tokens
            .issue("client", &grant, Uuid::nil(), now())
            .unwrap();
        let (claims, found) = fixture.tokens.verify(&token, now()).unwrap();
        assert_eq!(found, grant);
        assert_eq!((claims.sub.as_str(), claims.exp), ("client", NOW + 600));
    }
}

#[test]
fn times_are_those_of_the_injected_clock_with_leeway() {
    let fixture = fixture();
    let token = fixture
        .tokens
        .issue("client", &officer(), Uuid::nil(), now())
        .unwrap();
    let at = |seconds| {
        let instant = now() + TimeDelta::seconds(seconds);
        fixture.tokens.verify(&token, instant).map(|_| ())
    };
    assert_eq!(at(-31), Err(TokenFault::NotYet));
    assert_eq!(at(-30), Ok(()));
    assert_eq!(at(629), Ok(()));
    assert_eq!(at(630), Err(TokenFault::Expired));
}

#[test]
fn wrong_claims_are_refused() {
    let fixture = fixture();
    assert_eq!(fixture.with(json!({})), Ok(()));
    for changes in [
        json!({"iss": "https://other.example"}),
        json!({"aud": "other"}),
        json!({"iss": null}),
        json!({"aud": null}),
        json!({"sub": null}),
        json!({"exp": null}),
        json!({"nbf": null}),
        json!({"jti": null}),
        json!({"role": "emperor"}),
    ] {
        assert_eq!(
            fixture.with(changes.clone()),
            Err(TokenFault::Invalid),
            "{changes}"
        );
    }
    for changes in [
        json!({"division": null}),
        json!({"division": "x"}),
        json!({"hospital": Uuid::nil()}),
        json!({"role": "hospital"}),
        json!({"role": "admin"}),
    ] {
        assert_eq!(
            fixture.with(changes.clone()),
            Err(TokenFault::Binding),
            "{changes}"
        );
    }
}

#[test]
fn wrong_headers_are_refused() {
    let fixture = fixture();
    let claims = fixture.good_claims();
    for typ in ["JWT", "at", "dpop+jwt"] {
        let token = fixture.sign(typ, Some("k1"), &claims);
        assert_eq!(fixture.verdict(&token), Err(TokenFault::Malformed), "{typ}");
    }
    assert_eq!(
        fixture.verdict(&fixture.sign("application/AT+JWT", Some("k1"), &claims)),
        Ok(())
    );
    for kid in [Some("k2"), None] {
        let token = fixture.sign("at+jwt", kid, &claims);
        assert_eq!(fixture.verdict(&token), Err(TokenFault::UnknownKey));
    }
    for rubbish in ["", "a.b.c", "..", "eyJ"] {
        assert_eq!(fixture.verdict(rubbish), Err(TokenFault::Malformed));
    }
}

#[test]
fn other_algorithms_are_refused() {
    let fixture = fixture();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = part(&fixture.good_claims());
    let none = part(&json!({"alg": "none", "typ": "at+jwt", "kid": "k1"}));
    assert_eq!(
        fixture.verdict(&format!("{none}.{claims}.")),
        Err(TokenFault::Malformed)
    );
    // The classic confusion: HMAC with the public key as its secret.
    let public = URL_SAFE_NO_PAD
        .decode(&fixture.tokens.keys().published().keys[0].x)
        .unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".into());
    header.kid = Some("k1".into());
    let confused = encode(
        &header,
        &fixture.good_claims(),
        &EncodingKey::from_secret(&public),
    )
    .unwrap();
    assert_eq!(fixture.verdict(&confused), Err(TokenFault::Malformed));
}

#[test]
fn a_tampered_token_is_refused() {
    let fixture = fixture();
    let token = fixture
        .tokens
        .issue("client", &officer(), Uuid::nil(), now())
        .unwrap();
    let [header, claims, signature]: [&str; 3] =
        token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let wider = URL_SAFE_NO_PAD.encode(text.replace("430102", "43"));
    let tampered = format!("{header}.{wider}.{signature}");
    assert_eq!(fixture.verdict(&tampered), Err(TokenFault::Invalid));
    assert_eq!(
        fixture.verdict(&format!("{header}.{claims}.")),
        Err(TokenFault::Invalid)
    );
}

#[test]
fn the_published_keys_verify_a_token() {
    let fixture = fixture();
    let token = fixture
        .tokens
        .issue("client", &officer(), Uuid::nil(), now())
        .unwrap();
    let set = serde_json::to_value(fixture.tokens.keys().published()).unwrap();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_value(set).unwrap();
    let jwk = set.find("k1").unwrap();
    let key = DecodingKey::from_jwk(jwk).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["sizhu"]);
    validation.validate_exp = false;
    assert!(decode::<Claims>(&token, &key, &validation).is_ok());
}

#[test]
fn keys_rotate() {
    let (old, new) = (
        Keys::generate_base64().unwrap(),
        Keys::generate_base64().unwrap(),
    );
    let tokens = |keys: &[(&str, &str)]| {
        Tokens::new(
            Arc::new(Keys::from_base64(keys.iter().copied()).unwrap()),
            policy(),
        )
    };
    let before = tokens(&[("old", old.as_str())]);
    let during = tokens(&[("new", new.as_str()), ("old", old.as_str())]);
    let after = tokens(&[("new", new.as_str())]);
    let token = before
        .issue("client", &officer(), Uuid::nil(), now())
        .unwrap();
    assert!(during.verify(&token, now()).is_ok());
    assert_eq!(
        after.verify(&token, now()).unwrap_err(),
        TokenFault::UnknownKey
    );
    let token = during
        .issue("client", &officer(), Uuid::nil(), now())
        .unwrap();
    assert!(after.verify(&token, now()).is_ok());
}
