-- Three sides of every payment: what the books expect, what providers confirm, what the bank says;
-- and what came of holding them against each other.

-- Whatever was delivered is kept as it came, not statements alone.
ALTER TABLE statement_file RENAME TO source_file;
ALTER TABLE source_file ADD COLUMN source text NOT NULL DEFAULT 'camt';

-- The bank's own reference of an entry, and whether the entry takes back an earlier one.
ALTER TABLE bank_line ADD COLUMN bank_reference text, ADD COLUMN is_reversal boolean NOT NULL DEFAULT false;

-- What the books say should be confirmed by somebody else: charges by card and online, refunds,
-- counts and safebags, claims. In the city's books one row for each transfer of an entry.
CREATE TABLE expected_item (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT expected_item_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT expected_item_once UNIQUE,
    entry_id bigint CONSTRAINT expected_item_entry REFERENCES entry,
    kind text NOT NULL CONSTRAINT expected_item_kind
        CHECK (kind IN ('charge', 'refund', 'reversal', 'cash_sale', 'cash_count', 'cash_deposit', 'invoice')),
    channel text NOT NULL CONSTRAINT expected_item_channel CHECK (channel IN ('terminal', 'online', 'cash', 'transfer')),
    office text,
    till text,
    terminal text,
    trace text,
    receipt text,
    auth_code text,
    order_ref text,
    psp_ref text,
    booked_at timestamptz NOT NULL,
    business_day date NOT NULL,
    amount_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    payer text,
    related_ref text
);

-- A line of a provider's or terminal's record. The same txn_id may come again: in a file that was
-- delivered twice, or corrected. Terminals and acquirers write local time and no offset.
CREATE TABLE provider_line (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT provider_line_pkey PRIMARY KEY,
    file_id bigint CONSTRAINT provider_line_file REFERENCES source_file,
    file_code text NOT NULL,
    file_version int NOT NULL DEFAULT 1,
    delivery int NOT NULL DEFAULT 1,
    source text NOT NULL CONSTRAINT provider_line_source CHECK (source IN ('stripe', 'acquirer', 'zvt')),
    record_type text NOT NULL CONSTRAINT provider_line_type CHECK (record_type IN
        ('charge', 'refund', 'reversal', 'chargeback', 'chargeback_reversal', 'payout', 'batch', 'eod', 'fee', 'other')),
    account text NOT NULL,
    txn_id text NOT NULL,
    psp_ref text,
    order_ref text,
    terminal text,
    trace text,
    receipt text,
    first_receipt text,
    auth_code text,
    scheme text,
    card_region text,
    happened_at timestamptz,
    local_at timestamp,
    gross_cents bigint NOT NULL,
    auth_cents bigint,
    fee_cents bigint NOT NULL DEFAULT 0,
    net_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    batch text,
    settle_on date,
    item_count int,
    trace_id text,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT provider_line_has_time CHECK (happened_at IS NOT NULL OR local_at IS NOT NULL)
);

-- A difference has a number that people can say, both sides, and what is proposed.
ALTER TABLE difference
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT difference_number UNIQUE,
    ADD COLUMN severity text NOT NULL DEFAULT 'break' CONSTRAINT difference_severity CHECK (severity IN ('break', 'suggestion', 'info', 'timing')),
    ADD COLUMN channel text,          -- girocard, card, stripe, transfer, direct_debit, cash, bank, files
    ADD COLUMN place text,            -- facility or till
    ADD COLUMN reference text,        -- what people look for: receipt, Kassenzeichen, safebag, payout
    ADD COLUMN expected_cents bigint,
    ADD COLUMN confirmed_cents bigint,
    ADD COLUMN expected_codes text[] NOT NULL DEFAULT '{}',  -- expected_item.code
    ADD COLUMN provider_codes text[] NOT NULL DEFAULT '{}',  -- provider_line.txn_id
    ADD COLUMN bank_codes text[] NOT NULL DEFAULT '{}',      -- bank_line.id, or its bank_reference
    ADD COLUMN tier smallint CONSTRAINT difference_tier CHECK (tier BETWEEN 1 AND 5),
    ADD COLUMN proposal jsonb,        -- {"event", "amounts", "roles", "reference", "reasons": [{"fits": bool, "words": str}]}
    ADD COLUMN explanation text;

GRANT SELECT, INSERT ON expected_item, provider_line TO stadtkasse_app;
GRANT UPDATE (severity, channel, place, reference, expected_cents, confirmed_cents, expected_codes, provider_codes,
              bank_codes, tier, proposal, explanation) ON difference TO stadtkasse_app;

