//! The demo's clients: one of each role, and a chain of officers from a village to the province.

use secrecy::SecretString;
use sizhu_core::access::Grant;
use sizhu_core::{DivisionCode, DivisionLevel, HospitalId, ResidentId};
use sizhu_store::api_clients::{self, ApiClient};
use sizhu_store::{Actor, Store, StoreError};

use super::plan::EXAMPLE_VILLAGE;
use crate::auth::hash_secret;
use crate::clock::Clock;

/// The secret of every demo client.
pub(super) const SECRET: &str = "demo";

/// The bank of `demo-bank`.
pub(super) const BANK: &str = "PSBC";

/// The client written last: where it is, the whole province is.
const LAST: &str = "demo-admin";

/// Client ids and what each may do, for the banner.
pub(super) const CLIENTS: [(&str, &str); 14] = [
    ("demo-hospital", "posts claims: 长沙市湘和人民医院"),
    ("demo-hospital-2", "posts claims: 长沙市岳麓康复医院"),
    (
        "demo-officer-village",
        "registers and proposes: 430102001001",
    ),
    ("demo-officer-township", "registers and proposes: 430102001"),
    (
        "demo-officer-county",
        "registers and confirms: 430102 芙蓉区",
    ),
    ("demo-officer-city", "registers and confirms: 4301 长沙市"),
    ("demo-officer-province", "registers and confirms: 43 湖南省"),
    ("demo-finance", "fills accounts: 43"),
    ("demo-auditor", "reads everything, changes nothing: 43"),
    ("demo-policy", "uploads policy texts"),
    ("demo-policy-2", "approves what demo-policy uploads"),
    ("demo-admin", "keeps hospitals"),
    ("demo-bank", "posts loans: bank PSBC"),
    ("demo-resident", "asks about herself: 李秀英"),
];

/// What the clients are bound to.
pub(super) struct Bindings {
    pub(super) hospitals: [HospitalId; 2],
    pub(super) resident: ResidentId,
}

/// Whether the province was loaded whole.
pub(super) async fn are_there(store: &Store) -> Result<bool, StoreError> {
    let find = async |tx: &mut sizhu_store::Tx| api_clients::find(tx, LAST).await;
    Ok(store
        .transaction(&Actor::System("demo"), find)
        .await?
        .is_some())
}

/// Makes all clients in one transaction.
pub(super) async fn add(store: &Store, clock: &Clock, to: &Bindings) -> anyhow::Result<()> {
    let secret = SecretString::from(SECRET);
    // One hash for all: each would take a quarter of a second, and the secret is no secret.
    let secret_hash = hash_secret(&secret)
        .map_err(|error| anyhow::anyhow!("the demo's secret cannot be hashed: {error}"))?;
    let grants = grants(to)?;
    let work = async |tx: &mut sizhu_store::Tx| -> Result<(), StoreError> {
        for (client_id, grant) in grants {
            let client = ApiClient {
                client_id: client_id.to_owned(),
                secret_hash: secret_hash.clone(),
                grant,
                demo: true,
                enabled: true,
            };
            api_clients::insert(tx, &client, clock.now()).await?;
        }
        Ok(())
    };
    Ok(store.transaction(&Actor::System("demo"), work).await?)
}

fn grants(to: &Bindings) -> anyhow::Result<Vec<(&'static str, Grant)>> {
    let [first, second] = to.hospitals;
    let mut grants = vec![
        ("demo-hospital", Grant::Hospital(first)),
        ("demo-hospital-2", Grant::Hospital(second)),
        ("demo-bank", Grant::Bank(BANK.to_owned())),
        ("demo-resident", Grant::Resident(to.resident)),
        ("demo-policy", Grant::Policy),
        ("demo-policy-2", Grant::Policy),
    ];
    let mut division = Some(DivisionCode::parse(EXAMPLE_VILLAGE)?);
    while let Some(code) = division {
        grants.push((officer_of(code.level()), Grant::Officer(code.clone())));
        if code.level() == DivisionLevel::Province {
            grants.push(("demo-finance", Grant::Finance(code.clone())));
            grants.push(("demo-auditor", Grant::Auditor(code.clone())));
        }
        division = code.parent();
    }
    grants.push((LAST, Grant::Admin));
    Ok(grants)
}

const fn officer_of(level: DivisionLevel) -> &'static str {
    match level {
        DivisionLevel::Village => "demo-officer-village",
        DivisionLevel::Township => "demo-officer-township",
        DivisionLevel::County => "demo-officer-county",
        DivisionLevel::City => "demo-officer-city",
        DivisionLevel::Province => "demo-officer-province",
    }
}

/// The officer of a division, as whom the province is loaded: the client of the demo where the
/// division is one of its chain, else one without a token.
pub(super) fn officer(division: &DivisionCode) -> Actor {
    let id = if EXAMPLE_VILLAGE.starts_with(division.as_str()) {
        officer_of(division.level()).to_owned()
    } else {
        format!("officer-{division}")
    };
    Actor::Client {
        id,
        grant: Grant::Officer(division.clone()),
    }
}

/// The hospital at that place in the table, as whom its claims are posted.
pub(super) fn hospital(at: usize, national_code: &str, id: HospitalId) -> Actor {
    let client_id = match at {
        0 => "demo-hospital".to_owned(),
        1 => "demo-hospital-2".to_owned(),
        _ => format!("hospital-{}", national_code.to_ascii_lowercase()),
    };
    Actor::Client {
        id: client_id,
        grant: Grant::Hospital(id),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_client_of_the_banner_has_a_grant() {
        let id = Uuid::now_v7();
        let to = Bindings {
            hospitals: [HospitalId::new(id), HospitalId::new(Uuid::now_v7())],
            resident: ResidentId::new(id),
        };
        let grants = grants(&to).unwrap();
        let mut granted: Vec<&str> = grants.iter().map(|(id, _)| *id).collect();
        assert_eq!(granted.last(), Some(&LAST));
        let mut announced: Vec<&str> = CLIENTS.iter().map(|(id, _)| *id).collect();
        granted.sort_unstable();
        announced.sort_unstable();
        assert_eq!(granted, announced);
    }

    #[test]
    fn only_the_chain_has_clients() {
        let name = |code: &str| {
            officer(&DivisionCode::parse(code).unwrap())
                .name()
                .to_owned()
        };
        assert_eq!(name("430102"), "demo-officer-county");
        assert_eq!(name("430102001001"), "demo-officer-village");
        assert_eq!(name("430103"), "officer-430103");
    }
}
