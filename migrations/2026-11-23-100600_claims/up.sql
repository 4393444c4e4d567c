CREATE TABLE claims (
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    hospital_id uuid NOT NULL,
    medical_record_no text NOT NULL,
    admitted_on date NOT NULL,
    channel text NOT NULL,
    posted_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (id),
    -- One claim per stay: the natural key behind every idempotency key.
    CONSTRAINT claims_hospital_id_medical_record_no_admitted_on_key
        UNIQUE (hospital_id, medical_record_no, admitted_on),
    CONSTRAINT claims_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT claims_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES hospitals (id),
    CONSTRAINT claims_channel_check CHECK (channel IN ('app', 'hospital', 'officer', 'import'))
);
CREATE INDEX claims_subject_id_idx ON claims (subject_id);
CREATE INDEX claims_hospital_id_id_idx ON claims (hospital_id, id);
COMMENT ON TABLE claims IS 'Admission claims (申报) as hospitals post them, one per hospital, medical record and admission.';
COMMENT ON COLUMN claims.id IS 'UUIDv7.';
COMMENT ON COLUMN claims.subject_id IS 'The patient.';
COMMENT ON COLUMN claims.hospital_id IS 'The hospital that posted it.';
COMMENT ON COLUMN claims.medical_record_no IS 'The hospital''s medical record number (病案号).';
COMMENT ON COLUMN claims.admitted_on IS 'Day of admission, part of the natural key.';
COMMENT ON COLUMN claims.channel IS 'Where the claim came in: app, hospital, officer or import.';
COMMENT ON COLUMN claims.posted_on IS 'Day it was posted, in Asia/Shanghai: what a claim deadline is measured to.';
COMMENT ON COLUMN claims.recorded_by IS 'Client that posted it.';
COMMENT ON COLUMN claims.recorded_at IS 'When it was posted.';

CREATE TABLE claim_versions (
    id uuid NOT NULL,
    claim_id uuid NOT NULL,
    version integer NOT NULL,
    patient_name_sealed bytea NOT NULL,
    settlement_no text,
    admitted_on date NOT NULL,
    discharged_on date NOT NULL,
    diagnosis_sealed bytea NOT NULL,
    nursing_special integer NOT NULL,
    nursing_level_1 integer NOT NULL,
    nursing_level_2 integer NOT NULL,
    nursing_level_3 integer NOT NULL,
    icu_days integer NOT NULL,
    total_fen bigint NOT NULL,
    insurance_paid_fen bigint NOT NULL,
    self_paid_fen bigint NOT NULL,
    consent_kind text NOT NULL,
    consent_reference text NOT NULL,
    consent_signed_on date NOT NULL,
    fingerprint bytea NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT claim_versions_pkey PRIMARY KEY (id),
    CONSTRAINT claim_versions_claim_id_version_key UNIQUE (claim_id, version),
    CONSTRAINT claim_versions_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT claim_versions_superseded_at_check CHECK (superseded_at >= recorded_at),
    CONSTRAINT claim_versions_dates_check CHECK (discharged_on >= admitted_on),
    CONSTRAINT claim_versions_nursing_check CHECK (
        nursing_special >= 0 AND nursing_level_1 >= 0 AND nursing_level_2 >= 0
        AND nursing_level_3 >= 0 AND icu_days >= 0),
    CONSTRAINT claim_versions_charges_check CHECK (
        total_fen >= 0 AND insurance_paid_fen >= 0 AND self_paid_fen >= 0
        AND insurance_paid_fen + self_paid_fen <= total_fen),
    CONSTRAINT claim_versions_consent_kind_check CHECK (consent_kind IN ('written', 'electronic', 'guardian')),
    CONSTRAINT claim_versions_fingerprint_check CHECK (octet_length(fingerprint) = 32)
);
CREATE UNIQUE INDEX claim_versions_current_key ON claim_versions (claim_id) WHERE superseded_at IS NULL;
COMMENT ON TABLE claim_versions IS 'What a hospital said in a claim; the row that is not superseded is in force.';
COMMENT ON COLUMN claim_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN claim_versions.claim_id IS 'The claim.';
COMMENT ON COLUMN claim_versions.version IS 'Counts up from 1 per claim.';
COMMENT ON COLUMN claim_versions.patient_name_sealed IS 'Name as the hospital wrote it, encrypted.';
COMMENT ON COLUMN claim_versions.settlement_no IS 'Settlement number (结算ID) of the medical insurance.';
COMMENT ON COLUMN claim_versions.admitted_on IS 'Day of admission.';
COMMENT ON COLUMN claim_versions.discharged_on IS 'Day of discharge.';
COMMENT ON COLUMN claim_versions.diagnosis_sealed IS 'Principal diagnosis, code and name as JSON, encrypted.';
COMMENT ON COLUMN claim_versions.nursing_special IS 'Days of special nursing (特级护理).';
COMMENT ON COLUMN claim_versions.nursing_level_1 IS 'Days of level 1 nursing.';
COMMENT ON COLUMN claim_versions.nursing_level_2 IS 'Days of level 2 nursing.';
COMMENT ON COLUMN claim_versions.nursing_level_3 IS 'Days of level 3 nursing; all four zero means not reported.';
COMMENT ON COLUMN claim_versions.icu_days IS 'Days in intensive care.';
COMMENT ON COLUMN claim_versions.total_fen IS 'Charges of the stay, in fen.';
COMMENT ON COLUMN claim_versions.insurance_paid_fen IS 'Part paid by medical insurance, in fen.';
COMMENT ON COLUMN claim_versions.self_paid_fen IS 'Part paid by the patient, in fen.';
COMMENT ON COLUMN claim_versions.consent_kind IS 'How the patient agreed to this use of their data: written, electronic or guardian.';
COMMENT ON COLUMN claim_versions.consent_reference IS 'The hospital''s own number of the consent.';
COMMENT ON COLUMN claim_versions.consent_signed_on IS 'Day the consent was given.';
COMMENT ON COLUMN claim_versions.fingerprint IS 'Keyed fingerprint of the posted content: the same content under a new key is the same claim.';
COMMENT ON COLUMN claim_versions.recorded_by IS 'Client that posted this version.';
COMMENT ON COLUMN claim_versions.recorded_at IS 'When it was posted.';
COMMENT ON COLUMN claim_versions.superseded_at IS 'When a later version took its place; NULL while in force.';

