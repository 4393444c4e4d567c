DROP TABLE subsidy_runs;
DROP INDEX jobs_open_key;
ALTER TABLE jobs DROP COLUMN open_key;
DELETE FROM jobs WHERE kind = 'subsidy_run';
ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('simulation', 'redecision'));
COMMENT ON COLUMN jobs.kind IS 'simulation or redecision.';
