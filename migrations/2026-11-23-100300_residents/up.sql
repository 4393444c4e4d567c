CREATE TABLE subjects (
    id uuid NOT NULL,
    person_index bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT subjects_pkey PRIMARY KEY (id),
    CONSTRAINT subjects_person_index_key UNIQUE (person_index),
    CONSTRAINT subjects_person_index_check CHECK (octet_length(person_index) = 32)
);
COMMENT ON TABLE subjects IS 'One row per person ever named, in the registry or not: the row that is locked before anything about them is decided.';
COMMENT ON COLUMN subjects.id IS 'UUIDv7.';
COMMENT ON COLUMN subjects.person_index IS 'Blind index of the citizen ID: HMAC-SHA-256 under the index key.';
COMMENT ON COLUMN subjects.recorded_at IS 'When the person was first named.';

CREATE TABLE residents (
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    citizen_id_sealed bytea NOT NULL,
    channel text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT residents_pkey PRIMARY KEY (id),
    CONSTRAINT residents_subject_id_key UNIQUE (subject_id),
    CONSTRAINT residents_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT residents_channel_check CHECK (channel IN ('app', 'hospital', 'officer', 'import'))
);
COMMENT ON TABLE residents IS 'People in the registry; what may change about one is in resident_versions.';
COMMENT ON COLUMN residents.id IS 'UUIDv7.';
COMMENT ON COLUMN residents.subject_id IS 'The person.';
COMMENT ON COLUMN residents.citizen_id_sealed IS 'Citizen ID (GB 11643-1999), encrypted.';
COMMENT ON COLUMN residents.channel IS 'Where the record came in: app, hospital, officer or import.';
COMMENT ON COLUMN residents.recorded_by IS 'Client that registered the person.';
COMMENT ON COLUMN residents.recorded_at IS 'When the person was registered.';

CREATE TABLE resident_versions (
    id uuid NOT NULL,
    resident_id uuid NOT NULL,
    version integer NOT NULL,
    name_sealed bytea NOT NULL,
    division text NOT NULL,
    lives_in text,
    marital_status text,
    spouse_citizen_id_sealed bytea,
    phone_sealed bytea,
    card_bank text,
    card_number_sealed bytea,
    valid_from date NOT NULL,
    valid_until date,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT resident_versions_pkey PRIMARY KEY (id),
    CONSTRAINT resident_versions_resident_id_version_key UNIQUE (resident_id, version),
    CONSTRAINT resident_versions_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT resident_versions_division_fkey FOREIGN KEY (division) REFERENCES divisions (code),
    CONSTRAINT resident_versions_lives_in_fkey FOREIGN KEY (lives_in) REFERENCES divisions (code),
    CONSTRAINT resident_versions_division_check CHECK (length(division) = 12),
    CONSTRAINT resident_versions_marital_status_check CHECK (
        marital_status IN ('unmarried', 'married', 'remarried', 'divorced', 'widowed')),
    CONSTRAINT resident_versions_card_check CHECK ((card_bank IS NULL) = (card_number_sealed IS NULL)),
    CONSTRAINT resident_versions_superseded_at_check CHECK (superseded_at >= recorded_at),
    CONSTRAINT resident_versions_valid_check CHECK (valid_until IS NULL OR valid_until > valid_from),
    CONSTRAINT resident_versions_valid_excl EXCLUDE USING gist (
        resident_id WITH =, daterange(valid_from, valid_until) WITH &&
    ) WHERE (superseded_at IS NULL)
);
CREATE INDEX resident_versions_division_idx ON resident_versions (division text_pattern_ops);
CREATE INDEX resident_versions_lives_in_idx ON resident_versions (lives_in);
COMMENT ON TABLE resident_versions IS 'A resident''s name, place, marriage, phone and card, each for a period; nothing is overwritten.';
COMMENT ON COLUMN resident_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN resident_versions.resident_id IS 'The resident described.';
COMMENT ON COLUMN resident_versions.version IS 'Counts up from 1 per resident; the ETag.';
COMMENT ON COLUMN resident_versions.name_sealed IS 'Name, encrypted.';
COMMENT ON COLUMN resident_versions.division IS 'Registered residence (户籍地), a village: its county pays.';
COMMENT ON COLUMN resident_versions.lives_in IS 'Division where the person lives, if elsewhere.';
COMMENT ON COLUMN resident_versions.marital_status IS 'unmarried, married (first marriage), remarried, divorced or widowed.';
COMMENT ON COLUMN resident_versions.spouse_citizen_id_sealed IS 'Citizen ID of the spouse, encrypted.';
COMMENT ON COLUMN resident_versions.phone_sealed IS 'Phone number, encrypted.';
COMMENT ON COLUMN resident_versions.card_bank IS 'Bank of the one-card (一卡通) account.';
COMMENT ON COLUMN resident_versions.card_number_sealed IS 'Card number, encrypted.';
COMMENT ON COLUMN resident_versions.valid_from IS 'First day on which this is true.';
COMMENT ON COLUMN resident_versions.valid_until IS 'First day on which it is no longer true; NULL while it is.';
COMMENT ON COLUMN resident_versions.recorded_by IS 'Client that reported it.';
COMMENT ON COLUMN resident_versions.recorded_at IS 'When this was learnt.';
COMMENT ON COLUMN resident_versions.superseded_at IS 'When this stopped being what we hold true; NULL while it is.';
GRANT SELECT, INSERT ON subjects TO sizhu_service;
-- SELECT … FOR UPDATE, the subject lock, asks for an UPDATE right on some column.
GRANT UPDATE (recorded_at) ON subjects TO sizhu_service;
GRANT SELECT, INSERT ON residents TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (superseded_at) ON resident_versions TO sizhu_service;
