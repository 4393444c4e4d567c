-- A text of the whole country belongs to no division.
ALTER TABLE policies ALTER COLUMN division DROP NOT NULL;
COMMENT ON TABLE policies IS 'Every policy text: packs and overlays as they were uploaded or shipped, and what decisions were made under, a pack joined with its overlays, so that they can be replayed.';
COMMENT ON COLUMN policies.division IS 'The division it belongs to, the nearest of a chain; NULL for the whole country.';
COMMENT ON COLUMN policies.body IS 'The text (TOML), as it was read.';
COMMENT ON COLUMN policies.recorded_at IS 'When it was first kept.';
ALTER TABLE decisions ALTER COLUMN policy_division DROP NOT NULL;
COMMENT ON COLUMN decisions.policy_division IS 'The nearest division whose text it rests on; NULL for the whole country.';

CREATE TABLE policy_versions (
    id uuid NOT NULL,
    programme text NOT NULL,
    place text NOT NULL,
    kind text NOT NULL,
    text_hash text NOT NULL,
    origin text NOT NULL,
    state text NOT NULL,
    version integer NOT NULL,
    note text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    activates_on date,
    approved_by text,
    approved_at timestamptz,
    activated_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT policy_versions_pkey PRIMARY KEY (id),
    CONSTRAINT policy_versions_text_hash_fkey FOREIGN KEY (text_hash) REFERENCES policies (hash),
    CONSTRAINT policy_versions_place_check CHECK (place = 'national' OR place ~ '^[0-9]{2,12}$'),
    CONSTRAINT policy_versions_kind_check CHECK (kind IN ('pack', 'overlay')),
    CONSTRAINT policy_versions_origin_check CHECK (origin IN ('shipped', 'uploaded')),
    CONSTRAINT policy_versions_state_check CHECK (
        state IN ('draft', 'approved', 'in_force', 'superseded', 'withdrawn')),
    CONSTRAINT policy_versions_version_check CHECK (version > 0),
    CONSTRAINT policy_versions_approved_check CHECK (
        (approved_by IS NULL) = (approved_at IS NULL)
        AND (approved_by IS NULL) = (activates_on IS NULL)),
    -- Four eyes: nobody approves what they uploaded.
    CONSTRAINT policy_versions_approved_by_check CHECK (approved_by <> recorded_by),
    -- What was uploaded comes in force by approval only; what was shipped needs none.
    CONSTRAINT policy_versions_approval_check CHECK (
        CASE state
            WHEN 'draft' THEN approved_by IS NULL
            WHEN 'withdrawn' THEN true
            WHEN 'approved' THEN approved_by IS NOT NULL
            ELSE approved_by IS NOT NULL OR origin = 'shipped' END),
    CONSTRAINT policy_versions_activated_at_check CHECK (
        (activated_at IS NOT NULL) = (state IN ('in_force', 'superseded'))),
    CONSTRAINT policy_versions_ended_at_check CHECK (
        (ended_at IS NOT NULL) = (state IN ('superseded', 'withdrawn')))
);
-- One text in force at a time, and one that waits for its day.
CREATE UNIQUE INDEX policy_versions_in_force_key ON policy_versions (programme, place, kind)
    WHERE state = 'in_force';
CREATE UNIQUE INDEX policy_versions_approved_key ON policy_versions (programme, place, kind)
    WHERE state = 'approved';
CREATE INDEX policy_versions_text_hash_idx ON policy_versions (text_hash);
CREATE INDEX policy_versions_programme_idx ON policy_versions (programme, place, id);
CREATE INDEX policy_versions_due_idx ON policy_versions (activates_on) WHERE state = 'approved';
COMMENT ON TABLE policy_versions IS 'The life of each policy text: uploaded as a draft, approved by a second client, in force from its day, superseded by the next; or withdrawn before.';
COMMENT ON COLUMN policy_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN policy_versions.programme IS 'The programme it defines or changes.';
COMMENT ON COLUMN policy_versions.place IS 'national, or the code of the division it belongs to.';
COMMENT ON COLUMN policy_versions.kind IS 'pack: a whole programme; overlay: values of a lower division.';
COMMENT ON COLUMN policy_versions.text_hash IS 'The text.';
COMMENT ON COLUMN policy_versions.origin IS 'shipped with the program, or uploaded.';
COMMENT ON COLUMN policy_versions.state IS 'draft, approved, in_force, superseded or withdrawn.';
COMMENT ON COLUMN policy_versions.version IS 'Counts up from 1 with each change of state; the ETag.';
COMMENT ON COLUMN policy_versions.note IS 'What the uploader says of it; of no person.';
COMMENT ON COLUMN policy_versions.recorded_by IS 'Client that uploaded it.';
COMMENT ON COLUMN policy_versions.recorded_at IS 'When it was uploaded.';
COMMENT ON COLUMN policy_versions.activates_on IS 'Day it is to come in force; NULL until approved.';
COMMENT ON COLUMN policy_versions.approved_by IS 'Client that approved it, another one; NULL until approved, and for what was shipped.';
COMMENT ON COLUMN policy_versions.approved_at IS 'When it was approved.';
COMMENT ON COLUMN policy_versions.activated_at IS 'When it came in force.';
COMMENT ON COLUMN policy_versions.ended_at IS 'When it was superseded or withdrawn.';
GRANT SELECT, INSERT ON policy_versions TO sizhu_service;
GRANT UPDATE (state, version, activates_on, approved_by, approved_at, activated_at, ended_at)
    ON policy_versions TO sizhu_service;
