DROP TABLE loan_statement_lines;
DROP TABLE loan_statements;
