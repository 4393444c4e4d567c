CREATE TABLE prime_rates (
    tenor text NOT NULL,
    valid_from date NOT NULL,
    known_until date,
    rate_ppm bigint NOT NULL,
    instrument text NOT NULL,
    article text,
    address text,
    class text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT prime_rates_pkey PRIMARY KEY (tenor, valid_from),
    CONSTRAINT prime_rates_tenor_check CHECK (tenor IN ('one_year', 'over_five_years')),
    CONSTRAINT prime_rates_known_until_check CHECK (known_until > valid_from),
    CONSTRAINT prime_rates_rate_ppm_check CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT prime_rates_class_check CHECK (
        class IN ('report', 'official', 'press', 'mirror', 'general', 'derived'))
);
COMMENT ON TABLE prime_rates IS 'Loan Prime Rates (贷款市场报价利率, LPR) as published, each in force until the next of its tenor; only ever added to.';
COMMENT ON COLUMN prime_rates.tenor IS 'one_year or over_five_years.';
COMMENT ON COLUMN prime_rates.valid_from IS 'Day it was published.';
COMMENT ON COLUMN prime_rates.known_until IS 'First day of which the table knows nothing, where no later rate follows; NULL where it is known to hold.';
COMMENT ON COLUMN prime_rates.rate_ppm IS 'Rate a year, in parts per million: 43500 is 4.35 %.';
COMMENT ON COLUMN prime_rates.instrument IS 'Notice it was published by.';
COMMENT ON COLUMN prime_rates.article IS 'Paragraph of it; NULL where none is named.';
COMMENT ON COLUMN prime_rates.address IS 'Where it can be read; NULL where none is named.';
COMMENT ON COLUMN prime_rates.class IS 'Class of the source.';
COMMENT ON COLUMN prime_rates.recorded_by IS 'Client that added it, or migrate.';
COMMENT ON COLUMN prime_rates.recorded_at IS 'When it was added.';
GRANT SELECT, INSERT ON prime_rates TO sizhu_service;

CREATE TABLE holders (
    id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    credit_code_sealed bytea,
    credit_code_index bytea,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT holders_pkey PRIMARY KEY (id),
    -- A co-operative is one holder, whoever names it: what a race could make two of.
    CONSTRAINT holders_credit_code_index_key UNIQUE (credit_code_index),
    CONSTRAINT holders_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT holders_kind_check CHECK (kind IN ('household', 'cooperative')),
    CONSTRAINT holders_credit_code_check CHECK (
        (kind = 'cooperative') = (credit_code_index IS NOT NULL)
        AND (credit_code_index IS NULL) = (credit_code_sealed IS NULL)),
    CONSTRAINT holders_credit_code_index_check CHECK (octet_length(credit_code_index) = 32)
);
CREATE INDEX holders_subject_id_idx ON holders (subject_id);
COMMENT ON TABLE holders IS 'Whose loans share caps: a household (家庭), or a co-operative or firm (合作社、企业). Its row is locked after its people and before accounts.';
COMMENT ON COLUMN holders.id IS 'UUIDv7.';
COMMENT ON COLUMN holders.kind IS 'household or cooperative.';
COMMENT ON COLUMN holders.subject_id IS 'The person who first borrowed for it, or represents it.';
COMMENT ON COLUMN holders.credit_code_sealed IS 'Unified social credit code (GB 32100-2015) of a co-operative or firm, encrypted; NULL for households.';
COMMENT ON COLUMN holders.credit_code_index IS 'Blind index of that code; NULL for households.';
COMMENT ON COLUMN holders.recorded_by IS 'Client whose post made it.';
COMMENT ON COLUMN holders.recorded_at IS 'When it was made.';
-- Locking a row takes the right to update some column of it.
GRANT SELECT, INSERT, UPDATE (recorded_at) ON holders TO sizhu_service;

