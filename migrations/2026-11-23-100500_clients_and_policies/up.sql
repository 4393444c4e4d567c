CREATE TABLE api_clients (
    client_id text NOT NULL,
    secret_hash text NOT NULL,
    role text NOT NULL,
    division text,
    hospital_id uuid,
    bank text,
    resident_id uuid,
    demo boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    disabled_at timestamptz,
    CONSTRAINT api_clients_pkey PRIMARY KEY (client_id),
    CONSTRAINT api_clients_division_fkey FOREIGN KEY (division) REFERENCES divisions (code),
    CONSTRAINT api_clients_hospital_id_fkey FOREIGN KEY (hospital_id) REFERENCES hospitals (id),
    CONSTRAINT api_clients_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT api_clients_role_check CHECK (
        role IN ('resident', 'hospital', 'bank', 'officer', 'finance', 'auditor', 'policy', 'admin')),
    -- Each role is bound to exactly what it may reach.
    CONSTRAINT api_clients_bound_check CHECK (
        (division IS NOT NULL) = (role IN ('officer', 'finance', 'auditor'))
        AND (hospital_id IS NOT NULL) = (role = 'hospital')
        AND (bank IS NOT NULL) = (role = 'bank')
        AND (resident_id IS NOT NULL) = (role = 'resident'))
);
CREATE INDEX api_clients_division_idx ON api_clients (division);
CREATE INDEX api_clients_hospital_id_idx ON api_clients (hospital_id);
CREATE INDEX api_clients_resident_id_idx ON api_clients (resident_id);
COMMENT ON TABLE api_clients IS 'OAuth 2.0 clients, each with one role and what it is bound to.';
COMMENT ON COLUMN api_clients.client_id IS 'Public name of the client.';
COMMENT ON COLUMN api_clients.secret_hash IS 'Argon2id hash of its secret (PHC string).';
COMMENT ON COLUMN api_clients.role IS 'One role: powers are never joined in one token.';
COMMENT ON COLUMN api_clients.division IS 'Scope of an officer, finance or auditor client.';
COMMENT ON COLUMN api_clients.hospital_id IS 'The hospital of a hospital client.';
COMMENT ON COLUMN api_clients.bank IS 'The bank of a bank client.';
COMMENT ON COLUMN api_clients.resident_id IS 'The person of a resident client.';
COMMENT ON COLUMN api_clients.demo IS 'Made by the demo; refused by a production service.';
COMMENT ON COLUMN api_clients.recorded_at IS 'When the client was made.';
COMMENT ON COLUMN api_clients.disabled_at IS 'When it was disabled; NULL while it works.';

CREATE TABLE policies (
    hash text NOT NULL,
    programme text NOT NULL,
    division text NOT NULL,
    body text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT policies_pkey PRIMARY KEY (hash),
    CONSTRAINT policies_division_fkey FOREIGN KEY (division) REFERENCES divisions (code),
    CONSTRAINT policies_hash_check CHECK (hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX policies_division_idx ON policies (division);
COMMENT ON TABLE policies IS 'Every policy pack a decision was ever made under, whole, so that it can be replayed.';
COMMENT ON COLUMN policies.hash IS 'SHA-256 of the body, in hex.';
COMMENT ON COLUMN policies.programme IS 'The programme it defines.';
COMMENT ON COLUMN policies.division IS 'The division it belongs to.';
COMMENT ON COLUMN policies.body IS 'The pack''s text (TOML), as it was read.';
COMMENT ON COLUMN policies.recorded_at IS 'When the service first ran under it.';
GRANT SELECT, INSERT ON api_clients TO sizhu_service;
GRANT UPDATE (secret_hash, disabled_at) ON api_clients TO sizhu_service;
GRANT SELECT, INSERT ON policies TO sizhu_service;
