DROP FUNCTION forget_claim(uuid, uuid, timestamptz);
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

REVOKE UPDATE (subject_id, person_index, admitted_on, discharged_on) ON stays FROM sizhu_service;
REVOKE UPDATE (subject_id, medical_record_no, admitted_on) ON claims FROM sizhu_service;
-- Without the word, what was withdrawn is held.
UPDATE stays SET standing = 'held' WHERE standing = 'withdrawn';
ALTER TABLE stays DROP CONSTRAINT stays_standing_check;
ALTER TABLE stays ADD CONSTRAINT stays_standing_check CHECK (
    standing IN ('counted', 'held', 'not_counted', 'refused') AND counted = (standing = 'counted'));
ALTER TABLE stays DROP CONSTRAINT stays_settled_check;
ALTER TABLE stays ADD CONSTRAINT stays_settled_check CHECK (
    CASE standing WHEN 'held' THEN resolution_id IS NULL
                  WHEN 'counted' THEN true
                  ELSE resolution_id IS NOT NULL END);
COMMENT ON TABLE stays IS 'Hospital stays (住院) by person and day: which of them count.';
COMMENT ON COLUMN stays.standing IS 'counted; held because it overlaps a counted one; not_counted or refused because an officer settled it so.';
DROP INDEX claim_versions_subject_id_idx;
ALTER TABLE claim_versions DROP CONSTRAINT claim_versions_channel_check;
ALTER TABLE claim_versions DROP CONSTRAINT claim_versions_subject_id_fkey;
ALTER TABLE claim_versions DROP COLUMN withdrawn_because_sealed;
ALTER TABLE claim_versions DROP COLUMN channel;
ALTER TABLE claim_versions DROP COLUMN medical_record_no;
ALTER TABLE claim_versions DROP COLUMN subject_id;
COMMENT ON TABLE claims IS 'Admission claims (申报) as hospitals post them, one per hospital, medical record and admission.';
COMMENT ON COLUMN claims.subject_id IS 'The patient.';
COMMENT ON COLUMN claims.medical_record_no IS 'The hospital''s medical record number (病案号).';
COMMENT ON COLUMN claims.admitted_on IS 'Day of admission, part of the natural key.';