CREATE TABLE holder_members (
    id uuid NOT NULL,
    holder_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT holder_members_pkey PRIMARY KEY (id),
    CONSTRAINT holder_members_holder_id_fkey FOREIGN KEY (holder_id) REFERENCES holders (id),
    CONSTRAINT holder_members_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT holder_members_dates_check CHECK (ends_on > starts_on),
    CONSTRAINT holder_members_superseded_at_check CHECK (superseded_at >= recorded_at),
    -- Nobody lives in two households at a time, for each has a cap of its own.
    CONSTRAINT holder_members_one_household_excl EXCLUDE USING gist (
        subject_id WITH =, daterange(starts_on, ends_on) WITH &&
    ) WHERE (superseded_at IS NULL)
);
CREATE INDEX holder_members_holder_id_idx ON holder_members (holder_id);
CREATE INDEX holder_members_subject_id_idx ON holder_members (subject_id);
COMMENT ON TABLE holder_members IS 'Who belongs to a household, in the registry or not. The row that is not superseded is held true.';
COMMENT ON COLUMN holder_members.id IS 'UUIDv7.';
COMMENT ON COLUMN holder_members.holder_id IS 'The household.';
COMMENT ON COLUMN holder_members.subject_id IS 'The person.';
COMMENT ON COLUMN holder_members.starts_on IS 'First day.';
COMMENT ON COLUMN holder_members.ends_on IS 'First day after it; NULL while it lasts.';
COMMENT ON COLUMN holder_members.recorded_by IS 'Client whose news told it.';
COMMENT ON COLUMN holder_members.recorded_at IS 'When it was learnt.';
COMMENT ON COLUMN holder_members.superseded_at IS 'When something else was held true; NULL while it is.';
GRANT SELECT, INSERT, UPDATE (superseded_at) ON holder_members TO sizhu_service;

CREATE TABLE loans (
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    cooperative_id uuid,
    bank text NOT NULL,
    contract_no text NOT NULL,
    channel text NOT NULL,
    posted_on date NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT loans_pkey PRIMARY KEY (id),
    -- One loan per contract: the natural key behind every idempotency key.
    CONSTRAINT loans_bank_contract_no_key UNIQUE (bank, contract_no),
    CONSTRAINT loans_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT loans_cooperative_id_fkey FOREIGN KEY (cooperative_id) REFERENCES holders (id),
    CONSTRAINT loans_channel_check CHECK (channel IN ('bank', 'officer', 'import'))
);
CREATE INDEX loans_subject_id_idx ON loans (subject_id);
CREATE INDEX loans_cooperative_id_idx ON loans (cooperative_id);
CREATE INDEX loans_bank_idx ON loans (bank, id);
COMMENT ON TABLE loans IS 'Loans (贷款): a bank''s contract with a person or with a co-operative, one per bank and contract number.';
COMMENT ON COLUMN loans.id IS 'UUIDv7.';
COMMENT ON COLUMN loans.subject_id IS 'Who borrows, or represents who does, in the registry or not: whose household holds it, who is paid, and whose county pays.';
COMMENT ON COLUMN loans.cooperative_id IS 'The co-operative or firm that holds it; NULL for the household of the borrower.';
COMMENT ON COLUMN loans.bank IS 'Code of the bank.';
COMMENT ON COLUMN loans.contract_no IS 'The bank''s number of the contract (合同号).';
COMMENT ON COLUMN loans.channel IS 'Where it came in: bank, officer or import.';
COMMENT ON COLUMN loans.posted_on IS 'Day it was posted, in Asia/Shanghai.';
COMMENT ON COLUMN loans.recorded_by IS 'Client that posted it.';
COMMENT ON COLUMN loans.recorded_at IS 'When it was posted.';
GRANT SELECT, INSERT ON loans TO sizhu_service;

