CREATE TABLE jobs (
    id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    division text,
    params jsonb NOT NULL,
    cursor jsonb,
    done bigint NOT NULL,
    total bigint,
    result jsonb,
    error text,
    attempt integer NOT NULL,
    lease_id uuid,
    lease_until timestamptz,
    cancel_requested boolean NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_division_fkey FOREIGN KEY (division) REFERENCES divisions (code),
    CONSTRAINT jobs_kind_check CHECK (kind IN ('simulation', 'redecision')),
    CONSTRAINT jobs_state_check CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    CONSTRAINT jobs_progress_check CHECK (done >= 0 AND total >= 0 AND attempt >= 0),
    CONSTRAINT jobs_lease_check CHECK (
        (state = 'running') = (lease_id IS NOT NULL) AND (lease_id IS NULL) = (lease_until IS NULL)),
    CONSTRAINT jobs_finished_at_check CHECK (
        (finished_at IS NOT NULL) = (state IN ('done', 'failed', 'cancelled'))),
    CONSTRAINT jobs_result_check CHECK ((result IS NOT NULL) = (state = 'done')),
    CONSTRAINT jobs_error_check CHECK ((error IS NOT NULL) = (state = 'failed'))
);
CREATE INDEX jobs_division_idx ON jobs (division);
CREATE INDEX jobs_kind_idx ON jobs (kind, id);
-- What a runner looks through.
CREATE INDEX jobs_open_idx ON jobs (id) WHERE state IN ('queued', 'running');
COMMENT ON TABLE jobs IS 'Long work, done page by page: what a page changes and how far the job is are written together, so a job goes on after a restart where it was.';
COMMENT ON COLUMN jobs.id IS 'UUIDv7.';
COMMENT ON COLUMN jobs.kind IS 'simulation or redecision.';
COMMENT ON COLUMN jobs.state IS 'queued, running, done, failed or cancelled.';
COMMENT ON COLUMN jobs.division IS 'Division it works on, and whose people may follow it; NULL for all.';
COMMENT ON COLUMN jobs.params IS 'What to do: row ids and codes, never identifiers of people.';
COMMENT ON COLUMN jobs.cursor IS 'How far it is, and what it has counted so far; NULL before the first page.';
COMMENT ON COLUMN jobs.done IS 'Rows worked on.';
COMMENT ON COLUMN jobs.total IS 'Rows to work on, counted at the start; NULL before.';
COMMENT ON COLUMN jobs.result IS 'What came of it; NULL unless done.';
COMMENT ON COLUMN jobs.error IS 'Stable code of what stopped it; NULL unless failed.';
COMMENT ON COLUMN jobs.attempt IS 'How many times a runner took it up.';
COMMENT ON COLUMN jobs.lease_id IS 'The runner that has it; NULL while nobody has.';
COMMENT ON COLUMN jobs.lease_until IS 'When another runner may take it, if this one says nothing until then.';
COMMENT ON COLUMN jobs.cancel_requested IS 'Somebody wants it stopped: the runner stops before the next page.';
COMMENT ON COLUMN jobs.recorded_by IS 'Client, or the system''s own name, that wants it.';
COMMENT ON COLUMN jobs.recorded_at IS 'When it was asked for.';
COMMENT ON COLUMN jobs.started_at IS 'When a runner first took it up.';
COMMENT ON COLUMN jobs.finished_at IS 'When it was done, failed or cancelled.';
GRANT SELECT, INSERT ON jobs TO sizhu_service;
GRANT UPDATE (state, cursor, done, total, result, error, attempt, lease_id, lease_until,
              cancel_requested, started_at, finished_at) ON jobs TO sizhu_service;

CREATE TABLE simulation_changes (
    job_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    programme text NOT NULL,
    county text NOT NULL,
    outcome_before text NOT NULL,
    outcome_after text NOT NULL,
    before_fen bigint NOT NULL,
    after_fen bigint NOT NULL,
    CONSTRAINT simulation_changes_pkey PRIMARY KEY (job_id, resident_id, programme),
    CONSTRAINT simulation_changes_job_id_fkey FOREIGN KEY (job_id) REFERENCES jobs (id),
    CONSTRAINT simulation_changes_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT simulation_changes_county_fkey FOREIGN KEY (county) REFERENCES divisions (code),
    CONSTRAINT simulation_changes_outcome_check CHECK (
        outcome_before IN ('granted', 'refused', 'undetermined')
        AND outcome_after IN ('granted', 'refused', 'undetermined')),
    CONSTRAINT simulation_changes_fen_check CHECK (before_fen >= 0 AND after_fen >= 0),
    -- Only what changes is kept.
    CONSTRAINT simulation_changes_change_check CHECK (
        outcome_before <> outcome_after OR before_fen <> after_fen)
);
CREATE INDEX simulation_changes_resident_id_idx ON simulation_changes (resident_id);
CREATE INDEX simulation_changes_county_idx ON simulation_changes (county);
CREATE INDEX simulation_changes_list_idx
    ON simulation_changes (job_id, programme, county, resident_id);
COMMENT ON TABLE simulation_changes IS 'For whom a simulated rule would change something, in the year simulated: the drill-down of a simulation. Nothing of it was decided.';
COMMENT ON COLUMN simulation_changes.job_id IS 'The simulation.';
COMMENT ON COLUMN simulation_changes.resident_id IS 'The person.';
COMMENT ON COLUMN simulation_changes.programme IS 'The programme.';
COMMENT ON COLUMN simulation_changes.county IS 'County of their registered residence.';
COMMENT ON COLUMN simulation_changes.outcome_before IS 'granted, refused or undetermined, under the rules in force.';
COMMENT ON COLUMN simulation_changes.outcome_after IS 'The same with the draft in its place.';
COMMENT ON COLUMN simulation_changes.before_fen IS 'Amount of the year under the rules in force, in fen.';
COMMENT ON COLUMN simulation_changes.after_fen IS 'Amount of the year with the draft in its place, in fen.';
GRANT SELECT, INSERT ON simulation_changes TO sizhu_service;

-- A population is read division by division, and in a division by person, page after page.
CREATE INDEX resident_versions_population_idx
    ON resident_versions (division COLLATE "C", resident_id);
