DROP TABLE idempotency_records;
DROP TABLE audit_events;