CREATE TABLE loan_versions (
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    version integer NOT NULL,
    borrower_name_sealed bytea NOT NULL,
    purpose text NOT NULL,
    principal_fen bigint NOT NULL,
    draw text NOT NULL,
    rate_ppm bigint,
    prime_tenor text,
    prime_basis_points bigint,
    prime_reset_months integer,
    day_count text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    repayment text NOT NULL,
    every_months integer NOT NULL,
    first_due_on date,
    rounding text NOT NULL,
    family_kept_policy boolean,
    households_led integer,
    jobs_created integer,
    income_fen bigint,
    confirmed_by text,
    confirmed_on date,
    fingerprint bytea NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    CONSTRAINT loan_versions_pkey PRIMARY KEY (id),
    CONSTRAINT loan_versions_loan_id_version_key UNIQUE (loan_id, version),
    CONSTRAINT loan_versions_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES loans (id),
    CONSTRAINT loan_versions_superseded_at_check CHECK (superseded_at >= recorded_at),
    CONSTRAINT loan_versions_purpose_check CHECK (purpose IN (
        'production', 'education', 'medical', 'debt', 'consumption', 'gambling', 'other')),
    CONSTRAINT loan_versions_principal_fen_check CHECK (principal_fen > 0),
    CONSTRAINT loan_versions_draw_check CHECK (draw IN ('at_start', 'by_events')),
    CONSTRAINT loan_versions_rate_ppm_check CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT loan_versions_prime_tenor_check CHECK (prime_tenor IN ('one_year', 'over_five_years')),
    CONSTRAINT loan_versions_rate_check CHECK (
        (rate_ppm IS NULL) = (prime_tenor IS NOT NULL)
        AND (prime_tenor IS NULL) = (prime_basis_points IS NULL)
        AND (prime_tenor IS NOT NULL OR prime_reset_months IS NULL)),
    CONSTRAINT loan_versions_day_count_check CHECK (day_count IN (
        'actual/365', 'actual/360', 'actual/actual-isda', '30/360', '30e/360', '30e/360-isda',
        '30/360-us', 'months-and-days')),
    CONSTRAINT loan_versions_dates_check CHECK (ends_on > starts_on),
    CONSTRAINT loan_versions_repayment_check CHECK (repayment IN (
        'bullet', 'interest_only', 'equal_instalments', 'equal_principal')),
    CONSTRAINT loan_versions_every_months_check CHECK (every_months IN (1, 3, 6, 12)),
    CONSTRAINT loan_versions_rounding_check CHECK (rounding IN ('half_up', 'down', 'up')),
    CONSTRAINT loan_versions_reported_check CHECK (
        households_led >= 0 AND jobs_created >= 0 AND income_fen >= 0),
    CONSTRAINT loan_versions_confirmed_check CHECK ((confirmed_by IS NULL) = (confirmed_on IS NULL)),
    -- What a family kept is an officer's word, never a bank's.
    CONSTRAINT loan_versions_family_check CHECK (family_kept_policy IS NULL OR confirmed_by IS NOT NULL),
    CONSTRAINT loan_versions_fingerprint_check CHECK (octet_length(fingerprint) = 32)
);
CREATE UNIQUE INDEX loan_versions_current_key ON loan_versions (loan_id) WHERE superseded_at IS NULL;
COMMENT ON TABLE loan_versions IS 'What is held true of a loan beside its events: the contract as posted, and what an officer confirmed; the row that is not superseded is in force.';
COMMENT ON COLUMN loan_versions.id IS 'UUIDv7.';
COMMENT ON COLUMN loan_versions.loan_id IS 'The loan.';
COMMENT ON COLUMN loan_versions.version IS 'Counts up from 1 per loan; the ETag.';
COMMENT ON COLUMN loan_versions.borrower_name_sealed IS 'Name of the borrower or representative as posted, encrypted.';
COMMENT ON COLUMN loan_versions.purpose IS 'What the loan is for.';
COMMENT ON COLUMN loan_versions.principal_fen IS 'The most that is lent, in fen.';
COMMENT ON COLUMN loan_versions.draw IS 'at_start (all on the first day) or by_events.';
COMMENT ON COLUMN loan_versions.rate_ppm IS 'Fixed rate a year, in parts per million; NULL where it follows the Loan Prime Rate.';
COMMENT ON COLUMN loan_versions.prime_tenor IS 'Which Loan Prime Rate; NULL for a fixed rate.';
COMMENT ON COLUMN loan_versions.prime_basis_points IS 'More than that rate, or fewer, in hundredths of a per cent; NULL for a fixed rate.';
COMMENT ON COLUMN loan_versions.prime_reset_months IS 'Every how many months it follows the rate then in force; NULL where it is fixed on the first day.';
COMMENT ON COLUMN loan_versions.day_count IS 'How days become parts of a year.';
COMMENT ON COLUMN loan_versions.starts_on IS 'First day that bears interest (起息日).';
COMMENT ON COLUMN loan_versions.ends_on IS 'First day that bears none (到期日).';
COMMENT ON COLUMN loan_versions.repayment IS 'bullet, interest_only, equal_instalments or equal_principal.';
COMMENT ON COLUMN loan_versions.every_months IS 'Months from one due day to the next.';
COMMENT ON COLUMN loan_versions.first_due_on IS 'First due day; NULL for so many months after the first day.';
COMMENT ON COLUMN loan_versions.rounding IS 'What the bank does with parts of a fen: half_up, down or up.';
COMMENT ON COLUMN loan_versions.family_kept_policy IS 'Whether the family kept the policy when it borrowed; NULL until an officer confirms it.';
COMMENT ON COLUMN loan_versions.households_led IS 'Households a co-operative leads; NULL if not known.';
COMMENT ON COLUMN loan_versions.jobs_created IS 'Jobs the business made, as reported; NULL if not reported.';
COMMENT ON COLUMN loan_versions.income_fen IS 'Income of a year that it brought, as reported, in fen; NULL if not reported.';
COMMENT ON COLUMN loan_versions.confirmed_by IS 'Officer who confirmed; NULL until then.';
COMMENT ON COLUMN loan_versions.confirmed_on IS 'Day of that, in Asia/Shanghai; NULL until then.';
COMMENT ON COLUMN loan_versions.fingerprint IS 'Keyed fingerprint of what was posted: the same content under a new key is the same loan.';
COMMENT ON COLUMN loan_versions.recorded_by IS 'Client that posted or confirmed this version.';
COMMENT ON COLUMN loan_versions.recorded_at IS 'When that was.';
COMMENT ON COLUMN loan_versions.superseded_at IS 'When a later version took its place; NULL while in force.';
GRANT SELECT, INSERT, UPDATE (superseded_at) ON loan_versions TO sizhu_service;

