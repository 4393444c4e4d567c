CREATE TABLE accounts (
    id uuid NOT NULL,
    fund text NOT NULL,
    programme text NOT NULL,
    year integer NOT NULL,
    county text NOT NULL,
    kind text NOT NULL,
    debits_must_not_exceed_credits boolean NOT NULL,
    credits_must_not_exceed_debits boolean NOT NULL,
    debits_pending_fen bigint NOT NULL DEFAULT 0,
    debits_posted_fen bigint NOT NULL DEFAULT 0,
    credits_pending_fen bigint NOT NULL DEFAULT 0,
    credits_posted_fen bigint NOT NULL DEFAULT 0,
    next_waiting_no bigint NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id),
    CONSTRAINT accounts_fund_programme_year_county_kind_key UNIQUE (fund, programme, year, county, kind),
    CONSTRAINT accounts_county_fkey FOREIGN KEY (county) REFERENCES divisions (code),
    CONSTRAINT accounts_kind_check CHECK (kind IN ('budget', 'appropriations', 'payables')),
    CONSTRAINT accounts_non_negative_check CHECK (
        debits_pending_fen >= 0 AND debits_posted_fen >= 0
        AND credits_pending_fen >= 0 AND credits_posted_fen >= 0),
    -- The laws of the accounts: a budget never pays out more than was put in.
    CONSTRAINT accounts_debits_within_credits_check CHECK (
        NOT debits_must_not_exceed_credits
        OR debits_pending_fen + debits_posted_fen <= credits_posted_fen),
    CONSTRAINT accounts_credits_within_debits_check CHECK (
        NOT credits_must_not_exceed_debits
        OR credits_pending_fen + credits_posted_fen <= debits_posted_fen),
    CONSTRAINT accounts_kind_flags_check CHECK (debits_must_not_exceed_credits = (kind = 'budget'))
);
CREATE INDEX accounts_county_idx ON accounts (county text_pattern_ops);
COMMENT ON TABLE accounts IS 'Ledger accounts (科目), per fund, programme, budget year and county; the counter-accounts too.';
COMMENT ON COLUMN accounts.id IS 'UUIDv7; accounts are locked in ascending order of it.';
COMMENT ON COLUMN accounts.fund IS 'Where the money comes from.';
COMMENT ON COLUMN accounts.programme IS 'The programme it may be spent on.';
COMMENT ON COLUMN accounts.year IS 'Budget year.';
COMMENT ON COLUMN accounts.county IS 'County that pays: that of registered residence.';
COMMENT ON COLUMN accounts.kind IS 'budget: the money; appropriations: where it came from; payables: what is owed or paid.';
COMMENT ON COLUMN accounts.debits_must_not_exceed_credits IS 'The account may never be overdrawn.';
COMMENT ON COLUMN accounts.credits_must_not_exceed_debits IS 'The account may never be overfilled.';
COMMENT ON COLUMN accounts.debits_pending_fen IS 'Earmarked out, in fen.';
COMMENT ON COLUMN accounts.debits_posted_fen IS 'Paid out, in fen.';
COMMENT ON COLUMN accounts.credits_pending_fen IS 'Earmarked in, in fen.';
COMMENT ON COLUMN accounts.credits_posted_fen IS 'Paid in, in fen.';
COMMENT ON COLUMN accounts.next_waiting_no IS 'Number the next waiting award gets.';
COMMENT ON COLUMN accounts.recorded_at IS 'When the account was opened.';