CREATE TABLE stays (
    claim_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    person_index bytea NOT NULL,
    admitted_on date NOT NULL,
    discharged_on date NOT NULL,
    counted boolean NOT NULL,
    yields_day boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT stays_pkey PRIMARY KEY (claim_id),
    CONSTRAINT stays_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT stays_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT stays_person_index_fkey FOREIGN KEY (person_index)
        REFERENCES subjects (person_index) ON UPDATE CASCADE,
    CONSTRAINT stays_dates_check CHECK (discharged_on >= admitted_on),
    CONSTRAINT stays_yields_day_check CHECK (NOT yields_day OR (counted AND admitted_on = discharged_on)),
    -- No two counted stays of one person overlap. A stay is [admitted, discharged), or one day where
    -- both are equal: `[d,d)` would be empty and overlap nothing.
    CONSTRAINT stays_overlap_excl EXCLUDE USING gist (
        person_index WITH =,
        daterange(admitted_on, CASE WHEN discharged_on > admitted_on THEN discharged_on ELSE admitted_on + 1 END) WITH &&
    ) WHERE (counted AND NOT yields_day),
    -- A transfer on the day of admission leaves a one-day stay on the first day of a longer one. It
    -- counts and yields its day, once per person and day.
    CONSTRAINT stays_yielded_day_excl EXCLUDE USING gist (
        person_index WITH =, admitted_on WITH =
    ) WHERE (counted AND yields_day)
);
CREATE INDEX stays_subject_id_idx ON stays (subject_id);
CREATE INDEX stays_person_index_idx ON stays (person_index);
COMMENT ON TABLE stays IS 'Hospital stays (住院) by person and day: counted, or held because they overlap a counted one.';
COMMENT ON COLUMN stays.claim_id IS 'The claim whose stay it is.';
COMMENT ON COLUMN stays.subject_id IS 'The patient.';
COMMENT ON COLUMN stays.person_index IS 'Blind index of the patient; never NULL, for NULL would escape the constraint.';
COMMENT ON COLUMN stays.admitted_on IS 'Day of admission.';
COMMENT ON COLUMN stays.discharged_on IS 'Day of discharge.';
COMMENT ON COLUMN stays.counted IS 'True when it counts; false while held.';
COMMENT ON COLUMN stays.yields_day IS 'True for a one-day stay on the first day of a longer counted stay: it has 0 payable days.';
COMMENT ON COLUMN stays.recorded_at IS 'When the stay was recorded.';
GRANT SELECT, INSERT ON claims TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (superseded_at) ON claim_versions TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (counted, yields_day) ON stays TO sizhu_service;