CREATE TABLE loan_events (
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    event_no text NOT NULL,
    on_day date NOT NULL,
    kind text NOT NULL,
    due_on date,
    ends_on date,
    amount_fen bigint,
    principal_fen bigint,
    interest_fen bigint,
    penalty_fen bigint,
    rate_ppm bigint,
    reverses_id uuid,
    fingerprint bytea NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT loan_events_pkey PRIMARY KEY (id),
    CONSTRAINT loan_events_loan_id_id_key UNIQUE (loan_id, id),
    -- One event per number: the natural key behind every idempotency key.
    CONSTRAINT loan_events_loan_id_event_no_key UNIQUE (loan_id, event_no),
    CONSTRAINT loan_events_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES loans (id),
    -- A reversal undoes another event of its own loan, and each is undone once.
    CONSTRAINT loan_events_reverses_id_fkey FOREIGN KEY (loan_id, reverses_id)
        REFERENCES loan_events (loan_id, id),
    CONSTRAINT loan_events_reverses_id_key UNIQUE (reverses_id),
    CONSTRAINT loan_events_reverses_id_check CHECK (reverses_id <> id),
    CONSTRAINT loan_events_amounts_check CHECK (
        amount_fen >= 0 AND principal_fen >= 0 AND interest_fen >= 0 AND penalty_fen >= 0
        AND rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT loan_events_kind_check CHECK (CASE kind
        WHEN 'drawn' THEN amount_fen > 0
            AND num_nulls(due_on, ends_on, principal_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 7
        WHEN 'interest_due' THEN num_nonnulls(amount_fen, due_on) = 2
            AND num_nulls(ends_on, principal_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 6
        WHEN 'repaid' THEN principal_fen + interest_fen + penalty_fen > 0
            AND num_nulls(ends_on, amount_fen, rate_ppm, reverses_id) = 4
        WHEN 'prepaid' THEN principal_fen + interest_fen > 0
            AND num_nulls(due_on, ends_on, amount_fen, penalty_fen, rate_ppm, reverses_id) = 6
        WHEN 'written_off' THEN principal_fen > 0
            AND num_nulls(due_on, ends_on, amount_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 7
        WHEN 'rate_changed' THEN rate_ppm IS NOT NULL
            AND num_nulls(due_on, ends_on, amount_fen, principal_fen, interest_fen, penalty_fen, reverses_id) = 7
        WHEN 'extended' THEN ends_on IS NOT NULL
            AND num_nulls(due_on, amount_fen, principal_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 7
        WHEN 'reversed' THEN reverses_id IS NOT NULL
            AND num_nulls(due_on, ends_on, amount_fen, principal_fen, interest_fen, penalty_fen, rate_ppm) = 7
        WHEN 'defaulted' THEN
            num_nulls(due_on, ends_on, amount_fen, principal_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 8
        WHEN 'purpose_failed' THEN
            num_nulls(due_on, ends_on, amount_fen, principal_fen, interest_fen, penalty_fen, rate_ppm, reverses_id) = 8
        ELSE false END),
    CONSTRAINT loan_events_fingerprint_check CHECK (octet_length(fingerprint) = 32)
);
CREATE INDEX loan_events_reverses_id_idx ON loan_events (loan_id, reverses_id);
COMMENT ON TABLE loan_events IS 'What happened to loans; only ever added to: what was not so is reversed by another event.';
COMMENT ON COLUMN loan_events.id IS 'UUIDv7.';
COMMENT ON COLUMN loan_events.loan_id IS 'The loan.';
COMMENT ON COLUMN loan_events.event_no IS 'The bank''s own number of the event, unique in the loan.';
COMMENT ON COLUMN loan_events.on_day IS 'Day it happened; of a payment, the day it was paid.';
COMMENT ON COLUMN loan_events.kind IS 'The word of its kind.';
COMMENT ON COLUMN loan_events.due_on IS 'Due day of interest due, or that a payment was booked to; NULL for others.';
COMMENT ON COLUMN loan_events.ends_on IS 'New end of an extended loan; NULL for others.';
COMMENT ON COLUMN loan_events.amount_fen IS 'Amount drawn, or of interest due, in fen; NULL for others.';
COMMENT ON COLUMN loan_events.principal_fen IS 'Principal paid or written off, in fen; NULL for others.';
COMMENT ON COLUMN loan_events.interest_fen IS 'Interest paid, in fen; NULL for others.';
COMMENT ON COLUMN loan_events.penalty_fen IS 'Penalty interest and fees paid, in fen; NULL for others.';
COMMENT ON COLUMN loan_events.rate_ppm IS 'New rate a year, in parts per million; NULL for others.';
COMMENT ON COLUMN loan_events.reverses_id IS 'The event that was not so; NULL but for reversals.';
COMMENT ON COLUMN loan_events.fingerprint IS 'Keyed fingerprint of what was posted: the same content under a new key is the same event.';
COMMENT ON COLUMN loan_events.recorded_by IS 'Client that posted it.';
COMMENT ON COLUMN loan_events.recorded_at IS 'When it was posted.';
GRANT SELECT, INSERT ON loan_events TO sizhu_service;
