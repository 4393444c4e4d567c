CREATE TABLE loan_statements (
    id uuid NOT NULL,
    bank text NOT NULL,
    format text NOT NULL,
    on_fault text NOT NULL,
    lines integer NOT NULL,
    accepted integer NOT NULL,
    differing integer NOT NULL,
    repeated integer NOT NULL,
    unknown integer NOT NULL,
    refused integer NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT loan_statements_pkey PRIMARY KEY (id),
    CONSTRAINT loan_statements_format_check CHECK (format IN ('csv', 'xlsx')),
    CONSTRAINT loan_statements_on_fault_check CHECK (on_fault IN ('refuse_all', 'take_sound')),
    CONSTRAINT loan_statements_lines_check CHECK (
        accepted >= 0 AND differing >= 0 AND repeated >= 0 AND unknown >= 0 AND refused >= 0
        AND accepted + differing + repeated + unknown + refused = lines AND lines > 0),
    -- A file that is taken whole or not at all is here only if it was taken.
    CONSTRAINT loan_statements_whole_check CHECK (on_fault <> 'refuse_all' OR unknown + refused = 0)
);
CREATE INDEX loan_statements_bank_idx ON loan_statements (bank, id);
COMMENT ON TABLE loan_statements IS 'Bank statements (结息清单) that were taken, whole or in part: files of what was due and paid of loans.';
COMMENT ON COLUMN loan_statements.id IS 'UUIDv7.';
COMMENT ON COLUMN loan_statements.bank IS 'Code of the bank.';
COMMENT ON COLUMN loan_statements.format IS 'csv or xlsx: how it was written, and how the file that goes back is.';
COMMENT ON COLUMN loan_statements.on_fault IS 'refuse_all: taken whole or not at all; take_sound: lines that cannot be taken stay out.';
COMMENT ON COLUMN loan_statements.lines IS 'Lines of the file, headings and empty lines left out.';
COMMENT ON COLUMN loan_statements.accepted IS 'Lines that agree with the loan and were taken.';
COMMENT ON COLUMN loan_statements.differing IS 'Lines that were taken, with another interest due than the contract gives.';
COMMENT ON COLUMN loan_statements.repeated IS 'Lines that were told before and changed nothing.';
COMMENT ON COLUMN loan_statements.unknown IS 'Lines of no loan of the bank.';
COMMENT ON COLUMN loan_statements.refused IS 'Lines that cannot be so.';
COMMENT ON COLUMN loan_statements.recorded_by IS 'Client that sent it.';
COMMENT ON COLUMN loan_statements.recorded_at IS 'When it was taken.';

CREATE TABLE loan_statement_lines (
    id uuid NOT NULL,
    statement_id uuid NOT NULL,
    line_no integer NOT NULL,
    loan_id uuid,
    contract_no_sealed bytea,
    due_on date,
    outcome text NOT NULL,
    banks_fen bigint,
    ours_fen bigint,
    faults jsonb NOT NULL,
    CONSTRAINT loan_statement_lines_pkey PRIMARY KEY (id),
    CONSTRAINT loan_statement_lines_statement_id_line_no_key UNIQUE (statement_id, line_no),
    CONSTRAINT loan_statement_lines_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES loan_statements (id),
    CONSTRAINT loan_statement_lines_loan_id_fkey FOREIGN KEY (loan_id) REFERENCES loans (id),
    CONSTRAINT loan_statement_lines_line_no_check CHECK (line_no > 1),
    CONSTRAINT loan_statement_lines_outcome_check CHECK (
        outcome IN ('accepted', 'differing', 'repeated', 'unknown', 'refused')),
    CONSTRAINT loan_statement_lines_loan_id_check CHECK (
        loan_id IS NOT NULL OR outcome IN ('unknown', 'refused')),
    CONSTRAINT loan_statement_lines_fen_check CHECK (banks_fen >= 0 AND ours_fen >= 0),
    CONSTRAINT loan_statement_lines_differing_check CHECK (
        outcome <> 'differing' OR banks_fen <> ours_fen)
);
CREATE INDEX loan_statement_lines_loan_id_idx ON loan_statement_lines (loan_id);
COMMENT ON TABLE loan_statement_lines IS 'What became of each line of a bank statement: the file that goes back.';
COMMENT ON COLUMN loan_statement_lines.id IS 'UUIDv7.';
COMMENT ON COLUMN loan_statement_lines.statement_id IS 'The statement.';
COMMENT ON COLUMN loan_statement_lines.line_no IS 'Line of the file, from 1; the first is the headings.';
COMMENT ON COLUMN loan_statement_lines.loan_id IS 'The loan; NULL where the bank has none of that number, or the line cannot be read.';
COMMENT ON COLUMN loan_statement_lines.contract_no_sealed IS 'Number of the contract as the bank wrote it, encrypted: where it is no number of ours it may be anything; NULL where it cannot be read.';
COMMENT ON COLUMN loan_statement_lines.due_on IS 'The due day; NULL where it cannot be read.';
COMMENT ON COLUMN loan_statement_lines.outcome IS 'accepted, differing, repeated, unknown or refused.';
COMMENT ON COLUMN loan_statement_lines.banks_fen IS 'Interest due as the bank says, in fen; NULL where it cannot be read.';
COMMENT ON COLUMN loan_statement_lines.ours_fen IS 'Interest due by the contract, in fen; NULL where the line was not taken.';
COMMENT ON COLUMN loan_statement_lines.faults IS 'What is wrong: a list of column, code and a sentence in both languages; nothing that stood in the file.';
GRANT SELECT, INSERT ON loan_statements, loan_statement_lines TO sizhu_service;
