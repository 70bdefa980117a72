-- Families: standing orders, second payers, menus, cases, notices and closing accounts.

-- Why an order was cancelled: by the family, because the child is sick, or because its standing order changed. Only what
-- the plan itself took back is ever planned again. Orders cancelled before this was asked have no reason.
ALTER TABLE meal_order
    ADD COLUMN cancelled_why text CONSTRAINT meal_order_why CHECK (cancelled_why IN ('family', 'sick', 'plan')),
    ADD CONSTRAINT meal_order_why_if_cancelled CHECK (cancelled_why IS NULL OR cancelled_at IS NOT NULL);
CREATE INDEX meal_order_by_child ON meal_order (child, day);

-- Which wallet paid the day: with two payers it is not always the child's own.
ALTER TABLE meal_charge ADD COLUMN wallet text CONSTRAINT meal_charge_wallet REFERENCES wallet (code);
ALTER TABLE meal_charge DISABLE TRIGGER meal_charge_stays;
UPDATE meal_charge SET wallet = child.wallet FROM child WHERE child.code = meal_charge.child;
ALTER TABLE meal_charge ENABLE ALWAYS TRIGGER meal_charge_stays;
ALTER TABLE meal_charge ALTER COLUMN wallet SET NOT NULL;
CREATE INDEX meal_charge_by_wallet ON meal_charge (wallet, entry_id);
CREATE INDEX child_by_wallet ON child (wallet);

-- Claims on a family carry its wallet's code as case reference: found from there.
CREATE INDEX case_reference_by_value ON case_reference (value) WHERE value IS NOT NULL;
CREATE INDEX transfer_by_case ON transfer (case_id) WHERE case_id IS NOT NULL;

-- ends_before: the first day it no longer holds; the same as valid_from where it never came to hold. A range of one
-- number stands for equality, which GiST has no operator for.
CREATE TABLE standing_order (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT standing_order_pkey PRIMARY KEY,
    child int NOT NULL CONSTRAINT standing_order_child REFERENCES child (number),
    products text[] NOT NULL CONSTRAINT standing_order_products CHECK (cardinality(products) BETWEEN 1 AND 5),
    weekdays smallint[] NOT NULL CONSTRAINT standing_order_weekdays CHECK (
        cardinality(weekdays) BETWEEN 1 AND 5 AND weekdays <@ ARRAY[1, 2, 3, 4, 5]::smallint[]),
    valid_from date NOT NULL,
    ends_before date,
    made_at timestamptz NOT NULL,
    CONSTRAINT standing_order_validity CHECK (ends_before >= valid_from),
    CONSTRAINT standing_order_one_at_a_time EXCLUDE USING gist (
        int4range(child, child, '[]') WITH &&, daterange(valid_from, ends_before, '[)') WITH &&)
);

-- A second wallet pays a child's meals on fixed weekdays, or (weekdays is NULL) in every other week, that of valid_from first.
CREATE TABLE second_payer (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT second_payer_pkey PRIMARY KEY,
    child int NOT NULL CONSTRAINT second_payer_child REFERENCES child (number),
    wallet text NOT NULL,
    wallet_kind text NOT NULL GENERATED ALWAYS AS ('kita') STORED,
    weekdays smallint[] CONSTRAINT second_payer_weekdays CHECK (
        cardinality(weekdays) BETWEEN 1 AND 5 AND weekdays <@ ARRAY[1, 2, 3, 4, 5]::smallint[]),
    valid_from date NOT NULL,
    ends_before date,
    made_at timestamptz NOT NULL,
    CONSTRAINT second_payer_wallet FOREIGN KEY (wallet, wallet_kind) REFERENCES wallet (code, kind),
    CONSTRAINT second_payer_validity CHECK (ends_before >= valid_from),
    CONSTRAINT second_payer_one_at_a_time EXCLUDE USING gist (
        int4range(child, child, '[]') WITH &&, daterange(valid_from, ends_before, '[)') WITH &&)
);
CREATE INDEX second_payer_by_wallet ON second_payer (wallet);

