-- Pay links: a fee or an open meal bill behind an address of the city's own. What became of a link is
-- derived from facts that are only added: changes, withdrawal, notice, payments.

-- token: what the address ends with, 128 random bits. It is kept as it is and not as a hash: a fee notice is printed
-- again with the same code, and whoever can read this table reads all the page shows anyhow. It opens nothing but
-- the chance to pay.
-- reference: RF creditor reference (ISO 11649). Its first digit is 9, which no wallet's is before its 9,000,000,000th.
-- lines: of an office's basket, each with product, quantity and the price of one; no names and no case reference.
-- case_reference: may lead to a person, so it can be erased.
CREATE SEQUENCE pay_link_number CACHE 1;
CREATE TABLE pay_link (
    id uuid CONSTRAINT pay_link_pkey PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT pay_link_number_once UNIQUE,
    token text NOT NULL CONSTRAINT pay_link_token_once UNIQUE CONSTRAINT pay_link_token CHECK (token ~ '^[0-9A-HJ-NP-X]{26}$'),
    reference text NOT NULL CONSTRAINT pay_link_reference_once UNIQUE CONSTRAINT pay_link_reference CHECK (
        reference ~ '^RF[0-9]{2}9[0-9]{9}$' AND (substr(reference, 5) || '2715' || substr(reference, 3, 2))::numeric % 97 = 1),
    kind text NOT NULL CONSTRAINT pay_link_kind CHECK (kind IN ('fee', 'wallet')),
    facility text CONSTRAINT pay_link_facility REFERENCES facility (code),
    till text CONSTRAINT pay_link_till REFERENCES till (code),
    shift text,
    lines jsonb CONSTRAINT pay_link_lines CHECK (jsonb_typeof(lines) = 'array'),
    wallet text CONSTRAINT pay_link_wallet REFERENCES wallet (code),
    amount_cents bigint NOT NULL CONSTRAINT pay_link_amount CHECK (amount_cents > 0),
    case_reference text CONSTRAINT pay_link_case CHECK (length(case_reference) BETWEEN 1 AND 64),
    takes_transfers boolean NOT NULL,
    request_hash bytea NOT NULL CONSTRAINT pay_link_hash CHECK (octet_length(request_hash) = 32),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pay_link_of_a_fee CHECK ((kind = 'fee') = (facility IS NOT NULL AND lines IS NOT NULL)),
    CONSTRAINT pay_link_of_a_wallet CHECK ((kind = 'wallet') = (wallet IS NOT NULL)),
    CONSTRAINT pay_link_lives CHECK (expires_at > made_at)
);
CREATE INDEX pay_link_by_wallet ON pay_link (wallet) WHERE wallet IS NOT NULL;

-- Once the case reference is erased it stays so; nothing else of a link ever changes.
CREATE FUNCTION pay_link_case_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.case_reference IS NOT NULL OR to_jsonb(OLD) - 'case_reference' <> to_jsonb(NEW) - 'case_reference' THEN
        RAISE EXCEPTION 'a pay link stays as it was made' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'pay_link_case_erased';
    END IF;
    RETURN NEW;
END $$;

-- The newest change holds: another basket with its amount, or a later end. reason is shown to the payer.
CREATE TABLE pay_link_change (
    link uuid NOT NULL CONSTRAINT pay_link_change_of REFERENCES pay_link,
    number int NOT NULL CONSTRAINT pay_link_change_number CHECK (number > 0),
    lines jsonb NOT NULL CONSTRAINT pay_link_change_lines CHECK (jsonb_typeof(lines) = 'array'),
    amount_cents bigint NOT NULL CONSTRAINT pay_link_change_amount CHECK (amount_cents > 0),
    expires_at timestamptz NOT NULL,
    reason text NOT NULL CONSTRAINT pay_link_change_reason CHECK (length(reason) BETWEEN 1 AND 200),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pay_link_change_pkey PRIMARY KEY (link, number)
);

CREATE TABLE pay_link_withdrawal (
    link uuid CONSTRAINT pay_link_withdrawal_pkey PRIMARY KEY CONSTRAINT pay_link_withdrawal_of REFERENCES pay_link,
    reason text NOT NULL CONSTRAINT pay_link_withdrawal_reason CHECK (length(reason) BETWEEN 1 AND 200),
    withdrawn_by text NOT NULL,
    withdrawn_at timestamptz NOT NULL
);

-- The claim a link stands for, once it is booked as one: a charge whose way is "invoice".
CREATE TABLE pay_link_notice (
    link uuid CONSTRAINT pay_link_notice_pkey PRIMARY KEY CONSTRAINT pay_link_notice_of REFERENCES pay_link,
    charge uuid NOT NULL CONSTRAINT pay_link_notice_charge REFERENCES charge CONSTRAINT pay_link_notice_once UNIQUE,
    noticed_at timestamptz NOT NULL
);

