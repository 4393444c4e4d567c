DROP TABLE policy_versions;
ALTER TABLE decisions ALTER COLUMN policy_division SET NOT NULL;
COMMENT ON COLUMN decisions.policy_division IS 'The division whose pack it is.';
ALTER TABLE policies ALTER COLUMN division SET NOT NULL;
COMMENT ON TABLE policies IS 'Every policy pack a decision was ever made under, whole, so that it can be replayed.';
COMMENT ON COLUMN policies.division IS 'The division it belongs to.';
COMMENT ON COLUMN policies.body IS 'The pack''s text (TOML), as it was read.';
COMMENT ON COLUMN policies.recorded_at IS 'When the service first ran under it.';
