-- Sums of sealed blocks, kept by the night, so that a month of pages and reports need not read every transfer of it.
-- A block never changes, and so nor does its sum: whatever is asked as it was known at a block counts the sums up to
-- it. What the night has not summed up yet is read from the books.

-- How many entries of a business day a block has. A block that is here is in the other three tables as well.
CREATE TABLE entry_day (
    block_number bigint NOT NULL CONSTRAINT entry_day_block REFERENCES block,
    booked_on date NOT NULL,
    entry_count bigint NOT NULL CONSTRAINT entry_day_is_not_empty CHECK (entry_count > 0),
    CONSTRAINT entry_day_pkey PRIMARY KEY (block_number, booked_on)
);
CREATE INDEX entry_day_by_day ON entry_day (booked_on, block_number);

-- What one kind of event moved between two accounts of the chart. An account below a control account counts as that
-- one, except an authority that pays subsidies.
CREATE TABLE event_turnover (
    booked_on date NOT NULL,
    block_number bigint NOT NULL,
    event text NOT NULL,
    debit_account int NOT NULL CONSTRAINT event_turnover_debit REFERENCES account,
    credit_account int NOT NULL CONSTRAINT event_turnover_credit REFERENCES account,
    tax_code text,
    sphere text,
    cents bigint NOT NULL CONSTRAINT event_turnover_cents CHECK (cents > 0),
    line_count bigint NOT NULL CONSTRAINT event_turnover_is_not_empty CHECK (line_count > 0),
    CONSTRAINT event_turnover_once UNIQUE NULLS NOT DISTINCT (
        booked_on, block_number, event, debit_account, credit_account, tax_code, sphere),
    CONSTRAINT event_turnover_day FOREIGN KEY (block_number, booked_on) REFERENCES entry_day
);

-- `turnover` by accounts of the chart, as above.
CREATE TABLE chart_turnover (
    account_id int NOT NULL CONSTRAINT chart_turnover_account REFERENCES account,
    booked_on date NOT NULL,
    block_number bigint NOT NULL,
    debit_cents bigint NOT NULL,
    credit_cents bigint NOT NULL,
    CONSTRAINT chart_turnover_pkey PRIMARY KEY (account_id, booked_on, block_number),
    CONSTRAINT chart_turnover_day FOREIGN KEY (block_number, booked_on) REFERENCES entry_day
);

-- On which business day each unit of a pass became revenue: what `pass_release` knows by its entry alone.
CREATE TABLE release_day (
    pass text NOT NULL,
    number int NOT NULL,
    turn int NOT NULL,
    key uuid NOT NULL,
    booked_on date NOT NULL,
    block_number bigint NOT NULL,
    CONSTRAINT release_day_pkey PRIMARY KEY (pass, number, turn),
    CONSTRAINT release_day_release FOREIGN KEY (pass, number, turn) REFERENCES pass_release,
    CONSTRAINT release_day_day FOREIGN KEY (block_number, booked_on) REFERENCES entry_day
);
CREATE INDEX pass_release_by_key ON pass_release (key);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['entry_day', 'event_turnover', 'chart_turnover', 'release_day'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_is_not_emptied');
    END LOOP;
END $$;

GRANT SELECT, INSERT ON entry_day, event_turnover, chart_turnover, release_day TO stadtkasse_app;
