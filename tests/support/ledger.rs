//! Money under test: filling budgets, paying by hand, and the laws that the books keep.

use serde_json::{Value, json};
use tokio_postgres::{Client as Sql, types::ToSql};

use crate::{Database, TestApp};

/// The programme whose money it is.
pub const PROGRAMME: &str = "hospital-care-allowance";

/// The laws of the ledger, each a query that finds what breaks it.
pub const LAWS: &[(&str, &str)] = &[
    (
        "an account's columns are the sums over its transfers",
        "SELECT a.id FROM accounts a, LATERAL (SELECT \
            coalesce(sum(amount_fen) FILTER (WHERE debit_account_id = a.id AND state = 'pending'), 0) AS dpe, \
            coalesce(sum(amount_fen) FILTER (WHERE debit_account_id = a.id AND state = 'posted'), 0) AS dpo, \
            coalesce(sum(amount_fen) FILTER (WHERE credit_account_id = a.id AND state = 'pending'), 0) AS cpe, \
            coalesce(sum(amount_fen) FILTER (WHERE credit_account_id = a.id AND state = 'posted'), 0) AS cpo \
            FROM transfers) t WHERE (debits_pending_fen, debits_posted_fen, credits_pending_fen, \
            credits_posted_fen) <> (dpe, dpo, cpe, cpo)",
    ),
    (
        "all debits are all credits",
        "SELECT 'unbalanced' FROM accounts HAVING sum(debits_pending_fen) <> sum(credits_pending_fen) \
            OR sum(debits_posted_fen) <> sum(credits_posted_fen)",
    ),
    (
        "a transfer stays within one purse",
        "SELECT t.id FROM transfers t JOIN accounts d ON d.id = t.debit_account_id \
            JOIN accounts c ON c.id = t.credit_account_id \
            WHERE (d.fund, d.programme, d.year, d.county) <> (c.fund, c.programme, c.year, c.county)",
    ),
    (
        "an award's funding is what its transfers say",
        "SELECT w.id FROM awards w, LATERAL (SELECT max(t.state) AS state, \
            sum(t.amount_fen) AS fen, count(*) AS live FROM transfers t \
            WHERE t.award_id = w.id AND t.state <> 'voided') t \
            WHERE t.live > 1 OR t.state IS DISTINCT FROM CASE w.funding \
                WHEN 'earmarked' THEN 'pending' WHEN 'posted' THEN 'posted' END \
            OR (t.live = 1 AND t.fen <> w.amount_fen)",
    ),
    (
        "the county of registered residence pays, from the year of the decision's day",
        "SELECT w.id FROM awards w JOIN accounts a ON a.id = w.account_id \
            JOIN decisions d ON d.id = w.decision_id JOIN resident_versions v \
            ON v.resident_id = w.resident_id AND v.superseded_at IS NULL \
            WHERE w.replaces_award_id IS NULL AND (a.kind, a.county, a.year) \
            <> ('budget', left(v.division, 6), extract(year FROM d.decided_on)::int)",
    ),
    (
        "per person and year, awards less recoveries are the entitlement",
        "SELECT subject_id, programme, year, sum(fen) FROM ( \
            SELECT subject_id, programme, benefit_year AS year, amount_fen AS fen FROM awards \
                WHERE standing <> 'cancelled' \
            UNION ALL SELECT subject_id, programme, benefit_year, -amount_fen FROM recoveries \
                WHERE state <> 'cancelled' \
            UNION ALL SELECT d.subject_id, d.programme, y.year, -y.amount_fen FROM decisions d \
                JOIN decision_years y ON y.decision_id = d.id WHERE d.superseded_at IS NULL \
            ) moved GROUP BY 1, 2, 3 HAVING sum(fen) <> 0",
    ),
    (
        "a matter's differences add up to its amount",
        "SELECT coalesce(claim_id, loan_id), period_from FROM decisions GROUP BY 1, 2 \
            HAVING sum(difference_fen) \
            <> coalesce(sum(amount_fen) FILTER (WHERE superseded_at IS NULL), 0) \
            OR count(*) FILTER (WHERE superseded_at IS NULL) <> 1 OR max(number) <> count(*)",
    ),
    (
        "nobody waits while there is money for the first in the queue",
        "SELECT a.id FROM accounts a JOIN LATERAL (SELECT amount_fen FROM awards \
            WHERE account_id = a.id AND funding = 'awaiting_funds' ORDER BY waiting_no LIMIT 1) head \
            ON true WHERE a.credits_posted_fen - a.debits_posted_fen - a.debits_pending_fen \
            >= head.amount_fen",
    ),
    (
        "the queue is served in order",
        "SELECT later.id FROM awards later JOIN awards earlier USING (account_id) \
            WHERE earlier.funding = 'awaiting_funds' AND later.funding IN ('earmarked', 'posted') \
            AND later.waiting_no > earlier.waiting_no",
    ),
    (
        "no day of a person is counted twice",
        "SELECT one.claim_id FROM stays one JOIN stays other USING (subject_id) \
            WHERE one.claim_id < other.claim_id AND one.counted AND other.counted \
            AND NOT one.yields_day AND NOT other.yields_day \
            AND daterange(one.admitted_on, greatest(one.discharged_on, one.admitted_on + 1)) \
             && daterange(other.admitted_on, greatest(other.discharged_on, other.admitted_on + 1))",
    ),
    (
        "a claim and its stay stand where its version in force says",
        "SELECT c.id FROM claims c JOIN claim_versions v ON v.claim_id = c.id \
            AND v.superseded_at IS NULL JOIN stays s ON s.claim_id = c.id \
            JOIN subjects p ON p.id = v.subject_id \
            WHERE (c.subject_id, c.medical_record_no, c.admitted_on, s.subject_id, s.person_index, \
                s.admitted_on, s.discharged_on, s.standing = 'withdrawn') <> (v.subject_id, v.medical_record_no, \
                v.admitted_on, v.subject_id, p.person_index, v.admitted_on, v.discharged_on, \
                v.withdrawn_because_sealed IS NOT NULL)",
    ),
    (
        "what does not count is owed nothing, and what counts is decided on its patient",
        "SELECT s.claim_id FROM stays s LEFT JOIN decisions d ON d.claim_id = s.claim_id \
            AND d.superseded_at IS NULL WHERE CASE WHEN s.counted THEN \
            d.subject_id IS DISTINCT FROM s.subject_id ELSE d.amount_fen <> 0 END",
    ),
    (
        "no person-year is above its cap of 90 days",
        "SELECT d.subject_id, y.year, sum(y.days) FROM decisions d \
            JOIN decision_years y ON y.decision_id = d.id WHERE d.superseded_at IS NULL \
            AND d.claim_id IS NOT NULL GROUP BY 1, 2 HAVING sum(y.days) > 90",
    ),
];

