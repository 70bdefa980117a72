-- The books. What must never be false is a constraint with a name; services turn the name into their error.

CREATE TABLE account (
    id int GENERATED ALWAYS AS IDENTITY CONSTRAINT account_pkey PRIMARY KEY,
    code text NOT NULL CONSTRAINT account_code_once UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CONSTRAINT account_kind CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
    currency char(3) NOT NULL CONSTRAINT account_currency CHECK (currency ~ '^[A-Z]{3}$'),
    guarded boolean NOT NULL, -- on a control account: the accounts below it are
    floor_cents bigint NOT NULL CONSTRAINT account_floor CHECK (floor_cents <= 0),
    is_control boolean NOT NULL,
    control_id int CONSTRAINT account_control REFERENCES account,
    clearing boolean NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT account_control_is_not_sub CHECK (NOT (is_control AND control_id IS NOT NULL))
);
CREATE INDEX account_by_control ON account (control_id) WHERE control_id IS NOT NULL;

-- A row only for what can be overdrawn: wallets and passes. `posted` counts on the account's normal side.
CREATE TABLE guard (
    account_id int CONSTRAINT guard_pkey PRIMARY KEY CONSTRAINT guard_account REFERENCES account,
    normal smallint NOT NULL CONSTRAINT guard_normal CHECK (normal IN (-1, 1)),
    posted bigint NOT NULL,
    held bigint NOT NULL CONSTRAINT guard_held CHECK (held >= 0),
    floor bigint NOT NULL,
    CONSTRAINT guard_above_floor CHECK (posted - held >= floor)
) WITH (fillfactor = 70);

-- One row per request, posted or refused: the only unique key, so one key can never have two answers.
CREATE TABLE answer (
    key uuid CONSTRAINT answer_pkey PRIMARY KEY,
    request_hash bytea NOT NULL CONSTRAINT answer_hash CHECK (octet_length(request_hash) = 32),
    entry_id bigint,
    refused text,
    data jsonb,
    CONSTRAINT answer_is_one CHECK (num_nonnulls(entry_id, refused) = 1)
);

