CREATE TABLE statuses (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    channel text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT statuses_pkey PRIMARY KEY (id),
    CONSTRAINT statuses_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT statuses_channel_check CHECK (channel IN ('app', 'hospital', 'officer', 'import'))
);
CREATE INDEX statuses_resident_id_idx ON statuses (resident_id);
COMMENT ON TABLE statuses IS 'Special-family statuses (特殊家庭资格) and surgery complications; what is held true of one is in status_versions.';
COMMENT ON COLUMN statuses.id IS 'UUIDv7.';
COMMENT ON COLUMN statuses.resident_id IS 'Whose status it is.';
COMMENT ON COLUMN statuses.channel IS 'Where the record came in: app, hospital, officer or import.';
COMMENT ON COLUMN statuses.recorded_by IS 'Client that entered it; it may not also confirm it.';
COMMENT ON COLUMN statuses.recorded_at IS 'When it was entered.';

CREATE TABLE status_versions (
    id uuid NOT NULL,
    status_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    grade smallint,
    starts_on date NOT NULL,
    effective_from date,
    ends_on date,
    end_reason text,
    confirmed_by text,
    confirmed_on date,
    withdrawn_because_sealed bytea,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT status_versions_pkey PRIMARY KEY (id),
    CONSTRAINT status_versions_status_id_version_key UNIQUE (status_id, version),
    CONSTRAINT status_versions_status_id_fkey FOREIGN KEY (status_id) REFERENCES statuses (id),
    CONSTRAINT status_versions_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT status_versions_kind_check CHECK (kind IN ('child_died', 'child_disabled', 'surgery_complication')),
    CONSTRAINT status_versions_grade_check CHECK ((kind = 'child_died') = (grade IS NULL) AND grade BETWEEN 1 AND 4),
    -- Grade 1 is the most severe: what is confirmed is grade 3 or a lower number.
    CONSTRAINT status_versions_confirmed_check CHECK (
        (confirmed_on IS NULL) = (confirmed_by IS NULL)
        AND (confirmed_on IS NULL) = (effective_from IS NULL)
        AND (confirmed_on IS NULL OR grade IS NULL OR grade <= 3)
        AND (effective_from IS NULL OR effective_from >= starts_on)),
    CONSTRAINT status_versions_ends_on_check CHECK (
        (ends_on IS NULL) = (end_reason IS NULL) AND (ends_on IS NULL OR ends_on > starts_on)),
    CONSTRAINT status_versions_end_reason_check CHECK (end_reason IN ('death', 'birth', 'adoption', 'recovery', 'cure')),
    CONSTRAINT status_versions_period_excl EXCLUDE USING gist (
        resident_id WITH =, kind WITH =, daterange(starts_on, ends_on) WITH &&
    ) WHERE (superseded_at IS NULL AND withdrawn_because_sealed IS NULL),
    CONSTRAINT status_versions_superseded_at_check CHECK (superseded_at >= recorded_at)
);
CREATE UNIQUE INDEX status_versions_current_key ON status_versions (status_id) WHERE superseded_at IS NULL;
CREATE INDEX status_versions_resident_id_idx ON status_versions (resident_id);
COMMENT ON TABLE status_versions IS 'What is held true of a status; the newest row is in force, the others are its history.';
COMMENT ON COLUMN status_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN status_versions.status_id IS 'The status described.';
COMMENT ON COLUMN status_versions.resident_id IS 'Whose status it is, repeated for the constraint.';
COMMENT ON COLUMN status_versions.version IS 'Counts up from 1 per status; the ETag.';
COMMENT ON COLUMN status_versions.kind IS 'child_died, child_disabled or surgery_complication.';
COMMENT ON COLUMN status_versions.grade IS 'Disability or complication grade, 1 (most severe) to 4; NULL for child_died.';
COMMENT ON COLUMN status_versions.starts_on IS 'First day of the status as posted.';
COMMENT ON COLUMN status_versions.effective_from IS 'First day that counts: the start, or the day the conditions came to hold if later; NULL until confirmed.';
COMMENT ON COLUMN status_versions.ends_on IS 'First day on which the status no longer holds; NULL while it holds.';
COMMENT ON COLUMN status_versions.end_reason IS 'Why it ended: death, birth, adoption, recovery or cure.';
COMMENT ON COLUMN status_versions.confirmed_by IS 'Client that confirmed it; NULL while proposed.';
COMMENT ON COLUMN status_versions.confirmed_on IS 'Day of confirmation; NULL while proposed.';
COMMENT ON COLUMN status_versions.withdrawn_because_sealed IS 'Why it never was true, an officer''s own words, encrypted; NULL unless withdrawn.';
COMMENT ON COLUMN status_versions.recorded_by IS 'Client that reported this version.';
COMMENT ON COLUMN status_versions.recorded_at IS 'When this was learnt.';
COMMENT ON COLUMN status_versions.superseded_at IS 'When this stopped being what we hold true; NULL while it is.';

CREATE TABLE status_evidence (
    id uuid NOT NULL,
    status_version_id uuid NOT NULL,
    kind text NOT NULL,
    number_sealed bytea NOT NULL,
    issued_on date NOT NULL,
    CONSTRAINT status_evidence_pkey PRIMARY KEY (id),
    CONSTRAINT status_evidence_status_version_id_fkey FOREIGN KEY (status_version_id) REFERENCES status_versions (id),
    CONSTRAINT status_evidence_kind_check CHECK (kind IN (
        'death_certificate', 'court_declaration', 'disability_certificate', 'medical_certificate',
        'complication_certificate', 'household_register', 'adoption_certificate', 'other'))
);
CREATE INDEX status_evidence_status_version_id_idx ON status_evidence (status_version_id);
COMMENT ON TABLE status_evidence IS 'Papers a status version rests on.';
COMMENT ON COLUMN status_evidence.id IS 'UUIDv7.';
COMMENT ON COLUMN status_evidence.status_version_id IS 'The version that was posted with this paper.';
COMMENT ON COLUMN status_evidence.kind IS 'Kind of paper.';
COMMENT ON COLUMN status_evidence.number_sealed IS 'Its number, encrypted: a disability certificate''s contains a citizen ID.';
COMMENT ON COLUMN status_evidence.issued_on IS 'Day of issue.';
GRANT SELECT, INSERT ON statuses TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (superseded_at) ON status_versions TO sizhu_service;
GRANT SELECT, INSERT ON status_evidence TO sizhu_service;
