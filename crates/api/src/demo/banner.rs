//! What the demo tells on standard output once it serves: where, as whom, and what to try.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::net::SocketAddr;

use super::clients::{CLIENTS, SECRET};
use super::plan::EXAMPLE_MEMBER;

/// The claim of 46 days, behind the patient's citizen ID.
const CLAIM: &str = r#""patient_name":"李秀英","medical_record_no":"ZY-2026-0007",
  "settlement_no":"JS-2026-0007","admitted_on":"2026-03-01","discharged_on":"2026-04-16",
  "principal_diagnosis":{"code":"I63.900","name":"脑梗死"},
  "nursing_days":{"special":0,"level_1":46,"level_2":0,"level_3":0},"icu_days":0,
  "charges":{"total_fen":5230000,"insurance_paid_fen":3138000,"self_paid_fen":2092000},
  "consent":{"kind":"written","reference":"TY-2026-0007","signed_on":"2026-03-01"}}"#;

/// Prints the banner.
///
/// # Errors
/// Standard output cannot be written to.
pub(super) fn print(address: SocketAddr) -> io::Result<()> {
    let text = text(address).map_err(io::Error::other)?;
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn text(address: SocketAddr) -> Result<String, std::fmt::Error> {
    let base = format!("http://{address}");
    let mut out = String::new();
    writeln!(out, "\n四助 Sizhu: the demo province is served at {base}")?;
    writeln!(
        out,
        "Swagger UI: {base}/swagger-ui/   OpenAPI: {base}/openapi.json"
    )?;
    writeln!(
        out,
        "All people are made up. Ctrl-C stops everything; the next start keeps the data."
    )?;
    writeln!(out, "\nClients, each with the secret `{SECRET}`:")?;
    for (id, may) in CLIENTS {
        writeln!(out, "  {id:<22} {may}")?;
    }
    writeln!(
        out,
        "\nA token, a claim of 46 days (4,600 yuan), and the claim read back:\n"
    )?;
    for command in commands(&base) {
        writeln!(out, "{command}\n")?;
    }
    Ok(out)
}

/// Ready for any POSIX shell. The token is the only string of its answer that begins with `eyJ`,
/// and a claim begins with its id.
fn commands(base: &str) -> [String; 3] {
    let claim = format!(r#"{{"citizen_id":"{EXAMPLE_MEMBER}",{CLAIM}"#);
    [
        format!(
            "TOKEN=$(curl -s -u demo-hospital:{SECRET} -d grant_type=client_credentials \
             {base}/oauth/token | sed 's/.*\"\\(eyJ[^\"]*\\)\".*/\\1/')"
        ),
        format!(
            "CLAIM=$(curl -s -H \"Authorization: Bearer $TOKEN\" -H 'Idempotency-Key: demo-0007' \
             -H 'Content-Type: application/json' -d '{claim}' {base}/v1/hospital-claims); \
             printf '%s\\n' \"$CLAIM\""
        ),
        format!(
            "curl -s -H \"Authorization: Bearer $TOKEN\" {base}/v1/hospital-claims/\
             $(printf '%s' \"$CLAIM\" | sed 's/^{{\"id\":\"\\([^\"]*\\)\".*/\\1/')"
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_names_every_client_and_the_port() {
        let text = text("127.0.0.1:18080".parse().unwrap()).unwrap();
        assert!(CLIENTS.iter().all(|(id, _)| text.contains(id)));
        assert!(text.contains("http://127.0.0.1:18080/swagger-ui/"));
    }

    #[test]
    fn commands_survive_single_quotes() {
        let [_, claim, _] = commands("http://127.0.0.1:8080");
        let body = claim
            .split("-d '")
            .nth(1)
            .unwrap()
            .split('\'')
            .next()
            .unwrap();
        assert!(serde_json::from_str::<crate::routes::claim_form::ClaimForm>(body).is_ok());
    }
}
