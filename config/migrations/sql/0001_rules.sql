-- The triggers that hold the promises whoever writes, and however.

CREATE FUNCTION deny_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the books are only ever added to', TG_OP, TG_TABLE_NAME
        USING ERRCODE = '42501', HINT = 'Correct by a new entry that names the old one.';
END $$;

-- 4711 is the fence: posters share it, closing a day and sealing have it alone. Taken before the statement
-- draws an id, so once the exclusive side is granted every id drawn so far is committed or gone for ever.
CREATE FUNCTION entry_fence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE held text;
BEGIN
    held := pg_advisory_xact_lock_shared(4711); -- an assignment costs a tenth of a PERFORM
    RETURN NULL;
END $$;

-- The day is open, the id was drawn from the sequence and is not yet sealed, and the request has its answer.
-- It reads only what its caller may read, so it runs as the caller: names are qualified instead of a search_path.
CREATE FUNCTION entry_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong record;
BEGIN
    -- Scalar subqueries on purpose: a join would be planned once, while the tables are small, and stay a full scan.
    IF EXISTS (SELECT FROM n WHERE (SELECT a.entry_id FROM public.answer a WHERE a.key = n.key) IS DISTINCT FROM n.id
                  OR EXISTS (SELECT FROM public.closed_day c WHERE c.day = n.booked_on)
                  OR n.id <= (SELECT last_entry FROM public.block ORDER BY number DESC LIMIT 1)
                  OR n.id > (SELECT last_value FROM public.entry_number)) THEN
        SELECT bool_or(EXISTS (SELECT FROM public.closed_day c WHERE c.day = n.booked_on)) AS day_closed,
               bool_or((SELECT a.entry_id FROM public.answer a WHERE a.key = n.key) IS DISTINCT FROM n.id) AS unanswered
          INTO wrong FROM n;
        IF wrong.day_closed THEN
            RAISE EXCEPTION 'the business day is closed' USING ERRCODE = '23514', CONSTRAINT = 'entry_day_open';
        ELSIF wrong.unanswered THEN
            RAISE EXCEPTION 'an entry needs the answer of its key first' USING ERRCODE = '23503', CONSTRAINT = 'entry_answered';
        END IF;
        RAISE EXCEPTION 'entry ids come from entry_number, after the fence' USING ERRCODE = '23514', CONSTRAINT = 'entry_id_drawn';
    END IF;
    RETURN NULL;
END $$;

-- What must never be forgotten when transfers are written: known accounts of that currency, whole entries,
-- and guards moved by the net. guard_above_floor is the last wall.
CREATE FUNCTION books() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known boolean;
    whole boolean;
    debit_guarded boolean;
    credit_guarded boolean;
    accounts int[];
    nets bigint[];
    lone transfer;
BEGIN
    IF (SELECT count(*) FROM n) = 1 THEN -- a till's charge: looked up, not sorted and grouped
        SELECT * INTO lone FROM n;
        SELECT (SELECT a.guarded FROM account a WHERE a.id = lone.debit_account AND a.currency = lone.currency AND NOT a.is_control),
               (SELECT a.guarded FROM account a WHERE a.id = lone.credit_account AND a.currency = lone.currency AND NOT a.is_control),
               (SELECT e.line_count = 1 AND e.booked_on = lone.booked_on FROM entry e WHERE e.id = lone.entry_id)
          INTO debit_guarded, credit_guarded, whole;
        known := debit_guarded IS NOT NULL AND credit_guarded IS NOT NULL;
        whole := whole AND lone.line = 1;
    ELSE
        known := NOT EXISTS (
            SELECT FROM (SELECT debit_account AS id, currency FROM n UNION SELECT credit_account, currency FROM n) used
             WHERE (SELECT a.currency = used.currency AND NOT a.is_control FROM account a WHERE a.id = used.id) IS NOT TRUE);
        whole := NOT EXISTS (
            SELECT FROM (SELECT entry_id, count(*) AS lines, min(line) AS first, max(line) AS last,
                                min(booked_on) AS earliest, max(booked_on) AS latest FROM n GROUP BY entry_id) written
             WHERE (SELECT e.line_count = written.lines AND written.first = 1 AND written.last = written.lines
                           AND e.booked_on = written.earliest AND e.booked_on = written.latest
                      FROM entry e WHERE e.id = written.entry_id) IS NOT TRUE);
    END IF;
    IF known IS NOT TRUE THEN
        RAISE EXCEPTION 'a transfer names an account that does not exist in its currency or is a control account'
            USING ERRCODE = '23503', CONSTRAINT = 'transfer_accounts';
    ELSIF whole IS NOT TRUE THEN
        RAISE EXCEPTION 'transfers come with their entry, all of them at once and on its day'
            USING ERRCODE = '23503', CONSTRAINT = 'transfer_entry_whole';
    ELSIF credit_guarded AND NOT debit_guarded THEN
        UPDATE guard SET posted = posted + normal * lone.amount_cents WHERE account_id = lone.credit_account;
    ELSIF debit_guarded AND NOT credit_guarded THEN
        UPDATE guard SET posted = posted - normal * lone.amount_cents WHERE account_id = lone.debit_account;
    ELSIF debit_guarded IS NOT FALSE THEN
        SELECT array_agg(id ORDER BY id), array_agg(net ORDER BY id) INTO accounts, nets
          FROM (SELECT id, sum(cents)::bigint AS net
                  FROM (SELECT credit_account AS id, amount_cents AS cents FROM n
                        UNION ALL SELECT debit_account, -amount_cents FROM n) both_sides
                 GROUP BY id HAVING sum(cents) <> 0) moved;
        -- In account order, like every lock on guards; `post` holds them already.
        UPDATE guard g SET posted = g.posted + g.normal * moved.net
          FROM unnest(accounts, nets) AS moved (id, net) WHERE g.account_id = moved.id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION account_opened() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.control_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM account c WHERE c.id = NEW.control_id AND c.is_control AND c.kind = NEW.kind AND c.currency = NEW.currency
           AND c.guarded = NEW.guarded AND NEW.code LIKE c.code || '/%') THEN
        RAISE EXCEPTION 'a sub-ledger account has its control account''s number, kind, currency and guard'
            USING ERRCODE = '23514', CONSTRAINT = 'account_sub_ledger';
    END IF;
    IF NEW.guarded AND NOT NEW.is_control THEN
        INSERT INTO guard (account_id, normal, posted, held, floor)
        VALUES (NEW.id, CASE WHEN NEW.kind IN ('asset', 'expense') THEN -1 ELSE 1 END, 0, 0, NEW.floor_cents);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION hold_placed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE guard SET held = held + NEW.amount_cents WHERE account_id = NEW.account_id;
    RETURN NULL;
