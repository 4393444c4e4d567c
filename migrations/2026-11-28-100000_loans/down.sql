DROP TABLE loan_events;
DROP TABLE loan_versions;
DROP TABLE loans;
DROP TABLE holder_members;
DROP TABLE holders;
DROP TABLE prime_rates;