CREATE TABLE awards (
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    account_id uuid NOT NULL,
    programme text NOT NULL,
    benefit_year integer NOT NULL,
    amount_fen bigint NOT NULL,
    standing text NOT NULL,
    funding text NOT NULL,
    waiting_no bigint,
    replaces_award_id uuid,
    recorded_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT awards_pkey PRIMARY KEY (id),
    CONSTRAINT awards_replaces_award_id_key UNIQUE (replaces_award_id),
    CONSTRAINT awards_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT awards_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT awards_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions (id),
    CONSTRAINT awards_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
    CONSTRAINT awards_replaces_award_id_fkey FOREIGN KEY (replaces_award_id) REFERENCES awards (id),
    CONSTRAINT awards_amount_fen_check CHECK (amount_fen > 0),
    CONSTRAINT awards_standing_check CHECK (standing IN ('proposed', 'confirmed', 'cancelled')),
    CONSTRAINT awards_funding_check CHECK (funding IN ('awaiting_funds', 'earmarked', 'posted', 'released')),
    -- A cancelled award holds no money and no place in the queue.
    CONSTRAINT awards_cancelled_check CHECK ((standing = 'cancelled') = (funding = 'released')),
    CONSTRAINT awards_waiting_no_check CHECK (funding <> 'awaiting_funds' OR waiting_no IS NOT NULL)
);
CREATE UNIQUE INDEX awards_waiting_key ON awards (account_id, waiting_no) WHERE funding = 'awaiting_funds';
CREATE INDEX awards_subject_id_idx ON awards (subject_id, programme, benefit_year);
CREATE INDEX awards_resident_id_idx ON awards (resident_id);
CREATE INDEX awards_decision_id_idx ON awards (decision_id);
CREATE INDEX awards_account_id_idx ON awards (account_id);
COMMENT ON TABLE awards IS 'Amounts owed (待遇), netted per person, programme and year; never edited, only replaced.';
COMMENT ON COLUMN awards.id IS 'UUIDv7.';
COMMENT ON COLUMN awards.subject_id IS 'The person it is owed to.';
COMMENT ON COLUMN awards.resident_id IS 'Their row in the registry.';
COMMENT ON COLUMN awards.decision_id IS 'The decision that made it.';
COMMENT ON COLUMN awards.account_id IS 'The budget account that pays.';
COMMENT ON COLUMN awards.programme IS 'The programme.';
COMMENT ON COLUMN awards.benefit_year IS 'Calendar year of the days it pays for.';
COMMENT ON COLUMN awards.amount_fen IS 'Amount, in fen.';
COMMENT ON COLUMN awards.standing IS 'proposed, confirmed or cancelled.';
COMMENT ON COLUMN awards.funding IS 'awaiting_funds, earmarked, posted or released.';
COMMENT ON COLUMN awards.waiting_no IS 'Place in the account''s queue; kept after it was served.';
COMMENT ON COLUMN awards.replaces_award_id IS 'The award this one took the place of, with less money.';
COMMENT ON COLUMN awards.recorded_at IS 'When it was made.';
COMMENT ON COLUMN awards.changed_at IS 'When its standing or funding last changed.';

CREATE TABLE recoveries (
    id uuid NOT NULL,
    subject_id uuid NOT NULL,
    resident_id uuid NOT NULL,
    decision_id uuid NOT NULL,
    programme text NOT NULL,
    benefit_year integer NOT NULL,
    amount_fen bigint NOT NULL,
    state text NOT NULL,
    replaces_recovery_id uuid,
    recorded_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT recoveries_pkey PRIMARY KEY (id),
    CONSTRAINT recoveries_replaces_recovery_id_key UNIQUE (replaces_recovery_id),
    CONSTRAINT recoveries_subject_id_fkey FOREIGN KEY (subject_id) REFERENCES subjects (id),
    CONSTRAINT recoveries_resident_id_fkey FOREIGN KEY (resident_id) REFERENCES residents (id),
    CONSTRAINT recoveries_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions (id),
    CONSTRAINT recoveries_replaces_recovery_id_fkey FOREIGN KEY (replaces_recovery_id) REFERENCES recoveries (id),
    CONSTRAINT recoveries_amount_fen_check CHECK (amount_fen > 0),
    CONSTRAINT recoveries_state_check CHECK (state IN ('open', 'cancelled', 'settled'))
);
CREATE INDEX recoveries_subject_id_idx ON recoveries (subject_id, programme, benefit_year);
CREATE INDEX recoveries_resident_id_idx ON recoveries (resident_id);
CREATE INDEX recoveries_decision_id_idx ON recoveries (decision_id);
COMMENT ON TABLE recoveries IS 'Amounts owed back (追回): only what was already paid.';
COMMENT ON COLUMN recoveries.id IS 'UUIDv7.';
COMMENT ON COLUMN recoveries.subject_id IS 'The person who owes it.';
COMMENT ON COLUMN recoveries.resident_id IS 'Their row in the registry.';
COMMENT ON COLUMN recoveries.decision_id IS 'The decision that made it.';
COMMENT ON COLUMN recoveries.programme IS 'The programme.';
COMMENT ON COLUMN recoveries.benefit_year IS 'Calendar year of the days.';
COMMENT ON COLUMN recoveries.amount_fen IS 'Amount, in fen.';
COMMENT ON COLUMN recoveries.state IS 'open, cancelled or settled.';
COMMENT ON COLUMN recoveries.replaces_recovery_id IS 'The recovery this one took the place of, with less money.';
COMMENT ON COLUMN recoveries.recorded_at IS 'When it was made.';
COMMENT ON COLUMN recoveries.changed_at IS 'When its state last changed.';