END $$;

-- Expiry is decided by the clock at resolution, never by whether a sweeper ran.
CREATE FUNCTION hold_resolved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE placed hold;
BEGIN
    SELECT * INTO placed FROM hold WHERE id = NEW.hold_id;
    IF NOT FOUND THEN
        RETURN NULL; -- the foreign key says so
    END IF;
    IF (NEW.kind = 'expired') <> (clock_timestamp() >= placed.expires_at) THEN
        RAISE EXCEPTION 'a hold expires at its time: not before, and nothing else after'
            USING ERRCODE = '23514', CONSTRAINT = 'hold_resolution_in_time';
    ELSIF NEW.captured_cents > placed.amount_cents THEN
        RAISE EXCEPTION 'no more can be captured than was held' USING ERRCODE = '23514', CONSTRAINT = 'hold_resolution_within';
    END IF;
    UPDATE guard SET held = held - placed.amount_cents WHERE account_id = placed.account_id;
    RETURN NULL;
END $$;

CREATE FUNCTION day_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4711);
    RETURN NULL;
END $$;

-- The frontier is what the trigger reads, whatever the statement says: the largest id in the one moment in which
-- no poster is between drawing an id and committing it. Nothing new: no row.
CREATE FUNCTION frontier_read() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(4711);
    SELECT max(id) INTO NEW.last_entry FROM entry;
    IF NEW.last_entry IS NULL OR EXISTS (SELECT FROM frontier WHERE last_entry = NEW.last_entry) THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END $$;

-- What may lead to a person can be erased, and nothing else.
CREATE FUNCTION case_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.salt IS NOT NULL OR NEW.value IS NOT NULL THEN
        RAISE EXCEPTION 'a case reference can only be erased' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- A block continues the one before it and holds every entry up to its last; totals are written here and nowhere else.
CREATE FUNCTION block_continues() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    previous block;
    entries bigint;
    lines bigint;
BEGIN
    SELECT * INTO previous FROM block ORDER BY number DESC LIMIT 1;
    SELECT count(*), coalesce(sum(line_count), 0) INTO entries, lines FROM entry
     WHERE id > coalesce(previous.last_entry, 0) AND id <= NEW.last_entry;
    IF NEW.number <> coalesce(previous.number, 0) + 1 OR NEW.last_entry <= coalesce(previous.last_entry, 0)
       OR NEW.entry_count <> entries OR NEW.tree_size <> coalesce(previous.tree_size, 0) + entries THEN
        RAISE EXCEPTION 'block % does not continue block %', NEW.number, coalesce(previous.number, 0)
            USING ERRCODE = '23514', CONSTRAINT = 'block_continues';
    ELSIF lines <> (SELECT count(*) FROM transfer
                     WHERE entry_id > coalesce(previous.last_entry, 0) AND entry_id <= NEW.last_entry) THEN
        RAISE EXCEPTION 'an entry of block % lacks transfers', NEW.number
            USING ERRCODE = '23514', CONSTRAINT = 'block_entries_whole';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION block_totals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE after_entry bigint := coalesce((SELECT last_entry FROM block WHERE number = NEW.number - 1), 0);
