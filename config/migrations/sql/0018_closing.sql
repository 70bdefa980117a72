-- Signatures of days and months, and audits of tills.

-- ---- Closing --------------------------------------------------------------------------------
-- Two people sign the same totals of a day (`period` is that day) or of a month (its first day). A round is a first
-- signature and perhaps a second; where the totals changed in between, the first lapses with the next round.
-- sha256: of the totals as jsonb writes them; the database computes it, so nobody signs one thing and stores another.
CREATE TABLE closing_signature (
    scope text NOT NULL CONSTRAINT closing_signature_scope CHECK (scope IN ('day', 'month')),
    period date NOT NULL,
    round smallint NOT NULL CONSTRAINT closing_signature_round CHECK (round > 0),
    place smallint NOT NULL CONSTRAINT closing_signature_place CHECK (place IN (1, 2)),
    person text NOT NULL CONSTRAINT closing_signature_person REFERENCES staff (code),
    remark text CONSTRAINT closing_signature_remark CHECK (length(remark) BETWEEN 1 AND 200),
    totals jsonb NOT NULL CONSTRAINT closing_signature_totals CHECK (jsonb_typeof(totals) = 'object'),
    sha256 bytea NOT NULL CONSTRAINT closing_signature_hash CHECK (octet_length(sha256) = 32),
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT closing_signature_pkey PRIMARY KEY (scope, period, round, place),
    CONSTRAINT closing_signature_two_people UNIQUE (scope, period, round, person),
    CONSTRAINT closing_signature_of_a_month CHECK (scope = 'day' OR period = date_trunc('month', period::timestamp)::date)
);

CREATE FUNCTION totals_hash(totals jsonb) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(totals::text, 'UTF8'))
$$;

-- Whether both signatures of the newest round are there.
CREATE FUNCTION is_signed_twice(of_scope text, of_period date) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM public.closing_signature s WHERE s.scope = of_scope AND s.period = of_period AND s.place = 2)
$$;

-- 4721: the signatures of one day or month come one after the other.
CREATE FUNCTION closing_signature_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held text;
    newest record;
BEGIN
    held := pg_advisory_xact_lock(4721, hashtext(NEW.scope || NEW.period::text));
    NEW.sha256 := public.totals_hash(NEW.totals);
    IF public.is_signed_twice(NEW.scope, NEW.period) OR (NEW.scope = 'day' AND EXISTS (
           SELECT FROM public.closed_day c WHERE c.day = NEW.period)) THEN
        RAISE EXCEPTION 'what is locked is not signed again' USING ERRCODE = '23514', CONSTRAINT = 'closing_signature_once';
    END IF;
    SELECT s.round, s.sha256 INTO newest FROM public.closing_signature s
     WHERE s.scope = NEW.scope AND s.period = NEW.period ORDER BY s.round DESC LIMIT 1;
    IF NEW.place = 1 AND NEW.round <> coalesce(newest.round, 0) + 1 OR NEW.place = 2 AND NEW.round IS DISTINCT FROM newest.round THEN
        RAISE EXCEPTION 'a round begins after the last one and ends in itself' USING ERRCODE = '23514', CONSTRAINT = 'closing_signature_in_order';
    ELSIF NEW.place = 1 AND NEW.sha256 = newest.sha256 OR NEW.place = 2 AND NEW.sha256 <> newest.sha256 THEN
        RAISE EXCEPTION 'two people sign the same, and nobody signs the same twice' USING ERRCODE = '23514', CONSTRAINT = 'closing_signature_same_totals';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closing_signature_follows BEFORE INSERT ON closing_signature FOR EACH ROW EXECUTE FUNCTION closing_signature_follows();

-- Whoever signs second closes the day, in one transaction.
CREATE FUNCTION closing_signature_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.closed_day c WHERE c.day = NEW.period) THEN
        RAISE EXCEPTION 'a day that two people signed is closed' USING ERRCODE = '23514', CONSTRAINT = 'closing_signature_closes';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closing_signature_closes AFTER INSERT ON closing_signature DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.scope = 'day' AND NEW.place = 2) EXECUTE FUNCTION closing_signature_closes();

-- A person closes no day without both signatures; and from the first day that was ever signed on nobody does. What
-- was closed before a city began to sign stays closed.
CREATE FUNCTION closed_day_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (EXISTS (SELECT FROM public.staff s WHERE s.code = NEW.closed_by)
        OR NEW.day >= (SELECT min(s.period) FROM public.closing_signature s WHERE s.scope = 'day'))
       AND NOT public.is_signed_twice('day', NEW.day) THEN
        RAISE EXCEPTION 'two people sign a day before it is closed' USING ERRCODE = '23514', CONSTRAINT = 'closed_day_is_signed';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_day_is_signed BEFORE INSERT ON closed_day FOR EACH ROW EXECUTE FUNCTION closed_day_is_signed();
ALTER TABLE closed_day ENABLE ALWAYS TRIGGER closed_day_is_signed;

-- Late items of a locked day that somebody took note of: all that had come by then.
CREATE TABLE late_items_noted (
    day date NOT NULL CONSTRAINT late_items_noted_day REFERENCES closed_day,
    until timestamptz NOT NULL,
    item_count int NOT NULL CONSTRAINT late_items_noted_count CHECK (item_count > 0),
    noted_by text NOT NULL CONSTRAINT late_items_noted_by REFERENCES staff (code),
    noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT late_items_noted_pkey PRIMARY KEY (day, until)
);

-- What a day moved and what came when are read for pages: small where rows come in order of time.
CREATE INDEX turnover_by_day ON turnover (booked_on, block_number);
CREATE INDEX expected_item_by_day ON expected_item USING brin (business_day);
CREATE INDEX provider_line_by_arrival ON provider_line USING brin (received_at);
CREATE INDEX till_item_by_arrival ON till_item USING brin (received_at);
CREATE INDEX till_shift_by_day ON till_shift (business_day);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['closing_signature', 'late_items_noted'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', name || '_stays', name);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', name || '_is_not_emptied', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_stays');
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', name, name || '_is_not_emptied');
    END LOOP;
    ALTER TABLE closing_signature ENABLE ALWAYS TRIGGER closing_signature_follows;
    ALTER TABLE closing_signature ENABLE ALWAYS TRIGGER closing_signature_closes;
END $$;

GRANT SELECT ON closing_signature, late_items_noted TO stadtkasse_app;
GRANT INSERT (scope, period, round, place, person, remark, totals) ON closing_signature TO stadtkasse_app;
GRANT INSERT (day, until, item_count, noted_by) ON late_items_noted TO stadtkasse_app;
REVOKE EXECUTE ON FUNCTION totals_hash, is_signed_twice, closing_signature_follows, closing_signature_closes, closed_day_is_signed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION totals_hash, is_signed_twice TO stadtkasse_app;
-- ---- End of closing -------------------------------------------------------------------------
