-- What is sealed cannot be compressed: PostgreSQL need not try.
ALTER TABLE decisions
    ALTER COLUMN facts_sealed SET STORAGE EXTERNAL,
    ALTER COLUMN trace_sealed SET STORAGE EXTERNAL,
    ALTER COLUMN result_sealed SET STORAGE EXTERNAL;