CREATE SEQUENCE entry_number CACHE 1;
CREATE TABLE entry (
    id bigint DEFAULT nextval('entry_number') CONSTRAINT entry_pkey PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    key uuid NOT NULL,
    reverses bigint CONSTRAINT entry_reverses REFERENCES entry,
    booked_on date NOT NULL,
    line_count smallint NOT NULL CONSTRAINT entry_has_lines CHECK (line_count > 0),
    event text NOT NULL,
    reference text,
    canonical bytea NOT NULL,
    -- RFC 9162 2.1.1: a leaf is the hash of 0x00 and the bytes. Generated, so nobody can store a wrong one.
    leaf bytea NOT NULL GENERATED ALWAYS AS (sha256('\x00'::bytea || canonical)) STORED
);
CREATE UNIQUE INDEX entry_reversed_once ON entry (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX entry_by_day ON entry USING brin (booked_on);

-- Accounts and entry are checked set-based by the trigger `books`: stronger than row foreign keys
-- (it also runs under session_replication_role = replica) and several times cheaper.
CREATE TABLE transfer (
    entry_id bigint NOT NULL,
    amount_cents bigint NOT NULL CONSTRAINT transfer_amount CHECK (amount_cents BETWEEN 1 AND 100000000000),
    case_id bigint,
    debit_account int NOT NULL,
    credit_account int NOT NULL,
    booked_on date NOT NULL,
    line smallint NOT NULL,
    currency char(3) NOT NULL,
    facility text,
    product text,
    cost_centre text,
    tax_code text,
    sphere text,
    channel text,
    till text,
    shift text,
    CONSTRAINT transfer_pkey PRIMARY KEY (entry_id, line),
    CONSTRAINT transfer_two_accounts CHECK (debit_account <> credit_account)
);
CREATE INDEX transfer_by_debit ON transfer (debit_account, entry_id) INCLUDE (amount_cents, booked_on);
CREATE INDEX transfer_by_credit ON transfer (credit_account, entry_id) INCLUDE (amount_cents, booked_on);

-- What may lead to a person stays outside the books: erasing the salt keeps every proof.
CREATE SEQUENCE case_number CACHE 1;
CREATE TABLE case_reference (
    id bigint CONSTRAINT case_reference_pkey PRIMARY KEY,
    salt bytea CONSTRAINT case_reference_salt CHECK (octet_length(salt) = 16),
    value text CONSTRAINT case_reference_length CHECK (length(value) BETWEEN 1 AND 64),
    CONSTRAINT case_reference_erased_whole CHECK ((salt IS NULL) = (value IS NULL))
);

CREATE TABLE hold (
    id uuid CONSTRAINT hold_pkey PRIMARY KEY,
    account_id int NOT NULL CONSTRAINT hold_guarded REFERENCES guard,
    amount_cents bigint NOT NULL CONSTRAINT hold_amount CHECK (amount_cents > 0),
    placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    purpose text NOT NULL,
    CONSTRAINT hold_ends CHECK (expires_at > placed_at AND expires_at <= placed_at + interval '92 days')
);
CREATE INDEX hold_by_account ON hold (account_id, expires_at);

-- The primary key is the rule: a hold is resolved once.
CREATE TABLE hold_resolution (
    hold_id uuid CONSTRAINT hold_resolution_pkey PRIMARY KEY CONSTRAINT hold_resolution_hold REFERENCES hold,
    kind text NOT NULL CONSTRAINT hold_resolution_kind CHECK (kind IN ('captured', 'voided', 'expired')),
    captured_cents bigint NOT NULL DEFAULT 0,
    -- The key of the entry that captured it; the hold ends before that entry is posted, in one transaction.
    entry_key uuid CONSTRAINT hold_resolution_entry REFERENCES answer DEFERRABLE INITIALLY DEFERRED
        CONSTRAINT hold_resolution_entry_once UNIQUE,
    resolved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT hold_resolution_capture CHECK (
        CASE kind WHEN 'captured' THEN captured_cents > 0 AND entry_key IS NOT NULL
        ELSE captured_cents = 0 AND entry_key IS NULL END)
);

CREATE TABLE closed_day (
    day date CONSTRAINT closed_day_pkey PRIMARY KEY,
    closed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    closed_by text NOT NULL
);

-- Ids behind which nothing can appear any more: read by the trigger while nobody posts.
CREATE TABLE frontier (
    last_entry bigint CONSTRAINT frontier_pkey PRIMARY KEY,
    read_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Blocks: leaves in order of entry id up to last_entry; tree_size and root of the one tree over all leaves.
CREATE TABLE block (
    number bigint CONSTRAINT block_pkey PRIMARY KEY,
    last_entry bigint NOT NULL CONSTRAINT block_last_entry_once UNIQUE CONSTRAINT block_frontier REFERENCES frontier,
    entry_count bigint NOT NULL CONSTRAINT block_is_not_empty CHECK (entry_count > 0),
    tree_size bigint NOT NULL,
    root bytea NOT NULL CONSTRAINT block_root CHECK (octet_length(root) = 32),
    compact_range bytea NOT NULL CONSTRAINT block_range CHECK (
        octet_length(compact_range) = 32 * length(replace(tree_size::bit(63)::text, '0', ''))),
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Running totals of an account up to and including a block, and its turnover per day inside the block.
CREATE TABLE account_total (
    account_id int NOT NULL CONSTRAINT account_total_account REFERENCES account,
    block_number bigint NOT NULL CONSTRAINT account_total_block REFERENCES block,
    debit_cents bigint NOT NULL,
    credit_cents bigint NOT NULL,
    CONSTRAINT account_total_pkey PRIMARY KEY (account_id, block_number)
);
CREATE TABLE turnover (
    account_id int NOT NULL CONSTRAINT turnover_account REFERENCES account,
    booked_on date NOT NULL,
    block_number bigint NOT NULL CONSTRAINT turnover_block REFERENCES block,
    debit_cents bigint NOT NULL,
    credit_cents bigint NOT NULL,
    CONSTRAINT turnover_pkey PRIMARY KEY (account_id, booked_on, block_number)
);
