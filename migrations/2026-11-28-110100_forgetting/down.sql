DELETE FROM jobs WHERE kind = 'forgetting';
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('simulation', 'redecision', 'subsidy_run'));
COMMENT ON COLUMN jobs.kind IS 'simulation, redecision or subsidy_run.';
DROP FUNCTION forget_decision(uuid, bytea, timestamptz);
DROP FUNCTION forget_claim(uuid, timestamptz);
ALTER TABLE decisions
    DROP CONSTRAINT decisions_forgotten_check,
    DROP COLUMN forgotten_at,
    ALTER COLUMN facts_sealed SET NOT NULL;
ALTER TABLE claim_versions
    DROP CONSTRAINT claim_versions_forgotten_check,
    DROP COLUMN forgotten_at,
    ALTER COLUMN patient_name_sealed SET NOT NULL,
    ALTER COLUMN diagnosis_sealed SET NOT NULL,
    ALTER COLUMN nursing_special SET NOT NULL,
    ALTER COLUMN nursing_level_1 SET NOT NULL,
    ALTER COLUMN nursing_level_2 SET NOT NULL,
    ALTER COLUMN nursing_level_3 SET NOT NULL,
    ALTER COLUMN icu_days SET NOT NULL,
    ALTER COLUMN total_fen SET NOT NULL,
    ALTER COLUMN insurance_paid_fen SET NOT NULL,
    ALTER COLUMN self_paid_fen SET NOT NULL;
