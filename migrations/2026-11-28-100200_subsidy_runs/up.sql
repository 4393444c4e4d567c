ALTER TABLE jobs DROP CONSTRAINT jobs_kind_check;
ALTER TABLE jobs ADD CONSTRAINT jobs_kind_check CHECK (kind IN ('simulation', 'redecision', 'subsidy_run'));
COMMENT ON COLUMN jobs.kind IS 'simulation, redecision or subsidy_run.';
ALTER TABLE jobs ADD COLUMN open_key text;
-- One job of a key at a time: two who ask at once for the same work get one job.
CREATE UNIQUE INDEX jobs_open_key ON jobs (kind, open_key) WHERE state IN ('queued', 'running');
COMMENT ON COLUMN jobs.open_key IS 'What the job is the only one of while it is open; NULL where there may be several.';

CREATE TABLE subsidy_runs (
    id uuid NOT NULL,
    county text NOT NULL,
    programme text NOT NULL,
    period_from date NOT NULL,
    period_until date NOT NULL,
    as_of date NOT NULL,
    job_id uuid NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT subsidy_runs_pkey PRIMARY KEY (id),
    CONSTRAINT subsidy_runs_job_id_key UNIQUE (job_id),
    CONSTRAINT subsidy_runs_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs (id),
    CONSTRAINT subsidy_runs_county_fkey FOREIGN KEY (county) REFERENCES divisions (code),
    CONSTRAINT subsidy_runs_county_check CHECK (county ~ '^[0-9]{6}$'),
    CONSTRAINT subsidy_runs_period_check CHECK (period_until > period_from)
);
CREATE INDEX subsidy_runs_county_idx ON subsidy_runs (county text_pattern_ops, id);
COMMENT ON TABLE subsidy_runs IS 'Runs (贴息批次): all loans of a county and subsidy period, decided together by a job.';
COMMENT ON COLUMN subsidy_runs.id IS 'UUIDv7.';
COMMENT ON COLUMN subsidy_runs.county IS 'County of registered residence of the borrowers.';
COMMENT ON COLUMN subsidy_runs.programme IS 'The programme.';
COMMENT ON COLUMN subsidy_runs.period_from IS 'First day of the subsidy period.';
COMMENT ON COLUMN subsidy_runs.period_until IS 'First day after it.';
COMMENT ON COLUMN subsidy_runs.as_of IS 'Last day of which payments count.';
COMMENT ON COLUMN subsidy_runs.job_id IS 'The job that does it.';
COMMENT ON COLUMN subsidy_runs.recorded_by IS 'Client that asked for it.';
COMMENT ON COLUMN subsidy_runs.recorded_at IS 'When it was asked for.';
GRANT SELECT, INSERT ON subsidy_runs TO sizhu_service;
