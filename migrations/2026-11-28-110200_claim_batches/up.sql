CREATE TABLE claim_batches (
    id uuid NOT NULL,
    hospital_id uuid NOT NULL,
    client_id text NOT NULL,
    key text NOT NULL,
    state text NOT NULL,
    attempt integer NOT NULL,
    lines integer NOT NULL,
    recorded integer NOT NULL,
    repeated integer NOT NULL,
    known integer NOT NULL,
    refused integer NOT NULL,
    lease_id uuid,
    lease_until timestamptz,
    recorded_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT claim_batches_pkey PRIMARY KEY (id),
    -- Sent again under its key, a batch is the same batch.
    CONSTRAINT claim_batches_client_id_key_key UNIQUE (client_id, key),
    CONSTRAINT claim_batches_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES hospitals (id),
    CONSTRAINT claim_batches_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_clients (client_id),
    CONSTRAINT claim_batches_state_check CHECK (state IN ('receiving', 'interrupted', 'complete')),
    CONSTRAINT claim_batches_attempt_check CHECK (attempt > 0),
    CONSTRAINT claim_batches_lines_check CHECK (
        recorded >= 0 AND repeated >= 0 AND known >= 0 AND refused >= 0
        AND recorded + repeated + known + refused = lines),
    CONSTRAINT claim_batches_lease_check CHECK (
        (state = 'receiving') = (lease_id IS NOT NULL) AND (lease_id IS NULL) = (lease_until IS NULL)),
    CONSTRAINT claim_batches_finished_at_check CHECK ((state = 'complete') = (finished_at IS NOT NULL))
);
CREATE INDEX claim_batches_hospital_id_idx ON claim_batches (hospital_id, id);
COMMENT ON TABLE claim_batches IS 'Uploads of many claims (批量申报), one claim a line, recorded as they are read.';
COMMENT ON COLUMN claim_batches.id IS 'UUIDv7.';
COMMENT ON COLUMN claim_batches.hospital_id IS 'The hospital.';
COMMENT ON COLUMN claim_batches.client_id IS 'Client that sends it, and whose the keys of its lines are.';
COMMENT ON COLUMN claim_batches.key IS 'The Idempotency-Key of the whole: sent again under it, the batch goes on.';
COMMENT ON COLUMN claim_batches.state IS 'receiving, interrupted (cut off, or refused before its end) or complete.';
COMMENT ON COLUMN claim_batches.attempt IS 'How many times it was begun to be sent.';
COMMENT ON COLUMN claim_batches.lines IS 'Lines with a result.';
COMMENT ON COLUMN claim_batches.recorded IS 'Lines whose claims were recorded by this batch.';
COMMENT ON COLUMN claim_batches.repeated IS 'Lines whose keys had been answered before: they got the same answers.';
COMMENT ON COLUMN claim_batches.known IS 'Lines whose claims were there before, under other keys.';
COMMENT ON COLUMN claim_batches.refused IS 'Lines that cannot be taken.';
COMMENT ON COLUMN claim_batches.lease_id IS 'The request that is sending it; NULL while none is.';
COMMENT ON COLUMN claim_batches.lease_until IS 'When another request may go on with it, if this one records nothing until then.';
COMMENT ON COLUMN claim_batches.recorded_at IS 'When it was first begun.';
COMMENT ON COLUMN claim_batches.finished_at IS 'When it had been read to its end; NULL before.';

CREATE TABLE claim_batch_results (
    id uuid NOT NULL,
    batch_id uuid NOT NULL,
    line_no integer NOT NULL,
    attempt integer NOT NULL,
    outcome text NOT NULL,
    status smallint NOT NULL,
    key_sealed bytea,
    fingerprint bytea,
    problem jsonb,
    CONSTRAINT claim_batch_results_pkey PRIMARY KEY (id),
    CONSTRAINT claim_batch_results_batch_id_line_no_attempt_key UNIQUE (batch_id, line_no, attempt),
    CONSTRAINT claim_batch_results_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES claim_batches (id),
    CONSTRAINT claim_batch_results_line_no_check CHECK (line_no > 0 AND attempt > 0),
    CONSTRAINT claim_batch_results_outcome_check CHECK (
        outcome IN ('recorded', 'repeated', 'known', 'refused')),
    CONSTRAINT claim_batch_results_status_check CHECK (status BETWEEN 200 AND 599),
    CONSTRAINT claim_batch_results_refused_check CHECK (
        (outcome = 'refused') = (status >= 400) AND (outcome = 'refused') = (problem IS NOT NULL)
        AND (outcome = 'refused') = (fingerprint IS NULL)),
    CONSTRAINT claim_batch_results_key_check CHECK (outcome = 'refused' OR key_sealed IS NOT NULL),
    CONSTRAINT claim_batch_results_fingerprint_check CHECK (octet_length(fingerprint) = 32)
);
COMMENT ON TABLE claim_batch_results IS 'What became of each line of a batch; of a line that was sent several times the last attempt counts.';
COMMENT ON COLUMN claim_batch_results.id IS 'UUIDv7.';
COMMENT ON COLUMN claim_batch_results.batch_id IS 'The batch.';
COMMENT ON COLUMN claim_batch_results.line_no IS 'Line of the body, from 1.';
COMMENT ON COLUMN claim_batch_results.attempt IS 'The attempt of the batch that gave the line this result.';
COMMENT ON COLUMN claim_batch_results.outcome IS 'recorded, repeated, known or refused.';
COMMENT ON COLUMN claim_batch_results.status IS 'HTTP status with which the line would have been answered by itself.';
COMMENT ON COLUMN claim_batch_results.key_sealed IS 'Idempotency-Key of the line, encrypted: of a line that was refused it may be anything; NULL where it cannot be read. The answer to a line that was taken is in idempotency_records.';
COMMENT ON COLUMN claim_batch_results.fingerprint IS 'Keyed fingerprint of a line that was taken: what was taken is not sent otherwise under the same key.';
COMMENT ON COLUMN claim_batch_results.problem IS 'Why a line was refused: kind, pointers, codes and sentences in both languages; nothing that stood in the line.';
GRANT SELECT, INSERT, UPDATE (state, attempt, lines, recorded, repeated, known, refused,
        lease_id, lease_until, finished_at)
    ON claim_batches TO sizhu_service;
GRANT SELECT, INSERT ON claim_batch_results TO sizhu_service;