BEGIN
    INSERT INTO turnover (account_id, booked_on, block_number, debit_cents, credit_cents)
    SELECT account_id, booked_on, NEW.number, sum(debit_cents), sum(credit_cents)
      FROM (SELECT debit_account AS account_id, booked_on, amount_cents AS debit_cents, 0::bigint AS credit_cents
              FROM transfer WHERE entry_id > after_entry AND entry_id <= NEW.last_entry
            UNION ALL
            SELECT credit_account, booked_on, 0, amount_cents
              FROM transfer WHERE entry_id > after_entry AND entry_id <= NEW.last_entry) moved
     GROUP BY account_id, booked_on;
    INSERT INTO account_total (account_id, block_number, debit_cents, credit_cents)
    SELECT t.account_id, NEW.number, coalesce(before.debit_cents, 0) + sum(t.debit_cents),
           coalesce(before.credit_cents, 0) + sum(t.credit_cents)
      FROM turnover t
      LEFT JOIN LATERAL (SELECT debit_cents, credit_cents FROM account_total b WHERE b.account_id = t.account_id
                          ORDER BY b.block_number DESC LIMIT 1) before ON true
     WHERE t.block_number = NEW.number
     GROUP BY t.account_id, before.debit_cents, before.credit_cents;
    RETURN NULL;
END $$;

CREATE TRIGGER entry_fence BEFORE INSERT ON entry FOR EACH STATEMENT EXECUTE FUNCTION entry_fence();
CREATE TRIGGER entry_is_allowed AFTER INSERT ON entry REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION entry_is_allowed();
CREATE TRIGGER books AFTER INSERT ON transfer REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION books();
CREATE TRIGGER account_opened AFTER INSERT ON account FOR EACH ROW EXECUTE FUNCTION account_opened();
CREATE TRIGGER account_stays BEFORE UPDATE OF id, code, kind, currency, guarded, floor_cents, is_control, control_id ON account
    FOR EACH ROW EXECUTE FUNCTION deny_change();
CREATE TRIGGER hold_placed AFTER INSERT ON hold FOR EACH ROW EXECUTE FUNCTION hold_placed();
CREATE TRIGGER hold_resolved AFTER INSERT ON hold_resolution FOR EACH ROW EXECUTE FUNCTION hold_resolved();
CREATE TRIGGER day_fence BEFORE INSERT ON closed_day FOR EACH STATEMENT EXECUTE FUNCTION day_fence();
CREATE TRIGGER frontier_read BEFORE INSERT ON frontier FOR EACH ROW EXECUTE FUNCTION frontier_read();
CREATE TRIGGER case_reference_erased BEFORE UPDATE ON case_reference FOR EACH ROW EXECUTE FUNCTION case_erased();
CREATE TRIGGER block_continues BEFORE INSERT ON block FOR EACH ROW EXECUTE FUNCTION block_continues();
CREATE TRIGGER block_totals AFTER INSERT ON block FOR EACH ROW EXECUTE FUNCTION block_totals();
CREATE INDEX turnover_by_block ON turnover (block_number);

DO $$
DECLARE
    books text;
    rule record;
BEGIN
    FOREACH books IN ARRAY ARRAY['answer', 'entry', 'transfer', 'hold', 'hold_resolution', 'closed_day', 'frontier', 'block', 'account_total', 'turnover'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION deny_change()', books || '_stays', books);
    END LOOP;
    CREATE TRIGGER account_is_kept BEFORE DELETE ON account FOR EACH ROW EXECUTE FUNCTION deny_change();
    CREATE TRIGGER case_reference_is_kept BEFORE DELETE ON case_reference FOR EACH ROW EXECUTE FUNCTION deny_change();
    CREATE TRIGGER guard_is_kept BEFORE DELETE ON guard FOR EACH ROW EXECUTE FUNCTION deny_change();
    FOREACH books IN ARRAY ARRAY['account', 'guard', 'answer', 'entry', 'transfer', 'case_reference', 'hold', 'hold_resolution', 'closed_day', 'frontier', 'block', 'account_total', 'turnover'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION deny_change()', books || '_is_not_emptied', books);
        -- ALWAYS: also under session_replication_role = replica.
        FOR rule IN SELECT tgname FROM pg_trigger WHERE tgrelid = books::regclass AND NOT tgisinternal LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER %I', books, rule.tgname);
        END LOOP;
    END LOOP;
END $$;
