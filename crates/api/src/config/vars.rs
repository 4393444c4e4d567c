//! Reading variables one by one while collecting everything that is wrong with them.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use sizhu_store::{Limits, Roles, Vault};
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{BootstrapConfig, ConfigError, ConfigErrors, DEFAULT_LISTEN};
use crate::auth::Keys;

/// What one 32-byte key looks like.
const KEY: &str = "base64 of 32 bytes";

/// What a database address looks like.
const POSTGRES_URL: &str = "postgres://user:password@host:port/database";

pub(super) struct Vars<'a> {
    look_up: &'a dyn Fn(&str) -> Option<String>,
    errors: Vec<ConfigError>,
}

impl<'a> Vars<'a> {
    pub(super) fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            look_up,
            errors: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> ConfigErrors {
        ConfigErrors(self.errors)
    }

    /// The variable's value; an empty one counts as not set, as in `.env` files.
    fn get(&self, name: &str) -> Option<String> {
        (self.look_up)(name).filter(|value| !value.trim().is_empty())
    }

    fn wrong(&mut self, name: &'static str, expected: impl Into<String>) {
        self.errors.push(ConfigError {
            name,
            missing: false,
            expected: expected.into(),
        });
    }

    fn required(&mut self, name: &'static str, expected: &str) -> Option<String> {
        let value = self.get(name);
        if value.is_none() {
            self.errors.push(ConfigError {
                name,
                missing: true,
                expected: expected.to_owned(),
            });
        }
        value
    }

    pub(super) fn text_or(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn number_or(
        &mut self,
        name: &'static str,
        range: RangeInclusive<u32>,
        default: u32,
    ) -> u32 {
        let Some(text) = self.get(name) else {
            return default;
        };
        match text.trim().parse() {
            Ok(number) if range.contains(&number) => number,
            Ok(_) | Err(_) => {
                let (from, to) = range.into_inner();
                self.wrong(name, format!("a whole number from {from} to {to}"));
                default
            }
        }
    }

    /// How long the database may keep a request waiting.
    pub(super) fn limits(&mut self) -> Limits {
        let mut seconds = |name, default: u32| {
            let number = self.number_or(name, 1..=3_600, default);
            Duration::from_secs(number.into())
        };
        Limits {
            connection: seconds("SIZHU_CONNECTION_SECONDS", 10),
            lock: seconds("SIZHU_LOCK_SECONDS", 10),
            transaction: seconds("SIZHU_TRANSACTION_SECONDS", 60),
        }
    }

    pub(super) fn listen(&mut self) -> Option<SocketAddr> {
        let text = self.text_or("SIZHU_LISTEN", DEFAULT_LISTEN);
        let parsed = text.trim().parse().ok();
        if parsed.is_none() {
            self.wrong(
                "SIZHU_LISTEN",
                "an IP address with a port, such as 127.0.0.1:8080",
            );
        }
        parsed
    }

    pub(super) fn log_filter(&mut self) -> String {
        let text = self.text_or("SIZHU_LOG", "info");
        if EnvFilter::try_new(&text).is_err() {
            self.wrong(
                "SIZHU_LOG",
                "a filter such as `info` or `info,sizhu_api=debug`",
            );
        }
        text
    }

    pub(super) fn issuer(&mut self) -> Option<String> {
        let expected = "the service's public http(s) address, without a slash at the end";
        let text = self.required("SIZHU_ISSUER", expected)?;
        let is_good = Url::parse(&text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && url.query().is_none()
                && url.fragment().is_none()
        }) && !text.ends_with('/');
        if !is_good {
            self.wrong("SIZHU_ISSUER", expected);
            return None;
        }
        Some(text)
    }

    pub(super) fn postgres_url(&mut self, name: &'static str) -> Option<SecretString> {
        let text = self.required(name, POSTGRES_URL)?;
        if credentials(&text).is_none() {
            self.wrong(name, POSTGRES_URL);
            return None;
        }
        Some(text.into())
    }

