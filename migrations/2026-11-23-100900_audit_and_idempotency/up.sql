CREATE TABLE audit_events (
    id uuid NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    actor_role text NOT NULL,
    subject_id uuid,
    object_id uuid,
    division text,
    body bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    leaf_no bigint,
    CONSTRAINT audit_events_pkey PRIMARY KEY (id),
    CONSTRAINT audit_events_leaf_no_key UNIQUE (leaf_no),
    CONSTRAINT audit_events_division_fkey FOREIGN KEY (division) REFERENCES divisions (code),
    CONSTRAINT audit_events_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id)
);
CREATE INDEX audit_events_actor_idx ON audit_events (actor, id);
CREATE INDEX audit_events_subject_id_idx ON audit_events (subject_id, id);
CREATE INDEX audit_events_division_idx ON audit_events (division text_pattern_ops, id);
CREATE INDEX audit_events_kind_idx ON audit_events (kind, id);
CREATE INDEX audit_events_recorded_at_idx ON audit_events (recorded_at, id);
COMMENT ON TABLE audit_events IS 'What was done, by whom, when: written in the transaction of the deed, never changed or deleted.';
COMMENT ON COLUMN audit_events.id IS 'UUIDv7.';
COMMENT ON COLUMN audit_events.kind IS 'What happened, as noun.verb.';
COMMENT ON COLUMN audit_events.actor IS 'Client, or the system''s own name, that did it.';
COMMENT ON COLUMN audit_events.actor_role IS 'Role it acted in.';
COMMENT ON COLUMN audit_events.subject_id IS 'Person concerned, if one is.';
COMMENT ON COLUMN audit_events.object_id IS 'Row concerned.';
COMMENT ON COLUMN audit_events.division IS 'Division concerned where no registered person is: a county''s money, a hospital''s claim on someone unknown.';
COMMENT ON COLUMN audit_events.body IS 'The event as canonical JSON (RFC 8785), byte for byte: what a leaf of the log is made from. Row ids, never identifiers.';
COMMENT ON COLUMN audit_events.recorded_at IS 'When it happened.';
COMMENT ON COLUMN audit_events.leaf_no IS 'Place in the Merkle log, given later by the sealing job.';

CREATE TABLE idempotency_records (
    client_id text NOT NULL,
    key text NOT NULL,
    operation text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    location text,
    etag text,
    body bytea,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT idempotency_records_pkey PRIMARY KEY (client_id, key),
    CONSTRAINT idempotency_records_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_clients (client_id),
    CONSTRAINT idempotency_records_answer_check CHECK ((status IS NULL) = (body IS NULL)),
    CONSTRAINT idempotency_records_status_check CHECK (status BETWEEN 200 AND 299)
);
COMMENT ON TABLE idempotency_records IS 'Answers already given, by client and Idempotency-Key: a repeat gets the same bytes. Kept for ever.';
COMMENT ON COLUMN idempotency_records.client_id IS 'Client whose key it is.';
COMMENT ON COLUMN idempotency_records.key IS 'The Idempotency-Key.';
COMMENT ON COLUMN idempotency_records.operation IS 'The operation it was used for.';
COMMENT ON COLUMN idempotency_records.fingerprint IS 'Keyed fingerprint of the request: another payload under the key is refused.';
COMMENT ON COLUMN idempotency_records.status IS 'HTTP status of the answer; NULL only inside the first request''s own transaction.';
COMMENT ON COLUMN idempotency_records.location IS 'Location header of the answer.';
COMMENT ON COLUMN idempotency_records.etag IS 'ETag header of the answer.';
COMMENT ON COLUMN idempotency_records.body IS 'Body of the answer, byte for byte; row ids, never identifiers.';
COMMENT ON COLUMN idempotency_records.recorded_at IS 'When the key was first used.';
GRANT SELECT ON audit_events TO sizhu_service;
-- Places in the log are the sealing job's to give.
GRANT INSERT (id, kind, actor, actor_role, subject_id, object_id, division, body, recorded_at)
    ON audit_events TO sizhu_service;
GRANT SELECT, INSERT, UPDATE (status, location, etag, body) ON idempotency_records TO sizhu_service;