CREATE TABLE transfers (
    id uuid NOT NULL,
    debit_account_id uuid NOT NULL,
    credit_account_id uuid NOT NULL,
    amount_fen bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    award_id uuid,
    document_no text,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT transfers_pkey PRIMARY KEY (id),
    CONSTRAINT transfers_debit_account_id_fkey FOREIGN KEY (debit_account_id) REFERENCES accounts (id),
    CONSTRAINT transfers_credit_account_id_fkey FOREIGN KEY (credit_account_id) REFERENCES accounts (id),
    CONSTRAINT transfers_award_id_fkey FOREIGN KEY (award_id) REFERENCES awards (id),
    CONSTRAINT transfers_amount_fen_check CHECK (amount_fen > 0),
    CONSTRAINT transfers_accounts_check CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT transfers_kind_check CHECK (kind IN ('appropriation', 'earmark')),
    CONSTRAINT transfers_state_check CHECK (state IN ('pending', 'posted', 'voided')),
    CONSTRAINT transfers_settled_at_check CHECK ((state = 'pending') = (settled_at IS NULL)),
    CONSTRAINT transfers_reason_check CHECK (
        (kind = 'earmark') = (award_id IS NOT NULL)
        AND (kind = 'appropriation') = (document_no IS NOT NULL)),
    -- A budget document fills an account once, whatever key it is posted under.
    CONSTRAINT transfers_credit_account_id_document_no_key UNIQUE (credit_account_id, document_no)
);
-- One live earmark or payment per award.
CREATE UNIQUE INDEX transfers_award_live_key ON transfers (award_id) WHERE state <> 'voided';
CREATE INDEX transfers_award_id_idx ON transfers (award_id);
CREATE INDEX transfers_debit_account_id_idx ON transfers (debit_account_id);
COMMENT ON TABLE transfers IS 'Ledger transfers (划拨): each moves fen from one account to another, so the books always balance.';
COMMENT ON COLUMN transfers.id IS 'UUIDv7.';
COMMENT ON COLUMN transfers.debit_account_id IS 'Account the money leaves.';
COMMENT ON COLUMN transfers.credit_account_id IS 'Account the money enters.';
COMMENT ON COLUMN transfers.amount_fen IS 'Amount, in fen.';
COMMENT ON COLUMN transfers.kind IS 'appropriation (budget filled) or earmark (money set aside for an award).';
COMMENT ON COLUMN transfers.state IS 'pending, posted or voided.';
COMMENT ON COLUMN transfers.award_id IS 'The award an earmark is for.';
COMMENT ON COLUMN transfers.document_no IS 'Number of the budget document of an appropriation.';
COMMENT ON COLUMN transfers.recorded_by IS 'Client whose act it was.';
COMMENT ON COLUMN transfers.recorded_at IS 'When it was made.';
COMMENT ON COLUMN transfers.settled_at IS 'When it was posted or voided; NULL while pending.';
GRANT SELECT, INSERT ON accounts, awards, recoveries, transfers TO sizhu_service;
GRANT UPDATE (debits_pending_fen, debits_posted_fen, credits_pending_fen, credits_posted_fen, next_waiting_no)
    ON accounts TO sizhu_service;
GRANT UPDATE (standing, funding, changed_at) ON awards TO sizhu_service;
GRANT UPDATE (state, changed_at) ON recoveries TO sizhu_service;
GRANT UPDATE (state, settled_at) ON transfers TO sizhu_service;
