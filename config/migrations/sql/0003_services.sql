-- What stands between a counter and the journal: wallets, charges, free tickets, passes, children and meals.
-- Money is in the books alone; here is what the books do not know. No names of persons anywhere.

-- Every change of the catalogue gets a new version, so a process knows when to read it again. Random, because a
-- counter would give the number of a load that was rolled back to the next one.
CREATE TABLE catalogue_version (
    is_only boolean CONSTRAINT catalogue_version_pkey PRIMARY KEY DEFAULT true CONSTRAINT catalogue_version_only CHECK (is_only),
    version uuid NOT NULL
);
INSERT INTO catalogue_version (version) VALUES (gen_random_uuid());

CREATE FUNCTION catalogue_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE catalogue_version SET version = gen_random_uuid();
    RETURN NULL;
END $$;

-- reference: RF creditor reference (ISO 11649), always 14 characters: RF, two check digits, ten digits.
CREATE SEQUENCE wallet_number CACHE 1;
CREATE TABLE wallet (
    code text CONSTRAINT wallet_pkey PRIMARY KEY,
    key uuid NOT NULL CONSTRAINT wallet_key_once UNIQUE,
    kind text NOT NULL CONSTRAINT wallet_kind CHECK (kind IN ('kita', 'citizen')),
    account text NOT NULL CONSTRAINT wallet_account REFERENCES account (code) CONSTRAINT wallet_account_once UNIQUE,
    reference text NOT NULL CONSTRAINT wallet_reference_once UNIQUE,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT wallet_has_kind UNIQUE (code, kind),
    CONSTRAINT wallet_code CHECK (code ~ '^W-[0-9]{6,10}$'),
    CONSTRAINT wallet_account_of_kind CHECK (account = CASE kind WHEN 'kita' THEN '371000/' WHEN 'citizen' THEN '371010/' END || code),
    -- R and F read as 27 and 15; the whole, with the first four characters moved to the end, leaves 1 modulo 97.
    CONSTRAINT wallet_reference CHECK (
        reference ~ '^RF[0-9]{12}$' AND (substr(reference, 5) || '2715' || substr(reference, 3, 2))::numeric % 97 = 1)
);

-- One row for each charge that has an answer: booked, handed out for free, or refused.
CREATE TABLE charge (
    key uuid CONSTRAINT charge_pkey PRIMARY KEY,
    request_hash bytea NOT NULL CONSTRAINT charge_hash CHECK (octet_length(request_hash) = 32),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    entry_id bigint CONSTRAINT charge_entry REFERENCES entry CONSTRAINT charge_entry_once UNIQUE,
    refused text,
    data jsonb,
    facility text NOT NULL,
    way text NOT NULL,
    charged_at timestamptz NOT NULL,
    booked_on date NOT NULL,
    till text,
    terminal text,
    shift text,
    receipt_number text,
    total_cents bigint NOT NULL CONSTRAINT charge_total CHECK (total_cents >= 0),
    lines jsonb NOT NULL CONSTRAINT charge_lines CHECK (jsonb_typeof(lines) = 'array'),
    CONSTRAINT charge_refused_books_nothing CHECK (refused IS NULL OR (entry_id IS NULL AND total_cents = 0)),
    CONSTRAINT charge_says_why CHECK ((refused IS NULL) = (data IS NULL))
);
CREATE INDEX charge_by_facility ON charge (facility, booked_on);

