-- A decision is on one matter: a claim, or a loan and a period.
ALTER TABLE decisions ALTER COLUMN claim_id DROP NOT NULL;
ALTER TABLE decisions ADD COLUMN loan_id uuid;
ALTER TABLE decisions ADD COLUMN period_from date;
ALTER TABLE decisions ADD COLUMN period_until date;
ALTER TABLE decisions ADD COLUMN as_of date;
ALTER TABLE decisions ADD COLUMN result_sealed bytea;
ALTER TABLE decisions ADD CONSTRAINT decisions_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES loans (id);
ALTER TABLE decisions ADD CONSTRAINT decisions_matter_check CHECK (
    num_nonnulls(claim_id, loan_id) = 1
    AND (loan_id IS NULL) = (period_from IS NULL)
    AND (loan_id IS NULL) = (period_until IS NULL)
    AND (loan_id IS NULL) = (as_of IS NULL)
    AND (loan_id IS NULL) = (result_sealed IS NULL));
ALTER TABLE decisions ADD CONSTRAINT decisions_period_check CHECK (period_until > period_from);
ALTER TABLE decisions ADD CONSTRAINT decisions_loan_id_period_from_number_key
    UNIQUE (loan_id, period_from, number);
CREATE UNIQUE INDEX decisions_current_loan_key ON decisions (loan_id, period_from)
    WHERE superseded_at IS NULL AND loan_id IS NOT NULL;
-- The periods of a loan do not overlap: no day of it is decided twice.
ALTER TABLE decisions ADD CONSTRAINT decisions_loan_period_excl EXCLUDE USING gist (
    loan_id WITH =, daterange(period_from, period_until) WITH &&
) WHERE (superseded_at IS NULL AND loan_id IS NOT NULL);
CREATE INDEX decisions_period_idx ON decisions (programme, period_from, id) WHERE loan_id IS NOT NULL;
COMMENT ON TABLE decisions IS 'Every decision ever made, on a claim or on a loan and period, with its facts, policy and trace; the row not superseded is in force.';
COMMENT ON COLUMN decisions.claim_id IS 'The claim decided on; NULL where it is a loan.';
COMMENT ON COLUMN decisions.loan_id IS 'The loan decided on; NULL where it is a claim.';
COMMENT ON COLUMN decisions.period_from IS 'First day of the subsidy period; NULL but for loans.';
COMMENT ON COLUMN decisions.period_until IS 'First day after it; NULL but for loans.';
COMMENT ON COLUMN decisions.as_of IS 'Last day of which payments count; NULL but for loans.';
COMMENT ON COLUMN decisions.result_sealed IS 'The decision of a loan segment by segment, canonical JSON, encrypted; NULL but for loans.';
COMMENT ON COLUMN decisions.subject_id IS 'The person entitled or not: the patient, the borrower.';
COMMENT ON COLUMN decisions.number IS 'Counts up from 1 per matter.';
COMMENT ON COLUMN decisions.amount_fen IS 'The entitlement, in fen.';
COMMENT ON COLUMN decisions.policy_version IS 'The dated version of the pack in force at admission, or on the period''s last day.';
