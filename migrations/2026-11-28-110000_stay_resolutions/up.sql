CREATE TABLE stay_resolutions (
    id uuid NOT NULL,
    claim_id uuid NOT NULL,
    outcome text NOT NULL,
    reason_sealed bytea NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT stay_resolutions_pkey PRIMARY KEY (id),
    CONSTRAINT stay_resolutions_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES claims (id),
    CONSTRAINT stay_resolutions_outcome_check CHECK (outcome IN ('count', 'keep_other', 'refuse'))
);
CREATE INDEX stay_resolutions_claim_id_idx ON stay_resolutions (claim_id);
COMMENT ON TABLE stay_resolutions IS 'How officers settled held stays, never edited. What a resolution did to other stays is in stays.resolution_id.';
COMMENT ON COLUMN stay_resolutions.id IS 'UUIDv7.';
COMMENT ON COLUMN stay_resolutions.claim_id IS 'The claim whose held stay was settled.';
COMMENT ON COLUMN stay_resolutions.outcome IS 'count: it counts, and what it overlaps no longer does; keep_other: it does not count; refuse: it is refused.';
COMMENT ON COLUMN stay_resolutions.reason_sealed IS 'Why, in the officer''s words, encrypted. Hospitals are not told.';
COMMENT ON COLUMN stay_resolutions.recorded_by IS 'The officer''s client.';
COMMENT ON COLUMN stay_resolutions.recorded_at IS 'When it was settled.';
GRANT SELECT, INSERT ON stay_resolutions TO sizhu_service;

ALTER TABLE stays ADD COLUMN standing text;
UPDATE stays SET standing = CASE WHEN counted THEN 'counted' ELSE 'held' END;
ALTER TABLE stays ALTER COLUMN standing SET NOT NULL;
ALTER TABLE stays ADD COLUMN resolution_id uuid;
ALTER TABLE stays ADD COLUMN version bigint NOT NULL DEFAULT 1;
ALTER TABLE stays ALTER COLUMN version DROP DEFAULT;
ALTER TABLE stays ADD CONSTRAINT stays_resolution_id_fkey
    FOREIGN KEY (resolution_id) REFERENCES stay_resolutions (id);
ALTER TABLE stays ADD CONSTRAINT stays_standing_check CHECK (
    standing IN ('counted', 'held', 'not_counted', 'refused') AND counted = (standing = 'counted'));
-- What does not count and is not held was settled by somebody.
ALTER TABLE stays ADD CONSTRAINT stays_settled_check CHECK (
    CASE standing WHEN 'held' THEN resolution_id IS NULL
                  WHEN 'counted' THEN true
                  ELSE resolution_id IS NOT NULL END);
CREATE INDEX stays_resolution_id_idx ON stays (resolution_id);
-- What officers have to settle.
CREATE INDEX stays_held_idx ON stays (claim_id) WHERE standing = 'held';
COMMENT ON TABLE stays IS 'Hospital stays (住院) by person and day: which of them count.';
COMMENT ON COLUMN stays.counted IS 'True when it counts: standing is counted.';
COMMENT ON COLUMN stays.standing IS 'counted; held because it overlaps a counted one; not_counted or refused because an officer settled it so.';
COMMENT ON COLUMN stays.resolution_id IS 'The resolution that settled it: its own, or that of a stay that counts in its place; NULL while nobody settled it.';
COMMENT ON COLUMN stays.version IS 'Counts up with everything an officer who settles it should have seen: its own standing, and news of stays of the person.';
GRANT UPDATE (standing, resolution_id, version) ON stays TO sizhu_service;