impl Database {
    /// Checks the laws of the ledger.
    ///
    /// # Panics
    /// When one is broken.
    pub async fn check_books(&self) {
        let sql = self.admin().await;
        for (law, query) in LAWS {
            let broken = sql.query(*query, &[]).await;
            let broken = broken.unwrap_or_else(|error| panic!("{law}: {error:?}"));
            assert!(
                broken.is_empty(),
                "{} break the law: {law}\n{query}",
                broken.len()
            );
        }
    }

    /// The number a query answers.
    ///
    /// # Panics
    /// When it answers no `bigint`.
    pub async fn number(&self, query: &str) -> i64 {
        let row = self.admin().await.query_one(query, &[]).await;
        row.unwrap_or_else(|error| panic!("{query}: {error:?}"))
            .get(0)
    }

    /// The first column of what a query answers, as text.
    ///
    /// # Panics
    /// When it is none.
    pub async fn texts(&self, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<String> {
        texts(&self.admin().await, query, parameters).await
    }

    /// Pays every earmarked award, as a bank's return file will: its transfer is posted.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn pay_everything(&self) {
        let sql = self.admin().await;
        sql.batch_execute(
            "BEGIN; \
             UPDATE accounts a SET debits_pending_fen = debits_pending_fen - t.fen, \
                debits_posted_fen = debits_posted_fen + t.fen FROM (SELECT debit_account_id AS id, \
                sum(amount_fen)::bigint AS fen FROM transfers WHERE state = 'pending' GROUP BY 1) t \
                WHERE t.id = a.id; \
             UPDATE accounts a SET credits_pending_fen = credits_pending_fen - t.fen, \
                credits_posted_fen = credits_posted_fen + t.fen FROM (SELECT credit_account_id AS id, \
                sum(amount_fen)::bigint AS fen FROM transfers WHERE state = 'pending' GROUP BY 1) t \
                WHERE t.id = a.id; \
             UPDATE transfers SET state = 'posted', settled_at = now() WHERE state = 'pending'; \
             UPDATE awards SET standing = 'confirmed', funding = 'posted' WHERE funding = 'earmarked'; \
             COMMIT",
        )
        .await
        .expect("payment");
    }

    /// The awards there are, oldest first: amount, standing, funding, place in the queue.
    pub async fn awards(&self) -> Vec<String> {
        let query = "SELECT concat_ws(' ', amount_fen, standing, funding, waiting_no) \
             FROM awards ORDER BY id";
        self.texts(query, &[]).await
    }
}

/// The first column of what a query answers, as text.
///
/// # Panics
/// When it is none.
pub async fn texts(sql: &Sql, query: &str, parameters: &[&(dyn ToSql + Sync)]) -> Vec<String> {
    let rows = sql.query(query, parameters).await;
    let rows = rows.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

impl TestApp {
    /// The budget of a county for the clock's year, as finance sees it; opened if need be.
    ///
    /// # Panics
    /// When it cannot be had.
    pub async fn budget(&self, county: &str) -> Value {
        let year = self.clock.today().year();
        let form = json!({"programme": PROGRAMME, "year": year, "county": county});
        let reply = self.finance("43").await.post("/v1/accounts", &form).await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.text());
        reply.json()
    }

    /// Fills the budget of a county under a document; answers the appropriation.
    ///
    /// # Panics
    /// When it is not a new one.
    pub async fn fill(&self, county: &str, fen: i64, document_no: &str) -> Value {
        let account = self.budget(county).await;
        let id = account["id"].as_str().expect("an id");
        let form = json!({"amount_fen": fen, "document_no": document_no});
        let path = format!("/v1/accounts/{id}/appropriations");
        let reply = self.finance("43").await.post(&path, &form).await;
        reply.expect(201).json()
    }
}
