//! The kinds of lines on their way to the service: what tells them apart, and who takes them.

use std::collections::HashMap;

use super::Import;
use crate::import::{ClaimLine, Fault, Kind, Numbered, ResidentLine, digest};
use crate::problem::{Problem, Text};
use crate::service::claims::NewClaim;
use crate::service::importing::{Importing, Taken};
use crate::service::residents::Newcomer;

/// A kind of line on its way to the service.
pub(super) trait Importable: Kind {
    /// What the service takes.
    type New;
    /// What is counted.
    const WHAT: &'static str;
    /// Whether each is some hospital's.
    const OF_HOSPITALS: bool;

    /// What tells it from all others.
    fn key(&self) -> String;

    async fn ready(self, import: &mut Import) -> anyhow::Result<Result<Self::New, Vec<Fault>>>;

    async fn take(service: Importing<'_>, group: Vec<Self::New>) -> Result<Vec<Taken>, Problem>;
}

impl Importable for ResidentLine {
    type New = Newcomer;
    const WHAT: &'static str = "residents";
    const OF_HOSPITALS: bool = false;

    fn key(&self) -> String {
        self.citizen_id.as_str().to_owned()
    }

    async fn ready(self, _: &mut Import) -> anyhow::Result<Result<Newcomer, Vec<Fault>>> {
        Ok(Ok(Newcomer {
            citizen_id: self.citizen_id,
            details: self.details,
            channel: "import",
        }))
    }

    async fn take(service: Importing<'_>, group: Vec<Newcomer>) -> Result<Vec<Taken>, Problem> {
        service.residents(group).await
    }
}

impl Importable for ClaimLine {
    type New = NewClaim;
    const WHAT: &'static str = "claims";
    const OF_HOSPITALS: bool = true;

    fn key(&self) -> String {
        let (hospital, claim) = (self.hospital.as_deref().unwrap_or_default(), &self.claim);
        format!(
            "{hospital}/{}/{}",
            claim.content.admitted_on, claim.medical_record_no
        )
    }

    async fn ready(self, import: &mut Import) -> anyhow::Result<Result<NewClaim, Vec<Fault>>> {
        let named = self.hospital.or_else(|| import.hospital.clone());
        let Some(hospital) = import.find_hospital(&named.unwrap_or_default()).await? else {
            return Ok(Err(vec![Fault::new(
                Some("hospital"),
                "unknown_hospital",
                "没有这家医疗机构。",
                "There is no such hospital.",
            )]));
        };
        let keys = import.state.store.keys();
        Ok(Ok(NewClaim {
            hospital,
            citizen_id: self.claim.citizen_id,
            medical_record_no: self.claim.medical_record_no,
            content: self.claim.content,
            fingerprint: keys.fingerprint(&[b"hospital-claim", &self.canonical]),
            channel: "import",
        }))
    }

    async fn take(service: Importing<'_>, group: Vec<NewClaim>) -> Result<Vec<Taken>, Problem> {
        service.claims(group).await
    }
}

/// What a file has said so far: where, and a digest of it, by a digest of what tells lines apart.
#[derive(Default)]
pub(super) struct Seen(HashMap<u64, (u32, u64)>);

impl Seen {
    /// A line, unless one before says something else of the same.
    pub(super) fn judge<K: Importable>(
        &mut self,
        line: Numbered<K>,
    ) -> (u32, Result<K, Vec<Fault>>) {
        let number = line.number;
        let sound = match line.line {
            Ok(sound) => sound,
            Err(faults) => return (number, Err(faults)),
        };
        let key = digest(&sound.key());
        let (before, said) = *self.0.entry(key).or_insert((number, line.said));
        if said == line.said {
            return (number, Ok(sound));
        }
        let fault = Fault {
            column: None,
            code: "repeated_line_differs".into(),
            detail: Text::made(
                format!("第 {before} 行说的是同一件事，内容不同。"),
                format!("Line {before} is of the same, and says something else."),
            ),
        };
        (number, Err(vec![fault]))
    }
}