-- A payer whose link has ended asked for a new one; the office that knows the address sends it.
CREATE TABLE pay_link_wish (
    link uuid CONSTRAINT pay_link_wish_pkey PRIMARY KEY CONSTRAINT pay_link_wish_of REFERENCES pay_link,
    wished_at timestamptz NOT NULL
);

-- Money that came for a link: the provider's payment, or a line of the bank's.
-- settles: it paid the link, once by the index. part: the amount had grown meanwhile, the rest is open. credit: it lies
-- on the wallet. unclear: the books would not charge it, finance looks. too_much: the link was paid or withdrawn before.
-- back_cents: what of it goes back; it waits on the account for unclear money until a second person released it.
CREATE TABLE pay_link_payment (
    payment uuid CONSTRAINT pay_link_payment_pkey PRIMARY KEY,
    link uuid NOT NULL CONSTRAINT pay_link_payment_of REFERENCES pay_link,
    way text NOT NULL CONSTRAINT pay_link_payment_way CHECK (way IN ('online', 'transfer')),
    use text NOT NULL CONSTRAINT pay_link_payment_use CHECK (use IN ('settles', 'part', 'credit', 'unclear', 'too_much')),
    amount_cents bigint NOT NULL CONSTRAINT pay_link_payment_amount CHECK (amount_cents > 0),
    back_cents bigint NOT NULL,
    entry_id bigint NOT NULL CONSTRAINT pay_link_payment_entry REFERENCES entry CONSTRAINT pay_link_payment_entry_once UNIQUE,
    paid_at timestamptz NOT NULL,
    CONSTRAINT pay_link_payment_back CHECK (
        CASE use WHEN 'too_much' THEN back_cents = amount_cents WHEN 'settles' THEN back_cents BETWEEN 0 AND amount_cents - 1
                 ELSE back_cents = 0 END),
    CONSTRAINT pay_link_payment_from_bank CHECK (way = 'online' OR back_cents = 0)
);
CREATE INDEX pay_link_payment_by_link ON pay_link_payment (link);
CREATE UNIQUE INDEX pay_link_settled_once ON pay_link_payment (link) WHERE use IN ('settles', 'unclear');

-- A link that a till made for a guest at its counter, and the receipt it gave for it. The money is the link's.
CREATE TABLE pay_link_sale (
    link uuid CONSTRAINT pay_link_sale_pkey PRIMARY KEY CONSTRAINT pay_link_sale_of REFERENCES pay_link,
    till text NOT NULL CONSTRAINT pay_link_sale_till REFERENCES till (code),
    receipt_number text NOT NULL CONSTRAINT pay_link_sale_receipt CHECK (length(receipt_number) BETWEEN 1 AND 64),
    sold_at timestamptz NOT NULL,
    CONSTRAINT pay_link_sale_number_once UNIQUE (till, receipt_number)
);

-- Addresses of electronic receipts: of what was booked here and not at a counter.
CREATE TABLE receipt_address (
    entry_id bigint CONSTRAINT receipt_address_pkey PRIMARY KEY CONSTRAINT receipt_address_entry REFERENCES entry,
    token text NOT NULL CONSTRAINT receipt_address_token_once UNIQUE CONSTRAINT receipt_address_token CHECK (token ~ '^[0-9A-HJ-NP-X]{26}$')
);

-- The whole tree of seals was computed again from the entries: what a citizen may know of it. Found broken, it says so.
CREATE TABLE books_check (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT books_check_pkey PRIMARY KEY,
    checked_at timestamptz NOT NULL,
    tree_size bigint NOT NULL CONSTRAINT books_check_size CHECK (tree_size >= 0),
    broken_block bigint,
    is_sound boolean NOT NULL GENERATED ALWAYS AS (broken_block IS NULL) STORED
);

CREATE TRIGGER pay_link_case_erased BEFORE UPDATE ON pay_link FOR EACH ROW EXECUTE FUNCTION pay_link_case_erased();
ALTER TABLE pay_link ENABLE ALWAYS TRIGGER pay_link_case_erased;
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['pay_link_change', 'pay_link_withdrawal', 'pay_link_notice', 'pay_link_wish', 'pay_link_payment', 'pay_link_sale', 'receipt_address', 'books_check'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_stays');
    END LOOP;
END $$;

GRANT SELECT, INSERT ON pay_link, pay_link_change, pay_link_withdrawal, pay_link_notice, pay_link_wish, pay_link_payment, pay_link_sale, receipt_address, books_check TO stadtkasse_app;
GRANT UPDATE (case_reference) ON pay_link TO stadtkasse_app; -- erasure
GRANT USAGE, SELECT ON SEQUENCE pay_link_number TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION pay_link_case_erased FROM PUBLIC;
