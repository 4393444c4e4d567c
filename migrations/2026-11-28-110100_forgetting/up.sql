ALTER TABLE claim_versions
    ALTER COLUMN patient_name_sealed DROP NOT NULL,
    ALTER COLUMN diagnosis_sealed DROP NOT NULL,
    ALTER COLUMN nursing_special DROP NOT NULL,
    ALTER COLUMN nursing_level_1 DROP NOT NULL,
    ALTER COLUMN nursing_level_2 DROP NOT NULL,
    ALTER COLUMN nursing_level_3 DROP NOT NULL,
    ALTER COLUMN icu_days DROP NOT NULL,
    ALTER COLUMN total_fen DROP NOT NULL,
    ALTER COLUMN insurance_paid_fen DROP NOT NULL,
    ALTER COLUMN self_paid_fen DROP NOT NULL,
    ADD COLUMN forgotten_at timestamptz;
-- All of what a version says is there, or none of it.
ALTER TABLE claim_versions ADD CONSTRAINT claim_versions_forgotten_check CHECK (
    CASE WHEN forgotten_at IS NULL
    THEN num_nulls(patient_name_sealed, diagnosis_sealed, nursing_special, nursing_level_1, nursing_level_2,
                   nursing_level_3, icu_days, total_fen, insurance_paid_fen, self_paid_fen) = 0
    ELSE num_nonnulls(patient_name_sealed, settlement_no, diagnosis_sealed, nursing_special, nursing_level_1,
                      nursing_level_2, nursing_level_3, icu_days, total_fen, insurance_paid_fen,
                      self_paid_fen) = 0 END);
COMMENT ON COLUMN claim_versions.forgotten_at IS 'When name, settlement number, diagnosis, nursing and charges were deleted, for the patient was in no registry for too long; NULL while they are kept.';

ALTER TABLE decisions
    ALTER COLUMN facts_sealed DROP NOT NULL,
    ADD COLUMN forgotten_at timestamptz;
ALTER TABLE decisions ADD CONSTRAINT decisions_forgotten_check CHECK (
    (facts_sealed IS NULL) = (forgotten_at IS NOT NULL));
COMMENT ON COLUMN decisions.forgotten_at IS 'When its facts, and what its trace saw, were deleted together with the claims they came from; NULL while they are kept.';

-- The service deletes nothing and overwrites nothing by itself. These two do one thing for it, and refuse
-- to do it to anyone in the registry.
CREATE FUNCTION forget_claim(forgotten uuid, instant timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    versions integer;
BEGIN
    IF EXISTS (SELECT FROM public.claims c JOIN public.residents r ON r.subject_id = c.subject_id
               WHERE c.id = forgotten) THEN
        RAISE EXCEPTION 'the patient is in the registry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_versions_unregistered_check';
    END IF;
    UPDATE public.claim_versions
    SET patient_name_sealed = NULL, settlement_no = NULL, diagnosis_sealed = NULL, nursing_special = NULL,
        nursing_level_1 = NULL, nursing_level_2 = NULL, nursing_level_3 = NULL, icu_days = NULL,
        total_fen = NULL, insurance_paid_fen = NULL, self_paid_fen = NULL, forgotten_at = instant
    WHERE claim_id = forgotten AND forgotten_at IS NULL;
    GET DIAGNOSTICS versions = ROW_COUNT;
    RETURN versions;
END
$$;
COMMENT ON FUNCTION forget_claim IS 'Deletes what all versions of a claim say, of someone in no registry. Natural key, days, consent and fingerprint stay. Answers how many versions.';
REVOKE ALL ON FUNCTION forget_claim FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_claim TO sizhu_service;

CREATE FUNCTION forget_decision(forgotten uuid, trace bytea, instant timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    done integer;
BEGIN
    IF EXISTS (SELECT FROM public.decisions d JOIN public.residents r ON r.subject_id = d.subject_id
               WHERE d.id = forgotten) THEN
        RAISE EXCEPTION 'the person is in the registry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_unregistered_check';
    END IF;
    UPDATE public.decisions SET facts_sealed = NULL, trace_sealed = trace, forgotten_at = instant
    WHERE id = forgotten AND claim_id IS NOT NULL AND forgotten_at IS NULL;
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
END
$$;
COMMENT ON FUNCTION forget_decision IS 'Deletes the facts of a decision on a claim of someone in no registry; its trace is replaced by one without what it saw. Answers 1, or 0 if there is nothing left to delete.';
REVOKE ALL ON FUNCTION forget_decision FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_decision TO sizhu_service;

ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (
    kind IN ('simulation', 'redecision', 'subsidy_run', 'forgetting'));
COMMENT ON COLUMN jobs.kind IS 'simulation, redecision, subsidy_run or forgetting.';
