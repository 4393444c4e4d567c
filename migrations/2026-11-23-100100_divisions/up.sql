CREATE TABLE divisions (
    code text NOT NULL,
    name text NOT NULL,
    level text NOT NULL,
    parent text,
    CONSTRAINT divisions_pkey PRIMARY KEY (code),
    CONSTRAINT divisions_parent_fkey FOREIGN KEY (parent) REFERENCES divisions (code),
    CONSTRAINT divisions_level_check CHECK (level IN ('province', 'city', 'county', 'township', 'village')),
    -- A code is the prefix of its children's: scope checks rest on this.
    CONSTRAINT divisions_code_check CHECK (
        code ~ '^[0-9]+$'
        AND length(code) = CASE level
            WHEN 'province' THEN 2 WHEN 'city' THEN 4 WHEN 'county' THEN 6
            WHEN 'township' THEN 9 ELSE 12 END
        AND (parent IS NULL OR (starts_with(code, parent) AND length(parent) < length(code)))
    )
);
CREATE INDEX divisions_parent_idx ON divisions (parent);
COMMENT ON TABLE divisions IS 'Administrative divisions (行政区划) by statistical code, province to village.';
COMMENT ON COLUMN divisions.code IS '2, 4, 6, 9 or 12 digits; the prefix of the codes of everything below.';
COMMENT ON COLUMN divisions.name IS 'Official Chinese name.';
COMMENT ON COLUMN divisions.level IS 'province, city, county, township or village; management zones count as counties.';
COMMENT ON COLUMN divisions.parent IS 'Code of the division above; NULL for a province.';
GRANT SELECT ON divisions TO sizhu_service;