CREATE FUNCTION second_payer_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what has ended does not begin again' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER second_payer_ends_once BEFORE UPDATE ON second_payer FOR EACH ROW
    WHEN (NEW.ends_before IS NULL OR NEW.ends_before > OLD.ends_before) EXECUTE FUNCTION second_payer_ends_once();

-- What a daycare centre cooks; the next plan of the kitchen may change it.
CREATE TABLE menu (
    facility text NOT NULL CONSTRAINT menu_facility REFERENCES facility (code),
    day date NOT NULL,
    dish text NOT NULL CONSTRAINT menu_dish CHECK (length(dish) BETWEEN 1 AND 120),
    dish_en text NOT NULL CONSTRAINT menu_dish_en CHECK (length(dish_en) BETWEEN 1 AND 120),
    allergens text[] NOT NULL,
    CONSTRAINT menu_pkey PRIMARY KEY (facility, day)
);

-- What a payer asks of the city, or the city finds about a payment: wallet is NULL where nobody knows whose it is.
-- subject: what it is about, by its public id (charge, payment, pay link). number: of the step it stands at.
CREATE TABLE payer_case (
    id uuid CONSTRAINT payer_case_pkey PRIMARY KEY,
    kind text NOT NULL CONSTRAINT payer_case_kind CHECK (kind ~ '^[a-z][a-z_]{2,39}$'),
    state text NOT NULL CONSTRAINT payer_case_state CHECK (
        state IN ('open', 'granted', 'partly', 'refused', 'withdrawn')),
    wallet text CONSTRAINT payer_case_wallet REFERENCES wallet (code),
    subject text CONSTRAINT payer_case_subject CHECK (length(subject) BETWEEN 1 AND 80),
    reason text NOT NULL CONSTRAINT payer_case_reason CHECK (length(reason) BETWEEN 1 AND 40),
    words text CONSTRAINT payer_case_words CHECK (length(words) BETWEEN 1 AND 500),
    amount_cents bigint CONSTRAINT payer_case_amount CHECK (amount_cents > 0),
    paid_on date,
    iban_end text CONSTRAINT payer_case_iban CHECK (iban_end ~ '^[0-9A-Z]{4}$'),
    opened_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT payer_case_about_something CHECK (num_nonnulls(subject, amount_cents) > 0)
);
CREATE UNIQUE INDEX payer_case_once ON payer_case (kind, subject) WHERE subject IS NOT NULL;
CREATE INDEX payer_case_by_wallet ON payer_case (wallet, opened_at);
CREATE INDEX payer_case_open ON payer_case (opened_at) WHERE state = 'open';

-- staff is NULL where the payer did it. entry_id: what the answer booked. approval: who has to agree first.
CREATE TABLE payer_case_step (
    payer_case uuid NOT NULL CONSTRAINT payer_case_step_case REFERENCES payer_case,
    number int NOT NULL CONSTRAINT payer_case_step_number CHECK (number > 0),
    kind text NOT NULL CONSTRAINT payer_case_step_kind CHECK (
        kind IN ('opened', 'proposed', 'granted', 'partly', 'refused', 'not_approved', 'asked_again', 'withdrawn')),
    at timestamptz NOT NULL,
    staff text CONSTRAINT payer_case_step_staff REFERENCES staff (code),
    words text CONSTRAINT payer_case_step_words CHECK (length(words) BETWEEN 1 AND 500),
    amount_cents bigint CONSTRAINT payer_case_step_amount CHECK (amount_cents > 0),
    entry_id bigint CONSTRAINT payer_case_step_entry REFERENCES entry CONSTRAINT payer_case_step_entry_once UNIQUE,
    approval uuid CONSTRAINT payer_case_step_approval REFERENCES approval,
    CONSTRAINT payer_case_step_pkey PRIMARY KEY (payer_case, number),
    CONSTRAINT payer_case_step_no_is_explained CHECK (kind <> 'refused' OR words IS NOT NULL),
    CONSTRAINT payer_case_step_by_somebody CHECK ((staff IS NULL) = (kind IN ('opened', 'asked_again', 'withdrawn')))
);