-- ---- The night ------------------------------------------------------------------------------
-- A run begins, does its steps one after the other, each in a transaction of its own, and ends with
-- its row in night_run. A run without that row was cut off: it goes on with its first missing step.
CREATE TABLE night_start (
    run uuid CONSTRAINT night_start_pkey PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT night_start_number UNIQUE,
    day date NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX night_start_by_day ON night_start (day);

-- counts: what the step did; "read" and "written" are rows, every other name is the step's own.
CREATE TABLE night_step (
    run uuid NOT NULL CONSTRAINT night_step_run REFERENCES night_start,
    step text NOT NULL CONSTRAINT night_step_name CHECK (step ~ '^[a-z_]{1,40}$'),
    started_at timestamptz NOT NULL DEFAULT now(), -- of the transaction
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    counts jsonb NOT NULL CONSTRAINT night_step_counts CHECK (jsonb_typeof(counts) = 'object'),
    CONSTRAINT night_step_pkey PRIMARY KEY (run, step),
    CONSTRAINT night_step_ends CHECK (finished_at >= started_at)
);
ALTER TABLE night_run ADD COLUMN run uuid CONSTRAINT night_run_start REFERENCES night_start CONSTRAINT night_run_once UNIQUE;

-- Two ways to the same figure, held against each other: the bank's balance, the provider's, the
-- wallets one by one. name: bank, provider, wallets, passes, books.
CREATE TABLE night_total (
    run uuid NOT NULL CONSTRAINT night_total_run REFERENCES night_start,
    name text NOT NULL CONSTRAINT night_total_name CHECK (name IN ('bank', 'provider', 'wallets', 'passes', 'books')),
    account text NOT NULL,
    as_of date NOT NULL,
    ledger_cents bigint NOT NULL,
    other_cents bigint NOT NULL,
    CONSTRAINT night_total_pkey PRIMARY KEY (run, name, account)
);

-- checked = closed + in_time + suggestions + differences. in_transit_cents: in time; unexplained_cents:
-- sum of the differences without sign. opened: differences that this run found first.
CREATE TABLE night_channel (
    run uuid NOT NULL CONSTRAINT night_channel_run REFERENCES night_start,
    channel text NOT NULL CONSTRAINT night_channel_name CHECK (channel IN
        ('girocard', 'card', 'stripe', 'transfer', 'direct_debit', 'cash', 'bank', 'files')),
    checked bigint NOT NULL,
    closed bigint NOT NULL,
    in_time bigint NOT NULL,
    suggestions bigint NOT NULL,
    differences bigint NOT NULL,
    opened bigint NOT NULL,
    in_transit_cents bigint NOT NULL,
    unexplained_cents bigint NOT NULL,
    oldest_days int,
    CONSTRAINT night_channel_pkey PRIMARY KEY (run, channel)
);

-- balance = in_time + suggestion + difference, debits less credits. at_zero_on: the last business
-- day at whose end it stood at zero.
CREATE TABLE night_account (
    run uuid NOT NULL CONSTRAINT night_account_run REFERENCES night_start,
    account text NOT NULL,
    balance_cents bigint NOT NULL,
    in_time_cents bigint NOT NULL,
    suggestion_cents bigint NOT NULL,
    difference_cents bigint NOT NULL,
    case_count int NOT NULL,
    oldest_days int,
    at_zero_on date,
    CONSTRAINT night_account_pkey PRIMARY KEY (run, account),
    CONSTRAINT night_account_adds_up CHECK (balance_cents = in_time_cents + suggestion_cents + difference_cents)
);

-- account: the clearing account on which the amount stands. The runs that found it and closed it.
ALTER TABLE difference
    ADD COLUMN account text,
    ADD COLUMN opened_run uuid CONSTRAINT difference_opened_run REFERENCES night_start,
    ADD COLUMN closed_run uuid CONSTRAINT difference_closed_run REFERENCES night_start;

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['night_start', 'night_step', 'night_total', 'night_channel', 'night_account'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', facts || '_stays', facts);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', facts || '_is_not_emptied', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_is_not_emptied');
    END LOOP;
END $$;

GRANT SELECT ON night_start, night_step TO stadtkasse_app;
GRANT INSERT (run, day) ON night_start TO stadtkasse_app;
GRANT INSERT (run, step, started_at, counts) ON night_step TO stadtkasse_app;
GRANT SELECT, INSERT ON night_total, night_channel, night_account TO stadtkasse_app;
GRANT UPDATE (account, since, opened_run, closed_run) ON difference TO stadtkasse_app;
-- What terminals said of a payment, by its attempt and by the number they call themselves.
CREATE INDEX till_item_of_attempt ON till_item ((body ->> 'attempt'))
    WHERE kind = 'attempt' AND body ->> 'state' = 'approved';
CREATE INDEX till_item_of_terminal ON till_item ((body -> 'evidence' ->> 'terminal_id'))
    WHERE kind = 'attempt' AND body ->> 'state' = 'approved';
-- ---- End of the night -----------------------------------------------------------------------

-- ---- The provider of online payments --------------------------------------------------------
-- Records that were asked for and not delivered in a file have delivery 0; a record that changed
-- comes again with the next version.
CREATE UNIQUE INDEX provider_line_heard_once ON provider_line (source, account, txn_id, file_version) WHERE delivery = 0;
CREATE INDEX provider_line_of_payout ON provider_line (batch) WHERE delivery = 0 AND batch IS NOT NULL;
CREATE INDEX provider_line_apart ON provider_line (record_type, psp_ref) WHERE delivery = 0 AND record_type IN ('fee', 'other');
CREATE INDEX provider_line_at_reader ON provider_line (txn_id) WHERE delivery = 0 AND terminal IS NOT NULL;
CREATE INDEX provider_line_whole ON provider_line (txn_id, account, file_version, id) WHERE record_type IN ('payout', 'batch');

-- A payout as its provider shows it now, with the sums of its lines once they have been read and
-- checked. amount_cents: below zero where the provider draws from our account. problem: what does
-- not fit; then nothing is booked for it. state: the provider's word, whatever it may be.
CREATE TABLE payout (
    id text CONSTRAINT payout_pkey PRIMARY KEY,
    source text NOT NULL CONSTRAINT payout_source CHECK (source IN ('stripe')),
    account text NOT NULL,
    amount_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    made_at timestamptz NOT NULL,
    arrives_on date NOT NULL,
    state text NOT NULL,
    is_automatic boolean NOT NULL,
    is_complete boolean NOT NULL,     -- the provider says that its list of lines is whole
    trace_id text,
    descriptor text,
    failure text,
    line_count int,
    charge_count int,
    charge_cents bigint,
    refund_cents bigint,              -- zero or below, as the other sums of what was taken
    fee_cents bigint,                 -- of charges and refunds; positive
    other_cents bigint,               -- net of everything else
    problem text CONSTRAINT payout_problem CHECK (problem IN ('sum', 'own', 'twice', 'currency')),
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT payout_is_checked_whole CHECK
        (num_nulls(line_count, charge_count, charge_cents, refund_cents, fee_cents, other_cents) IN (0, 6)),
    CONSTRAINT payout_problem_is_of_lines CHECK (problem IS NULL OR line_count IS NOT NULL)
);
CREATE INDEX payout_by_day ON payout (arrives_on DESC, id);

-- What was booked of a provider's facts, each once: ref is its id of the payout or of the record.
CREATE TABLE provider_booking (
    ref text,
    event text,
    entry_id bigint NOT NULL CONSTRAINT provider_booking_entry REFERENCES entry,
    booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT provider_booking_pkey PRIMARY KEY (ref, event)
);

-- How far the provider's records have been read, by the time it made them.
CREATE TABLE provider_window (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT provider_window_pkey PRIMARY KEY,
    source text NOT NULL,
    account text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    line_count int NOT NULL,
    changed_count int NOT NULL,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT provider_window_is_one CHECK (since < until)
);

-- What the provider held for us when it was asked.
CREATE TABLE provider_balance (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT provider_balance_pkey PRIMARY KEY,
    source text NOT NULL,
    account text NOT NULL,
    available_cents bigint NOT NULL,
    pending_cents bigint NOT NULL,
    currency char(3) NOT NULL,
    read_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON payout, provider_booking, provider_window, provider_balance TO stadtkasse_app;
GRANT UPDATE (amount_cents, arrives_on, state, is_automatic, is_complete, trace_id, descriptor, failure, line_count,
              charge_count, charge_cents, refund_cents, fee_cents, other_cents, problem, read_at) ON payout TO stadtkasse_app;
-- ---- End of the provider of online payments ---------------------------------------------------

-- ---- The matcher ------------------------------------------------------------------------------
-- What a payment is known by on both sides, as one number that is quick to compare: the terminal's own
-- counters, or the provider's id. Money taken and money given back never share a key.
CREATE FUNCTION payment_key(terminal text, trace text, receipt text, psp_ref text, taken boolean) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN hashtextextended(
        CASE WHEN psp_ref IS NOT NULL THEN psp_ref ELSE terminal || '|' || ltrim(trace, '0') || '|' || ltrim(receipt, '0') END
        || CASE WHEN taken THEN '+' ELSE '-' END, 0);

ALTER TABLE expected_item ADD COLUMN match_key bigint GENERATED ALWAYS AS (
    CASE WHEN channel IN ('terminal', 'online') THEN payment_key(terminal, trace, receipt, psp_ref, kind = 'charge') END) STORED;
ALTER TABLE provider_line ADD COLUMN match_key bigint GENERATED ALWAYS AS (
    CASE WHEN record_type IN ('charge', 'refund', 'reversal')
         THEN payment_key(terminal, trace, receipt, CASE WHEN source = 'stripe' THEN psp_ref END, record_type = 'charge') END) STORED;
-- "infinity" is a day to the database and none to anybody else.
ALTER TABLE expected_item ADD CONSTRAINT expected_item_in_our_time CHECK (
    booked_at BETWEEN '1990-01-01 00:00Z' AND '2199-12-31 00:00Z' AND business_day BETWEEN '1990-01-01' AND '2199-12-31');

-- A key that is there twice is rare, and found without looking at every row.
CREATE INDEX expected_item_by_key ON expected_item (match_key) WHERE match_key IS NOT NULL;
CREATE INDEX provider_line_by_key ON provider_line (match_key) WHERE match_key IS NOT NULL;

-- Lines that count no longer. superseded: a newer version of their file says it. redelivered: the file came again.
-- repeated: the same record twice in a file. noted: a terminal's own note of what the acquirer confirms.
CREATE TABLE provider_line_ended (
    provider_id bigint CONSTRAINT provider_line_ended_pkey PRIMARY KEY,
    reason text NOT NULL CONSTRAINT provider_line_ended_reason CHECK (reason IN ('superseded', 'redelivered', 'repeated', 'noted')),
    run_id uuid NOT NULL,
    ended_at timestamptz NOT NULL DEFAULT now()
);

-- An expected payment and the line that confirms it, exclusive by index on both sides. A group (one payment in
-- two lines) has a row for each member; what it lacks is empty. Rows refer to facts that are never deleted; a
-- foreign key would look each of them up again for nothing.
CREATE TABLE item_match (
    expected_id bigint,
    provider_id bigint,
    rule text NOT NULL,
    rule_version smallint NOT NULL,
    key_used text NOT NULL,
    outcome text NOT NULL, -- 'agrees', or the class of what does not
    run_id uuid NOT NULL,
    matched_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_by uuid,
    CONSTRAINT item_match_has_a_member CHECK (num_nonnulls(expected_id, provider_id) > 0),
    CONSTRAINT item_match_end CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX item_match_expected_once ON item_match (expected_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX item_match_provider_once ON item_match (provider_id) WHERE ended_at IS NULL;
CREATE INDEX item_match_to_look_at ON item_match (outcome) WHERE ended_at IS NULL AND outcome <> 'agrees';

-- A line of the bank and what it pays: a payout of a provider, a safebag, a claim.
CREATE TABLE credit_match (
    bank_line_id bigint,
    provider_id bigint,
    expected_id bigint,
    rule text NOT NULL,
    rule_version smallint NOT NULL,
    key_used text NOT NULL,
    outcome text NOT NULL,
    run_id uuid NOT NULL,
    matched_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_by uuid,
    CONSTRAINT credit_match_has_a_member CHECK (num_nonnulls(bank_line_id, provider_id, expected_id) > 0),
    CONSTRAINT credit_match_end CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX credit_match_bank_once ON credit_match (bank_line_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX credit_match_provider_once ON credit_match (provider_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX credit_match_expected_once ON credit_match (expected_id) WHERE ended_at IS NULL;

-- What the matcher finds now; the night carries it over into `difference`, where it gets a number and an age.
CREATE TABLE finding (
    id text CONSTRAINT finding_pkey PRIMARY KEY,
    class text NOT NULL,
    subject text NOT NULL,
    amount_cents bigint NOT NULL,
    since date NOT NULL,
    data jsonb NOT NULL,
    severity text NOT NULL CONSTRAINT finding_severity CHECK (severity IN ('break', 'suggestion', 'info', 'timing')),
    channel text,
    place text,
    reference text,
    expected_cents bigint,
    confirmed_cents bigint,
    expected_codes text[] NOT NULL,
    provider_codes text[] NOT NULL,
    bank_codes text[] NOT NULL,
    tier smallint CONSTRAINT finding_tier CHECK (tier BETWEEN 1 AND 5),
    proposal jsonb,
    explanation text NOT NULL
);

-- What a run saw; the next one over the same facts has nothing to do.
CREATE TABLE match_run (
    run_id uuid CONSTRAINT match_run_pkey PRIMARY KEY,
    as_of timestamptz NOT NULL,
    fingerprint text NOT NULL,
    counts jsonb NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT ON provider_line_ended, item_match, credit_match, finding, match_run TO stadtkasse_app;
GRANT UPDATE (ended_at, ended_by) ON item_match, credit_match TO stadtkasse_app;
-- Findings are worked out again from the facts: what no longer holds goes, `difference` remembers it.
GRANT UPDATE, DELETE ON finding TO stadtkasse_app;
-- ---- End of the matcher -----------------------------------------------------------------------
