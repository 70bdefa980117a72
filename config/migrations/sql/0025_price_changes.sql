-- Prices changed at the desk: one person drafts, another one releases. A release adds a row to `price`, whose rows
-- never change; what was in force stays as it was.

-- replaced_from, replaced_cents: the price that would be in force on that day without the new one, as whoever asked
-- saw it; if it is another one at the release, nothing is released.
CREATE TABLE price_change (
    id uuid CONSTRAINT price_change_pkey PRIMARY KEY,
    product text NOT NULL CONSTRAINT price_change_product REFERENCES product (code),
    valid_from date NOT NULL,
    amount_cents bigint NOT NULL CONSTRAINT price_change_amount CHECK (amount_cents >= 0),
    legal_basis text NOT NULL CONSTRAINT price_change_legal_basis CHECK (length(legal_basis) BETWEEN 1 AND 200),
    replaced_from date NOT NULL CONSTRAINT price_change_replaces_an_earlier_one CHECK (replaced_from < valid_from),
    replaced_cents bigint NOT NULL CONSTRAINT price_change_changes CHECK (replaced_cents <> amount_cents),
    reason text NOT NULL CONSTRAINT price_change_reason CHECK (length(reason) BETWEEN 1 AND 500),
    asked_by text NOT NULL CONSTRAINT price_change_by REFERENCES staff (code),
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT price_change_asker UNIQUE (id, asked_by)
);
CREATE INDEX price_change_by_product ON price_change (product);

CREATE TABLE price_change_decision (
    request uuid CONSTRAINT price_change_decision_pkey PRIMARY KEY,
    asked_by text NOT NULL,
    decision text NOT NULL CONSTRAINT price_change_decision_kind CHECK (decision IN ('released', 'refused', 'withdrawn')),
    decided_by text NOT NULL CONSTRAINT price_change_decided_by REFERENCES staff (code),
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    reason text CONSTRAINT price_change_decision_reason CHECK (length(reason) BETWEEN 1 AND 500),
    CONSTRAINT price_change_decision_of FOREIGN KEY (request, asked_by) REFERENCES price_change (id, asked_by),
    -- Who asked may withdraw, and nobody else; who decides is somebody else.
    CONSTRAINT price_change_by_second_person CHECK ((decision = 'withdrawn') = (decided_by = asked_by)),
    CONSTRAINT price_change_no_is_explained CHECK (decision <> 'refused' OR reason IS NOT NULL)
);

-- 4724: one change at a time waits for a product.
CREATE FUNCTION price_change_alone() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock(4724, hashtext(NEW.product));
    IF EXISTS (SELECT FROM public.price_change c WHERE c.product = NEW.product
                  AND NOT EXISTS (SELECT FROM public.price_change_decision d WHERE d.request = c.id)) THEN
        RAISE EXCEPTION 'one change waits already' USING ERRCODE = '23514', CONSTRAINT = 'price_change_alone';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_change_alone BEFORE INSERT ON price_change FOR EACH ROW EXECUTE FUNCTION price_change_alone();

-- What is released stands in `price`, as it was asked for. A look is enough: prices are never changed or deleted.
CREATE FUNCTION price_change_recorded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.price_change c
                     JOIN public.price p USING (product, valid_from, amount_cents, legal_basis) WHERE c.id = NEW.request) THEN
        RAISE EXCEPTION 'a released price is recorded' USING ERRCODE = '23514', CONSTRAINT = 'price_change_recorded';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER price_change_recorded BEFORE INSERT ON price_change_decision
    FOR EACH ROW WHEN (NEW.decision = 'released') EXECUTE FUNCTION price_change_recorded();

DO $$
DECLARE facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['price_change', 'price_change_decision'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', facts || '_stays', facts);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', facts || '_is_not_emptied', facts);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', facts, facts || '_is_not_emptied');
    END LOOP;
END $$;
ALTER TABLE price_change ENABLE ALWAYS TRIGGER price_change_alone;
ALTER TABLE price_change_decision ENABLE ALWAYS TRIGGER price_change_recorded;

GRANT SELECT ON price_change, price_change_decision TO stadtkasse_app;
-- Column by column: the times are the database's clock and nobody else's.
GRANT INSERT (id, product, valid_from, amount_cents, legal_basis, replaced_from, replaced_cents, reason, asked_by)
    ON price_change TO stadtkasse_app;
GRANT INSERT (request, asked_by, decision, decided_by, reason) ON price_change_decision TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION price_change_alone, price_change_recorded FROM PUBLIC;