-- An unclear receipt is assigned once, whoever decides it from wherever.
CREATE TABLE unclear_assignment (
    receipt bigint CONSTRAINT unclear_assignment_pkey PRIMARY KEY CONSTRAINT unclear_assignment_receipt REFERENCES entry,
    payer_case uuid NOT NULL CONSTRAINT unclear_assignment_case REFERENCES payer_case,
    entry_id bigint NOT NULL CONSTRAINT unclear_assignment_entry REFERENCES entry CONSTRAINT unclear_assignment_entry_once UNIQUE
);

-- Meals that turned out to be the authority's: once per child and day. Social data, as the subsidy itself.
CREATE TABLE subsidy_moved (
    child text NOT NULL,
    day date NOT NULL,
    entry_id bigint NOT NULL CONSTRAINT subsidy_moved_entry REFERENCES entry CONSTRAINT subsidy_moved_entry_once UNIQUE,
    amount_cents bigint NOT NULL CONSTRAINT subsidy_moved_amount CHECK (amount_cents > 0),
    CONSTRAINT subsidy_moved_pkey PRIMARY KEY (child, day),
    CONSTRAINT subsidy_moved_of FOREIGN KEY (child, day) REFERENCES meal_charge (child, day)
);

-- Below which balance a family wants to hear of it; 0 for never.
CREATE TABLE low_mark (
    wallet text CONSTRAINT low_mark_pkey PRIMARY KEY CONSTRAINT low_mark_wallet REFERENCES wallet (code),
    mark_cents bigint NOT NULL CONSTRAINT low_mark_within CHECK (mark_cents = 0 OR mark_cents BETWEEN 500 AND 5000)
);

-- Who was told what, and whether it was over since: a reminder comes once and not every morning.
CREATE TABLE told (
    wallet text NOT NULL CONSTRAINT told_wallet REFERENCES wallet (code),
    kind text NOT NULL CONSTRAINT told_kind CHECK (kind IN ('low_balance', 'subsidy_ending')),
    subject text NOT NULL,
    told_at timestamptz NOT NULL,
    over_at timestamptz,
    CONSTRAINT told_pkey PRIMARY KEY (wallet, kind, subject)
);

-- An account on its way out: asked for by the payer, released by somebody else, paid, perhaps come back.
-- IBAN and holder are forgotten once the money has arrived.
CREATE TABLE wallet_closing (
    id uuid CONSTRAINT wallet_closing_pkey PRIMARY KEY,
    wallet text NOT NULL CONSTRAINT wallet_closing_wallet REFERENCES wallet (code),
    state text NOT NULL CONSTRAINT wallet_closing_state CHECK (
        state IN ('requested', 'released', 'on_the_way', 'paid_out', 'came_back', 'withdrawn')),
    last_day date NOT NULL,
    iban text CONSTRAINT wallet_closing_iban CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
    holder text CONSTRAINT wallet_closing_holder CHECK (length(holder) BETWEEN 1 AND 70),
    requested_at timestamptz NOT NULL,
    released_at timestamptz,
    released_by text CONSTRAINT wallet_closing_released_by REFERENCES staff (code),
    amount_cents bigint CONSTRAINT wallet_closing_amount CHECK (amount_cents >= 0),
    entry_id bigint CONSTRAINT wallet_closing_entry REFERENCES entry CONSTRAINT wallet_closing_entry_once UNIQUE,
    changed_at timestamptz NOT NULL,
    CONSTRAINT wallet_closing_iban_has_holder CHECK ((iban IS NULL) = (holder IS NULL)),
    CONSTRAINT wallet_closing_released CHECK (
        (state IN ('requested', 'withdrawn')) = (released_at IS NULL)
        AND (released_at IS NULL) = (released_by IS NULL) AND (released_at IS NULL) = (amount_cents IS NULL))
);
-- Money that comes after it was paid out, a subsidy granted backwards, say, is paid out by another one.
CREATE UNIQUE INDEX wallet_closing_one ON wallet_closing (wallet) WHERE state = 'requested';
CREATE INDEX wallet_closing_by_wallet ON wallet_closing (wallet, requested_at);

