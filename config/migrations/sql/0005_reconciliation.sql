-- What the bank said, what it was matched with, and what is still open. Facts are only added;
-- a difference changes its state, and that is all that changes here.

CREATE TABLE statement_file (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT statement_file_pkey PRIMARY KEY,
    sha256 bytea NOT NULL CONSTRAINT statement_file_once UNIQUE CONSTRAINT statement_file_hash CHECK (octet_length(sha256) = 32),
    name text NOT NULL,
    content bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE bank_statement (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT bank_statement_pkey PRIMARY KEY,
    file_id bigint NOT NULL CONSTRAINT bank_statement_file REFERENCES statement_file,
    account text NOT NULL CONSTRAINT bank_statement_account REFERENCES bank_account (account),
    statement_id text NOT NULL,
    sequence bigint,
    page int NOT NULL,
    currency char(3) NOT NULL,
    opening_cents bigint,
    closing_cents bigint,
    closing_on date,
    line_count int NOT NULL DEFAULT 0,
    movement_cents bigint NOT NULL DEFAULT 0,
    CONSTRAINT bank_statement_once UNIQUE NULLS NOT DISTINCT (account, statement_id, sequence, page)
);

-- One row for each payment: an entry of the statement, or each detail of a bundle that adds up.
CREATE TABLE bank_line (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT bank_line_pkey PRIMARY KEY,
    statement_id bigint NOT NULL CONSTRAINT bank_line_statement REFERENCES bank_statement,
    amount_cents bigint NOT NULL CONSTRAINT bank_line_amount CHECK (amount_cents <> 0),
    ordinal int NOT NULL,
    detail int NOT NULL,
    booked_on date NOT NULL,
    value_on date,
    currency char(3) NOT NULL,
    end_to_end_id text,
    rf_reference text,
    remittance text,
    counterparty_name text,
    counterparty_iban text,
    bank_tx_code text,
    gvc text,
    return_reason text,
    mandate_id text,
    CONSTRAINT bank_line_once UNIQUE (statement_id, ordinal, detail)
);
CREATE INDEX bank_line_by_day ON bank_line (booked_on);

-- Exclusive by index: a bank line is explained once.
CREATE TABLE bank_match (
    bank_line_id bigint CONSTRAINT bank_match_pkey PRIMARY KEY CONSTRAINT bank_match_line REFERENCES bank_line,
    rule text NOT NULL,
    rule_version smallint NOT NULL,
    key_used text NOT NULL,
    entry_id bigint NOT NULL CONSTRAINT bank_match_entry REFERENCES entry CONSTRAINT bank_match_entry_once UNIQUE,
    matched_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE difference (
    id text CONSTRAINT difference_pkey PRIMARY KEY,
    class text NOT NULL,
    subject text NOT NULL,
    amount_cents bigint NOT NULL,
    since date NOT NULL,
    data jsonb NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_at timestamptz,
    CONSTRAINT difference_closed_after_opened CHECK (closed_at >= opened_at)
);
CREATE INDEX difference_open ON difference (since) WHERE closed_at IS NULL;

CREATE TABLE night_run (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT night_run_pkey PRIMARY KEY,
    day date NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    result jsonb NOT NULL,
    CONSTRAINT night_run_ends CHECK (finished_at >= started_at)
);

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['statement_file', 'bank_line', 'bank_match', 'night_run'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', facts || '_stays', facts);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', facts || '_is_not_emptied', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_is_not_emptied');
    END LOOP;
END $$;

GRANT SELECT, INSERT ON statement_file, bank_statement, bank_line, bank_match, difference, night_run TO stadtkasse_app;
-- What a statement ends with is known when its last line is in; a difference is opened, moved and closed.
GRANT UPDATE (closing_cents, closing_on, line_count, movement_cents) ON bank_statement TO stadtkasse_app;
GRANT UPDATE (amount_cents, data, closed_at) ON difference TO stadtkasse_app;
