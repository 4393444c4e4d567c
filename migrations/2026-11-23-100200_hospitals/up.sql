CREATE TABLE hospitals (
    id uuid NOT NULL,
    national_code text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT hospitals_pkey PRIMARY KEY (id),
    CONSTRAINT hospitals_national_code_key UNIQUE (national_code)
);
COMMENT ON TABLE hospitals IS 'Hospitals that post claims; what may change about one is in hospital_versions.';
COMMENT ON COLUMN hospitals.id IS 'UUIDv7.';
COMMENT ON COLUMN hospitals.national_code IS 'National code of the medical institution (fixmedins_code of the settlement list).';
COMMENT ON COLUMN hospitals.recorded_at IS 'When the hospital was first recorded.';

CREATE TABLE hospital_versions (
    id uuid NOT NULL,
    hospital_id uuid NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    grade text NOT NULL,
    ownership text NOT NULL,
    county text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT hospital_versions_pkey PRIMARY KEY (id),
    CONSTRAINT hospital_versions_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES hospitals (id),
    CONSTRAINT hospital_versions_county_fkey FOREIGN KEY (county) REFERENCES divisions (code),
    CONSTRAINT hospital_versions_level_check CHECK (level IN ('unrated', 'level_1', 'level_2', 'level_3')),
    CONSTRAINT hospital_versions_grade_check CHECK (grade IN ('none', 'c', 'b', 'a', 'special')),
    CONSTRAINT hospital_versions_ownership_check CHECK (ownership IN ('public', 'private')),
    CONSTRAINT hospital_versions_superseded_at_check CHECK (superseded_at >= recorded_at),
    CONSTRAINT hospital_versions_valid_check CHECK (valid_until IS NULL OR valid_until > valid_from),
    CONSTRAINT hospital_versions_valid_excl EXCLUDE USING gist (
        hospital_id WITH =, daterange(valid_from, valid_until) WITH &&
    ) WHERE (superseded_at IS NULL)
);
CREATE INDEX hospital_versions_hospital_id_idx ON hospital_versions (hospital_id);
CREATE INDEX hospital_versions_county_idx ON hospital_versions (county);
COMMENT ON TABLE hospital_versions IS 'A hospital''s name, level, class and place, each for a period; nothing is overwritten.';
COMMENT ON COLUMN hospital_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN hospital_versions.hospital_id IS 'The hospital described.';
COMMENT ON COLUMN hospital_versions.name IS 'Registered name.';
COMMENT ON COLUMN hospital_versions.level IS 'Level 1 to 3 (一级 to 三级) or unrated.';
COMMENT ON COLUMN hospital_versions.grade IS 'Grade within the level: c 丙, b 乙, a 甲, special 特等, none.';
COMMENT ON COLUMN hospital_versions.ownership IS 'public or private.';
COMMENT ON COLUMN hospital_versions.county IS 'County-level division where the hospital stands.';
COMMENT ON COLUMN hospital_versions.valid_from IS 'First day on which this is true.';
COMMENT ON COLUMN hospital_versions.valid_until IS 'First day on which it is no longer true; NULL while it is.';
COMMENT ON COLUMN hospital_versions.recorded_at IS 'When this was learnt.';
COMMENT ON COLUMN hospital_versions.superseded_at IS 'When this stopped being what we hold true; NULL while it is.';
GRANT SELECT, INSERT ON hospitals TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (superseded_at) ON hospital_versions TO sizhu_service;
