-- A claim is corrected and withdrawn by another version, which may be on another patient, record or
-- admission. What `claims` and `stays` say of these is what the version in force says.
ALTER TABLE claim_versions ADD COLUMN subject_id uuid;
ALTER TABLE claim_versions ADD COLUMN medical_record_no text;
ALTER TABLE claim_versions ADD COLUMN channel text;
ALTER TABLE claim_versions ADD COLUMN withdrawn_because_sealed bytea;
UPDATE claim_versions v SET subject_id = c.subject_id, medical_record_no = c.medical_record_no,
    channel = c.channel FROM claims c WHERE c.id = v.claim_id;
ALTER TABLE claim_versions ALTER COLUMN subject_id SET NOT NULL;
ALTER TABLE claim_versions ALTER COLUMN medical_record_no SET NOT NULL;
ALTER TABLE claim_versions ALTER COLUMN channel SET NOT NULL;
ALTER TABLE claim_versions ADD CONSTRAINT claim_versions_subject_id_fkey
    FOREIGN KEY (subject_id) REFERENCES subjects (id);
ALTER TABLE claim_versions ADD CONSTRAINT claim_versions_channel_check
    CHECK (channel IN ('app', 'hospital', 'officer', 'import'));
CREATE INDEX claim_versions_subject_id_idx ON claim_versions (subject_id);
COMMENT ON COLUMN claim_versions.subject_id IS 'The patient.';
COMMENT ON COLUMN claim_versions.medical_record_no IS 'The hospital''s medical record number (病案号).';
COMMENT ON COLUMN claim_versions.channel IS 'Where the version came in: app, hospital, officer or import.';
COMMENT ON COLUMN claim_versions.withdrawn_because_sealed IS 'Why the claim was withdrawn, encrypted; NULL where it was not.';
COMMENT ON TABLE claims IS 'Admission claims (申报) as hospitals post them, one per hospital, medical record and admission. What a correction may change is as in the version in force.';
COMMENT ON COLUMN claims.subject_id IS 'The patient, as in the version in force.';
COMMENT ON COLUMN claims.medical_record_no IS 'The hospital''s medical record number (病案号), as in the version in force.';
COMMENT ON COLUMN claims.admitted_on IS 'Day of admission, part of the natural key, as in the version in force.';

-- What was withdrawn takes no day, and nobody settles it.
ALTER TABLE stays DROP CONSTRAINT stays_standing_check;
ALTER TABLE stays ADD CONSTRAINT stays_standing_check CHECK (
    standing IN ('counted', 'held', 'not_counted', 'refused', 'withdrawn') AND counted = (standing = 'counted'));
ALTER TABLE stays DROP CONSTRAINT stays_settled_check;
ALTER TABLE stays ADD CONSTRAINT stays_settled_check CHECK (
    CASE WHEN standing IN ('held', 'withdrawn') THEN resolution_id IS NULL
         WHEN standing = 'counted' THEN true
         ELSE resolution_id IS NOT NULL END);
COMMENT ON TABLE stays IS 'Hospital stays (住院) by person and day, as in the version of the claim in force: which of them count.';
COMMENT ON COLUMN stays.standing IS 'counted; held because it overlaps a counted one; not_counted or refused because an officer settled it so; withdrawn with its claim.';

GRANT UPDATE (subject_id, medical_record_no, admitted_on) ON claims TO sizhu_service;
GRANT UPDATE (subject_id, person_index, admitted_on, discharged_on) ON stays TO sizhu_service;

-- A claim may be on another patient by now: what is deleted is what was said of the one in no registry.
CREATE FUNCTION forget_claim(forgotten uuid, patient uuid, instant timestamptz) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    versions integer;
BEGIN
    IF EXISTS (SELECT FROM public.residents r WHERE r.subject_id = patient) THEN
        RAISE EXCEPTION 'the patient is in the registry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'claim_versions_unregistered_check';
    END IF;
    UPDATE public.claim_versions
    SET patient_name_sealed = NULL, settlement_no = NULL, diagnosis_sealed = NULL, nursing_special = NULL,
        nursing_level_1 = NULL, nursing_level_2 = NULL, nursing_level_3 = NULL, icu_days = NULL,
        total_fen = NULL, insurance_paid_fen = NULL, self_paid_fen = NULL, forgotten_at = instant
    WHERE claim_id = forgotten AND subject_id = patient AND forgotten_at IS NULL;
    GET DIAGNOSTICS versions = ROW_COUNT;
    RETURN versions;
END
$$;
COMMENT ON FUNCTION forget_claim(uuid, uuid, timestamptz) IS 'Deletes what all versions of a claim on a patient in no registry say. Record number, days, consent, fingerprint and the reason of a withdrawal stay. Answers how many versions.';
REVOKE ALL ON FUNCTION forget_claim(uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_claim(uuid, uuid, timestamptz) TO sizhu_service;
DROP FUNCTION forget_claim(uuid, timestamptz);
