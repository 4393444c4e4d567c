REVOKE UPDATE (standing, resolution_id, version) ON stays FROM sizhu_service;
DROP INDEX stays_held_idx, stays_resolution_id_idx;
ALTER TABLE stays
    DROP CONSTRAINT stays_settled_check,
    DROP CONSTRAINT stays_standing_check,
    DROP CONSTRAINT stays_resolution_id_fkey,
    DROP COLUMN version,
    DROP COLUMN resolution_id,
    DROP COLUMN standing;
COMMENT ON TABLE stays IS 'Hospital stays (住院) by person and day: counted, or held because they overlap a counted one.';
COMMENT ON COLUMN stays.counted IS 'True when it counts; false while held.';
DROP TABLE stay_resolutions;