    /// One key of 32 bytes.
    fn key(&mut self, name: &'static str) -> Option<[u8; 32]> {
        let text = self.required(name, KEY)?;
        let key = decode_key(&text);
        if key.is_none() {
            self.wrong(name, KEY);
        }
        key
    }

    /// Encryption keys, blind index key and fingerprint key.
    pub(super) fn vault(&mut self) -> Option<Arc<Vault>> {
        const RING: &str = "SIZHU_ENCRYPTION_KEYS";
        let expected = format!("`id:key,…` with {KEY} each and distinct ids; the first encrypts");
        let text = self.required(RING, &expected);
        let ring = text.and_then(|text| {
            let ring: Option<Vec<_>> = pairs(&text)
                .map(|pair| pair.and_then(|(id, key)| Some((id.to_owned(), decode_key(key)?))))
                .collect();
            if ring.is_none() {
                self.wrong(RING, expected.clone());
            }
            ring
        });
        let index = self.key("SIZHU_INDEX_KEY");
        let fingerprint = self.key("SIZHU_FINGERPRINT_KEY");
        match Vault::new(ring?, index?, fingerprint?) {
            Ok(vault) => Some(Arc::new(vault)),
            Err(_bad_ring) => {
                self.wrong(RING, expected);
                None
            }
        }
    }

    pub(super) fn token_keys(&mut self) -> Option<Arc<Keys>> {
        const NAME: &str = "SIZHU_TOKEN_KEYS";
        let expected = "`kid:key,…` with base64 of an Ed25519 PKCS#8 document each and distinct \
                        ids; the first signs";
        let text = self.required(NAME, expected)?;
        let pairs: Option<Vec<_>> = pairs(&text).collect();
        let keys = pairs.and_then(|pairs| Keys::from_base64(pairs).ok());
        if keys.is_none() {
            self.wrong(NAME, expected);
        }
        keys.map(Arc::new)
    }

    /// What `migrate --bootstrap` needs: the superuser, and the roles the other addresses name.
    pub(super) fn bootstrap(&mut self) -> Option<BootstrapConfig> {
        let admin_url = self.postgres_url("SIZHU_ADMIN_DATABASE_URL");
        let owner = self
            .get("SIZHU_OWNER_DATABASE_URL")
            .and_then(|text| credentials(&text));
        let service = self.postgres_url("DATABASE_URL");
        let service = service.and_then(|url| credentials(url.expose_secret()));
        let (owner, service) = (owner?, service?);
        if owner.database != service.database || owner.user == service.user {
            self.wrong(
                "DATABASE_URL",
                "the database of SIZHU_OWNER_DATABASE_URL, as another user",
            );
            return None;
        }
        Some(BootstrapConfig {
            admin_url: admin_url?,
            roles: Roles {
                owner: (owner.user, owner.password),
                service: (service.user, service.password),
                database: owner.database,
            },
        })
    }
}

struct Credentials {
    user: String,
    password: SecretString,
    database: String,
}

/// User, password and database of a connection URL; `None` if one is missing.
fn credentials(text: &str) -> Option<Credentials> {
    let url = Url::parse(text).ok()?;
    let decode = |text: &str| {
        percent_decode_str(text)
            .decode_utf8()
            .ok()
            .map(String::from)
    };
    let user = decode(url.username()).filter(|user| !user.is_empty())?;
    let database = decode(url.path().strip_prefix('/')?).filter(|name| !name.is_empty())?;
    let password = decode(url.password()?)?;
    (matches!(url.scheme(), "postgres" | "postgresql") && url.has_host()).then(|| Credentials {
        user,
        password: password.into(),
        database,
    })
}

/// The `id:value` pairs of a list with commas; `None` for what is no pair.
fn pairs(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    text.split(',').map(|pair| {
        let (id, value) = pair.trim().split_once(':')?;
        (!id.is_empty()).then_some((id, value))
    })
}

fn decode_key(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.trim()).ok()?.try_into().ok()
}
