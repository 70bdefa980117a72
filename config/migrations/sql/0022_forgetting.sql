-- Being forgotten at the provider of online payments, and an address of a payer's that changes.

-- What is to go at the provider, and when it had gone. ref: the provider's id of the way to pay or of the customer.
CREATE TABLE online_forgetting (
    ref text CONSTRAINT online_forgetting_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT online_forgetting_kind CHECK (kind IN ('way', 'customer')),
    payer text NOT NULL CONSTRAINT online_forgetting_payer REFERENCES online_customer (payer),
    wanted_at timestamptz NOT NULL,
    done_at timestamptz,
    CONSTRAINT online_forgetting_in_order CHECK (done_at >= wanted_at)
);
CREATE INDEX online_forgetting_waiting ON online_forgetting (wanted_at) WHERE done_at IS NULL;
CREATE INDEX online_forgetting_of_payer ON online_forgetting (payer);

CREATE FUNCTION online_forgetting_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is forgotten stays so' USING ERRCODE = '23514', CONSTRAINT = 'online_forgetting_ends_once';
END $$;
CREATE TRIGGER online_forgetting_ends_once BEFORE UPDATE ON online_forgetting
    FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE FUNCTION online_forgetting_ends_once();
CREATE TRIGGER online_forgetting_is_kept BEFORE DELETE ON online_forgetting FOR EACH ROW EXECUTE FUNCTION deny_change();
CREATE TRIGGER online_forgetting_is_not_emptied BEFORE TRUNCATE ON online_forgetting
    FOR EACH STATEMENT EXECUTE FUNCTION deny_change();

-- A customer is let go before the provider deletes it; whoever comes again gets another one.
ALTER TABLE online_customer ALTER customer DROP NOT NULL;
DROP TRIGGER online_customer_stays ON online_customer;
CREATE FUNCTION online_customer_let_go_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.payer <> OLD.payer OR (OLD.customer IS NOT NULL AND NEW.customer IS NOT NULL) THEN
        RAISE EXCEPTION 'a customer is let go first' USING ERRCODE = '23514', CONSTRAINT = 'online_customer_let_go_first';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER online_customer_let_go_first BEFORE UPDATE ON online_customer
    FOR EACH ROW EXECUTE FUNCTION online_customer_let_go_first();
CREATE TRIGGER online_customer_is_kept BEFORE DELETE ON online_customer FOR EACH ROW EXECUTE FUNCTION deny_change();

-- Another address a payer named, until the link in the letter to it says that it is theirs. Then it is gone.
CREATE TABLE email_change (
    payer text CONSTRAINT email_change_pkey PRIMARY KEY CONSTRAINT email_change_payer REFERENCES payer (code),
    token_hash bytea NOT NULL CONSTRAINT email_change_token_once UNIQUE
        CONSTRAINT email_change_token_hash CHECK (octet_length(token_hash) = 32),
    key uuid NOT NULL,
    email text NOT NULL CONSTRAINT email_change_email CHECK (email = lower(email)),
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CONSTRAINT email_change_lives CHECK (expires_at > made_at)
);

DO $$
DECLARE rule record;
BEGIN
    FOR rule IN SELECT tgname, tgrelid::regclass AS name FROM pg_trigger
                WHERE tgrelid IN ('online_forgetting'::regclass, 'online_customer'::regclass) AND NOT tgisinternal LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', rule.name, rule.tgname);
    END LOOP;
END $$;

GRANT SELECT ON online_forgetting TO stadtkasse_app;
GRANT INSERT (ref, kind, payer, wanted_at) ON online_forgetting TO stadtkasse_app;
GRANT UPDATE (done_at) ON online_forgetting TO stadtkasse_app;
GRANT UPDATE (customer) ON online_customer TO stadtkasse_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON email_change TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION online_forgetting_ends_once, online_customer_let_go_first FROM PUBLIC;
