-- Deliveries of files: what came when, and what became of it. A file is kept once; what a later one corrects or
-- repeats stays in sight and is merely no longer live.

-- A corrected statement is a new version of the same one.
ALTER TABLE bank_statement
    ADD COLUMN version int NOT NULL DEFAULT 1 CONSTRAINT bank_statement_version CHECK (version >= 1),
    ADD COLUMN superseded_by bigint CONSTRAINT bank_statement_superseded_by REFERENCES bank_statement,
    DROP CONSTRAINT bank_statement_once,
    ADD CONSTRAINT bank_statement_once UNIQUE NULLS NOT DISTINCT (account, statement_id, sequence, page, version);

-- The bank's word for a bundle whose payments it leaves out, and what banks took of a returned payment.
ALTER TABLE bank_line ADD COLUMN batch_id text, ADD COLUMN batch_count int, ADD COLUMN charges_cents bigint;

-- Lines that count no longer. folded: another statement says the same. superseded: the corrected version says it
-- differently or not at all. detailed: its single payments arrived and stand in its place.
CREATE TABLE bank_line_ended (
    bank_line_id bigint CONSTRAINT bank_line_ended_pkey PRIMARY KEY CONSTRAINT bank_line_ended_line REFERENCES bank_line,
    reason text NOT NULL CONSTRAINT bank_line_ended_reason CHECK (reason IN ('folded', 'superseded', 'detailed')),
    lives_on bigint CONSTRAINT bank_line_ended_lives_on REFERENCES bank_line,
    ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT bank_line_ended_not_by_itself CHECK (lives_on <> bank_line_id),
    CONSTRAINT bank_line_ended_folds_into CHECK (reason <> 'folded' OR lives_on IS NOT NULL)
);

-- What the bank says now: the lines to match and to add up.
CREATE VIEW live_bank_line WITH (security_invoker = true) AS
    SELECT l.* FROM bank_line l WHERE NOT EXISTS (SELECT FROM bank_line_ended e WHERE e.bank_line_id = l.id);

-- The payments of a bundle, from a notification or a counting house; they replace one line and are never added to it.
CREATE TABLE batch_detail (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT batch_detail_pkey PRIMARY KEY,
    file_id bigint NOT NULL CONSTRAINT batch_detail_file REFERENCES source_file,
    account text NOT NULL CONSTRAINT batch_detail_account REFERENCES bank_account (account),
    notice int NOT NULL,
    ordinal int NOT NULL,
    detail int NOT NULL,
    entry_cents bigint NOT NULL,
    booked_on date,
    batch_id text,
    bank_reference text,
    amount_cents bigint NOT NULL CONSTRAINT batch_detail_amount CHECK (amount_cents <> 0),
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
    charges_cents bigint,
    CONSTRAINT batch_detail_once UNIQUE (file_id, notice, ordinal, detail)
);
CREATE INDEX batch_detail_by_entry ON batch_detail (account, entry_cents);

-- One arrival of one file, of an archive one for each file in it. releases: the held one a person took after all.
CREATE TABLE delivery (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT delivery_pkey PRIMARY KEY,
    file_id bigint CONSTRAINT delivery_file REFERENCES source_file,
    sha256 bytea NOT NULL CONSTRAINT delivery_hash CHECK (octet_length(sha256) = 32),
    name text NOT NULL,
    archive text,
    size_bytes bigint NOT NULL,
    way text NOT NULL CONSTRAINT delivery_way CHECK (way IN ('inbox', 'upload', 'command')),
    brought_by text NOT NULL,
    arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    source text,
    state text NOT NULL CONSTRAINT delivery_state
        CHECK (state IN ('taken', 'corrected', 'known', 'outdated', 'kept', 'held', 'refused')),
    code text,
    data jsonb NOT NULL DEFAULT '{}',
    releases bigint CONSTRAINT delivery_releases REFERENCES delivery CONSTRAINT delivery_releases_once UNIQUE,
    CONSTRAINT delivery_says_why CHECK ((state IN ('held', 'refused')) = (code IS NOT NULL)),
    CONSTRAINT delivery_is_kept CHECK (state = 'refused' OR file_id IS NOT NULL)
);
CREATE INDEX delivery_by_hash ON delivery (sha256);
CREATE INDEX delivery_by_arrival ON delivery (arrived_at);

-- What is in it: a statement, or a provider's file. series: what comes again and again, as one row of the desk's
-- matrix. identity: which one of the series. content_hash: of what it says, however it is written.
CREATE TABLE delivery_part (
    delivery_id bigint NOT NULL CONSTRAINT delivery_part_of REFERENCES delivery,
    position int NOT NULL,
    series text NOT NULL,
    identity text NOT NULL,
    version int NOT NULL CONSTRAINT delivery_part_version CHECK (version >= 1),
    state text NOT NULL CONSTRAINT delivery_part_state
        CHECK (state IN ('taken', 'corrected', 'known', 'outdated', 'kept', 'held')),
    account text,
    sequence bigint,
    period_from date,
    period_to date,
    opening_cents bigint,
    closing_cents bigint,
    line_count int NOT NULL,
    folded_count int NOT NULL DEFAULT 0,
    changed_count int NOT NULL DEFAULT 0,
    new_count int NOT NULL DEFAULT 0,
    gone_count int NOT NULL DEFAULT 0,
    content_hash bytea NOT NULL CONSTRAINT delivery_part_hash CHECK (octet_length(content_hash) = 32),
    bank_statement_id bigint CONSTRAINT delivery_part_statement REFERENCES bank_statement,
    CONSTRAINT delivery_part_pkey PRIMARY KEY (delivery_id, position)
);
CREATE INDEX delivery_part_by_identity ON delivery_part (series, identity);
CREATE INDEX delivery_part_by_day ON delivery_part (period_to);
CREATE INDEX provider_line_by_file ON provider_line (source, account, file_code);

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['bank_line_ended', 'batch_detail', 'delivery', 'delivery_part'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', facts || '_stays', facts);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', facts || '_is_not_emptied', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_is_not_emptied');
    END LOOP;
END $$;

GRANT SELECT, INSERT ON bank_line_ended, batch_detail, delivery, delivery_part TO stadtkasse_app;
GRANT SELECT ON live_bank_line TO stadtkasse_app;
GRANT UPDATE (superseded_by) ON bank_statement TO stadtkasse_app;