CREATE TABLE charge_reversal (
    key uuid CONSTRAINT charge_reversal_pkey PRIMARY KEY,
    charge uuid NOT NULL CONSTRAINT charge_reversal_charge REFERENCES charge CONSTRAINT charge_reversed_once UNIQUE,
    entry_id bigint CONSTRAINT charge_reversal_entry REFERENCES entry CONSTRAINT charge_reversal_entry_once UNIQUE,
    booked_on date NOT NULL,
    reason text NOT NULL CONSTRAINT charge_reversal_reason CHECK (length(reason) BETWEEN 1 AND 200),
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Handed out without a booking: free tickets and waived fees. A reversal adds the same with a minus.
CREATE TABLE counted (
    key uuid NOT NULL, -- of the charge, or of its reversal
    line smallint NOT NULL,
    charge uuid NOT NULL CONSTRAINT counted_charge REFERENCES charge,
    facility text NOT NULL CONSTRAINT counted_facility REFERENCES facility (code),
    product text NOT NULL CONSTRAINT counted_product REFERENCES product (code),
    quantity int NOT NULL CONSTRAINT counted_quantity CHECK (quantity <> 0 AND (quantity > 0) = (key = charge)),
    reason text NOT NULL CONSTRAINT counted_reason CHECK (length(reason) BETWEEN 1 AND 200),
    booked_on date NOT NULL,
    case_id bigint CONSTRAINT counted_case REFERENCES case_reference,
    CONSTRAINT counted_pkey PRIMARY KEY (key, line)
);
CREATE INDEX counted_by_day ON counted (booked_on, facility);

-- A prepaid card as it was sold; what the catalogue says later does not change it.
-- units: visits, days or houses. houses: weight of each house of a museum card.
CREATE SEQUENCE pass_number CACHE 1;
CREATE TABLE sold_pass (
    code text CONSTRAINT sold_pass_pkey PRIMARY KEY CONSTRAINT sold_pass_code CHECK (code ~ '^P-[0-9]{6,10}$'),
    charge uuid NOT NULL CONSTRAINT sold_pass_charge REFERENCES charge,
    account text NOT NULL CONSTRAINT sold_pass_account REFERENCES account (code) CONSTRAINT sold_pass_account_once UNIQUE,
    product text NOT NULL CONSTRAINT sold_pass_product REFERENCES product (code),
    facility text NOT NULL CONSTRAINT sold_pass_facility REFERENCES facility (code),
    units int NOT NULL CONSTRAINT sold_pass_units CHECK (units > 0),
    visits_per_day int CONSTRAINT sold_pass_visits_per_day CHECK (visits_per_day > 0),
    net_cents bigint NOT NULL CONSTRAINT sold_pass_net CHECK (net_cents > 0),
    tax_cents bigint NOT NULL CONSTRAINT sold_pass_tax CHECK (tax_cents >= 0),
    revenue_account text NOT NULL,
    vat_rate smallint NOT NULL,
    vat_account text,
    tax_code text NOT NULL,
    sphere text NOT NULL,
    houses jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    CONSTRAINT sold_pass_account_is_its_own CHECK (account LIKE '391%/' || code),
    CONSTRAINT sold_pass_validity CHECK (valid_until >= valid_from),
    CONSTRAINT sold_pass_has_units UNIQUE (code, units)
);
CREATE INDEX sold_pass_by_charge ON sold_pass (charge);
CREATE INDEX sold_pass_by_end ON sold_pass (valid_until);

-- Every visit, numbered; a museum card opens each house once, a season card the gate once a day.
CREATE TABLE pass_visit (
    pass text NOT NULL CONSTRAINT pass_visit_pass REFERENCES sold_pass,
    number int NOT NULL CONSTRAINT pass_visit_number CHECK (number > 0),
    key uuid NOT NULL,
    facility text NOT NULL CONSTRAINT pass_visit_facility REFERENCES facility (code),
    visited_at timestamptz NOT NULL,
    day date NOT NULL,
    number_of_day int NOT NULL,
    house text CONSTRAINT pass_visit_house CHECK (house = facility),
    CONSTRAINT pass_visit_pkey PRIMARY KEY (pass, number),
    CONSTRAINT pass_visit_of_day UNIQUE (pass, day, number_of_day),
    CONSTRAINT pass_visit_house_once UNIQUE (pass, house)
);
CREATE INDEX pass_visit_by_key ON pass_visit (key);

-- Unit `number` of the pass became revenue, by the entry of `key`; each unit once, and none beyond the last.
CREATE TABLE pass_release (
    pass text NOT NULL,
    number int NOT NULL,
    units int NOT NULL,
    key uuid NOT NULL CONSTRAINT pass_release_answer REFERENCES answer,
    CONSTRAINT pass_release_pkey PRIMARY KEY (pass, number),
    CONSTRAINT pass_release_pass FOREIGN KEY (pass, units) REFERENCES sold_pass (code, units),
    CONSTRAINT pass_release_number CHECK (number BETWEEN 1 AND units)
);

-- The primary key is the rule: a pass comes to its end once.
CREATE TABLE pass_end (
    pass text CONSTRAINT pass_end_pkey PRIMARY KEY CONSTRAINT pass_end_pass REFERENCES sold_pass,
    kind text NOT NULL CONSTRAINT pass_end_kind CHECK (kind IN ('expired', 'returned', 'voided')),
    key uuid NOT NULL,
    day date NOT NULL
);

-- A child is a number, its daycare centre and the wallet of its family.
CREATE SEQUENCE child_number CACHE 1;
CREATE TABLE child (
    code text CONSTRAINT child_pkey PRIMARY KEY CONSTRAINT child_code CHECK (code ~ '^C-[0-9]{6,10}$'),
    number int NOT NULL CONSTRAINT child_number_once UNIQUE,
    facility text NOT NULL CONSTRAINT child_facility REFERENCES facility (code),
    wallet text NOT NULL,
    wallet_kind text NOT NULL GENERATED ALWAYS AS ('kita') STORED,
    registered_on date NOT NULL,
    CONSTRAINT child_wallet FOREIGN KEY (wallet, wallet_kind) REFERENCES wallet (code, kind)
);
CREATE INDEX child_by_facility ON child (facility);

-- Social data (SGB II, XII, BKGG): read by the charging of meals and the family's own page, by nothing else.
CREATE TABLE subsidy (
    child int NOT NULL CONSTRAINT subsidy_child REFERENCES child (number),
    account text NOT NULL CONSTRAINT subsidy_authority REFERENCES account (code) CONSTRAINT subsidy_claim CHECK (account LIKE '161900/%'),
    valid_from date NOT NULL,
    valid_until date NOT NULL,
    CONSTRAINT subsidy_pkey PRIMARY KEY (child, valid_from),
    CONSTRAINT subsidy_validity CHECK (valid_until >= valid_from),
    -- Ranges of one number stand for equality, which GiST has no operator for.
    CONSTRAINT subsidy_one_at_a_time EXCLUDE USING gist (
        int4range(child, child, '[]') WITH &&, daterange(valid_from, valid_until, '[]') WITH &&)
);

-- A reservation, no posting. Cancelled once; ordering again is a new row, so the history stays.
CREATE TABLE meal_order (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT meal_order_pkey PRIMARY KEY,
    child text NOT NULL CONSTRAINT meal_order_child REFERENCES child,
    day date NOT NULL,
    product text NOT NULL CONSTRAINT meal_order_product REFERENCES product (code),
    ordered_at timestamptz NOT NULL,
    cancelled_at timestamptz,
    CONSTRAINT meal_order_cancelled_after CHECK (cancelled_at >= ordered_at)
);
CREATE UNIQUE INDEX meal_order_once ON meal_order (day, child, product) WHERE cancelled_at IS NULL;

-- The day's meals of a child were charged, by the entry of `key`.
CREATE TABLE meal_charge (
    child text NOT NULL CONSTRAINT meal_charge_child REFERENCES child,
    day date NOT NULL,
    key uuid NOT NULL CONSTRAINT meal_charge_key_once UNIQUE,
    entry_id bigint NOT NULL CONSTRAINT meal_charge_entry REFERENCES entry CONSTRAINT meal_charge_entry_once UNIQUE,
    CONSTRAINT meal_charge_pkey PRIMARY KEY (child, day)
);

CREATE FUNCTION meal_order_cancelled_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.cancelled_at IS NOT NULL OR NEW.cancelled_at IS NULL
       OR (NEW.id, NEW.child, NEW.day, NEW.product, NEW.ordered_at) IS DISTINCT FROM (OLD.id, OLD.child, OLD.day, OLD.product, OLD.ordered_at) THEN
        RAISE EXCEPTION 'an order is cancelled, once, and nothing else of it changes' USING ERRCODE = '42501', CONSTRAINT = 'meal_order_cancelled_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meal_order_cancelled_once BEFORE UPDATE ON meal_order FOR EACH ROW EXECUTE FUNCTION meal_order_cancelled_once();
CREATE TRIGGER meal_order_is_kept BEFORE DELETE ON meal_order FOR EACH ROW EXECUTE FUNCTION deny_change();

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    FOREACH name IN ARRAY ARRAY['bank_account', 'tax_code', 'facility', 'till', 'terminal', 'product', 'product_group', 'concession', 'price', 'posting_role', 'posting_rule'] LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION catalogue_changed()', name || '_versioned', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_versioned');
    END LOOP;
    FOREACH name IN ARRAY ARRAY['wallet', 'charge', 'charge_reversal', 'counted', 'sold_pass', 'pass_visit', 'pass_release', 'pass_end', 'meal_charge'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['wallet', 'charge', 'charge_reversal', 'counted', 'sold_pass', 'pass_visit', 'pass_release', 'pass_end', 'meal_charge', 'meal_order'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT ON catalogue_version TO stadtkasse_app;
GRANT SELECT, INSERT ON wallet, charge, charge_reversal, counted, sold_pass, pass_visit, pass_release, pass_end, child, subsidy,
    meal_order, meal_charge TO stadtkasse_app;
GRANT UPDATE (facility, wallet) ON child TO stadtkasse_app;
GRANT UPDATE (valid_until) ON subsidy TO stadtkasse_app; -- a notice can end early
GRANT UPDATE (cancelled_at) ON meal_order TO stadtkasse_app;
GRANT USAGE ON SEQUENCE wallet_number, pass_number, child_number TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION catalogue_changed, meal_order_cancelled_once FROM PUBLIC;