-- One way of the money back. payment: of the provider whose money goes back the way it came; NULL for a transfer.
CREATE TABLE closing_payout (
    id uuid CONSTRAINT closing_payout_pkey PRIMARY KEY,
    closing uuid NOT NULL CONSTRAINT closing_payout_closing REFERENCES wallet_closing,
    way text NOT NULL CONSTRAINT closing_payout_way CHECK (way IN ('card', 'sepa_debit', 'transfer')),
    payment uuid,
    amount_cents bigint NOT NULL CONSTRAINT closing_payout_amount CHECK (amount_cents > 0),
    state text NOT NULL CONSTRAINT closing_payout_state CHECK (state IN ('released', 'on_the_way', 'paid_out', 'came_back', 'replaced')),
    changed_at timestamptz NOT NULL,
    paid_entry bigint CONSTRAINT closing_payout_paid REFERENCES entry CONSTRAINT closing_payout_paid_once UNIQUE,
    returned_entry bigint CONSTRAINT closing_payout_returned REFERENCES entry CONSTRAINT closing_payout_returned_once UNIQUE,
    CONSTRAINT closing_payout_by_payment CHECK ((payment IS NULL) = (way = 'transfer'))
);
CREATE INDEX closing_payout_by_closing ON closing_payout (closing);

-- Whoever asks for goodwill or a payout has no till, and a family's money is no matter of a daycare centre.
ALTER TABLE approval
    ALTER COLUMN facility DROP NOT NULL,
    ALTER COLUMN till DROP NOT NULL,
    DROP CONSTRAINT approval_kind,
    ADD CONSTRAINT approval_kind CHECK (kind IN ('refund', 'cash_difference', 'meal_goodwill')),
    ADD CONSTRAINT approval_place CHECK (
        kind = 'meal_goodwill' OR (facility IS NOT NULL AND till IS NOT NULL));

DO $$
DECLARE
    name text;
    rule record;
BEGIN
    -- What was said stays, but a payer who is forgotten takes the own words along, and nothing else.
    CREATE TRIGGER payer_case_step_stays BEFORE UPDATE ON payer_case_step FOR EACH ROW
        WHEN (OLD.staff IS NOT NULL OR NEW.words IS NOT NULL
              OR (NEW.payer_case, NEW.number, NEW.kind, NEW.at, NEW.staff, NEW.amount_cents, NEW.entry_id, NEW.approval)
                 IS DISTINCT FROM
                 (OLD.payer_case, OLD.number, OLD.kind, OLD.at, OLD.staff, OLD.amount_cents, OLD.entry_id, OLD.approval))
        EXECUTE FUNCTION deny_change();
    FOREACH name IN ARRAY ARRAY['unclear_assignment', 'subsidy_moved'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['standing_order', 'second_payer', 'payer_case', 'payer_case_step', 'wallet_closing',
                                'closing_payout'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_is_kept', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['payer_case_step', 'unclear_assignment', 'subsidy_moved', 'standing_order', 'second_payer', 'payer_case',
                                'wallet_closing', 'closing_payout'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = name::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, rule.tgname);
        END LOOP;
    END LOOP;
END $$;

GRANT SELECT, INSERT ON standing_order, second_payer, menu, payer_case, payer_case_step, unclear_assignment, subsidy_moved,
    low_mark, told, wallet_closing, closing_payout TO stadtkasse_app;
GRANT UPDATE (cancelled_why) ON meal_order TO stadtkasse_app;
GRANT UPDATE (ends_before) ON standing_order, second_payer TO stadtkasse_app;
GRANT UPDATE (dish, dish_en, allergens) ON menu TO stadtkasse_app;
GRANT UPDATE (state, changed_at, words) ON payer_case TO stadtkasse_app;
GRANT UPDATE (words) ON payer_case_step TO stadtkasse_app;
GRANT UPDATE (mark_cents) ON low_mark TO stadtkasse_app;
GRANT UPDATE (told_at, over_at) ON told TO stadtkasse_app;
GRANT UPDATE (state, iban, holder, released_at, released_by, amount_cents, entry_id, changed_at) ON wallet_closing TO stadtkasse_app;
GRANT UPDATE (state, changed_at, paid_entry, returned_entry) ON closing_payout TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION second_payer_ends_once FROM PUBLIC;
