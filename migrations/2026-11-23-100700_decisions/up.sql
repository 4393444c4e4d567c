CREATE TABLE decisions (
    id uuid NOT NULL,
    claim_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    number integer NOT NULL,
    restates_id uuid,
    programme text NOT NULL,
    cause text NOT NULL,
    outcome text NOT NULL,
    amount_fen bigint NOT NULL,
    difference_fen bigint NOT NULL,
    payable_days integer NOT NULL,
    decided_on date NOT NULL,
    policy_hash text NOT NULL,
    policy_division text NOT NULL,
    policy_version text NOT NULL,
    engine_version text NOT NULL,
    facts_sealed bytea NOT NULL,
    trace_sealed bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT decisions_pkey PRIMARY KEY (id),
    CONSTRAINT decisions_claim_id_number_key UNIQUE (claim_id, number),
    CONSTRAINT decisions_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT decisions_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT decisions_restates_id_fkey FOREIGN KEY (restates_id) REFERENCES decisions (id),
    CONSTRAINT decisions_restates_id_check CHECK (restates_id IS NULL OR difference_fen = 0),
    CONSTRAINT decisions_superseded_at_check CHECK (superseded_at >= recorded_at),
    CONSTRAINT decisions_policy_hash_fkey FOREIGN KEY (policy_hash) REFERENCES policies (hash),
    CONSTRAINT decisions_policy_division_fkey FOREIGN KEY (policy_division) REFERENCES divisions (code),
    CONSTRAINT decisions_outcome_check CHECK (outcome IN ('granted', 'refused', 'undetermined')),
    CONSTRAINT decisions_amount_fen_check CHECK (
        amount_fen >= 0 AND (amount_fen > 0) = (outcome = 'granted')),
    CONSTRAINT decisions_payable_days_check CHECK (payable_days >= 0)
);
CREATE UNIQUE INDEX decisions_current_key ON decisions (claim_id) WHERE superseded_at IS NULL;
CREATE INDEX decisions_subject_id_idx ON decisions (subject_id);
CREATE INDEX decisions_restates_id_idx ON decisions (restates_id);
CREATE INDEX decisions_policy_hash_idx ON decisions (policy_hash);
CREATE INDEX decisions_policy_division_idx ON decisions (policy_division);
COMMENT ON TABLE decisions IS 'Every decision ever made on a claim, with its facts, policy and trace; the row not superseded is in force.';
COMMENT ON COLUMN decisions.id IS 'UUIDv7.';
COMMENT ON COLUMN decisions.claim_id IS 'The claim decided on.';
COMMENT ON COLUMN decisions.subject_id IS 'The patient.';
COMMENT ON COLUMN decisions.number IS 'Counts up from 1 per claim.';
COMMENT ON COLUMN decisions.restates_id IS 'The decision this one restates with other reasons but the same result: the one a hospital goes on seeing, for a new one would tell it of news about the person.';
COMMENT ON COLUMN decisions.programme IS 'The programme.';
COMMENT ON COLUMN decisions.cause IS 'The news that led to it.';
COMMENT ON COLUMN decisions.outcome IS 'granted, refused or undetermined.';
COMMENT ON COLUMN decisions.amount_fen IS 'The claim''s entitlement, in fen.';
COMMENT ON COLUMN decisions.difference_fen IS 'Entitlement less that of the decision before it, in fen.';
COMMENT ON COLUMN decisions.payable_days IS 'Days paid for.';
COMMENT ON COLUMN decisions.decided_on IS 'Day of the decision in Asia/Shanghai; its year is the budget year.';
COMMENT ON COLUMN decisions.policy_hash IS 'The policy pack it was made under.';
COMMENT ON COLUMN decisions.policy_division IS 'The division whose pack it is.';
COMMENT ON COLUMN decisions.policy_version IS 'The dated version of the pack in force at admission.';
COMMENT ON COLUMN decisions.engine_version IS 'Version of the rule engine.';
COMMENT ON COLUMN decisions.facts_sealed IS 'Facts snapshot, canonical JSON, row ids for people, encrypted.';
COMMENT ON COLUMN decisions.trace_sealed IS 'Trace, canonical JSON, encrypted.';
COMMENT ON COLUMN decisions.recorded_at IS 'When it was made.';
COMMENT ON COLUMN decisions.superseded_at IS 'When a later decision took its place; NULL while in force.';

CREATE TABLE decision_years (
    decision_id uuid NOT NULL,
    year integer NOT NULL,
    days integer NOT NULL,
    amount_fen bigint NOT NULL,
    CONSTRAINT decision_years_pkey PRIMARY KEY (decision_id, year),
    CONSTRAINT decision_years_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions (id),
    CONSTRAINT decision_years_amount_fen_check CHECK (days >= 0 AND amount_fen >= 0)
);
COMMENT ON TABLE decision_years IS 'A decision''s days and money by calendar year of the days: what caps and awards are netted by.';
COMMENT ON COLUMN decision_years.decision_id IS 'The decision.';
COMMENT ON COLUMN decision_years.year IS 'Calendar year of the days.';
COMMENT ON COLUMN decision_years.days IS 'Days paid for in that year.';
COMMENT ON COLUMN decision_years.amount_fen IS 'Their amount, in fen.';
GRANT SELECT, INSERT, UPDATE (superseded_at) ON decisions TO sizhu_service;
GRANT SELECT, INSERT ON decision_years TO sizhu_service;
